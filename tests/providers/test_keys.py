"""Where keys come from, and that they go nowhere else."""

import asyncio
import threading

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from glossator.config.settings import ProviderSettings
from glossator.errors import Refused, TimedOut
from glossator.providers.keys import Keys

KEY = "sk-canary-1"


def settings(**members):
    return ProviderSettings("mine", "openai", **members)


class Backend(KeyringBackend):
    """A keyring that holds one key, and is not asked on the main thread."""

    priority = 1

    def get_password(self, service, username):
        assert threading.current_thread() is not threading.main_thread()
        if username == "locked":
            raise KeyringLocked("x")
        if username == "odd":
            raise OSError("x")
        return KEY if (service, username) == ("glossator", "work") else None

    def set_password(self, *_):
        raise NotImplementedError

    def delete_password(self, *_):
        raise NotImplementedError


@pytest.fixture
def _ring():
    before = keyring.get_keyring()
    keyring.set_keyring(Backend())
    yield
    keyring.set_keyring(before)


async def test_a_provider_without_a_key_has_none():
    assert await Keys({}).key(settings()) == ""


async def test_a_key_is_taken_from_the_environment_when_it_is_needed():
    environment = {}
    keys = Keys(environment)
    environment["MY_KEY"] = KEY
    assert await keys.key(settings(key_env="MY_KEY")) == KEY


@pytest.mark.parametrize("environment", [{}, {"MY_KEY": ""}])
async def test_a_variable_that_is_not_set_is_named(environment):
    with pytest.raises(Refused, match="MY_KEY"):
        await Keys(environment).key(settings(key_env="MY_KEY"))


async def test_a_key_that_the_editor_gives_goes_first_and_can_be_taken_back():
    keys = Keys({"MY_KEY": "other"})
    keys.hand("mine", KEY)
    assert await keys.key(settings(key_env="MY_KEY")) == KEY
    keys.hand("mine", "")
    keys.hand("mine", "")
    assert await keys.key(settings(key_env="MY_KEY")) == "other"


@pytest.mark.usefixtures("_ring")
async def test_a_key_is_taken_from_the_keyring_in_a_thread():
    assert await Keys({}).key(settings(key_keyring="work")) == KEY


@pytest.mark.usefixtures("_ring")
@pytest.mark.parametrize("entry", ["none", "locked", "odd"])
async def test_a_keyring_without_the_key_says_what_to_do(entry):
    with pytest.raises(Refused, match="key_env"):
        await Keys({}).key(settings(key_keyring=entry))


async def test_a_machine_without_a_keyring_says_what_to_do():
    from keyring.backends.fail import Keyring

    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    try:
        with pytest.raises(Refused, match="NoKeyringError"):
            await Keys({}).key(settings(key_keyring="work"))
    finally:
        keyring.set_keyring(before)


async def test_a_keyring_that_does_not_answer_is_not_waited_for_for_ever():
    free = threading.Event()
    keys = Keys({}, keyring=lambda _entry: free.wait() and None, within_s=0.05)
    with pytest.raises(TimedOut, match="keyring"):
        await keys.key(settings(key_keyring="work"))
    free.set()


async def test_questions_at_once_ask_the_keyring_once_and_who_leaves_takes_nothing_away():
    calls, free = [], threading.Event()

    def slow(entry):
        calls.append(entry)
        free.wait()
        return KEY

    keys = Keys({}, keyring=slow)
    leaving, *staying = (asyncio.create_task(keys.key(settings(key_keyring="work"))) for _ in range(5))
    await asyncio.sleep(0)
    leaving.cancel()
    free.set()
    assert await asyncio.gather(*staying) == [KEY] * 4
    assert await keys.key(settings(key_keyring="work")) == KEY
    assert calls == ["work"]
    assert leaving.cancelled()


async def test_a_keyring_that_failed_is_asked_again():
    answers = iter([None, KEY])
    keys = Keys({}, keyring=lambda _entry: next(answers))
    with pytest.raises(Refused):
        await keys.key(settings(key_keyring="work"))
    assert await keys.key(settings(key_keyring="work")) == KEY


async def test_a_keyring_that_breaks_in_a_way_that_nobody_expects_is_heard_of_at_once():
    def broken(_entry):
        raise KeyError("x")

    with pytest.raises(Refused, match="broke"):
        await Keys({}, keyring=broken, within_s=600).key(settings(key_keyring="work"))


@pytest.mark.parametrize("key", [f"{KEY}\n", f"{KEY}\r\nX-Other: 1", f" {KEY}", f"{KEY}é", f"{KEY}\0"])
async def test_a_key_that_cannot_stand_in_a_header_is_refused_without_being_shown(key):
    with pytest.raises(Refused, match="MY_KEY") as caught:
        await Keys({"MY_KEY": key}).key(settings(key_env="MY_KEY"))
    assert KEY not in f"{caught.value!r}"
    assert caught.value.__cause__ is None

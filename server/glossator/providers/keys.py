"""Where a key comes from: the editor, the environment or the keyring; never from a setting.

A key is asked for when it is needed, and stands in no representation, log line or error.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import Callable, Mapping
from typing import Final

from glossator.config.settings import ProviderSettings
from glossator.errors import ProviderError, Refused, TimedOut

logger = logging.getLogger(__name__)

KEYRING_SERVICE: Final = "glossator"
KEYRING_S: Final = 20.0  # long enough to type a password into its dialogue

FromKeyring = Callable[[str], str | None]


class Keys:
    """The keys of all providers."""

    def __init__(
        self,
        environment: Mapping[str, str] | None = None,
        keyring: FromKeyring | None = None,
        within_s: float = KEYRING_S,
    ) -> None:
        """Look into `environment` (this process's by default) and `keyring` (the user's)."""
        self._environment = os.environ if environment is None else environment
        self._keyring = keyring or _from_keyring
        self._within_s = within_s
        self._handed: dict[str, str] = {}
        self._found: dict[str, str] = {}
        self._asked: dict[str, asyncio.Future[str | None]] = {}

    def __repr__(self) -> str:
        return "Keys()"

    def hand(self, provider: str, key: str) -> None:
        """Take a key that the editor keeps for a provider; an empty one takes it back."""
        self._handed[provider] = key
        if not key:
            del self._handed[provider]

    def forget(self) -> None:
        """Have the keyring asked anew: another key may have been stored since."""
        self._found.clear()

    async def key(self, provider: ProviderSettings) -> str:
        """The key of a provider; "" where it has none.

        The editor's goes first, then the environment's, then the keyring's. Raises Refused where a key should be and
        is not, or cannot be one; TimedOut where the keyring does not answer.
        """
        if key := self._handed.get(provider.name):
            return _sound(key, f"the key that the editor gives for {provider.name}")
        if provider.key_env:
            if not (key := self._environment.get(provider.key_env, "")):
                raise Refused(
                    f"the environment variable {provider.key_env} (key_env) is not set, or empty", is_lasting=True
                )
            return _sound(key, f"the key in {provider.key_env}")
        if provider.key_keyring:
            return _sound(await self._from_keyring(provider.key_keyring), f"the keyring's key {provider.key_keyring!r}")
        return ""

    async def _from_keyring(self, entry: str) -> str:
        if entry not in self._found:
            if not (found := await self._asked_once(entry)):
                raise Refused(
                    f"the keyring has no key {entry!r}; store it with: keyring set {KEYRING_SERVICE} {entry}, "
                    "or name an environment variable as key_env",
                    is_lasting=True,
                )
            self._found[entry] = found
        return self._found[entry]

    async def _asked_once(self, entry: str) -> str | None:
        """What the keyring gives; questions at once wait for one answer, so that people see one dialogue."""
        asked = self._asked.get(entry)
        if asked is None or asked.done() or asked.get_loop() is not asyncio.get_running_loop():
            asked = self._asked[entry] = _in_thread(lambda: self._keyring(entry))
        try:
            async with asyncio.timeout(self._within_s):
                return await asyncio.shield(asked)  # who leaves does not take the answer from the others
        except TimeoutError as error:
            raise TimedOut(
                "the keyring does not answer; unlock it, or name an environment variable as key_env"
            ) from error


def _sound(key: str, whose: str) -> str:
    """A key that can stand in a header."""
    if not key.isascii() or not key.isprintable() or " " in key:
        raise Refused(
            f"{whose} holds a line break, a space or a letter that no key has; store it again without", is_lasting=True
        )
    return key


def _from_keyring(entry: str) -> str | None:
    # Imported on first use: it looks through all packages for backends.
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(KEYRING_SERVICE, entry)
    except (KeyringError, OSError, RuntimeError) as error:
        raise Refused(
            f"the keyring cannot be read ({type(error).__name__}); unlock it, or use key_env", is_lasting=True
        ) from None


def _in_thread(call: Callable[[], str | None]) -> asyncio.Future[str | None]:
    """What `call` gives, from a thread that nobody waits for at the end.

    Not the loop's own threads: a keyring that waits for a password would keep the process from ending.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[str | None] = loop.create_future()
    done.add_done_callback(lambda future: future.cancelled() or future.exception())  # heard, also if all have left

    def settle(value: str | None, error: ProviderError | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(value)

    def run() -> None:
        value: str | None = None
        failed: ProviderError | None = Refused(
            "the keyring broke; name an environment variable as key_env", is_lasting=True
        )
        try:
            value, failed = call(), None
        except ProviderError as error:
            failed = error
        except Exception as error:  # noqa: BLE001 - background work: who waits hears of it at once
            logger.warning("keyring=broken error=%s", type(error).__name__)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(settle, value, failed)

    threading.Thread(target=run, name="glossator-keyring", daemon=True).start()
    return done

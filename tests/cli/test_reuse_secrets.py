"""S1 for the cache: what stands in code, comments, names of files, settings and the environment is not stored."""

import os
from pathlib import Path

import pytest
from canaries import AWS, CANARIES, GITHUB, JWT, PEM_LINE
from machines import Machine, Shared
from served import filling, served
from valkey_server import Valkey

SECRET = "Zx81-the-team-key-9f86d081"
OWN_KEY = "sk-q7Wv3ZkP0xT1uYb8JmR4sLd6NcHf2EgA"
SAID = {
    "summary": "Read what lies at a path.",
    "arg_path": "Where the file lies that is opened and read.",
    "arg_limit": "How much of the file is read at most.",
    "returns": "The content of the file that was read.",
}


@pytest.fixture(scope="module")
def valkey(tmp_path_factory):
    with Valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture(scope="module")
def stored(tmp_path_factory, valkey):
    """All that is stored after all canaries were documented: the bytes of the cache's folder, and of the server."""
    folder = tmp_path_factory.mktemp("canaries")
    machine = Machine(folder / "user", key=SECRET)
    with served(filling(SAID)) as model, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MODEL_KEY", OWN_KEY)
        machine.configure(model.url, valkey.url)
        settings = machine.folder / "user.toml"
        settings.write_text(settings.read_text().replace("exam = false", 'exam = false\nkey_env = "MODEL_KEY"'))
        for number, canary in enumerate(CANARIES):
            for name, value in canary.environment:
                patch.setenv(name, value)
            place = machine.folder / "project" / f"p{number}" / canary.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(canary.source)
        machine.path.write_text("")
        with machine.process([*_python(), "write", "."]) as process:
            _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        assert len(model.requests) > 20, errors
    on_server = Shared(valkey, SECRET)
    assert len(on_server.entries()) > 60
    return _bytes_in(machine.folder / "cache"), b"\n".join(key + value for key, value in on_server.values().items())


def _python():
    import sys

    return sys.executable, "-m", "glossator"


def _bytes_in(folder):
    return b"\n".join(
        str(path).encode() + path.read_bytes() for path in sorted(Path(folder).rglob("*")) if path.is_file()
    )


@pytest.mark.parametrize("canary", CANARIES, ids=lambda canary: canary.kind)
def test_s1_no_canary_is_on_disk_or_on_the_server(stored, canary):
    for where in stored:
        assert not [trace for trace in canary.traces if trace.encode() in where]


@pytest.mark.parametrize("secret", [SECRET, OWN_KEY, "MODEL_KEY", "TEAM_KEY"])
def test_s1_no_key_is_on_disk_or_on_the_server(stored, secret):
    for where in stored:
        assert secret.encode() not in where


def test_s1_no_path_is_on_disk_or_on_the_server(stored, tmp_path_factory):
    base = str(tmp_path_factory.getbasetemp()).encode()
    for where in stored:
        assert base not in where.replace(os.fsencode(os.path.join(base.decode(), "canaries0/user/cache")), b"")
        assert b"module.py" not in where


def test_what_is_stored_is_what_was_said(stored):
    for where in stored:
        assert SAID["summary"].encode() in where


REPEATED = {"a cloud key": AWS, "a service's token": GITHUB, "a signed token": JWT, "a line of a private key": PEM_LINE}


@pytest.mark.parametrize("kind", REPEATED)
def test_s1_a_secret_of_a_known_form_is_not_stored_where_a_model_repeats_it(tmp_path, valkey, kind):
    secret = REPEATED[kind]
    machine = Machine(tmp_path, key=SECRET)
    with served(
        filling({"summary": f"Read what {secret} opens.", "returns": f"The content of ``{secret}``."})
    ) as model:
        machine.configure(model.url, valkey.url)
        machine.write(f'"""Load."""\n\n\ndef load(path):\n    return open(path, "{secret}").read()\n')
        assert secret.encode() in model.received
    on_server = b"\n".join(Shared(valkey, SECRET).values().values())
    for where in (_bytes_in(machine.folder / "cache"), on_server):
        assert secret.encode() not in where


@pytest.mark.parametrize("secret", ["Tr0ub4dor-Zx81", "JBSWY3DPEHPK3PXQ", "4111111111111112"])
@pytest.mark.parametrize("place", ["literal", "comment"])
def test_s1_what_a_model_repeats_of_a_literal_or_a_comment_is_not_stored(tmp_path, valkey, secret, place):
    machine = Machine(tmp_path, key=SECRET)
    code = {
        "literal": f'    return open(path, "{secret}").read()\n',
        "comment": f"    # with {secret}\n    return open(path).read()\n",
    }
    said = {"summary": f"Read what {secret} opens for a reader.", "returns": "All that was read."}
    with served(filling(said)) as model:
        machine.configure(model.url, valkey.url)
        own = "".join(filter(str.isalpha, secret)).lower()  # code that nobody has asked about before
        machine.write(f'"""Load."""\n\n\ndef load_{place}_{own}(path):\n{code[place]}')
        assert secret.encode() in model.received
    on_server = b"\n".join(Shared(valkey, SECRET).values().values())
    for where in (_bytes_in(machine.folder / "cache"), on_server):
        assert secret.encode() not in where
        assert b"All that was read." in where

import itertools
import os
import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_NUMBERS = itertools.count()

# How long an example takes says something about the machine, and nothing about the property.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
# A commit has one answer; what chance finds is looked for by `make soak`, whose --hypothesis-profile wins over this.
settings.register_profile("ours", _PATIENT, derandomize=True)
settings.register_profile("explore", _PATIENT, derandomize=False)
settings.load_profile("ours")


@pytest.fixture(autouse=True, scope="session")
def _listening():
    """Hear Ctrl-C, also where a shell started us in the background and with it deaf: processes inherit that."""
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True, scope="session")
def _nobodys_home(tmp_path_factory):
    """Keep the developer's own settings and folders out of the tests, also out of the processes that they start."""
    home = tmp_path_factory.getbasetemp() / "nobody"
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
            patch.setenv(name, str(home / name.lower()))
        for name in ("CONFIG", "CACHE_FOLDER", "PROVIDER", "MODE", "LOG"):
            patch.delenv(f"GLOSSATOR_{name}", raising=False)
        yield home


def _own_cache(home):
    # What one test was answered, no other may find; and a port may be another server's by now.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(home / f"cache-{next(_NUMBERS)}"))
        yield


@pytest.fixture(autouse=True, scope="module")
def _modules_cache(_nobodys_home):
    """A cache folder for what a whole module shares: its fixtures are made before those of its first test."""
    yield from _own_cache(_nobodys_home)


@pytest.fixture(autouse=True)
def _tests_cache(_nobodys_home):
    """A cache folder for each test."""
    yield from _own_cache(_nobodys_home)


@pytest.fixture
def forget_answers():
    """Take away the answers that were kept on disk so far; what else the cache folder has stays."""
    return lambda: shutil.rmtree(Path(os.environ["XDG_CACHE_HOME"], "glossator", "answers"), ignore_errors=True)

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


@pytest.fixture(autouse=True)
def _nobodys_settings(monkeypatch, tmp_path_factory):
    """Keep the developer's own settings and folders out of the tests, also out of the processes that they start."""
    home = tmp_path_factory.getbasetemp() / "nobody"
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    # What one test was answered, no other may find; and a port may be another server's by now.
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / f"cache-{next(_NUMBERS)}"))
    for name in ("CONFIG", "CACHE_FOLDER", "PROVIDER", "MODE", "LOG"):
        monkeypatch.delenv(f"GLOSSATOR_{name}", raising=False)


@pytest.fixture
def forget_answers():
    """Take away the answers that were kept on disk so far; what else the cache folder has stays."""
    return lambda: shutil.rmtree(Path(os.environ["XDG_CACHE_HOME"], "glossator", "answers"), ignore_errors=True)

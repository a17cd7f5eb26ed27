import signal

import pytest
from hypothesis import HealthCheck, settings

from glossator.providers.remembered import FILE_NAME

# How long an example takes says something about the machine, and nothing about the property.
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
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
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    # A port may be another server's by now, which refuses other things.
    (home / "xdg_cache_home" / "glossator" / FILE_NAME).unlink(missing_ok=True)
    for name in ("CONFIG", "CACHE_FOLDER", "PROVIDER", "MODE", "LOG"):
        monkeypatch.delenv(f"GLOSSATOR_{name}", raising=False)

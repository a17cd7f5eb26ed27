import pytest
from served import configured


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty repository, which is the current folder."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def user(tmp_path, monkeypatch):
    """What makes the provider `fake`, at an address and with these settings, the user's choice."""

    def configure(url, *lines, top=""):
        monkeypatch.setenv("GLOSSATOR_CONFIG", configured(tmp_path, url, *lines, top=top))

    return configure

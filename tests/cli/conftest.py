import pytest
from kept_entries import GOOD, entries, model, put, reset
from served import configured

from glossator.cli.main import main


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


@pytest.fixture
def server():
    """The server of `kept_entries.model`."""
    with model() as one:
        yield one


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """Go on at a machine with a cache of its own, by its name."""

    def go(name):
        monkeypatch.setenv("GLOSSATOR_CACHE_FOLDER", str(tmp_path / f"cache of {name}"))

    go("A")
    return go


@pytest.fixture(scope="session")
def answers(tmp_path_factory):
    """Two files that a model has documented, and the entries that were kept of it; made once."""
    folder = tmp_path_factory.mktemp("answers")
    (folder / "project" / ".git").mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch, model() as server:
        patch.chdir(folder / "project")
        patch.setenv("GLOSSATOR_CONFIG", configured(folder, server.url))
        patch.setenv("GLOSSATOR_CACHE_FOLDER", str(folder / "cache"))
        reset(folder / "project")
        assert main(["write", "."]) == 0
        assert GOOD["summary"] in (folder / "project" / "a.py").read_text()
        return {name: (folder / "project" / name).read_text() for name in ("a.py", "b.py")}, entries()


@pytest.fixture
def answered(project, user, server, machine, answers):
    """A project with two files that a model has documented, on a machine that has kept the answers."""
    user(server.url)
    texts, kept = answers
    for name, text in texts.items():
        (project / name).write_text(text)
    put(kept)
    return project

import os
import shutil
import subprocess
import sys

import pytest
from repositories import IDENTITY, Repository

from glossator.errors import ConfigError, SourceError
from glossator.workspace import history as module
from glossator.workspace.history import Commit

OLD, NEW = "def f():\n    return 1\n", "def f():\n    return 2\n"


@pytest.fixture(autouse=True)
def _nobodys_git(monkeypatch):
    for name in ("GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_GLOBAL"):
        monkeypatch.setenv(name, IDENTITY[name])


@pytest.fixture
def repository(tmp_path):
    found = Repository(tmp_path / "repository")
    found.commit(a=OLD)
    return found


def previous(path, ref="HEAD"):
    with Commit(ref, [path]) as history:
        return history.previous(path, path.read_bytes()).decode()


def test_a_file_was_what_the_commit_holds(repository):
    repository.write(a=NEW)
    assert previous(repository.folder / "a.py") == OLD


@pytest.mark.parametrize("ref", ["HEAD~1", "main~1", "v1", "v2", "@~"])
def test_a_commit_is_named_as_git_names_it(repository, ref):
    repository.git("tag", "v1")
    repository.git("tag", "--annotate", "v2", "--message", "two")
    repository.commit(a=NEW)
    assert previous(repository.folder / "a.py", ref) == OLD


def test_a_file_that_is_new_was_empty(repository):
    repository.write(b=NEW)
    assert previous(repository.folder / "b.py") == ""
    repository.git("add", "b.py")
    assert previous(repository.folder / "b.py") == ""


def test_a_file_that_was_renamed_was_what_its_old_name_holds(repository):
    text = OLD + "\n".join(f"x{number} = {number}" for number in range(50)) + "\n"
    repository.commit(a=text)
    repository.git("mv", "a.py", "größer und schöner.py")
    path = repository.folder / "größer und schöner.py"
    path.write_text(text + "y = 1\n")
    assert previous(path) == text


def test_a_file_that_was_renamed_in_a_later_commit_too(repository):
    text = OLD * 20
    repository.commit(a=text)
    repository.git("tag", "start")
    repository.git("mv", "a.py", "b.py")
    repository.commit(b=text + "y = 1\n")
    assert previous(repository.folder / "b.py", "start") == text


@pytest.mark.parametrize(
    "name",
    [
        "ä ö.py",
        "日本.py",
        "tab\tand\nline.py",
        '"quoted".py',
        "-x.py",
        pytest.param(
            os.fsdecode(b"\xff.py"), marks=pytest.mark.skipif(sys.platform != "linux", reason="no such names")
        ),
    ],
)
def test_awkward_names_are_found(repository, name):
    path = repository.folder / name
    path.write_text(OLD)
    repository.commit()
    path.write_text(NEW)
    assert previous(path) == OLD


def test_a_file_in_a_subfolder_is_found_wherever_one_stands(repository, tmp_path, monkeypatch):
    path = repository.folder / "src" / "deep" / "b.py"
    path.parent.mkdir(parents=True)
    path.write_text(OLD)
    repository.commit()
    path.write_text(NEW)
    for place in (repository.folder, path.parent, tmp_path):
        monkeypatch.chdir(place)
        relative = module.Path(os.path.relpath(path))
        assert previous(relative) == OLD


def test_each_file_is_looked_up_in_its_own_repository(repository, tmp_path):
    inner = Repository(repository.folder / "inner")
    inner.commit(a=NEW)
    files = [repository.folder / "a.py", inner.folder / "a.py"]
    for file in files:
        file.write_text("")
    with Commit("HEAD", files) as history:
        assert [history.previous(file, b"x").decode() for file in files] == [OLD, NEW]


def test_a_folder_that_only_looks_like_a_repository_belongs_to_the_one_around_it(repository):
    (repository.folder / "inner" / ".git").mkdir(parents=True)
    (repository.folder / "inner" / "b.py").write_text(OLD)
    repository.commit()
    (repository.folder / "inner" / "b.py").write_text(NEW)
    assert previous(repository.folder / "inner" / "b.py") == OLD


def test_a_worktree_is_a_repository(repository, tmp_path):
    repository.git("worktree", "add", "--quiet", str(tmp_path / "other"))
    (tmp_path / "other" / "a.py").write_text(NEW)
    assert previous(tmp_path / "other" / "a.py") == OLD


def test_what_is_equal_to_the_commit_is_not_asked_for(repository):
    path = repository.folder / "a.py"
    with Commit("HEAD", [path]) as history:
        assert history.previous(path, OLD.encode()) == OLD.encode()
        assert [one.reader for one in history._repositories.values()] == [None]


def test_repositories_with_longer_numbers_are_read(tmp_path):
    folder = tmp_path / "long"
    folder.mkdir()
    subprocess.run(["git", "init", "--quiet", "--object-format=sha256"], cwd=folder, check=True)
    repository = Repository(folder)
    repository.commit(a=OLD)
    path = folder / "a.py"
    with Commit("HEAD", [path]) as history:
        assert history.previous(path, OLD.encode()) == OLD.encode()
        assert history.previous(path, b"x") == OLD.encode()


def test_a_link_is_no_earlier_text(repository):
    (repository.folder / "b.py").symlink_to("a.py")
    repository.commit()
    (repository.folder / "b.py").unlink()
    repository.write(b=NEW)
    assert previous(repository.folder / "b.py") == ""


def test_what_was_too_large_is_as_if_it_had_not_been(repository):
    repository.commit(a="#" * 5_000_001, b=OLD)
    repository.write(a=NEW, b=NEW)
    files = [repository.folder / "a.py", repository.folder / "b.py"]
    with Commit("HEAD", files) as history:
        assert [history.previous(file, b"x").decode() for file in files] == ["", OLD]


@pytest.mark.parametrize("ref", ["", "-x", "--output=x", "HEAD\nHEAD", "HEAD\0", "\x1b[31m"])
def test_what_cannot_be_the_name_of_a_commit_is_refused_before_git_runs(repository, ref, monkeypatch):
    monkeypatch.setattr(subprocess, "run", None)
    with pytest.raises(ConfigError, match="is no name of a commit"):
        Commit(ref, [repository.folder / "a.py"])


@pytest.mark.parametrize("ref", ["nowhere", "origin/main", "HEAD:a.py", "HEAD~9", "a..b", "0" * 40])
def test_a_commit_that_is_not_there_is_refused_with_what_to_do(repository, ref):
    with pytest.raises(ConfigError, match=r"has no commit called .* fetch it first"):
        Commit(ref, [repository.folder / "a.py"])


def test_a_shallow_clone_lacks_commits(repository, tmp_path):
    repository.commit(a=NEW)
    address = (tmp_path / "repository").as_uri()
    subprocess.run(["git", "clone", "--quiet", "--depth=1", address, str(tmp_path / "shallow")], check=True)
    with pytest.raises(ConfigError, match="fetch-depth: 0"):
        Commit("HEAD~1", [tmp_path / "shallow" / "a.py"])


def test_a_repository_without_a_commit_has_none_to_compare_with(tmp_path):
    empty = Repository(tmp_path / "empty")
    empty.write(a=OLD)
    with pytest.raises(ConfigError, match="has no commit called 'HEAD'"):
        Commit("HEAD", [empty.folder / "a.py"])


def test_outside_of_a_repository_it_says_so(tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match="is in no git repository"):
        Commit("HEAD", [tmp_path / "a.py"])


def test_a_broken_repository_is_named_with_what_git_says(tmp_path):
    (tmp_path / ".git").write_text("gitdir: nowhere")
    with pytest.raises(ConfigError, match=r"git cannot read the repository \(fatal: not a git repository"):
        Commit("HEAD", [tmp_path / "a.py"])


@pytest.mark.parametrize("folders", ["", ".", "none"])
def test_without_git_it_says_so_and_takes_none_from_the_current_folder(repository, monkeypatch, folders):
    canary = repository.folder / "git"
    canary.write_text("#!/bin/sh\ntouch canary\n")
    canary.chmod(0o755)
    monkeypatch.chdir(repository.folder)
    monkeypatch.setenv("PATH", folders)
    with pytest.raises(ConfigError, match="needs git"):
        Commit("HEAD", [repository.folder / "a.py"])
    assert not (repository.folder / "canary").exists()


def test_the_environment_of_a_hook_does_not_lead_astray(repository, tmp_path, monkeypatch):
    other = Repository(tmp_path / "other")
    other.commit(a="other = 1\n")
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.folder / ".git" / "index"))
    repository_file = repository.folder / "a.py"
    repository_file.write_text(NEW)
    assert previous(repository_file) == OLD


def test_nothing_that_a_repository_names_is_run(repository, tmp_path):
    canary = tmp_path / "canary"
    script = repository.folder / "evil"
    script.write_text(f"#!/bin/sh\necho $0 $@ >> '{canary}'\ncat\n")
    script.chmod(0o755)
    for hook in ("post-index-change", "post-checkout", "reference-transaction"):
        shutil.copy(script, repository.folder / ".git" / "hooks" / hook)
    (repository.folder / ".gitattributes").write_text("*.py filter=evil diff=evil\n")
    repository.commit(b="")
    repository.git("mv", "a.py", "c.py")
    (repository.folder / "c.py").write_text(NEW)
    settings = ("core.fsmonitor", "core.hooksPath", "core.pager", "core.askPass", "core.sshCommand", "diff.external")
    filters = ("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.command")
    for key in (*settings, *filters, "diff.evil.textconv", "remote.origin.uploadpack"):
        repository.git("config", key, str(repository.folder if key == "core.hooksPath" else script))
    canary.unlink(missing_ok=True)
    assert previous(repository.folder / "c.py") == OLD
    assert not canary.exists()
    repository.git("diff", "HEAD")  # what we do without would have run them
    assert canary.exists()


def test_a_file_that_a_partial_clone_lacks_is_not_fetched(repository, tmp_path):
    repository.commit(a=NEW)
    repository.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "partial"
    address = (tmp_path / "repository").as_uri()
    subprocess.run(["git", "clone", "--quiet", "--filter=blob:none", address, str(clone)], check=True)
    with pytest.raises(SourceError, match="in a partial clone, fetch it first"):
        previous(clone / "a.py", "HEAD~1")


def test_git_that_ends_in_the_middle_takes_one_file_with_it(repository):
    path = repository.folder / "a.py"
    with Commit("HEAD", [path]) as history:
        history.previous(path, b"x")
        (found,) = history._repositories.values()
        found.reader.kill()
        found.reader.wait()
        with pytest.raises(SourceError, match="cannot be read from git"):
            history.previous(path, b"x")
        assert history.previous(path, b"x").decode() == OLD


def test_its_processes_end_with_it(repository):
    path = repository.folder / "a.py"
    with Commit("HEAD", [path]) as history:
        history.previous(path, b"x")
        reader = next(iter(history._repositories.values())).reader
        assert reader.poll() is None
    assert reader.returncode is not None

"""Reading the project index: which folder is meant, what is read again, and that it does not depend on who asks."""

from pathlib import Path

import pytest

from glossator.workspace.index import index_of
from glossator.workspace.project import IndexReader, Parser, project_files, project_root

BASE = 'class Base:\n    def read(self):\n        """Read it."""\n'
CHILD = "from base import Base\nclass Child(Base):\n    def read(self): pass\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "base.py").write_text(BASE)
    (tmp_path / "child.py").write_text(CHILD)
    return tmp_path


def documented(index, path):
    return dict(index.about(str(path)).inherited)


def test_the_project_is_where_its_file_is(tmp_path):
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert project_root(tmp_path / "a" / "b" / "c.py") == tmp_path


def test_without_a_project_only_what_could_be_imported_is_read(tmp_path):
    (tmp_path / "script.py").write_text("")
    for name in ("package/__init__.py", "package/inner/deep.py", "other/stranger.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    found = [str(Path(path).relative_to(tmp_path)) for path, _ in project_files(tmp_path)]
    assert found == ["package/__init__.py", "package/inner/deep.py", "script.py"]
    (tmp_path / "pyproject.toml").write_text("")
    assert len([*project_files(tmp_path)]) == 4


def test_one_target_and_all_targets_give_the_same(project):
    for number in range(30):
        (project / f"other{number}.py").write_text("x = 1\n")
    files = [path for path, _ in project_files(project)]
    one = IndexReader(project).read([str(project / "child.py")])
    every = IndexReader(project).read(files)
    assert documented(one, project / "child.py") == documented(every, project / "child.py") != {}
    assert every == index_of((path, Path(path).read_bytes()) for path in files)


def test_a_file_that_has_changed_is_read_again(project):
    reader, target = IndexReader(project), str(project / "child.py")
    assert documented(reader.read([target]), target)
    (project / "base.py").write_text(BASE.replace('"""Read it."""', "pass"))
    assert not documented(reader.read([target]), target)


def test_a_file_that_has_not_changed_is_not_read_again(project):
    files = [path for path, _ in project_files(project)]
    reader, seen = IndexReader(project), []

    def mapper(function, paths):
        paths = list(paths)
        seen.extend(paths)
        return map(function, paths)

    first = reader.read(files, mapper)
    assert sorted(seen) == sorted(files * 2)  # for its words, and for its classes
    assert reader.read(files, mapper) == first
    assert len(seen) == 4


def test_a_project_without_docstrings_is_not_parsed(project):
    (project / "base.py").write_text(BASE.replace('"""Read it."""', "pass"))
    files = [path for path, _ in project_files(project)]

    def mapper(function, paths):
        paths = list(paths)
        assert not isinstance(function, Parser) or not paths
        return map(function, paths)

    assert IndexReader(project).read(files, mapper).inherited == {}


def test_ignored_folders_are_not_read(project):
    (project / ".gitignore").write_text("build/\n")
    (project / "build").mkdir()
    (project / "build" / "copy.py").write_text(BASE)
    assert [path.rsplit("/", 1)[-1] for path, _ in project_files(project)] == ["base.py", "child.py"]


def test_a_target_that_is_gone_is_left_out(project):
    assert IndexReader(project).read([str(project / "gone.py")]).inherited == {}

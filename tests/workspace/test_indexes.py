"""The indexes of open files: each file's own project answers, and only what was read and taken."""

import pytest

from glossator.workspace.indexes import Indexes

BASE = 'class Base:\n    def read(self):\n        """Read it."""\n'
CHILD = "from base import Base\nclass Child(Base):\n    def read(self): pass\n"


@pytest.fixture
def child(tmp_path):
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "base.py").write_text(BASE)
    (tmp_path / "child.py").write_text(CHILD)
    return tmp_path / "child.py"


def test_nothing_is_said_before_a_reading_was_taken(child):
    indexes = Indexes()
    found = indexes.read([str(child)])
    assert indexes.about(str(child)).base_of("Child", "read") is None
    assert indexes.take(found)
    assert indexes.about(str(child)).base_of("Child", "read").text == "Read it."


def test_a_reading_that_says_the_same_is_no_change(child):
    indexes = Indexes()
    indexes.take(indexes.read([str(child)]))
    assert not indexes.take(indexes.read([str(child)]))


def test_a_saved_base_is_a_change(child):
    indexes = Indexes()
    indexes.take(indexes.read([str(child)]))
    (child.parent / "base.py").write_text(BASE.replace("Read it.", "Read all of it."))
    assert indexes.take(indexes.read([str(child)]))
    assert indexes.about(str(child)).base_of("Child", "read").text == "Read all of it."


def test_each_project_answers_for_its_own_files(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pyproject.toml").write_text("")
        (tmp_path / name / "child.py").write_text(CHILD)
    (tmp_path / "one" / "base.py").write_text(BASE)
    files = [str(tmp_path / name / "child.py") for name in ("one", "two")]
    indexes = Indexes()
    indexes.take(indexes.read(files))
    assert [indexes.about(file).base_of("Child", "read") is None for file in files] == [False, True]


def test_a_stopped_reading_ends_empty(child):
    indexes = Indexes()
    indexes.stop()
    assert not indexes.read([str(child)])[str(child.parent)].inherited

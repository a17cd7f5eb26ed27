"""Files of projects, read whatever they are."""

import os
import sys

import pytest

from glossator.config.files import MAX_PARTS, read_toml


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pyproject.toml")
    assert read_toml(tmp_path / "pyproject.toml").error == "is not a regular file"
    assert read_toml(tmp_path).error != ""


def test_a_key_of_thousands_of_parts_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "pyproject.toml"
    path.write_text(f"{'.'.join('a' * 40_000)} = 1\n")
    assert "more than 100 parts" in read_toml(path).error
    path.write_text(f"{'.'.join('a' * MAX_PARTS)} = 1\n")
    assert read_toml(path).table["a"]


def test_dots_within_texts_are_no_parts(tmp_path):
    path = tmp_path / "pyproject.toml"
    path.write_text(f'a = "{"." * 500}"\n')
    assert read_toml(path).table == {"a": "." * 500}
    path.write_text(f'a = """\n{"word. " * 500}\n"""\n')
    assert read_toml(path).error == ""

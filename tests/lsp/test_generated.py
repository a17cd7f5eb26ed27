"""The code that attrs generates is kept, and used only if it is the user's own."""

from __future__ import annotations

import dataclasses
import errno
import marshal
import os
import stat

import attr
import attr._make as make
import pytest

from glossator.lsp.generated import code_file, remembered_code

pytestmark = pytest.mark.skipif(os.name != "posix", reason="nothing is kept elsewhere")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "cache" / "generated.bin"


def define(number):
    return attr.make_class(f"Made{number}", [f"field_{number}"])(number)


def kept(file):
    return marshal.loads(file.read_bytes())


def test_code_is_kept_for_the_user_alone_and_found_again(file):
    with remembered_code(file):
        define(1)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    written = file.stat().st_mtime_ns
    with remembered_code(file):
        assert define(1).field_1 == 1
    assert file.stat().st_mtime_ns == written
    assert "compile" not in vars(make)


def test_new_code_is_added(file):
    for number in (1, 2):
        with remembered_code(file):
            define(number)
    assert any("field_1" in source for source in kept(file))
    assert any("field_2" in source for source in kept(file))


def test_a_full_disk_leaves_nothing_behind(file, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(marshal, "dump", refuse)
    with remembered_code(file):
        assert define(1).field_1 == 1
    assert list(file.parent.iterdir()) == []


def test_the_code_of_dataclasses_is_kept_too(file):
    for _ in range(2):
        with remembered_code(file):
            made = dataclasses.make_dataclass("Made", ["kept_field"], frozen=True)
        assert made(7).kept_field == 7
    assert any("kept_field" in source for source in kept(file))
    assert "exec" not in vars(dataclasses)


@pytest.mark.parametrize(("path", "mode"), [("cache", 0o755), ("cache/generated.bin", 0o644)])
def test_code_that_others_can_reach_is_not_executed(file, tmp_path, path, mode):
    with remembered_code(file):
        define(3)
    planted = {source: compile("raise SystemExit('planted')", "planted", "exec") for source in kept(file)}
    file.write_bytes(marshal.dumps(planted))
    (tmp_path / path).chmod(mode)
    with remembered_code(file):
        assert define(3).field_3 == 3


def test_a_link_is_not_followed(file, tmp_path):
    with remembered_code(file):
        define(4)
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    with remembered_code(file):
        assert define(4).field_4 == 4


@pytest.mark.parametrize("content", [b"", b"garbage", marshal.dumps([1]), marshal.dumps({"x": 1})[:-2]])
def test_a_broken_file_is_no_fault(file, content):
    file.parent.mkdir(mode=0o700)
    file.write_bytes(content)
    file.chmod(0o600)
    with remembered_code(file):
        assert define(5).field_5 == 5


def test_a_folder_that_cannot_be_written_is_no_fault(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with remembered_code(tmp_path / "file" / "generated.bin"):
        assert define(6).field_6 == 6


def test_the_folder_is_the_one_that_the_user_names():
    assert code_file({"GLOSSATOR_CACHE_FOLDER": "/named"}).parent.as_posix() == "/named"
    assert code_file({"XDG_CACHE_HOME": "/home"}).parent.as_posix() == "/home/glossator"

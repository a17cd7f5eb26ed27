import os
import resource
import signal
import stat
import subprocess
import sys
import textwrap

import pytest

from glossator.errors import SourceError
from glossator.workspace.write import growing_file, read_file, replace_file

OLD, NEW = b"old = 1\r\n", b'"""Doc."""\r\nold = 1\r\n'


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.py"
    path.write_bytes(OLD)
    return path


def only(file):
    """Whether nothing but `file` is in its folder: no temporary file was left."""
    return [p.name for p in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_d9_a_file_keeps_its_mode(file, mode):
    file.chmod(mode)
    replace_file(file, OLD, NEW)
    assert file.read_bytes() == NEW
    assert file.stat().st_mode & 0o777 == mode
    assert only(file)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_d9_a_file_keeps_its_owner(file):
    os.chown(file, 1234, 2345)
    replace_file(file, OLD, NEW)
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 2345)


def test_d9_a_file_that_this_user_may_not_write_is_left_alone(file, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anything
    with pytest.raises(SourceError, match="read-only"):
        replace_file(file, OLD, NEW)
    assert file.read_bytes() == OLD


@pytest.mark.skipif(os.access("/", os.W_OK) is False, reason="only root may write read-only files")
def test_d9_the_mode_is_kept_where_a_read_only_file_may_be_written(file):
    file.chmod(0o444)
    replace_file(file, OLD, NEW)
    assert file.read_bytes() == NEW
    assert stat.S_IMODE(file.stat().st_mode) == 0o444


def test_d9_a_file_with_another_hard_link_is_left_alone(file, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "b.py"
    os.link(file, other)
    with pytest.raises(SourceError, match="hard links"):
        replace_file(file, OLD, NEW)
    assert file.read_bytes() == other.read_bytes() == OLD
    assert only(file)


def test_d9_a_link_stays_a_link_and_its_target_is_written(file, tmp_path_factory):
    link = tmp_path_factory.mktemp("other") / "link.py"
    link.symlink_to(file)
    replace_file(link, OLD, NEW)
    assert link.is_symlink()
    assert file.read_bytes() == NEW


@pytest.mark.parametrize("now", [b"mine = 2\r\n", OLD + b"x", OLD[:-1], b""])
def test_d9_a_file_that_changed_since_it_was_read_is_not_overwritten(file, now):
    file.write_bytes(now)
    with pytest.raises(SourceError, match=r"changed|larger"):
        replace_file(file, OLD, NEW)
    assert file.read_bytes() == now
    assert only(file)


def test_a_file_that_is_gone_is_not_made_again(file):
    file.unlink()
    with pytest.raises(SourceError, match="cannot be written"):
        replace_file(file, OLD, NEW)
    assert not file.exists()


def test_d10_a_full_disk_leaves_the_old_file(file):
    # RLIMIT_FSIZE makes write() fail as a full disk does, after a part was written.
    code = f"""
        import resource, signal
        from pathlib import Path
        from glossator.errors import SourceError
        from glossator.workspace.write import replace_file
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            replace_file(Path({str(file)!r}), {OLD!r}, b"x" * 100_000)
        except SourceError as error:
            print(error)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert "cannot be written" in done.stdout
    assert file.read_bytes() == OLD
    assert only(file)


KILLED = """
    import sys
    from pathlib import Path
    from glossator.workspace.write import replace_file
    path, texts = Path(sys.argv[1]), (b"a" * 300_000, b"b" * 300_000)
    print("ready", flush=True)
    while True:
        replace_file(path, *texts)
        texts = texts[::-1]
"""


def kill_while_writing(file, times):
    """Kill a process that writes without end, `times` times; every time the file must be one of the two texts."""
    for _ in range(times):
        file.write_bytes(b"a" * 300_000)
        command = [sys.executable, "-c", textwrap.dedent(KILLED), str(file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout.readline() == b"ready\n"
            # Until it was seen at work, so that the kill comes at an arbitrary moment of a write.
            while file.read_bytes()[:1] == b"a":
                continue
            process.send_signal(signal.SIGKILL)
        raw = file.read_bytes()
        assert len(raw) == 300_000
        assert len(set(raw)) == 1


def test_d10_kill_9_in_the_middle_of_a_write_leaves_a_whole_file(file):
    kill_while_writing(file, 3)


@pytest.mark.soak
def test_d10_kill_9_a_hundred_times_leaves_a_whole_file(file):
    kill_while_writing(file, 100)


def test_ctrl_c_in_the_middle_of_a_write_waits_for_its_end(file, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        replace_file(file, OLD, NEW)
    assert file.read_bytes() == NEW
    assert only(file)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_growing_file_is_there_at_its_end_alone(file, is_there):
    file.chmod(0o640) if is_there else file.unlink()
    with growing_file(file) as grown:
        grown.write(NEW[:5])
        grown.flush()
        assert file.read_bytes() == OLD if is_there else not file.exists()
        grown.write(NEW[5:])
    assert file.read_bytes() == NEW
    assert only(file)
    assert not is_there or stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_a_growing_file_that_does_not_come_to_its_end_leaves_the_old_one(file, error):
    def write():
        with growing_file(file) as grown:
            grown.write(NEW)
            raise error

    with pytest.raises((KeyboardInterrupt, SourceError)):
        write()
    assert file.read_bytes() == OLD
    assert only(file)


def test_what_is_no_file_does_not_grow(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "no" / "folder"):
        with pytest.raises(SourceError), growing_file(path):
            pass


def test_a_file_over_the_limit_is_refused(file):
    assert read_file(file, len(OLD)) == OLD
    with pytest.raises(SourceError, match="larger than"):
        read_file(file, len(OLD) - 1)


def test_a_pipe_and_a_device_are_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(SourceError):
            read_file(path, 100)


def test_d9_nothing_is_left_open(file):
    before = len(os.listdir("/dev/fd"))
    for _ in range(20):
        replace_file(file, OLD, NEW)
        replace_file(file, NEW, OLD)
    assert len(os.listdir("/dev/fd")) == before
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 20

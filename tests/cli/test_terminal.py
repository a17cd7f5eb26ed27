import io
import os
import pty
import subprocess
import sys

import pytest

from glossator.cli import terminal


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("environment", "stream", "want"),
    [
        ({}, Terminal(), True),
        ({}, io.StringIO(), False),
        ({"NO_COLOR": "1"}, Terminal(), False),
        ({"FORCE_COLOR": "1"}, io.StringIO(), True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, Terminal(), False),
    ],
)
def test_colours_follow_the_terminal_and_the_users_word(monkeypatch, environment, stream, want):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert terminal.has_colours(stream) is want


def test_there_is_no_bar_without_a_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with terminal.progress(1000) as advance:
        advance()
    assert sys.stderr.getvalue() == ""


def test_a_terminal_gets_a_bar_and_standard_output_does_not(tmp_path):
    for number in range(60):
        (tmp_path / f"m{number}.py").write_text("def area(width):\n    return width\n")
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "glossator", "write", "."],
        stdout=subprocess.PIPE,
        stderr=theirs,
        cwd=tmp_path,
        env={**os.environ, "TERM": "xterm"},
        check=True,
    )
    os.close(theirs)
    shown = os.read(ours, 1 << 16)
    os.close(ours)
    assert b"files" in shown
    assert b"\x1b" not in done.stdout

"""`write` with a model: files end in any order, and are shown in that of their names; JSON says whose each text is."""

import asyncio
import contextlib
import json
import os
import pty
import re
import subprocess
import sys

import pytest
from fake_provider import ok, openai_stream
from served import answer_to, answering, prompt_of, served

from glossator.cli import terminal
from glossator.cli.main import main

NAMES = "abcdef"
SOURCE = '''\
"""Keep entries."""


def load_{0}(store, key, limit=10):
    entry = store.find(key)
    for part in entry.parts[:limit]:
        store.touch(part)
    return entry
'''
SAID = {
    "summary": "Look up an entry of a store and mark its first parts as used.",
    "arg_store": "Where the entry is kept, and whose parts are touched.",
    "arg_limit": "How many parts of the entry are touched at most.",
    "returns": "The entry that was looked up.",
}


class Held:
    """Answers for all files; the first file's comes when the last file has been asked for."""

    def __init__(self):
        self.event = asyncio.Event()

    def __call__(self, asked):
        name = re.search(r"def load_(\w)", prompt_of(asked)).group(1)
        if name == NAMES[-1]:
            self.event.set()
        answer = ok(openai_stream(answer_to(asked, lambda name: SAID.get(name, ""))))
        return [self, *answer] if name == NAMES[0] else answer

    async def wait(self):
        await asyncio.wait_for(self.event.wait(), 20)


@pytest.fixture
def files(project):
    for name in NAMES:
        (project / f"{name}.py").write_text(SOURCE.format(name))
    return project


def shown(capsys):
    return re.findall(r"^\+\+\+ (\w)\.py$", capsys.readouterr().out, re.MULTILINE)


def shown_on_terminal(command):
    """All that a command writes to its terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"}):
        os.close(theirs)
        found = b""
        with contextlib.suppress(OSError):  # the other side is closed
            while piece := os.read(ours, 1 << 16):
                found += piece
    os.close(ours)
    return found.replace(b"\r\n", b"\n")


def test_a_diff_has_the_files_in_order_though_the_first_is_the_slowest(files, user, capsys):
    held = Held()
    with served(held) as server:
        user(server.url, "concurrency = 8")
        assert main(["write", "--diff", "."]) == 0
    assert shown(capsys) == list(NAMES)
    assert held.event.is_set()


def test_a_diff_that_nobody_reads_any_more_ends_without_a_word(files, user):
    reading, writing = os.pipe()
    os.close(reading)
    with served(answering(SAID)) as server:
        user(server.url)
        command = [sys.executable, "-m", "glossator", "write", "--diff", "."]
        ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(writing)
    assert ended.returncode == 3
    assert b"Traceback" not in ended.stderr


@pytest.mark.parametrize("provider", ["fake", "embedded"])
def test_on_a_terminal_nothing_moves_between_the_lines_of_a_diff(files, user, provider):
    for number in range(terminal.FEW):
        (files / f"more{number}.py").write_text(SOURCE.format(f"more{number}"))
    command = [sys.executable, "-m", "glossator", "write", "--diff", "--provider", provider, "."]
    with served(answering(SAID)) as server:
        user(server.url)
        shown = shown_on_terminal(command)
    assert len(re.findall(rb"^\x1b\[1m--- a.py", shown, re.MULTILINE)) == 1
    assert b"\x1b[2K" not in shown


def test_each_field_of_each_symbol_has_its_origin_in_json(files, user, capsys):
    with served(answering(SAID)) as server:
        user(server.url)
        assert main(["write", "--output-format", "json", "a.py"]) == 0
    found = json.loads(capsys.readouterr().out)
    (symbol,) = (one for one in found["files"][0]["symbols"] if one["name"] == "load_a")
    assert symbol["fields"] == {
        "summary": "fake",
        "parameter store": "fake",
        "parameter key": "embedded",
        "parameter limit": "fake",
        "returns": "fake",
    }
    assert symbol["origins"] == {"fake": 4, "embedded": 1}
    assert found["totals"]["origins"] == symbol["origins"]

"""A run over many functions with a server that fails three requests of ten, each in another way; kills in the middle.

The server is a process of its own and records what it was asked. Its chance has a seed.
"""

import ast
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest
from load_server import FAULTS, Load, loaded, said
from oracle import check_harmless
from served import configured

from glossator.cache.disk import Disk
from glossator.cache.entries import decoded
from glossator.config import Settings
from glossator.docstring.styles import Style, parse
from glossator.documenter import FileOptions, document_bytes
from glossator.documenter.caching import FOLDER

logger = logging.getLogger(__name__)  # what was counted: pytest -o log_cli=true --log-cli-level=info

COUNTED = "%d answers: %d kept, %d functions left, %d asked about again"
WORDS = (
    "amber basin cedar delta ember fjord grove haven inlet juniper "
    "knoll lagoon meadow nectar orchard pebble quarry ridge summit thicket"
).split()
OPERATORS = "+", "-", "*", "//", "%"
A_FILE = 10
# So short that thousands are soon asked, with a seed that leaves no document and no kind of fault out.
LOAD = Load(median_s=0.05, least_s=0.02, most_s=0.1, fault_rate=0.3, seed=51)
NARROW = "concurrency = 2", "max_concurrency = 4"  # so that some files are done before others are begun
TIMEOUT = "timeout_s = 1.0"  # a silent server costs so much, and the others answer in a tenth of a second


def function(number):
    """A function like no other: no answer for one fits another one."""
    first, turn = number % 20, number // 20
    one, other = WORDS[first], WORDS[(first + turn % 19 + 1) % 20]
    third = WORDS[(first * 7 + turn + 3) % 20]
    operator, further = OPERATORS[number % 5], OPERATORS[number // 5 % 5]
    return f"""

def weigh_{one}_{other}_{number}({one}_level, {other}_count, ledger):
    margin = {one}_level {operator} {number + 2}
    for part in ledger.{third}_rows[:{other}_count]:
        ledger.note_{one}(part, margin {further} {other}_count)
    return ledger.{other}_total(margin)
"""


def sources(count):
    """The files of a project with so many functions."""
    return {
        f"m{first // A_FILE}.py": '"""Weigh things."""\n' + "".join(map(function, range(first, first + A_FILE)))
        for first in range(0, count, A_FILE)
    }


class Run:
    """A project in the current folder, and runs over it."""

    def __init__(self, folder, count):
        self.folder = folder
        self.count = count
        self.sources = sources(count)
        for name, text in self.sources.items():
            (folder / name).write_text(text)

    def write(self):
        """The totals of a run, which has to go well."""
        command = [sys.executable, "-m", "glossator", "write", "--output-format", "json", "."]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["totals"], done.stderr

    def docstrings(self):
        """The docstring of each function on disk; all files are whole, and differ in docstrings alone."""
        found = {}
        for name, before in self.sources.items():
            after = (self.folder / name).read_bytes()
            check_harmless(before.encode(), after)
            nodes = [node for node in ast.parse(after).body if isinstance(node, ast.FunctionDef)]
            texts = {node.name: ast.get_docstring(node) for node in nodes}
            assert len(texts) == A_FILE
            assert len({text is None for text in texts.values()}) == 1, "half a file"
            found |= texts
        assert len(found) == self.count
        return found

    def check_true(self):
        """Each text of each docstring is what the server says of that function, or embedded; how many are whose."""
        ours, whose = self._embedded(), Counter()
        for name, text in self.docstrings().items():
            if text is None:
                continue
            theirs, fields = answer_for(name, list(fields_of(ours[name]))), fields_of(text)
            assert list(fields) == list(theirs), f"{name} has other fields"
            by = {key: "model" if words == theirs[key] else "embedded" for key, words in fields.items()}
            wrong = {key for key in fields if by[key] == "embedded" and fields[key] != fields_of(ours[name])[key]}
            assert not wrong, f"{name}: nobody said {[fields[key] for key in wrong]} of it"
            whose["whole" if set(by.values()) == {"model"} else "embedded"] += 1
        return whose

    def _embedded(self):
        found = {}
        for name, text in self.sources.items():
            after = document_bytes(text.encode(), name, FileOptions(Settings())).raw
            nodes = [node for node in ast.parse(after).body if isinstance(node, ast.FunctionDef)]
            found |= {node.name: ast.get_docstring(node) for node in nodes}
        return found

    def undocumented(self):
        return {name for name, text in self.docstrings().items() if text is None}


def fields_of(text):
    """The texts of a docstring by the names that the server knows them by."""
    doc = parse(text, Style.GOOGLE).doc
    found = {"summary": doc.summary, **{f"arg_{one.name}": one.description for one in doc.parameters}}
    if doc.returns is not None:
        found["returns"] = doc.returns.description
    return {name: " ".join(words.split()) for name, words in found.items()}


def answer_for(name, fields):
    """What the server says about a function."""
    schema = {"properties": {"id": {"enum": ["a"]}, **{field: {} for field in fields}}}
    form = {"json_schema": {"schema": schema}}
    answer = said({"messages": [{"content": f"The function `{name}`\nid: a\n"}], "response_format": form})
    return {field: answer[field] for field in fields}


def kept():
    """The functions whose answers are on disk as a whole."""
    folder = Path(os.environ["XDG_CACHE_HOME"], "glossator", FOLDER)
    if not folder.exists():
        return set()
    disk = Disk(folder)
    try:
        entries = [decoded(payload) for _, payload in disk.items()]
    finally:
        disk.close()
    return {one.path for one in entries if one is not None and one.path}


@contextmanager
def writing():
    """A process that documents the current folder."""
    command = [sys.executable, "-m", "glossator", "write", "."]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def waiting_until(count, server, process):
    """Wait until so many prompts have been answered."""
    for _ in range(30_000):
        if len(server.told().answered) >= count:
            return
        assert process.poll() is None, "it ended before"
        time.sleep(0.01)  # nothing tells us what another process has heard
    raise AssertionError("it never came")


def deserted_after_s(server):
    """Seconds until no connection is open but the one that asks."""
    started = time.monotonic()
    while server.told().open > 1:
        assert time.monotonic() < started + 10, "connections stay open"
    return time.monotonic() - started


def asked(told):
    """How often each function was asked about, also in vain."""
    return Counter(told.names[digest] for digest, *_ in told.requests)


@pytest.fixture
def served(project, tmp_path, monkeypatch):
    """A server that fails as told; and its user."""

    @contextmanager
    def start(load=LOAD, *lines):
        with loaded(load) as server:
            monkeypatch.setenv("GLOSSATOR_CONFIG", configured(tmp_path, server.url, TIMEOUT, *lines))
            yield server

    return start


def test_the_functions_are_such_that_no_answer_is_refused(project, served):
    run = Run(project, 40)
    with served(Load(median_s=0.01, least_s=0.0, most_s=0.01)) as server:
        totals, _ = run.write()
        assert totals["degraded"] == 0
        assert set(server.told().answered.values()) == {1}
    assert run.check_true() == {"whole": 40}


COUNTS = [50, pytest.param(1000, marks=pytest.mark.soak)]


@pytest.mark.parametrize("count", COUNTS)
def test_p4_of_a_server_that_fails_three_times_of_ten_nothing_is_wrong_or_paid_twice(project, served, count):
    run = Run(project, count)
    with served() as server:
        totals, errors = run.write()
        told = server.told()
    whose = run.check_true()
    logger.info("documents: %s, %s, %s", dict(whose), totals, Counter(one[3] for one in told.requests))
    assert {one[3] for one in told.requests} == {"", *FAULTS}
    assert whose.total() == totals["added"] == count  # all end
    assert whose["embedded"] == totals["degraded"] <= count * 0.05
    assert set(told.answered.values()) == {1}  # none is paid for twice
    assert max(asked(told).values()) <= 3 * (3 + 3)  # a question and its repetition, each with retries, three times
    assert totals["provider_calls"] == len(told.requests)
    assert "Traceback" not in errors


@pytest.mark.parametrize("count", COUNTS)
def test_c6_after_kill_9_only_what_was_unfinished_is_asked_for_again(project, served, count):
    run = Run(project, count)
    with served(LOAD, *NARROW) as server:
        with writing() as process:
            waiting_until(count * 2 // 3, server, process)
            process.send_signal(signal.SIGKILL)
            process.wait()
        before, left, known = server.told(), run.undocumented(), kept()
        assert left
        totals, _ = run.write()
        after = server.told()
    again = asked(after) - asked(before)
    logger.info(COUNTED, len(before.answered), len(known), len(left), len(again))
    assert set(again) == left - known
    twice = [one for one, times in after.answered.items() if times > 1]
    assert len(twice) <= before.most_at_once  # what was under way when it was killed
    assert len(known) >= len(before.answered) - before.most_at_once
    assert run.check_true().total() == count
    assert totals["failed"] == 0


@pytest.mark.parametrize("count", COUNTS)
def test_l2_ctrl_c_closes_all_connections_and_keeps_what_was_finished(project, served, count):
    run = Run(project, count)
    with served(LOAD, *NARROW) as server:
        with writing() as process:
            waiting_until(count * 2 // 3, server, process)
            process.send_signal(signal.SIGINT)
            started = time.monotonic()
            open_s = deserted_after_s(server)
            _, errors = process.communicate(timeout=20)
            took_s = time.monotonic() - started
        before, left, known = server.told(), run.undocumented(), kept()
        logger.info("no connection after %.0f ms, ended after %.0f ms", open_s * 1000, took_s * 1000)
        assert process.returncode == 3
        assert "interrupted" in errors
        assert "Traceback" not in errors
        assert max(open_s, took_s) < 10  # of 0.2 and 2 s; a machine may have other things to do
        run.write()
        after = server.told()
    again = asked(after) - asked(before)
    logger.info(COUNTED, len(before.answered), len(known), len(left), len(again))
    assert set(again) == left - known
    assert len(known) >= len(before.answered) - before.most_at_once
    assert run.check_true().total() == count

"""What was paid for survives a kill, and a cache that cannot be used costs a line at most, never the run."""

import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from fake_provider import HANG
from kept_answers import locked
from served import answering, prompt_of, served

from glossator.cache.disk import Disk
from glossator.cache.entries import decoded
from glossator.cli.main import main
from glossator.documenter.caching import FOLDER

COUNT = 6
GOOD = {
    "summary": "Look up an entry of a store and mark its first parts as used.",
    "arg_store": "Where the entry is kept, and whose parts are touched.",
    "arg_key": "Name of the entry that is looked up.",
    "arg_limit": "How many parts of the entry are touched at most.",
    "returns": "The entry that was looked up.",
}
NAMES = tuple(f"load_{name}" for name in "abcdefgh"[:COUNT])


def source(name):
    return (
        f'"""Keep entries."""\n\n\ndef {name}(store, key, limit=10):\n    entry = store.find(key)\n'
        "    for part in entry.parts[:limit]:\n        store.touch(part)\n    return entry\n"
    )


def restore(project):
    for name in NAMES:
        (project / f"{name}.py").write_text(source(name))


def shown(project):
    """The functions whose file shows what the model said."""
    return {name for name in NAMES if GOOD["summary"] in (project / f"{name}.py").read_text()}


def asked(server):
    """The functions that the model was asked about."""
    return [name for one in server.requests for name in NAMES if f"def {name}(" in prompt_of(one)]


@contextmanager
def writing(*arguments, **options):
    """A process that documents the current folder."""
    command = [sys.executable, "-m", "glossator", "write", *arguments, "."]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **(pipes | options)) as process:
        try:
            yield process
        finally:
            process.kill()


def waiting_for(process, condition):
    """Watch until something is true, or the process has ended."""
    for _ in range(3_000):
        if condition() or process.poll() is not None:
            return
        time.sleep(0.005)  # nothing tells us what another process has written
    raise AssertionError("it never came")


def answers():
    """The folder of the answers that are kept."""
    return Path(os.environ["XDG_CACHE_HOME"], "glossator", FOLDER)


def kept():
    """How many functions are on disk as a whole, as another process sees it."""
    if not answers().exists():
        return 0
    disk = Disk(answers())
    try:
        entries = [decoded(payload) for _, payload in disk.items()]
    finally:
        disk.close()
    return sum(bool(one is not None and one.path) for one in entries)


# Killed.


def test_what_was_answered_before_a_kill_is_not_asked_for_again(project, user):
    restore(project)
    functions = [source(name).partition("\n\n\n")[2] for name in NAMES]
    (project / "all.py").write_text("\n\n".join(['"""Keep entries."""\n', *functions]))
    for name in NAMES:
        (project / f"{name}.py").unlink()
    says = answering(GOOD)
    # The second one never ends, so that the file that needs both is never written.
    with served(says, says, lambda _: (HANG,)) as server:
        user(server.url, "concurrency = 1")
        with writing() as process:
            waiting_for(process, lambda: kept() >= 2 and len(server.requests) == 3)
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert GOOD["summary"] not in (project / "all.py").read_text()
        known = asked(server)[:2]
        server.forget()
        server.fake.scripts = [says]
        assert main(["write", "all.py"]) == 0
        assert not set(known) & set(asked(server))
        assert len(asked(server)) == COUNT - 2
    assert (project / "all.py").read_text().count(GOOD["summary"]) == COUNT


def test_what_a_file_shows_is_on_disk_before_it(project, user):
    kill_while_files_are_written(project, user, least=1)


@pytest.mark.soak
@pytest.mark.parametrize("least", [1, 2, 3, 4, 5] * 10)
def test_what_files_show_is_on_disk_before_them_50_times(project, user, least):
    kill_while_files_are_written(project, user, least)


def kill_while_files_are_written(project, user, least):
    """Kill a run when so many files show answers, take the answers out, and run again."""
    restore(project)
    with served(answering(GOOD)) as server:
        user(server.url, "concurrency = 1")
        with writing() as process:
            waiting_for(process, lambda: len(shown(project)) >= least)
            process.send_signal(signal.SIGKILL)
            process.wait()
        known = shown(project)
        assert known
        server.forget()
        restore(project)
        assert main(["write", "."]) == 0
        assert not known & set(asked(server))
    assert shown(project) == set(NAMES)


# A cache that cannot be used.


def lines_of(project, **options):
    """Document a file in a process of its own; the lines that it says, which has to go well."""
    name = NAMES[0]
    (project / f"{name}.py").write_text(source(name))
    with writing(stderr=subprocess.PIPE, text=True, **options) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert GOOD["summary"] in (project / f"{name}.py").read_text()
    assert "Traceback" not in said
    return said.splitlines()


@pytest.fixture
def usual(project, user):
    """How many lines a run says that has nothing to complain about; the model is there to be asked."""
    with served(answering(GOOD)) as server:
        user(server.url)
        count = len(lines_of(project))
        server.forget()
        yield count, server


def test_a_run_with_a_damaged_cache_asks_and_says_one_line_at_most(project, usual):
    count, server = usual
    for file in answers().iterdir():
        if file.is_file():
            file.write_bytes(b"\0garbage" * 4096)
    assert len(lines_of(project)) <= count + 1
    assert len(server.requests) == 1
    assert len(lines_of(project)) <= count  # and it works again
    assert len(server.requests) == 1


def test_a_run_with_a_file_in_the_place_of_the_cache_asks_and_says_one_line_at_most(
    project, usual, monkeypatch, tmp_path
):
    count, server = usual
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GLOSSATOR_CACHE_FOLDER", str(tmp_path / "file"))
    assert len(lines_of(project)) <= count + 1
    assert len(server.requests) == 1


def test_a_run_on_a_full_disk_asks_and_says_one_line_at_most(project, usual, forget_answers):
    count, server = usual
    forget_answers()
    small = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, 3_000))  # noqa: E731 - no file grows beyond it
    # Unmeasured: coverage's own file would grow beyond it, too.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    assert len(lines_of(project, preexec_fn=small, env=environment)) <= count + 1
    assert len(server.requests) == 1


@pytest.mark.soak  # it waits for 5 s
def test_a_run_while_another_process_locks_the_cache_says_one_line_at_most(project, usual):
    count, server = usual
    with locked(answers(), "reading"):
        assert len(lines_of(project)) <= count + 1
    assert len(server.requests) == 1

"""The server over a long day, and in a workspace of many thousand files: what it takes stays within bounds."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from editing import ABLE, Editor
from served import filling, served

from glossator.config import MODES

# Says how many tasks there are, when it is asked by a signal: from outside they cannot be seen.
SERVE = """
import asyncio, os, signal
from glossator.lsp.start import serve_stdio

def count(*_):
    with open(os.environ["CENSUS"], "w") as file:
        file.write(str(len(asyncio.all_tasks())))

signal.signal(signal.SIGUSR1, count)
raise SystemExit(serve_stdio())
"""
URI = "file:///somewhere/soaked.py"
SOURCE = "def area(width, height):\n    return width * height\n\n\ndef half(size):\n    return size / 2\n"
WORDS = {
    "summary": "Return the area of a rectangle with this width and height.",
    "arg_width": "How many units the width of the rectangle takes.",
    "arg_height": "How many units it is high, the height of a side.",
    "returns": "The area that the rectangle covers.",
}
WITH_MODEL = "Document `area` with fake"
MIB = 1 << 20
SLOPE = MIB / 1000  # bytes by operation
NOISE = 3 * MIB
BY_CLIENT = {"workspace": {"diagnostics": {"refreshSupport": True}}, "textDocument": {"diagnostic": {}}}
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what a process has is read from /proc")


def resident(client):
    return int(Path(f"/proc/{client.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def hovered(client, uri=URI):
    at = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 5}}
    return client.request("textDocument/hover", at)["result"]


def census(client, file):
    """Open files, threads and tasks."""
    client.process.send_signal(signal.SIGUSR1)
    hovered(client)
    process = Path(f"/proc/{client.process.pid}")
    return len(list((process / "fd").iterdir())), len(list((process / "task").iterdir())), int(file.read_text())


class Day:
    """What a user does all day; each thing is another one than before."""

    def __init__(self, client):
        self.client, self.editor, self.version, self.number = client, Editor(client, URI), 1, 0

    def edit(self, count):
        for _ in range(count):
            self.number += 1
            self._type(f"    return width * height + {self.number}\n")
            assert hovered(self.client)

    def generate(self, count):
        for _ in range(count):
            self.edit(1)
            asked = self.editor.choose(WITH_MODEL)
            self.editor.take_edit()
            assert self.client.answer(asked)["result"]["applied"]
            self.client.messages.clear()

    def open_and_close(self, count):
        for _ in range(count):
            self.number += 1
            uri = f"file:///somewhere/other_{self.number}.py"
            self.client.open(SOURCE.replace("half", f"half_{self.number}"), uri)
            assert self.client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})["result"]["items"]
            self.client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def _type(self, line):
        self.version += 1
        self.client.change(self.client.edit((1, 0), (2, 0), line), version=self.version, uri=URI)


@pytest.mark.parametrize(
    ("edits", "generations", "documents"),
    [(400, 20, 100), pytest.param(20_000, 2_000, 5_000, marks=pytest.mark.soak)],
)
def test_l9_after_a_long_day_nothing_has_grown(launch, tmp_path, edits, generations, documents):
    file = tmp_path / "census"
    with served(filling(WORDS)) as fake:
        (tmp_path / "user.toml").write_text(fake.config)
        places = {"GLOSSATOR_CONFIG": str(tmp_path / "user.toml"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        client = launch(SERVE, CENSUS=str(file), GLOSSATOR_MODE="baseline", **places)
        client.initialize(ABLE)
        asked = client.take(lambda one: one.get("method") == "workspace/configuration")
        client.send({"id": asked["id"], "result": [None]})
        client.open(SOURCE, URI)
        day = Day(client)
        day.edit(max(100, edits // 4))
        day.generate(max(10, generations // 4))
        day.open_and_close(max(30, documents // 4))
        before, counted = resident(client), census(client, file)
        day.edit(edits)
        day.generate(generations)
        day.open_and_close(documents)
        # Two more are what the background is at this moment: a reading, and a look-up.
        assert all(now <= then + 2 for now, then in zip(census(client, file), counted, strict=True))
        assert resident(client) - before < max(NOISE, SLOPE * (edits + generations + documents))


def workspace(folder, count):
    """A project of so many files, with a class whose method is documented by its base."""
    (folder / "pyproject.toml").write_text("")
    for number in range(count):
        package = folder / f"package_{number // 500}"
        package.mkdir(exist_ok=True)
        source = SOURCE.replace("half", f"half_{number}") * 4
        (package / f"module_{number}.py").write_text(source)
    return (folder / "package_0" / "module_0.py").as_uri()


@pytest.mark.parametrize(
    "count", [1_000, *(pytest.param(count, marks=pytest.mark.soak) for count in (10_000, 100_000))]
)
def test_l8_in_a_large_workspace_the_first_hover_waits_for_no_scan(launch, tmp_path, count):
    uri = workspace(tmp_path, count)
    client = launch(GLOSSATOR_MODE="baseline")
    client.initialize(BY_CLIENT, workspaceFolders=[{"uri": tmp_path.as_uri(), "name": "large"}])
    client.open(SOURCE * 4, uri)
    assert hovered(client, uri)
    assert not [message for message in client.messages if message.get("method") == "workspace/diagnostic/refresh"]
    refresh = client.take(lambda one: one.get("method") == "workspace/diagnostic/refresh", timeout_s=300)
    client.send({"id": refresh["id"], "result": None})
    assert hovered(client, uri)
    assert resident(client) < MODES["baseline"].memory_bytes


def test_l8_a_checkout_of_thousands_of_files_has_no_settings_read_anew(launch, tmp_path):
    uri = workspace(tmp_path, 10)
    client = launch()
    client.initialize(BY_CLIENT)
    client.open(SOURCE, uri)
    assert hovered(client, uri)
    (tmp_path / "glossator.toml").write_text('style = "none such"\n')
    for part in range(20):
        uris = [(tmp_path / f"module_{part}_{number}.py").as_uri() for number in range(500)]
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": one, "type": 2} for one in uris]})
    assert hovered(client, uri)
    assert not [message for message in client.messages if message.get("method") == "window/showMessage"]
    changes = [{"uri": (tmp_path / "glossator.toml").as_uri(), "type": 1}]
    client.notify("workspace/didChangeWatchedFiles", {"changes": changes})
    assert "none such" in client.notification("window/showMessage")["message"]

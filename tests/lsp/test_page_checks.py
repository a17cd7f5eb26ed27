"""Findings on open pages: what is stale, and what is named and is not there, as the editor gets them."""

from __future__ import annotations

import subprocess
import sys

import pytest

PUSHED = {"workspace": {"workspaceEdit": {"documentChanges": True}}}
PULLED = {"textDocument": {"diagnostic": {}}}
AREA = 'def area(width: int) -> int:\n    """Tell how much a square covers."""\n    return width * width\n'
SOURCE = f'"""Measure shapes."""\n\n\n{AREA}'


@pytest.fixture
def project(tmp_path):
    """A module with a page that is true."""
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    (root / "docs").mkdir()
    (root / "shapes.py").write_text(SOURCE)
    target = root / "docs" / "api.md"
    arguments = [sys.executable, "-m", "glossator", "page", "api", str(root / "shapes.py"), "-o", str(target)]
    subprocess.run(arguments, check=True, capture_output=True)
    return root


@pytest.fixture
def start(launch, tmp_path):
    def started(able):
        (tmp_path / "config.toml").write_text("")
        client = launch(GLOSSATOR_CONFIG=str(tmp_path / "config.toml"))
        client.initialize(able)
        return client

    return started


def open_page(client, project, text=None):
    path = project / "docs" / "api.md"
    text = path.read_text() if text is None else text
    opened = {"uri": path.as_uri(), "languageId": "markdown", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": opened})
    return path.as_uri()


def make_stale(project):
    path = project / "shapes.py"
    path.write_text(path.read_text().replace("width: int", "width: float"))


def save(client, project):
    client.notify("textDocument/didSave", {"textDocument": {"uri": (project / "shapes.py").as_uri()}})


def pull(client, uri):
    return client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})["result"]["items"]


def test_a_stale_section_is_told_once_and_taken_back(start, project):
    client = start(PUSHED)
    make_stale(project)
    uri = open_page(client, project)
    told = client.notification("textDocument/publishDiagnostics")
    assert (told["uri"], told["version"]) == (uri, 1)
    assert [one["code"] for one in told["diagnostics"]] == ["GLS401"]
    lines = (project / "docs" / "api.md").read_text().splitlines()
    assert "shapes.area" in lines[told["diagnostics"][0]["range"]["start"]["line"]]
    (project / "shapes.py").write_text(SOURCE)
    save(client, project)
    assert client.notification("textDocument/publishDiagnostics")["diagnostics"] == []


def test_a_client_that_pulls_gets_the_findings_once_somebody_has_looked(start, project):
    client = start(PULLED)
    uri = open_page(client, project)
    assert pull(client, uri) == []
    make_stale(project)
    save(client, project)
    assert [one["code"] for one in pull(client, uri)] == ["GLS401"]


def test_positions_of_findings_count_in_the_clients_units(start, project):
    client = start(PULLED)
    text = (project / "docs" / "api.md").read_text() + "\n𝔘𝔘 [gone](nowhere.md)\n"
    (found,) = pull(client, open_page(client, project, text))
    assert found["code"] == "GLS402"
    line = text.splitlines()[found["range"]["start"]["line"]]
    shown = line.encode("utf-16-le")[: 2 * found["range"]["start"]["character"]].decode("utf-16-le")
    assert shown.startswith("𝔘𝔘 [")


def test_a_page_that_names_what_lies_outside_says_so_at_its_head(start, project):
    client = start(PULLED)
    text = "# Mine\n\n<!-- glossator:page kind=api path=../../../.. -->\n"
    (found,) = pull(client, open_page(client, project, text))
    assert "outside of this project" in found["message"]
    assert found["range"]["start"] == {"line": 2, "character": 0}


def test_markdown_that_is_no_page_is_not_looked_at(start, project):
    client = start(PULLED)
    assert pull(client, open_page(client, project, "# Mine\n\n[gone](nowhere.md)\n")) == []


def test_a_page_that_is_closed_has_no_findings_any_more(start, project):
    client = start(PUSHED)
    make_stale(project)
    uri = open_page(client, project)
    client.notification("textDocument/publishDiagnostics")
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert client.notification("textDocument/publishDiagnostics") == {"uri": uri, "diagnostics": []}


def test_much_source_is_read_by_other_processes(start, project):
    client = start(PULLED)
    (project / "shapes.py").write_text(SOURCE + "\n" + "# what is long\n" * 5_000)
    make_stale(project)
    assert [one["code"] for one in pull(client, open_page(client, project))] == ["GLS401"]

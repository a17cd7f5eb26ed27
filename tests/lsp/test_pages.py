"""Pages in the editor: a real server process, a package on disk, and texts that nobody has saved."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from glossator.docstring.pages.regions import parse

COMMAND = "glossator.page"
ACTIONS = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}}}
ABLE = {
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]}},
    "textDocument": {"codeAction": ACTIONS},
    "window": {"workDoneProgress": True},
}
AREA = '''\
def area(width: int, height: int) -> int:
    """Tell how much a rectangle covers.

    Args:
        width: From left to right.
        height: From top to bottom.

    Returns:
        The product of both.
    """
    return width * height
'''
EDGE = '''\


def edge(width: int) -> int:
    """Tell how long the way around a square is.

    Args:
        width: From left to right.

    Returns:
        Four times the width.
    """
    return 4 * width
'''
INIT = '"""Measure shapes."""\n\nfrom shapes.plain import area, edge\n\n__all__ = ["area", "edge"]\n'
PLAIN = f'"""Plain shapes."""\n\n\n{AREA}{EDGE}'
HEAD = "<!-- glossator:page kind=api path=../shapes -->\n"


@pytest.fixture(scope="module")
def client(module_launch, tmp_path_factory):
    """One server for the module, which asks nobody."""
    empty = tmp_path_factory.mktemp("user") / "config.toml"
    empty.write_text("")
    started = module_launch(GLOSSATOR_CONFIG=str(empty))
    started.initialize(ABLE)
    return started


def new_project(root):
    (root / "shapes").mkdir(parents=True)
    (root / "docs").mkdir()
    (root / "pyproject.toml").write_text('[project]\nname = "shapes"\n')
    (root / "shapes" / "__init__.py").write_text(INIT)
    (root / "shapes" / "plain.py").write_text(PLAIN)
    return root


@pytest.fixture
def project(tmp_path, client):
    """A package in a project."""
    client.messages.clear()
    return new_project(tmp_path / "project")


@pytest.fixture(scope="module")
def reference(client, tmp_path_factory):
    """The text of a page with all that belongs into it."""
    uri = (new_project(tmp_path_factory.mktemp("made")) / "docs" / "api.md").as_uri()
    open_page(client, uri, HEAD)
    after = changed(HEAD, take_edits(execute(client, {"uri": uri}), client))
    close(client, uri)
    return after


@pytest.fixture
def page(project, reference):
    """The uri and the text of the reference of the project's package; there is no such file yet."""
    return (project / "docs" / "api.md").as_uri(), reference


def open_page(client, uri, text, version=1):
    opened = {"uri": uri, "languageId": "markdown", "version": version, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": opened})


def close(client, uri):
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def execute(client, *arguments, **more):
    params = {"command": COMMAND, "arguments": list(arguments), "workDoneToken": "page"}
    return client.start_request("workspace/executeCommand", params | more)


def take_edit(client, *, is_applied=True):
    """The workspace edit that the client is asked to apply."""
    asked = client.take(lambda one: one.get("method") == "workspace/applyEdit" or "error" in one)
    assert "error" not in asked, asked
    client.send({"id": asked["id"], "result": {"applied": is_applied}})
    return asked["params"]["edit"]


def take_edits(number, client, version=1):
    """The edits of the one page that a command changes."""
    change = take_edit(client)["documentChanges"][0]
    assert change["textDocument"]["version"] == version
    assert client.answer(number)["result"]["applied"]
    return change["edits"]


def changed(text, edits, encoding="utf-16"):
    """A text after edits, by a reading of the specification of our own."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def offset(place):
        line = text[starts[place["line"]] :]
        unit = {"utf-8": 1, "utf-16": 2}[encoding]
        name = encoding if encoding == "utf-8" else "utf-16-le"
        return starts[place["line"]] + len(line.encode(name)[: unit * place["character"]].decode(name))

    found = [(offset(one["range"]["start"]), offset(one["range"]["end"]), one["newText"]) for one in edits]
    assert all(one[1] < two[0] for one, two in pairwise(found))  # nothing to be mixed up
    for start, end, new in reversed(found):
        text = text[:start] + new + text[end:]
    return text


def section(text, name):
    region = parse(text).region(name)
    assert region is not None
    return region


def actions(client, uri, only=None):
    nothing = {"line": 0, "character": 0}
    context = {"diagnostics": [], **({"only": only} if only else {})}
    params = {"textDocument": {"uri": uri}, "range": {"start": nothing, "end": nothing}, "context": context}
    return client.request("textDocument/codeAction", params)["result"]


def titles(client, uri, only=None):
    return [one["title"] for one in actions(client, uri, only)]


def write_plain(project, old, new):
    path = project / "shapes" / "plain.py"
    path.write_text(path.read_text().replace(old, new))


def test_a_page_that_says_how_it_is_made_gets_its_sections(page):
    _, text = page
    assert text.startswith(HEAD)
    assert {"title", "shapes.area", "shapes.edge"} <= {one.id for one in parse(text).regions}
    assert "Tell how much a rectangle covers." in text


def test_one_changed_signature_changes_one_section_and_no_byte_of_anybody_elses(client, project, page):
    uri, text = page
    at = section(text, "shapes.edge").span[0]
    text = f"{text[:at]}Mine, before.  \n\n\t- kept\n{text[at:]}And mine at the end, without a line end"
    write_plain(project, "def edge(width: int)", "def edge(width: float)")
    open_page(client, uri, text, version=7)
    edits = take_edits(execute(client, {"uri": uri}), client, version=7)
    assert len(edits) == 1
    after = changed(text, edits)
    before, now = section(text, "shapes.edge"), section(after, "shapes.edge")
    assert "def edge(width: float)" in now.text
    assert (text[: before.span[0]], text[before.span[1] :]) == (after[: now.span[0]], after[now.span[1] :])
    close(client, uri)


def test_a_page_that_is_true_is_not_touched(client, page):
    uri, text = page
    open_page(client, uri, text)
    answer = client.answer(execute(client, {"uri": uri}))["result"]
    assert (answer["applied"], answer["written"], answer["files"]) == (False, [], 0)
    close(client, uri)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_positions_count_in_the_clients_units_and_line_ends_stay(launch, project, page, encoding):
    uri, text = page
    client = launch()
    able = ABLE | {"general": {"positionEncodings": [encoding]}}
    assert client.initialize(able)["capabilities"]["positionEncoding"] == encoding
    at = section(text, "shapes.edge").span[0]
    text = f"{text[:at]}Größe 𝔘 naïve\n{text[at:]}\n".replace("\n", "\r\n")
    write_plain(project, "Four times", "𝔘 ü Four times")
    open_page(client, uri, text)
    client.change(client.edit((1, 0), (1, 0), "𝔘ü "), client.edit((1, 4), (1, 4), "typed"), version=2, uri=uri)
    line = text.splitlines()[1]
    typed = "𝔘ütyped " if encoding == "utf-16" else "𝔘typedü "
    text = text.replace(line, typed + line, 1)
    edits = take_edits(execute(client, {"uri": uri}), client, version=2)
    after = changed(text, edits, encoding)
    assert len(edits) == 1
    assert "\n" not in after.replace("\r\n", "")
    assert "𝔘 ü Four times" in section(after, "shapes.edge").text
    assert after.replace(section(after, "shapes.edge").text, "") != after
    assert f"{typed}{line}" in after


def test_the_unsaved_text_counts_of_pages_and_of_code(client, project, page):
    uri, text = page
    Path(project / "docs" / "api.md").write_text("On disk there is something else.\n")
    code = (project / "shapes" / "plain.py").as_uri()
    client.open(PLAIN.replace("def area(width: int,", "def area(width: str,"), code)
    open_page(client, uri, text)
    edits = take_edits(execute(client, {"uri": uri}), client)
    assert len(edits) == 1
    assert "def area(width: str," in section(changed(text, edits), "shapes.area").text
    close(client, code)
    close(client, uri)


def test_a_page_that_is_not_open_is_changed_as_it_is_on_disk(client, project, page):
    uri, text = page
    (project / "docs" / "api.md").write_bytes(b"\xef\xbb\xbf" + text.encode())
    write_plain(project, "def edge(width: int)", "def edge(width: float)")
    edits = take_edits(execute(client, {"uri": uri}), client, version=None)
    assert "width: float" in section(changed(text, edits), "shapes.edge").text


def test_what_somebody_changed_by_hand_stays_and_is_said(client, project, page):
    uri, text = page
    at = section(text, "shapes.area").inner[0]
    text = text[:at] + text[at:].replace("how much a rectangle covers", "what I want", 1)
    write_plain(project, "width: int", "width: float")
    open_page(client, uri, text)
    number = execute(client, {"uri": uri})
    edits = take_edit(client)["documentChanges"][0]["edits"]
    result = client.answer(number)["result"]
    assert result["kept"] == ["shapes.area"]
    assert "what I want" in changed(text, edits)
    assert "shapes.area" in client.notification("window/showMessage")["message"]
    close(client, uri)


def test_a_text_that_changes_before_its_edit_gets_the_edit_that_fits(client, project, page):
    uri, text = page
    write_plain(project, "def edge(width: int)", "def edge(width: float)")
    open_page(client, uri, text)
    number = execute(client, {"uri": uri})
    client.change(client.edit((1, 0), (1, 0), "typed meanwhile\n"), version=2, uri=uri)
    edits = take_edits(number, client, version=2)
    lines = text.splitlines(keepends=True)
    text = "".join([lines[0], "typed meanwhile\n", *lines[1:]])
    assert "width: float" in section(changed(text, edits), "shapes.edge").text
    close(client, uri)


def test_an_edit_that_the_editor_refuses_ends_with_content_modified(client, project, page):
    uri, text = page
    write_plain(project, "def edge(width: int)", "def edge(width: float)")
    open_page(client, uri, text)
    number = execute(client, {"uri": uri})
    take_edit(client, is_applied=False)
    assert client.answer(number)["error"]["code"] == -32801
    close(client, uri)


def test_sections_are_shown_as_they_come(client, project, page):
    uri, text = page
    write_plain(project, "def edge(width: int)", "def edge(width: float)")
    open_page(client, uri, text)
    take_edits(execute(client, {"uri": uri}), client)
    shown = client.notification("glossator/preview")
    assert (shown["uri"], shown["version"], shown["path"], shown["done"]) == (uri, 1, "shapes.edge", True)
    assert "width: float" in shown["text"]
    close(client, uri)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("# Mine\n", []),
        (f"# Mine\n\n```\n{HEAD}```\n", []),
        (f"# Mine\n\n{HEAD}", ["Regenerate stale sections"]),
        (f"```\n{HEAD}```\n{HEAD}", ["Regenerate stale sections"]),
    ],
)
def test_only_a_page_has_an_action(client, project, text, wanted):
    uri = (project / "docs" / "mine.md").as_uri()
    open_page(client, uri, text)
    assert titles(client, uri) == wanted
    close(client, uri)


def test_an_action_is_a_source_action_with_a_command(client, page):
    uri, text = page
    open_page(client, uri, text)
    (action,) = actions(client, uri, ["source"])
    assert action["kind"] == "source.page.glossator"
    assert action["command"]["command"] == COMMAND
    assert action["command"]["arguments"] == [{"uri": uri}]
    assert actions(client, uri, ["quickfix"]) == actions(client, uri, ["source.fixAll"]) == []
    close(client, uri)


def test_markdown_gets_nothing_that_python_gets(client, project):
    uri = (project / "docs" / "code.md").as_uri()
    open_page(client, uri, 'def f(a):\n    """\n    return a\n')
    where = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 5}}
    assert client.request("textDocument/hover", where)["result"] is None
    assert not client.request("textDocument/completion", where | {"position": {"line": 1, "character": 7}})["result"]
    assert client.request("textDocument/diagnostic", where)["result"] == {"kind": "full", "items": []}
    assert titles(client, uri) == []
    close(client, uri)


def test_a_page_that_is_too_large_or_unsynced_is_left_alone(client, page):
    uri, text = page
    open_page(client, uri, text + "x" * 5_000_000)
    assert titles(client, uri) == []
    assert "not known, or too large" in client.answer(execute(client, {"uri": uri}))["error"]["message"]
    client.change({"text": text}, version=2, uri=uri)
    assert titles(client, uri) == ["Regenerate stale sections"]
    client.change({"text": text}, {"text": 3}, version=3, uri=uri)
    assert titles(client, uri) == []
    close(client, uri)


def test_a_package_has_its_pages_among_its_actions(client, project):
    init, plain = ((project / "shapes" / name).as_uri() for name in ("__init__.py", "plain.py"))
    client.open(INIT, init)
    client.open(PLAIN, plain)
    wanted = ["Write an overview page of this package", "Write its API reference"]
    assert titles(client, init, ["source.page"]) == wanted
    assert titles(client, plain, ["source.page"]) == []
    close(client, init)
    close(client, plain)


@pytest.mark.parametrize(("number", "name"), [(0, "shapes.md"), (1, "shapes-api.md")])
def test_the_action_of_a_package_makes_a_file(client, project, number, name):
    init = (project / "shapes" / "__init__.py").as_uri()
    client.open(INIT, init)
    action = actions(client, init, ["source.page"])[number]
    identity = execute(client, *action["command"]["arguments"])
    create, edit = take_edit(client)["documentChanges"]
    target = (project / "docs" / name).as_uri()
    assert (create["kind"], create["uri"]) == ("create", target)
    assert edit["textDocument"] == {"uri": target, "version": None}
    text = changed("", edit["edits"])
    assert text.startswith("<!-- glossator:page kind=")
    assert "Measure shapes." in text
    assert client.answer(identity)["result"]["applied"]
    assert not (project / "docs" / name).exists()  # the editor makes it
    (project / "docs" / name).write_text(text)
    again = client.answer(execute(client, *action["command"]["arguments"]))["result"]
    assert (again["applied"], again["written"]) == (False, [])
    close(client, init)


def test_an_editor_that_makes_no_files_gets_the_text(launch, project):
    client = launch()
    client.initialize({"workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}}})
    data = {"kind": "api", "path": str(project / "shapes"), "output": "docs/new.md"}
    result = client.answer(execute(client, data))["result"]
    shown = client.take(lambda one: one.get("params", {}).get("path") == "")["params"]
    assert result["applied"] is False
    assert shown["text"] == result["text"]
    assert shown["text"].startswith(HEAD)


def test_a_file_that_is_no_page_of_ours_is_not_touched(client, project):
    (project / "docs" / "shapes-api.md").write_text("# Mine\n")
    data = {"kind": "api", "path": str(project / "shapes")}
    assert "is there already" in client.answer(execute(client, data))["error"]["message"]


def test_the_request_gives_the_text_and_writes_nothing(client, project):
    init = (project / "shapes" / "__init__.py").as_uri()
    found = client.request("glossator/page", {"kind": "module", "path": init})["result"]
    assert "Measure shapes." in found["text"]
    assert found["left"] == 0
    assert not list((project / "docs").iterdir())


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {".glossator/pages/api.md.j2": "{% block a %}{% for x in range(10**9) %}x{% endfor %}{% endblock %}"},
            "api.md.j2",
        ),
        ({".glossator/pages/api.md.j2": "{% block a %}{{ package.nothing }}{% endblock %}"}, "api.md.j2"),
        ({".glossator/pages/api.md.j2": "{% block a %}"}, "api.md.j2"),
        ({".glossator/pages/api.md.j2": "{% block a %}{{ ''.__class__ }}{% endblock %}"}, "api.md.j2"),
        ({"docs/api.md": "<!-- glossator:page kind=api path=../nowhere -->\n"}, "nowhere"),
        ({"docs/api.md": "<!-- glossator:page kind=other path=../shapes -->\n"}, "other"),
        ({"docs/api.md": "<!-- glossator:page kind=api path=../../.. -->\n"}, "outside of this project"),
        ({"docs/api.md": "# Mine\n"}, "has no line <!-- glossator:page"),
    ],
)
def test_what_cannot_be_made_ends_with_a_message(client, project, files, message):
    for name, text in {"docs/api.md": HEAD, **files}.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    error = client.answer(execute(client, {"uri": (project / "docs" / "api.md").as_uri()}))["error"]
    assert message in error["message"]
    assert "Internal" not in error["message"]


def test_a_package_with_broken_code_has_a_page_of_what_can_be_read(client, project):
    (project / "shapes" / "broken.py").write_text("def (:\n  class\n")
    (project / "shapes" / "binary.py").write_bytes(b"\xff\xfe\x00\x00")
    found = client.request("glossator/page", {"kind": "api", "path": str(project / "shapes")})["result"]
    assert "Tell how much a rectangle covers." in found["text"]
    assert found["left"] == 1


@pytest.mark.parametrize("data", [None, {}, {"uri": 3}, {"kind": "api"}, {"kind": "api", "path": "shapes"}])
def test_arguments_that_are_none_are_refused(client, data):
    assert client.answer(execute(client, data))["error"]["code"] == -32602


def by_command_line(project, output):
    arguments = [sys.executable, "-m", "glossator", "page", "api", str(project / "shapes"), "-o", output]
    subprocess.run(arguments, check=True, capture_output=True, cwd=project)


def test_of_a_folder_of_pages_the_one_that_is_open_is_renewed(client, project):
    by_command_line(project, "docs/")
    (one,) = (path for path in (project / "docs").iterdir() if "Four times" in path.read_text())
    write_plain(project, "Four times", "Twice two times")
    open_page(client, one.as_uri(), one.read_text())
    number = execute(client, {"uri": one.as_uri()})
    (change,) = take_edit(client)["documentChanges"]
    assert change["textDocument"]["uri"] == one.as_uri()
    assert ["Twice two times" in edit["newText"] for edit in change["edits"]] == [True]
    assert client.answer(number)["result"]["files"] == 1
    close(client, one.as_uri())


def test_a_page_of_a_folder_that_nothing_stands_for_any_more_is_not_made(client, project):
    by_command_line(project, "docs/")
    (project / "docs" / "index.md").rename(project / "docs" / "other.md")
    error = client.answer(execute(client, {"uri": (project / "docs" / "other.md").as_uri()}))["error"]
    assert "other.md is none of the pages" in error["message"]


def test_a_readme_goes_to_the_root_of_its_project(client, project):
    number = execute(client, {"kind": "readme", "path": project.as_uri()})
    create, edit = take_edit(client)["documentChanges"]
    assert create["uri"] == (project / "README.md").as_uri()
    assert "pip install shapes" in edit["edits"][0]["newText"]
    assert client.answer(number)["result"]["uri"] == create["uri"]


def test_editor_and_command_line_make_the_same_page(project, page):
    by_command_line(project, "docs/api.md")
    assert (project / "docs" / "api.md").read_text() == page[1]

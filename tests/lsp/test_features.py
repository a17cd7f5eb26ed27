"""What editors get, end to end over the pipes, under the capabilities that they really send.

Rows of FAULTS: D1 to D4, D6, D11.
"""

from __future__ import annotations

import ast
import itertools

import pytest

SOURCE = '''import os


class Shape:
    def __init__(self, width, height=1):
        self.width = width
        self.height = height

    def area(self):
        if self.width < 0:
            raise ValueError("width must not be negative")
        return self.width * self.height


def total(shapes, scale=1.0):
    """Sum."""
    return sum(shape.area() for shape in shapes) * scale


def smile(text):
    return f"{text} 😀", text
'''
NEOVIM, VS_CODE, EGLOT, OLD_NEOVIM = "neovim_0.11.4", "vscode_1.139_lc10", "emacs28_eglot1.9", "neovim_0.7.2"
EDITORS = [NEOVIM, VS_CODE, EGLOT, OLD_NEOVIM]
NUMBERS = itertools.count()


class Editor:
    """An independent editor: it holds a text, talks to the server, and applies the edits that it gets."""

    def __init__(self, client, text=SOURCE):
        self.client, self.text, self.version = client, text, 1
        self.uri = f"file:///somewhere/sample_{next(NUMBERS)}.py"
        self.document = {"textDocument": {"uri": self.uri}}
        client.open(text, self.uri)

    def place(self, needle, after=0):
        """The position of a needle's start, in UTF-16 units (these tests' needles stand before anything wide)."""
        offset = self.text.index(needle) + after
        line_start = self.text.rfind("\n", 0, offset) + 1
        return {"line": self.text.count("\n", 0, offset), "character": offset - line_start}

    def type(self, needle, new, after=0):
        """Insert a text at a needle."""
        at, offset = self.place(needle, after), self.text.index(needle) + after
        self.text = self.text[:offset] + new + self.text[offset:]
        self.version += 1
        self.client.change({"range": {"start": at, "end": at}, "text": new}, version=self.version, uri=self.uri)

    def actions(self, needle, **context):
        at = self.place(needle)
        params = self.document | {"range": {"start": at, "end": at}, "context": {"diagnostics": []} | context}
        return self.client.request("textDocument/codeAction", params)["result"]

    def resolve(self, action):
        return self.client.request("codeAction/resolve", action)

    def hover(self, needle, after=0):
        return self.ask("textDocument/hover", needle, after)

    def complete(self, needle, after=0):
        return self.ask("textDocument/completion", needle, after)

    def ask(self, method, needle, after):
        return self.client.request(method, self.document | {"position": self.place(needle, after)})["result"]

    def pull(self, **params):
        return self.client.request("textDocument/diagnostic", self.document | params)["result"]

    def apply(self, edit):
        """Apply a workspace edit as a careful editor does: whole, and only for the text that it was made for."""
        if "documentChanges" in edit:
            (change,) = edit["documentChanges"]
            assert change["textDocument"] == {"uri": self.uri, "version": self.version}
            edits = change["edits"]
        else:
            edits = edit["changes"][self.uri]
        lines = self.text.splitlines(keepends=True)
        for one in sorted(edits, key=lambda one: one["range"]["start"]["line"], reverse=True):
            start, end = one["range"]["start"], one["range"]["end"]
            assert start == end
            assert start["character"] == 0
            lines.insert(start["line"], one["newText"])
        return "".join(lines)


@pytest.fixture(scope="module")
def servers(module_launch, editor_capabilities):
    """One server for each editor, started when it is first needed."""
    started = {}

    def get(name):
        if name not in started:
            started[name] = module_launch()
            started[name].initialize(editor_capabilities(name))
        return started[name]

    return get


@pytest.fixture
def editor(servers):
    return lambda name=VS_CODE, text=SOURCE: Editor(servers(name), text)


def without_docstrings(text):
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


def named(actions, title):
    return next(action for action in actions if action["title"] == title)


@pytest.mark.parametrize("name", [NEOVIM, VS_CODE, OLD_NEOVIM])
def test_an_action_is_listed_without_its_edit_and_resolved_with_it(editor, name):
    opened = editor(name)
    action = named(opened.actions("area"), "Document `area`")
    assert "edit" not in action
    after = opened.apply(opened.resolve(action)["result"]["edit"])
    assert ast.get_docstring(ast.parse(after).body[1].body[1])
    assert without_docstrings(after) == without_docstrings(SOURCE)


def test_a_client_that_resolves_nothing_gets_the_edit_at_once(editor):
    opened = editor(EGLOT)
    actions = opened.actions("area")
    after = opened.apply(named(actions, "Document `area`")["edit"])
    assert ast.get_docstring(ast.parse(after).body[1].body[1])
    assert named(actions, "Document this file's undocumented symbols")["command"]["command"] == "glossator.documentFile"


@pytest.mark.parametrize("name", EDITORS)
def test_edits_carry_a_version_only_where_the_client_knows_versions(editor, name):
    opened = editor(name)
    action = named(opened.actions("area"), "Document `area`")
    edit = action.get("edit") or opened.resolve(action)["result"]["edit"]
    assert ("documentChanges" in edit) == (name in (VS_CODE, EGLOT))


def test_a_class_is_documented_with_its_members(editor):
    opened = editor()
    action = named(opened.actions("Shape"), "Document class `Shape` and its members")
    tree = ast.parse(opened.apply(opened.resolve(action)["result"]["edit"]))
    shape, area = tree.body[1], tree.body[1].body[2]
    assert ast.get_docstring(shape)
    assert ast.get_docstring(area)
    assert ast.get_docstring(tree) is None


def test_a_file_is_documented_as_a_whole_and_only_what_is_undocumented(editor):
    opened = editor()
    action = named(opened.actions("import"), "Document this file's undocumented symbols")
    after = opened.apply(opened.resolve(action)["result"]["edit"])
    assert without_docstrings(after) == without_docstrings(SOURCE)
    assert '"""Sum."""' in after
    assert ast.get_docstring(ast.parse(after))


def test_only_names_the_kinds_that_are_wanted(editor):
    opened = editor()

    def kinds(*only):
        return {action["kind"] for action in opened.actions("area", only=list(only))}

    assert kinds("refactor") == {"refactor.rewrite.glossator"}
    assert kinds("source") == {"source.document.glossator"}
    assert kinds("source.organizeImports") == set()
    assert kinds("") == {"refactor.rewrite.glossator", "source.document.glossator"}


def test_a_diagnostic_gets_its_quick_fix(editor):
    opened = editor(NEOVIM)
    diagnostic = next(one for one in opened.pull()["items"] if one["data"]["path"] == "Shape.area")
    action = named(opened.actions("area", diagnostics=[diagnostic]), "Document `area`")
    assert (action["kind"], action["diagnostics"], action["isPreferred"]) == ("quickfix", [diagnostic], True)


def test_a_documented_symbol_gets_no_action_of_its_own(editor):
    assert "Document `total`" not in {action["title"] for action in editor().actions("total")}


def test_hover_shows_a_labelled_preview_on_a_definition_and_on_its_uses(editor):
    opened = editor()
    at_definition, at_use = opened.hover("area"), opened.hover("Shape")
    assert at_definition["contents"]["value"].startswith("*Glossator preview, not in the file*\n\n```text\n")
    assert "ValueError" in at_definition["contents"]["value"]
    assert "preview" in at_use["contents"]["value"]


def test_hover_is_plain_text_for_a_client_that_shows_no_markdown(editor):
    contents = editor(EGLOT).hover("area")["contents"]
    assert contents["kind"] == "plaintext"
    assert "```" not in contents["value"]


def test_hover_says_nothing_about_what_is_documented_or_no_symbol(editor):
    opened = editor()
    assert opened.hover("total") is None
    assert opened.hover("import") is None
    assert opened.hover("scale\n") is None


def test_hover_says_nothing_where_a_name_means_something_else(editor):
    opened = editor(text="def size():\n    return 1\n\n\ndef other(size, x):\n    return size + x.size\n")
    assert opened.hover("size +") is None
    assert opened.hover("x.size", 2) is None


def test_d1_an_action_is_refused_once_its_definition_has_changed(editor):
    opened = editor()
    action = named(opened.actions("area"), "Document `area`")
    opened.type("self.width * ", "2 * ")
    assert opened.resolve(action)["error"]["code"] == -32801


def test_d2_an_action_is_applied_to_the_right_place_after_lines_moved(editor):
    opened = editor()
    action = named(opened.actions("area"), "Document `area`")
    opened.type("import", "# one\n# two\n")
    after = opened.apply(opened.resolve(action)["result"]["edit"])
    assert ast.get_docstring(ast.parse(after).body[1].body[1])


def test_d3_an_action_is_refused_once_its_definition_is_gone_or_its_file_closed(editor):
    opened = editor()
    action = named(opened.actions("area"), "Document `area`")
    opened.type("area(self)", "new_", after=0)
    assert opened.resolve(action)["error"]["code"] == -32801
    opened.client.notify("textDocument/didClose", opened.document)
    assert opened.resolve(action)["error"]["code"] == -32801


def test_d4_the_second_of_two_equal_actions_is_refused(editor):
    opened = editor()
    first = named(opened.actions("area"), "Document `area`")
    opened.text = opened.apply(opened.resolve(first)["result"]["edit"])
    opened.version += 1
    opened.client.change({"text": opened.text}, version=opened.version, uri=opened.uri)
    assert opened.resolve(first)["error"]["code"] == -32801


def test_d6_an_unsynced_document_gets_no_output_until_its_text_is_known_again(editor):
    opened = editor(NEOVIM)
    opened.client.change(opened.client.edit((1, 0), (0, 0), "x"), version=2, uri=opened.uri)
    assert "does not fit" in opened.client.notification("window/showMessage")["message"]
    assert opened.actions("area") == []
    assert opened.hover("area") is None
    assert opened.pull() == {"kind": "full", "items": []}
    opened.client.change({"text": SOURCE}, version=3, uri=opened.uri)
    assert opened.hover("area")


def test_d11_no_edit_is_offered_where_the_code_is_half_typed(editor):
    opened = editor(text=SOURCE.replace("def area(self):", "def area(self"))
    assert "Document `area`" not in {action["title"] for action in opened.actions("area")}


def test_d11_diagnostics_stay_while_a_docstring_is_half_typed(editor):
    opened = editor(NEOVIM)
    before = opened.pull()
    opened.type("        if self.width", '        """\n')
    assert opened.pull(previousResultId=before["resultId"]) == {"kind": "unchanged", "resultId": before["resultId"]}


def test_an_unchanged_document_has_an_unchanged_report(editor):
    opened = editor()
    report = opened.pull()
    codes = sorted((one["code"], one["data"]["path"], one["severity"]) for one in report["items"])
    assert codes == [
        ("GLS101", "<module>", 4), ("GLS102", "Shape", 4), ("GLS103", "smile", 4), ("GLS104", "Shape.area", 4)
    ]  # fmt: skip
    assert opened.pull(previousResultId=report["resultId"])["kind"] == "unchanged"


def test_a_client_that_does_not_pull_is_pushed_to_once_the_typing_pauses(editor):
    opened = editor(EGLOT)
    pushed = opened.client.take(lambda message: message.get("params", {}).get("uri") == opened.uri)["params"]
    assert {one["code"] for one in pushed["diagnostics"]} == {"GLS101", "GLS102", "GLS103", "GLS104"}
    opened.client.notify("textDocument/didClose", opened.document)
    cleared = opened.client.take(lambda message: message.get("params", {}).get("uri") == opened.uri)["params"]
    assert cleared["diagnostics"] == []


@pytest.mark.parametrize("name", EDITORS)
@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_opening_quotes_complete_to_the_whole_docstring(editor, name, quotes):
    opened = editor(name)
    opened.type("        if self.width", f"        {quotes}\n")
    (item,) = opened.complete(f"        {quotes}", 11)
    edit = item["textEdit"]
    at = opened.place(f"        {quotes}", 8)
    assert edit["range"] == {"start": at, "end": at | {"character": 11}}
    assert item["filterText"] == quotes
    assert (item["insertTextFormat"] == 2) == (name in (VS_CODE, NEOVIM))
    assert "ValueError" in edit["newText"]


def test_completion_replaces_quotes_that_the_editor_has_closed(editor):
    opened = editor()
    opened.type("        if self.width", '        """"""\n')
    (item,) = opened.complete('        """"""', 11)
    assert item["textEdit"]["range"]["end"]["character"] == 14


def test_completion_is_indented_for_a_client_that_inserts_it_as_it_is(editor):
    opened = editor(EGLOT)
    opened.type("        if self.width", '        """\n')
    (item,) = opened.complete('        """', 11)
    lines = item["textEdit"]["newText"].split("\n")
    assert all(line == "" or line.startswith("        ") for line in lines[1:])
    after = opened.text.replace('"""\n        if self', item["textEdit"]["newText"] + "\n        if self")
    assert ast.get_docstring(ast.parse(after).body[1].body[1])
    assert without_docstrings(after) == without_docstrings(SOURCE)


def test_completion_works_in_a_function_that_has_no_body_yet(editor):
    opened = editor(text="def fresh(left, right):\n    '''\n")
    (item,) = opened.complete("    '''", 7)
    assert "left" in item["textEdit"]["newText"]


@pytest.mark.parametrize(
    ("text", "needle", "after"),
    [
        ('def f(a):\n    x = 1\n    """\n', '    """', 7),  # no docstring's place
        ('x = """\n', '"""', 3),
        ('def f(a):\n    """Has one."""\n', '"""H', 3),
        ('def f(a):\n    """\n', "def", 3),
    ],
)
def test_completion_says_nothing_elsewhere(editor, text, needle, after):
    assert editor(text=text).complete(needle, after) == []


def test_documents_of_other_languages_are_left_alone(servers):
    client = servers(VS_CODE)
    uri = "file:///somewhere/readme.md"
    text_document = {"uri": uri, "languageId": "markdown", "version": 1, "text": "def f(a): pass"}
    client.notify("textDocument/didOpen", {"textDocument": text_document})
    client.change({"text": "x"}, version=2, uri=uri)
    at = {"line": 0, "character": 4}
    assert client.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": at})["result"] is None


@pytest.mark.parametrize("method", ["hover", "completion", "codeAction", "diagnostic"])
def test_l7_bad_parameters_are_answered(servers, method):
    assert servers(VS_CODE).request(f"textDocument/{method}", {"textDocument": 7})["error"]["code"] == -32602


@pytest.mark.parametrize(("name", "character"), [(NEOVIM, 12), (VS_CODE, 10), (EGLOT, 10)])
def test_positions_are_counted_in_the_units_of_the_client(servers, name, character):
    opened = Editor(servers(name), 'x = "😀"; f(1)\n\n\ndef f(a):\n    return a\n')
    place = {"line": 0, "character": character}
    found = opened.client.request("textDocument/hover", opened.document | {"position": place})["result"]
    assert found["range"]["start"] == place

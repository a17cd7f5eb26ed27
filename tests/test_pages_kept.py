"""Pages are kept true and people's text is kept, whatever changes: over the command, with packages made by chance."""

import random
import re
from pathlib import Path

import pytest
from served import code_in, configured, filling, served

from glossator.cli.main import main
from glossator.config import Settings
from glossator.docstring.pages.regions import parse
from glossator.documenter.pages import check_page

WORDS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh"]
SAID = {"summary": "Put what is handed over into an order that lasts."}


class Made:
    """A package made by chance: modules with functions and classes, documented or not."""

    def __init__(self, folder, seed):
        self.folder = folder / "made"
        self.chance = random.Random(seed)
        self.modules = {f"part{number}": self._module(number) for number in range(3)}

    def _module(self, number):
        functions = {f"{word}_{number}": self._callable() for word in self.chance.sample(WORDS, 3)}
        classes = {f"{word.title()}{number}": self._callable() for word in self.chance.sample(WORDS, 2)}
        return {"functions": functions, "classes": classes}

    def _callable(self):
        parameters = self.chance.sample(["width", "height", "depth", "unit"], self.chance.randint(1, 3))
        return {"parameters": parameters, "doc": self.chance.random() < 0.5}

    def write(self):
        self.folder.mkdir(exist_ok=True)
        (self.folder / "__init__.py").write_text('"""A package."""\n')
        for name, module in self.modules.items():
            parts = ['"""A part."""\n']
            parts += [_function(one, made, "") for one, made in module["functions"].items()]
            parts += [_class(one, made) for one, made in module["classes"].items()]
            (self.folder / f"{name}.py").write_text("\n\n".join(parts))

    def change(self):
        """Give one signature another parameter; the section that describes it, and one that may list it."""
        module = self.chance.choice(sorted(self.modules))
        kind = self.chance.choice(["functions", "classes"])
        name = self.chance.choice(sorted(self.modules[module][kind]))
        made = self.modules[module][kind][name]
        made["parameters"] = [*made["parameters"], f"extra{len(made['parameters'])}"]
        self.write()
        # A module lists its parts with their first sentences: what nobody wrote there may count by its code.
        is_listed = kind == "functions" and not made["doc"]
        shown = f"made.{module}.{name}", *([f"made.{module}"] if is_listed else [])
        return name if kind == "functions" else "apply", made, shown


def _function(name, made, indent, first=""):
    head = f"{indent}def {name}({', '.join([*([first] if first else []), *made['parameters']])}):\n"
    doc = f'{indent}    """Do the thing called {name}."""\n' if made["doc"] else ""
    return f"{head}{doc}{indent}    return {made['parameters'][0]}\n"


def _class(name, made):
    return f'class {name}:\n    """Something called {name}."""\n\n{_function("apply", made, "    ", "self")}'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A repository, which is the current folder."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(page):
    return page.read_bytes().decode()


def outside(text, ids):
    """A page's text without the sections with these ids, their markers among them."""
    spans = [one.span for one in parse(text).regions if one.id in ids]
    parts, at = [], 0
    for start, end in spans:
        parts.append(text[at:start])
        at = end
    return [*parts, text[at:]]


@pytest.mark.parametrize("seed", range(6))
def test_a_changed_signature_makes_its_own_sections_stale_and_rewrites_these_bytes_alone(folder, seed):
    made = Made(folder, seed)
    made.write()
    page = folder / "api.md"
    assert main(["page", "api", "made", "-o", "api.md"]) == 0
    for _ in range(2):
        before = read(page)
        _, changed, shown = made.change()
        found = check_page(page, before, Settings())
        assert {shown[0]} <= {one.symbol for one in found} <= {*shown}
        assert all(one.code == "GLS401" and one.fixable for one in found)
        assert main(["page", "update", "api.md"]) == 0
        after = read(page)
        assert outside(after, shown) == outside(before, shown)
        assert any(changed["parameters"][-1] in one.text for one in parse(after).regions if one.id in shown)
        assert check_page(page, after, Settings()) == ()


@pytest.mark.parametrize("seed", range(3))
def test_a_model_is_asked_about_the_changed_symbol_alone(folder, monkeypatch, seed):
    made = Made(folder, seed)
    made.write()
    with served(filling(SAID)) as server:
        monkeypatch.setenv("GLOSSATOR_CONFIG", configured(folder, server.url))
        assert main(["page", "api", "made", "-o", "api.md"]) == 0
        for _ in range(3):
            server.forget()
            name, changed, _ = made.change()
            assert main(["page", "update", "api.md"]) == 0
            asked = [code_in(one) for one in server.requests]
            assert len({*asked}) == (not changed["doc"])  # a sentence that is refused is asked for once more
            assert all(f"def {name}(" in one and changed["parameters"][-1] in one for one in asked)
        server.forget()
        assert main(["page", "update", "api.md"]) == 0
        assert not server.requests


PIECES = [
    *("My own words.", "| a | b |\n|---|---|", "> quoted", "- item\n  - inner", "## My heading", "été ☃ \u202e"),
    *("<!-- a comment -->", "<!-- glossator: ignore GLS402 -->", "`code`", "[link](https://example.org)", "\ttab  "),
    *("a\r\nb", "***", "{{ braces }}", "```python\nx = 1\n```", "~~~", "```", "<!-- glossator:begin torn", "\x00"),
]


def edited(text, chance):
    """A page after an edit of a person, anywhere."""
    kind = chance.choice(["insert", "insert", "insert", "word", "cut", "ends"])
    lines = text.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    if kind == "insert":
        lines.insert(at, chance.choice(PIECES) + chance.choice(["\n", "\n\n", "\r\n"]))
    elif kind == "word":
        lines[at] = lines[at].replace(" ", " really ", 1) if "glossator:" not in lines[at] else lines[at]
    elif kind == "cut" and "glossator:" not in lines[at]:
        del lines[at]
    elif kind == "ends" and "glossator:" not in lines[at]:
        lines[at] = lines[at].rstrip("\n") + "  \n"
    return "".join(lines)


def kept(text):
    """The pieces of a page that are people's: all but sections that are as they were made."""
    intact = {one.id for one in parse(text).regions if one.is_intact}
    return outside(text, intact)


def survive(folder, seed, edits):
    made = Made(folder, seed)
    made.write()
    page = folder / "api.md"
    assert main(["page", "api", "made", "-o", "api.md"]) == 0
    chance = random.Random(seed)
    for _ in range(edits):
        text = edited(read(page), chance)
        page.write_bytes(text.encode("utf-8", "surrogateescape"))
        made.change()
        is_made = parse(text).page is not None  # else a fence hides its head
        assert main(["page", "update", "api.md"]) == (0 if is_made else 2)
        after, at = read(page), 0
        for piece in kept(text):
            found = after.find(piece, at)
            assert found >= 0, piece
            at = found + len(piece)
        changed = [one for one in parse(text).regions if not one.is_intact]
        assert all(text[slice(*one.span)] in after for one in changed)


@pytest.mark.parametrize("seed", range(4))
def test_edits_inside_and_outside_of_markers_survive(folder, seed):
    survive(folder, seed, 5)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20, 40))
def test_two_hundred_edits_survive(folder, seed):
    survive(folder, seed, 10)


def test_the_packages_made_by_chance_differ(folder):
    sources = set()
    for seed in range(4):
        made = Made(folder, seed)
        made.write()
        sources.add("".join(path.read_text() for path in sorted(Path("made").glob("*.py"))))
    assert len(sources) == 4
    assert all(re.search(r'\): *\n    """Do', source) and re.search(r"\):\n    return", source) for source in sources)

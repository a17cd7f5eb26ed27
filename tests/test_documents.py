"""What the documents say is what the code does: commands, flags, settings, links."""

import re
import tomllib
from pathlib import Path

import examples
import pytest

from glossator.cli.arguments import build_parser
from glossator.config import MODES, Settings
from glossator.config.keys import KEYS, PROVIDER_KEYS, Reach
from glossator.docstring.codes import CODES
from glossator.documenter.pages import check_page

ROOT = Path(__file__).parents[1]


def test_every_dependency_has_a_decision():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    decisions = "\n".join(path.read_text() for path in (ROOT / "docs" / "decisions").glob("*.md"))
    for dependency in project["dependencies"]:
        name = re.match(r"[\w-]+", dependency)[0]
        assert re.search(rf"^#.*\b{name}\b", decisions, re.MULTILINE), name


def test_every_key_is_documented_with_the_place_that_may_set_it():
    text = (ROOT / "docs" / "settings.md").read_text()
    for name, key in KEYS.items():
        row = re.search(rf"^\|.*`{re.escape(name)}`.*\|$", text, re.MULTILINE)
        assert row, name
        if "." not in name:
            place = "project" if key.reach is Reach.WORKSPACE else "editor"
            assert f"({place}). |" in row[0], name
    for name in PROVIDER_KEYS:
        assert f"`{name}`" in text


def test_every_flag_is_documented():
    sections = (ROOT / "docs" / "commands.md").read_text().split("\n## ")
    commands = next(action for action in build_parser()._actions if action.dest == "command").choices
    for name, parser in commands.items():
        (section,) = [section for section in sections if section.startswith(f"`glossator {name}")]
        rows = {
            f"| `{' '.join((one.option_strings[-1], _values(one))).strip()}` | {one.help} |" for one in _flags(parser)
        }
        assert sorted(re.findall(r"^\| `--.*$", section, re.MULTILINE)) == sorted(rows)


def _flags(parser):
    """The flags of a command, and of its actions where they have flags of their own."""
    for action in parser._actions:
        if action.dest == "action" and isinstance(action.choices, dict):
            for one in action.choices.values():
                yield from _flags(one)
        elif action.option_strings and action.dest != "help":
            yield action


def _values(action):
    return "\\|".join(action.choices) if action.choices else action.metavar or ""


def _default(name):
    value = Settings()
    for part in name.split("."):
        value = getattr(value, part)
    return value


def _spelled(value):
    """How the document writes a default: as code, and nothing where it is none."""
    if value in ((), None, ""):
        return ""
    return f"`{value!r}`".replace("'", '"')


def test_every_default_is_documented():
    text = (ROOT / "docs" / "settings.md").read_text()
    for name in KEYS:
        row = re.search(rf"^\| `{re.escape(name)}` \|(.*)\|$", text, re.MULTILINE)[1]
        assert row.rpartition(" | ")[2].strip() == _spelled(_default(name)), name


def test_every_mode_is_documented():
    text = (ROOT / "docs" / "settings.md").read_text()
    for mode in MODES.values():
        numbers = f"{mode.memory_gb} GB | {mode.workers} | {mode.documents:,} | {mode.l1_entries:,}"
        kept = (
            f"{mode.memory_bytes // 10**6:,} MB | {mode.l2_entries:,} | {mode.tree_bytes // 10**6} MB | {mode.facts:,}"
        )
        assert f"| {mode.name} | {numbers} | {kept} |" in text


def test_every_code_has_a_section_with_its_title():
    text = (ROOT / "docs" / "checks.md").read_text()
    assert re.findall(r"^### (.*)$", text, re.MULTILINE) == [f"{one.code} {one.title}" for one in CODES.values()]


def test_every_code_that_is_found_has_an_example_in_which_it_is():
    text = (ROOT / "docs" / "checks.md").read_text()
    for section in examples.SECTION.finditer(text):
        shown = "".join(re.findall(r"^```(?:text|console)\n(.*?)^```$", section[0], re.MULTILINE | re.DOTALL))
        assert f" {section[1]} " in shown, section[1]


@pytest.mark.parametrize("document", examples.DOCUMENTS, ids=lambda path: path.name)
def test_documents_show_what_the_commands_say(document):
    text = document.read_text()
    assert examples.rendered(text) == text, "python tests/support/examples.py brings it up to date"


def test_the_architecture_names_what_is_there():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    way = re.search(r"## One request\n(.*?)## Memory", text, re.DOTALL)[1]
    paths = list((ROOT / "server" / "glossator").rglob("*.py"))
    modules = {path.stem for path in paths}
    everything = "\n".join(path.read_text() for path in paths)
    for owner, name in re.findall(r"\b([A-Za-z]\w+)\.([a-z_]{4,})\b", way):
        is_package = any(path.parent.name == owner for path in paths)
        assert is_package or owner in modules or re.search(rf"^class {owner}\b", everything, re.MULTILINE), owner
        assert name in modules or re.search(rf"def {name}\b", everything), f"{owner}.{name}"
    for path in re.findall(r"`([a-z/_]+\.py)`", text):
        assert any((folder / path).exists() for folder in (ROOT, ROOT / "server" / "glossator")), path


def test_links_in_documents_lead_somewhere():
    for document in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        text = document.read_text().replace("glossator:page", "a page:")  # what it is made from is not read for this
        found = check_page(document, text, Settings(select=("GLS402",)))
        assert not found, f"{document.name}: {found}"

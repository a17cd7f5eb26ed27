"""What docs/providers.md says: its examples work, and the tests that it names exist."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from asked import outside

from glossator.config.keys import PROVIDER_KEYS
from glossator.config.settings import ProviderSettings
from glossator.providers.build import build
from glossator.providers.openai import openai
from glossator.providers.remembered import FILE_NAME, KEPT_DAYS
from glossator.providers.traits import chosen

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "providers.md").read_text()
NOTHING_TO_SHOW = ("none", "the server's own")  # a dialect that has no such thing
EXAMPLES = tomllib.loads("\n".join(re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)))["providers"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_can_be_built(name):
    values = {key: PROVIDER_KEYS[key].check(value) for key, value in EXAMPLES[name].items()}
    provider = build(ProviderSettings(name, **values), outside())
    assert provider.is_loopback or provider.price is not None


def test_each_server_that_people_ask_for_has_an_example():
    for server in ("OpenAI", "Anthropic", "Ollama", "llama.cpp", "vLLM", "LM Studio", "OpenRouter"):
        assert re.search(rf"^# {re.escape(server)}", TEXT, re.MULTILINE), server


def conformance():
    """The table's rows: the behaviour, and a cell for each dialect."""
    lines = TEXT.partition("## Conformance")[2].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {behaviour: cells for behaviour, *cells in rows[1:]}


def _tests_there():
    """The tests of dialects and wires by name, and whether each runs for every dialect."""
    trees = [ast.parse((Path(__file__).parent / name).read_text()) for name in ("test_dialects.py", "test_faults.py")]
    found = [
        node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return {node.name: "wire" in {one.arg for one in node.args.args} for node in found}


@pytest.mark.parametrize("behaviour", conformance())
def test_each_cell_of_the_conformance_table_names_a_test_that_runs_for_its_dialect(behaviour):
    there, cells = _tests_there(), conformance()[behaviour]
    assert len(cells) == 3
    runs_for_all = False
    for dialect, cell in zip(("openai", "anthropic", "ollama"), cells, strict=True):
        if cell == "the same":
            assert runs_for_all, f"{dialect}: {behaviour} is marked by no test that runs for every dialect"
        elif cell not in NOTHING_TO_SHOW:
            name = cell.strip("`")
            runs_for_all = there[name]
            assert runs_for_all or name.startswith(f"test_{dialect}_"), f"{name} is not about {dialect}"
    if behaviour.endswith("*"):
        assert any(there[cell.strip("`")] for cell in cells if cell.startswith("`"))


def test_every_test_that_the_text_names_exists():
    named = set(re.findall(r"`(test_\w+)`", TEXT)) - {"test_faults"}
    assert len(named) > 25
    assert named <= set(_tests_there())


def test_the_names_of_the_ways_are_those_of_the_code():
    assert chosen(openai().ladders, frozenset()) <= set(re.findall(r"`(\w+)`", TEXT))
    assert FILE_NAME in TEXT
    assert KEPT_DAYS == 30  # "a month"

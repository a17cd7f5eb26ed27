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
EXAMPLES = tomllib.loads("\n".join(re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)))["providers"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_can_be_built(name):
    values = {key: PROVIDER_KEYS[key].check(value) for key, value in EXAMPLES[name].items()}
    provider = build(ProviderSettings(name, **values), outside())
    assert provider.is_loopback or provider.price is not None


def test_each_server_that_people_ask_for_has_an_example():
    for server in ("OpenAI", "Anthropic", "Ollama", "llama.cpp", "vLLM", "LM Studio", "OpenRouter"):
        assert re.search(rf"^# {re.escape(server)}", TEXT, re.MULTILINE), server


def test_every_test_that_the_conformance_table_names_exists():
    named = set(re.findall(r"`(test_\w+)`", TEXT)) - {"test_faults"}
    trees = [ast.parse((Path(__file__).parent / name).read_text()) for name in ("test_dialects.py", "test_faults.py")]
    there = {node.name for tree in trees for node in ast.walk(tree) if hasattr(node, "name")}
    assert len(named) > 25
    assert named <= there


def test_the_names_of_the_ways_are_those_of_the_code():
    assert chosen(openai().ladders, frozenset()) <= set(re.findall(r"`(\w+)`", TEXT))
    assert FILE_NAME in TEXT
    assert KEPT_DAYS == 30  # "a month"

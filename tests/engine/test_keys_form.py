"""C9: who is asked moves all keys; the form of code, where it stands and what is said around it moves none."""

from dataclasses import replace

import pytest
from keyed import SOURCE, Neighbours, changed, keys, moved

from glossator.config import Settings
from glossator.config.settings import CacheSettings, PoolSettings, PrivacySettings, ProviderSettings
from glossator.docstring.styles import Style
from glossator.documenter import caching
from glossator.documenter.caching import asked_of
from glossator.engine.words import Said, Words
from glossator.syntax.calls import Links

# Who is asked, and in which language.

MODEL = ProviderSettings("fake", "openai", "http://localhost:1/v1", "m")
ASKED = Settings(provider=("fake",), providers=(MODEL,))
OTHER = ProviderSettings("other", "openai", "http://localhost:2/v1", "n")


def with_model(**changes):
    return replace(ASKED, providers=(replace(MODEL, **changes),))


WHO = {
    "the name of a provider": replace(ASKED, provider=("faux",), providers=(replace(MODEL, name="faux"),)),
    "the model": with_model(model="n"),
    "the kind": with_model(kind="ollama"),
    "another member of a pool": replace(ASKED, provider=("fake", "other"), providers=(MODEL, OTHER)),
    "the order of a pool": replace(ASKED, provider=("other", "fake"), providers=(MODEL, OTHER)),
}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("path", ["Scale.weigh", "Scale.parts", "Scale", "<module>"])
def test_c9_all_keys_move_with(who, path):
    before, after = (keys(path=path, profile=asked_of(one).profile) for one in (ASKED, WHO[who]))
    assert moved(before, after) == set(before)


def test_c9_all_keys_move_with_the_order_of_a_pool_too():
    one, other = (
        replace(ASKED, provider=pool, providers=(MODEL, OTHER)) for pool in (("fake", "other"), ("other", "fake"))
    )
    assert asked_of(one).profile != asked_of(other).profile


def test_c9_all_keys_move_with_the_version_of_the_prompts(monkeypatch):
    before = caching.asked_of.__wrapped__(ASKED).profile
    monkeypatch.setattr(caching, "VERSION", "another one")
    assert caching.asked_of.__wrapped__(ASKED).profile != before


def test_c9_all_keys_move_with_the_natural_language():
    assert moved(keys(), keys(language="de")) == set(keys())


NO_MATTER = {
    "a price": with_model(price_in=3.0, price_out=15.0),
    "an address": with_model(endpoint="http://localhost:9/v1"),
    "a deadline": with_model(timeout_s=1.0, concurrency=1),
    "where a key is": with_model(key_env="KEY"),
    "a weight": with_model(weight=2.0),
    "a provider that is not chosen": replace(ASKED, providers=(MODEL, OTHER)),
    "the mode": replace(ASKED, mode="performance"),
    "the cache": replace(ASKED, cache=CacheSettings("/elsewhere", 1, "redis://localhost", "K", 1, 0.5, examples=True)),
    "what is shown": replace(ASKED, privacy=PrivacySettings(literals=True, comments=True)),
    "how a pool is asked": replace(ASKED, pool=PoolSettings("spread", hedge=True)),
    "a line's length": replace(ASKED, line_length=60),
}


@pytest.mark.parametrize("setting", NO_MATTER)
def test_no_key_moves_with(setting):
    assert asked_of(NO_MATTER[setting]) == asked_of(ASKED)


# The form.

FORMS = {
    "its own docstring": ('"""Weigh it."""', '"""Weigh.\n\n        Args:\n            item: x.\n        """'),
    "no docstring": ('        """Weigh it."""\n', ""),
    "other functions' docstrings": ("Say where it stands.", "Nothing of this is read."),
    "the docstring of its class": ("A scale.", "Some scale, for letters."),
    "the docstring of the module": ("Weigh things.", "Measure the world."),
    "a callee's docstring": ("Say it in grams.", "Say it anyhow."),
    "a callee's body": ("return text + unit", "return unit + text"),
    "another callee's body": ("return item + by", "return by"),
    "quotes": ('raise ValueError("limit", limit)', "raise ValueError('limit', limit)"),
    "brackets": ("return total", "return (total)"),
    "a comment": ("        total = self", "        # Why so?\n        total = self"),
    "a comment behind": ("if exact:", "if exact:  # who would?"),
    "empty lines": ("        for one", "\n\n        for one"),
    "a layout over lines": ("weigh(self, item,", "weigh(\n        self,\n        item,\n       "),
    "a local's name": ("total", "sum_of_all"),
    "another local's name": ("for one in rest:\n            total += one", "for x in rest:\n            total += x"),
    "what stands before": ("LIMIT = 10", "LIMIT = 12\nMORE = 3"),
    "a function that is not called": ("def unused(other):", "def never(other, more=1):"),
    "its place in the class": ("    drift = 0.5\n", "    def first(self):\n        return 1\n"),
    "a number's spelling": ("limit=10", "limit=0xA"),
    "a semicolon": ("        return total\n", "        return total;\n"),
}


@pytest.mark.parametrize("form", FORMS)
def test_c9_no_key_of_a_function_moves_with(form):
    assert moved(keys(), keys(changed(FORMS[form]))) == set()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "elsewhere/b.py"},
        {"style": "numpy", "line_length": 40},
        {"written_in": Style.SPHINX},
        {"init": "method"},
        {"words": Words({"item": (Said("", "", "What is weighed."),)})},
        {"neighbours": Neighbours(described={"item": "What is weighed."})},
        {
            "neighbours": Neighbours(
                Links(callers={"Scale.weigh": ("x = s.weigh(1)",)}, tests={"Scale.weigh": ("t()",)})
            )
        },
    ],
    ids=["the file's name", "the style", "another style", "init", "words", "words of the project", "callers and tests"],
)
def test_c9_no_key_moves_with_its_surroundings(changes):
    assert moved(keys(), keys(**changes)) == set()


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_c9_no_key_moves_with_the_line_ends(ends):
    assert moved(keys(), keys(SOURCE.replace("\n", ends))) == set()


def test_c9_no_key_moves_with_the_indentation():
    assert moved(keys(), keys(SOURCE.replace("    ", "\t"))) == set()


def test_c9_a_function_has_the_same_keys_in_another_file():
    alone = 'def f(size, unit="g"):\n    return size * len(unit)\n'
    there = f'"""Another file."""\nimport re\n\n\nclass C:\n    """C."""\n\n\n@cached\ndef g(): ...\n\n\n{alone}'
    assert keys(alone, "f") == keys(there, "f", name="there.py")
    assert keys(alone, "f") == keys(f"if WINDOWS:\n    def f(): ...\n\n\n{alone}", "f#2", name="there.py")

"""A change of meaning is a miss, a change of form a hit: with texts, through the way of a look-up.

What has to be written anew says Python's own `ast` (tests/support/meaning.py), not the keys.
"""

import ast
import itertools
import random
import re
import sysconfig
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest
from meaning import evidence, finder, label, outdated
from mutations import pairs

from glossator.cache.memory import Memory
from glossator.cache.tiers import Tiers
from glossator.config import Settings
from glossator.docstring.styles import Style
from glossator.docstring.validate import About
from glossator.engine.answers import Said
from glossator.engine.judgement import judged
from glossator.engine.keeping import Stamp, entries_of
from glossator.engine.pipeline import Job
from glossator.engine.recalled import lookup_of, recalled
from glossator.engine.requests import Asked, Wanting
from glossator.model import FieldKind
from glossator.syntax.context import ContextReader
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline

OURS = Path(__file__).parents[2] / "server" / "glossator"
LIBRARY = Path(sysconfig.get_path("stdlib"))
FOREIGN = {"site-packages", "test", "tests", "idlelib", "lib2to3", "__pycache__"}
SMALL = "bisect calendar contextlib csv heapq queue sched shelve shlex string textwrap wave".split()
STAMP = Stamp("a-model", 1)
WORDS = (
    "amber anchor barley basket button candle canvas carpet cedar cherry copper coral cotton dragon falcon feather"
    " garden ginger hammer harbour island jacket kettle ladder lantern lemon linen marble meadow mirror mustard needle"
    " olive orchard oyster parrot pebble pepper pigeon pillow planet potato pumpkin puzzle rabbit raven ribbon saddle"
    " saffron salmon shadow sparrow squirrel temple thistle tulip turtle velvet violin wagon walnut whale willow winter"
).split()


class Anything(frozenset):
    """Names for texts that may speak of anything: what these tests are about is keys."""

    def __contains__(self, _name):
        return True


def test_a_change_of_meaning_is_a_miss_and_one_of_form_a_hit_in_our_own_sources():
    prove(itertools.islice(pairs(sorted(OURS.glob("[de]*/*.py")), seed=1), 450))


def test_a_change_of_meaning_is_a_miss_and_one_of_form_a_hit_in_small_modules():
    prove(itertools.islice(pairs([LIBRARY / f"{name}.py" for name in SMALL], seed=2), 400))


@pytest.mark.soak
def test_a_change_of_meaning_is_a_miss_and_one_of_form_a_hit_in_the_whole_library():
    files = [path for path in sorted(LIBRARY.rglob("*.py")) if not FOREIGN & set(path.relative_to(LIBRARY).parts)]
    prove(itertools.islice(pairs(files, seed=3), 20_000))


def test_the_oracle_sees_what_changed_and_what_did_not():
    def seen(source, path="f"):
        return evidence(*finder(ast.parse(source))(path))

    before = seen("def f(a, b):\n    if a:\n        raise KeyError(b)\n    c = a + 1\n    return c, b\n")
    for after, want in (
        ("def f(a, b):\n    'Doc.'\n    if a:\n        raise KeyError(b)\n    d = a + 1\n    return d, b\n", ""),
        ("def f(x, b):\n    if x:\n        raise KeyError(b)\n    c = x + 1\n    return c, b\n", "param:x"),
        ("def f(a, b):\n    if a:\n        raise KeyError(a)\n    c = a + 1\n    return c, b\n", "* b a raises"),
        ("def f(a, b):\n    if a:\n        raise KeyError(b)\n    c = a + 2\n    return c, b\n", "* a returns"),
        ("def f(a, b):\n    if a:\n        raise KeyError(b)\n    c = a + 1\n    return b, c\n", "* b returns"),
        ("def f(a, b=1):\n    if a:\n        raise KeyError(b)\n    c = a + 1\n    return c, b\n", "* b"),
    ):
        names = {"*": "summary", "a": "param:a", "b": "param:b", "raises": "raises:KeyError"}
        assert outdated(before, seen(after)) == {names.get(one, one) for one in want.split()}, after


def prove(found):
    """Hold each pair against the cache; there have to be some of both sorts, and of most kinds."""
    kinds = Counter()
    for pair in found:
        if Document("a.py", pair.after.encode()).root.has_error:
            continue  # Python reads it and the grammar does not, as `list[int] & None` in an annotation
        kinds[pair.kind, pair.is_same] += 1
        said = said_of(pair.before, pair.path)
        again = want_of(pair.after, pair.after_path)
        known = recalled(again, found_for(pair, again), Anything(), STAMP.today)
        assert not stale_in(pair, known), told(pair, known)
        assert not set(pair.renamed) & spoken(known.texts), told(pair, known)
        if pair.is_same:
            assert missed(pair, again, known, said) == {}, told(pair, known)
    assert min(sum(count for (_, is_same), count in kinds.items() if is_same is one) for one in (True, False)) > 80
    assert len(kinds) >= 40


def stale_in(pair, known):
    """The fields that came back, and are not true any more."""
    came = {key for key, trace in known.traces.items() if trace != "not in the cache"}
    return {key for key in came if label(key.kind.value, key.name) in pair.outdated}


def missed(pair, want, known, said):
    """The fields that did not come back, or came back as another text than was said, with the new names."""
    new = {new: old for old, new in pair.renamed.items()}
    found = {}
    for key in want.ours:
        if key.name.lstrip("*") in new and key.kind is FieldKind.PARAMETER:
            continue  # a name is evidence: its own text is asked for again
        expected = said[key]._replace(text=renamed(said[key].text, pair.renamed))
        if known.said.get(key) != expected:
            found[key] = (expected, known.said.get(key), known.traces[key])
    return found


def renamed(text, names):
    for old, new in names.items():
        text = re.sub(rf"``{old}``", f"``{new}``", text)
    return text


def spoken(texts):
    """The names in code spans."""
    return {name for text in texts.values() for name in re.findall(r"``(\w+)``", text)}


def found_for(pair, want):
    """What memory has for a want, when what was said of the file before is in it."""
    tiers = Tiers(Memory(1000))
    first = want_of(pair.before, pair.path)
    for key, entry in entries_of(first, said_of(pair.before, pair.path), STAMP).items():
        tiers.memory.put(key, entry)
    return tiers.at_hand(lookup_of(want))


@lru_cache(64)
def want_of(source, path):
    """What is wanted for a symbol of a file."""
    reader = ContextReader(Outline(Document("a.py", source.encode())))
    want = Wanting(Job(reader, Settings(templates=False), Style.GOOGLE), Asked(b"a profile")).new(path)
    assert want is not None, source
    return want


@lru_cache(64)
def said_of(source, path):
    """What somebody said of each field: texts that no other field has, about parameters that stand in its slice.

    What may not be shown of them is a refusal, and remembered as one.
    """
    want, chance = want_of(source, path), random.Random(len(source))
    parameters = [key.name.lstrip("*") for key in want.ours if key.kind is FieldKind.PARAMETER]
    texts = {}
    for key in want.ours:
        place = want.keys.fields[key]
        names = [name for name in parameters if name in place.names and len(name) < 15]
        del names[1 if key.kind is FieldKind.SUMMARY else 2 :]  # a longer name must not make a summary too long
        words = " ".join(chance.sample(WORDS, 4))
        start = "If " if key.kind is FieldKind.RAISE else ""
        text = f"{start}{words}{' near ' if names else ''}{' and '.join(f'``{name}``' for name in names)}."
        texts[key] = text[:1].upper() + text[1:]
    about = About(want.facts, Anything(), room=want.room)
    return {
        key: Said(one.text, "" if one.reason is None else one.reason.value)
        for key, one in judged(texts, about, want).items()
    }


def told(pair, known):
    """A failure, as text."""
    return (
        f"{pair.kind} {pair.path} {sorted(pair.outdated)}\n{pair.before}\n---\n{pair.after}\n---\n{dict(known.traces)}"
    )

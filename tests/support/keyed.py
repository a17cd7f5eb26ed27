"""A module, and the keys of its symbols: which of them a change moves."""

from __future__ import annotations

from dataclasses import replace

from glossator.config import Settings
from glossator.docstring.styles import Style
from glossator.engine.keys import Keying
from glossator.engine.pipeline import Job, Surroundings
from glossator.engine.plan import plan
from glossator.engine.words import Words
from glossator.model import FieldKind
from glossator.syntax.calls import Links
from glossator.syntax.context import ContextReader
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline

SOURCE = '''\
"""Weigh things."""
import os

LIMIT = 10


def grams(text, unit="g"):
    """Say it in grams."""
    if not text:
        raise LookupError(text)
    return text + unit


def unused(other):
    """Do nothing."""
    return other


class Scale(Base):
    """A scale."""

    drift = 0.5

    def __init__(self, name, place=None):
        if not name:
            raise NameError("no name")
        self.name = name
        self.place = place

    def weigh(self, item, limit=10, *rest, exact: bool = False) -> int:
        """Weigh it."""
        total = self.offset(item)
        if exact:
            total = grams(total)
        for one in rest:
            total += one
        if limit < 1:
            raise ValueError("limit", limit)
        return total

    def offset(self, item, by=0):
        """Say where it stands."""
        return item + by

    def parts(self, item, size=2):
        """Yield the parts."""
        start = 0
        while start < len(item):
            yield item[start:size]
            start += size


@dataclass
class Reading:
    """What was read."""

    kind: str = "kitchen"
    grams: float = 0.5

    def doubled(self):
        return self.grams * 2
'''
PROFILE = b"who is asked"


class Neighbours:
    """What a test says that other files say."""

    def __init__(self, links=Links(), described=()):  # noqa: B008 - a frozen value
        self.links = links
        self.described = dict(described)

    def base_of(self, _owner, _method):
        return None


def keys(source=SOURCE, path="Scale.weigh", profile=PROFILE, name="a.py", **changes):
    """The keys of all fields of a symbol, by their labels, that of the whole doc among them."""
    neighbours, words = changes.pop("neighbours", Neighbours()), changes.pop("words", Words())
    style = changes.pop("written_in", Style.GOOGLE)
    reader = ContextReader(Outline(Document(name, source.encode())))
    job = Job(reader, replace(Settings(), **changes), style, surroundings=Surroundings(words, neighbours))
    context = job.surroundings.around(reader.context(path))
    wanted = [key for key in plan(context, job.settings, Style.GOOGLE).fields if key.kind is not FieldKind.DESCRIPTION]
    made = Keying(job, profile).keys(path, context, wanted)
    found = {f"{key.kind.value}:{key.name}".rstrip(":"): place.key for key, place in made.fields.items()}
    return {**found, "whole": made.whole.key}


def moved(before, after):
    """The labels whose keys are not what they were; new and lost ones are among them."""
    return {label for label in before.keys() | after.keys() if before.get(label) != after.get(label)}


def changed(*pairs, source=SOURCE):
    for old, new in pairs:
        assert old in source, old
        source = source.replace(old, new)
    return source


def wanted(labels):
    """The labels that a table names; the key of the whole doc follows all others."""
    short = {"p": "parameter", "r": "raise", "a": "attribute"}
    found = {f"{short[one[0]]}{one[1:]}" if one[1:2] == ":" else one for one in labels.split()}
    return found | {"whole"} if found else set()

"""Functions and what was said of them, in the index of similar code, and what that proves for other functions.

`is_same` is the oracle: by Python's own `ast`, whether one function is the other once the words in which their names
differ are exchanged everywhere. It shares no code with `engine.siblings`.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from copy import deepcopy
from dataclasses import replace

from meaning import evidence, finder

from glossator.cache.candidates import Candidates
from glossator.cache.memory import Memory
from glossator.cache.similar import WordIndex
from glossator.cache.tiers import Tiers
from glossator.config import Settings
from glossator.docstring.styles import Style
from glossator.documenter.view import View
from glossator.engine.answers import Said
from glossator.engine.keeping import Stamp, entries_of
from glossator.engine.pipeline import Job
from glossator.engine.prompts import Framing
from glossator.engine.requests import Asked, Wanting, likeness_of, request_of
from glossator.engine.similar import proven
from glossator.model import Disclosure
from glossator.syntax.context import ContextReader
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline
from glossator.workspace.index import Neighbourhood

STAMP = Stamp("a-model", 1)
SETTINGS = Settings(templates=False)
FRAMING: Framing = View(Disclosure(True, True), True).framing(SETTINGS, Neighbourhood())
WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\dA-Za-z_]+")
PYTHON = {*dir(builtins), *keyword.kwlist}


class Library:
    """What was said of functions, and the index that finds them: also what is far from alike."""

    def __init__(self, profile: bytes = b"someone", settings: Settings = SETTINGS, threshold: float = 0.4) -> None:
        self.profile = profile
        self.settings = settings
        self.tiers = Tiers(Memory(100_000), candidates=Candidates(WordIndex(100_000, threshold), 100_000))

    async def say(self, source: str, path: str, texts) -> None:
        """Keep texts for a function: by field, or what a function of the field gives."""
        job, want = self.want(source, path)
        say = texts if callable(texts) else lambda key: texts.get(key.name or key.kind.value, "")
        said = {key: Said(text) if (text := say(key)) else Said("", "empty") for key in want.ours}
        await self.tiers.keep(entries_of(want, said, STAMP, likeness_of(job, want)))

    async def answer(self, source: str, path: str):
        """What is known of another function by its likeness; None for nothing. And how many candidates there were."""
        job, want = self.want(source, path)
        request = request_of(job, want, replace(FRAMING, language=self.settings.language))
        near = await self.tiers.similar(request.likeness.sketch)
        return proven(request, near), near

    def want(self, source: str, path: str):
        reader = ContextReader(Outline(Document("a.py", source.encode())))
        job = Job(reader, self.settings, Style.GOOGLE)
        want = Wanting(job, Asked(self.profile)).new(path)
        if want is None:  # nothing of it has to be asked for
            raise LookupError(path)
        return job, want


def words_of(name: str) -> list[str]:
    return [word.lower() for word in WORD.findall(name)]


def exchanged(name: str, words) -> str:
    """A name with each of these words exchanged, in the same case."""

    def other(match: re.Match[str]) -> str:
        word = match[0]
        new = words.get(word.lower())
        if new is None:
            return word
        return new.upper() if word.isupper() and len(word) > 1 else new.title() if word.istitle() else new

    return WORD.sub(other, name)


def exchange_between(before: str, after: str) -> dict[str, str] | None:
    """The words that two paths have exchanged, there and back; None where they differ in another way."""
    old, new = words_of(before), words_of(after)
    pairs = dict(zip(old, new, strict=False))
    if len(old) != len(new) or [pairs[word] for word in old] != new or len(set(pairs.values())) != len(pairs):
        return None
    there = {one: other for one, other in pairs.items() if one != other}
    if set(there) & set(there.values()):
        return None
    both = there | {other: one for one, other in there.items()}
    return both if there and exchanged(before, both) == after else None


def renamed(tree: ast.AST, words) -> ast.AST:
    """A copy of a tree in which each name but Python's own has its words exchanged."""
    tree = deepcopy(tree)
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            if isinstance(node, ast.Constant):
                continue
            if isinstance(value, str) and value not in PYTHON:
                setattr(node, field, exchanged(value, words))
            elif isinstance(value, list):
                setattr(node, field, [exchanged(one, words) if isinstance(one, str) else one for one in value])
    return tree


def is_same(before: str, path: str, after: str, after_path: str) -> bool:
    """Whether the one function is the other, once the words in which their names differ are exchanged."""
    words = exchange_between(path, after_path)
    if words is None:
        return False
    one = evidence(*finder(renamed(ast.parse(before), words))(after_path))
    other = evidence(*finder(ast.parse(after))(after_path))
    parameters = [[label for label in found if label.startswith("param:")] for found in (one, other)]
    return one["summary"][0] == other["summary"][0] and parameters[0] == parameters[1]

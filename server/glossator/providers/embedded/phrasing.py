"""Pieces of sentences that several fields are put together from: clauses, quoted source, lists."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from glossator.model import ClassFacts, Context
from glossator.providers.embedded.conditions import code, is_quotable, parsed, spelt
from glossator.providers.embedded.words import name_phrase

NOUN_START = re.compile(r"^(?:the|a|an|what|whether|where|which|flags|how|part of) ")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause and how telling it is, 0 to 10."""

    text: str
    weight: int

    @property
    def is_noun(self) -> bool:
        """Whether it is a noun phrase rather than a participle."""
        return bool(NOUN_START.match(self.text))


@dataclass(frozen=True, slots=True)
class Around:
    """The parameter whose uses are told, and where it stands; `depth` counts the calls that were followed."""

    name: str
    context: Context
    depth: int = 0

    @property
    def owner(self) -> str:
        """The words of the class around, "" for a function."""
        facts = self.context.facts if isinstance(self.context.facts, ClassFacts) else self.context.owner
        return name_phrase(facts.name) if facts is not None else ""


def quoted(text: str) -> str:
    """Source as a code span without `self.`; "" where it is too long."""
    shown = text.removeprefix("self.")
    return code(shown) if is_quotable(shown) else ""


def passed_through(value: str, name: str) -> tuple[str, str] | None:
    """The function that a value is the call of, and the number of the argument that is `name`; "" for a part of one."""
    tree = parsed(value)
    if not isinstance(tree, ast.Call) or not is_quotable(callee := spelt(tree.func)):
        return None
    arguments = [*tree.args, *(keyword.value for keyword in tree.keywords)]
    if not any(
        isinstance(node, ast.Name) and node.id == name for one in (tree.func, *arguments) for node in ast.walk(one)
    ):
        return None
    whole = (str(place) for place, one in enumerate(tree.args) if isinstance(one, ast.Name) and one.id == name)
    return callee, next(whole, "")


def is_module(owner: str, context: Context) -> bool:
    """Whether what a function is called on is a module that the document imports."""
    imports = context.module.imports if context.module is not None else ()
    return owner.partition(".")[0] in {one.partition(".")[0] for one in imports}


def without_brackets(target: str) -> list[str]:
    """The names of a target `a, b`; none where it is nested."""
    inner = target.strip()
    inner = inner[1:-1] if inner[:1] in ("(", "[") and inner[-1:] in (")", "]") else inner
    return [] if any(sign in inner for sign in "()[]") else [part.strip() for part in inner.split(",") if part.strip()]


def listed(spans: list[str], word: str = "and") -> str:
    """Items joined as in prose."""
    return spans[0] if len(spans) == 1 else f"{', '.join(spans[:-1])} {word} {spans[-1]}"

"""The languages that Glossator knows, as a table: a second one is a grammar, its node kinds and a docstring form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import tree_sitter_python
from tree_sitter import Language, Parser


@dataclass(frozen=True, slots=True)
class Grammar:
    """A tree-sitter grammar.

    `kinds[node.kind_id]` is a node's kind, one shared string for each kind: `node.type` makes a new one at every call.
    """

    language: Language
    kinds: dict[int, str]

    def parser(self) -> Parser:
        """A new parser: one per use, since a cancelled parse leaves traces in it."""
        return Parser(self.language)


SUFFIXES = {".py": "python", ".pyi": "python", ".pyw": "python"}
ERROR_KIND = 0xFFFF  # tree-sitter's id for what it could not parse, in every grammar
LOADERS = {"python": tree_sitter_python.language}


@cache
def grammar(name: str) -> Grammar:
    """The grammar of a language of the table; loaded once, since it is a constant."""
    language = Language(LOADERS[name]())
    kinds = {number: language.node_kind_for_id(number) or "" for number in range(language.node_kind_count)}
    kinds[ERROR_KIND] = "ERROR"
    return Grammar(language, kinds)

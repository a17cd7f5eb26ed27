"""What a function's body does, read in one walk: returns, yields, raises, and how each parameter is used."""

from __future__ import annotations

from functools import cache
from typing import Final

from tree_sitter import Node

from glossator.syntax.bindings import BINDINGS
from glossator.syntax.document import Document
from glossator.syntax.flow import STATEMENTS
from glossator.syntax.languages import grammar
from glossator.syntax.raises import RAISES
from glossator.syntax.reader import Body, BodyReader, Handler
from glossator.syntax.uses import EXPRESSIONS

SKIPPED: Final = (
    *("comment", "identifier", "string_content", "string_start", "string_end", "escape_sequence", "type"),
    *("integer", "none", "true", "false", "pass_statement"),
)


def read_body(document: Document, block: Node, parameters: tuple[str, ...], receiver: str) -> Body:
    """What the block of a function with these parameters does; `receiver` is the bound first one ("" if there is none).

    Cost: about 1 us for each named node.
    """
    return BodyReader(document, parameters, receiver).read(block, _handlers(document.language))


@cache
def _handlers(language: str) -> dict[int, Handler | None]:
    """The handlers by the numbers that the grammar gives its kinds of nodes; None for what is not visited."""
    named: dict[str, Handler | None] = {**dict.fromkeys(SKIPPED), **STATEMENTS, **RAISES, **EXPRESSIONS, **BINDINGS}
    return {number: named[kind] for number, kind in grammar(language).kinds.items() if kind in named}

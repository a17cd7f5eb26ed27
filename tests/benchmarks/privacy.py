"""What it costs to mask a function and to look for secrets in it, and how that grows with hostile text."""

from __future__ import annotations

from parts import best
from samples import LARGE
from table import Row

from glossator.model import Disclosure, SymbolKind
from glossator.providers.redaction import secrets_in
from glossator.syntax.document import Document
from glossator.syntax.masking import masked
from glossator.syntax.symbols import Outline

CODE = (SymbolKind.FUNCTION, SymbolKind.METHOD)
HOSTILE_BYTES = 100_000
# What rules of this kind usually take the square of a text's length for.
HOSTILE = (
    "eyJaaaaaaaa.",
    "sk-",
    "token" + " " * 50,
    "a://b:",
    "1 ",
    "password=",
    "aws key ",
    "aB3",
    "xoxb-1-",
    "BEGIN ",
)


def privacy_rows(rounds: int) -> list[Row]:
    """The rows of masking and redaction."""
    document = Document("file:///large.py", LARGE.read_bytes())
    symbols = [symbol for symbol in Outline(document).symbols if symbol.kind in CODE]
    functions = [document.slice(*symbol.span) for symbol in symbols]
    shown = [masked(text, Disclosure()) for text in functions]
    secrets_in("")
    masking = best(lambda: [masked(text, Disclosure()) for text in functions], rounds)
    parsing = best(lambda: [Document("", text.encode()).root for text in functions], rounds)
    finding = best(lambda: [secrets_in(text) for text in shown], rounds)
    count = len(functions)
    growth = max(_growth(piece, max(2, rounds // 5)) for piece in HOSTILE)
    return [
        Row("masking, one function, by its parse", masking / count * 1e3, "us", parsing / count * 1e3),
        Row("redaction, one masked function", finding / count * 1e3, "us"),
        Row("redaction of twice as much hostile text, worst of ten", growth, "times", None, 3.0),
    ]


def _growth(piece: str, rounds: int) -> float:
    """How much longer 200 kB of a piece take than 100 kB."""
    once = piece * (HOSTILE_BYTES // len(piece))
    return best(lambda: secrets_in(once * 2), rounds) / best(lambda: secrets_in(once), rounds)

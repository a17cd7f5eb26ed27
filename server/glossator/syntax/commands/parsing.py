"""Python's own tree of a text: what reads values needs it, and what is no valid code has none."""

from __future__ import annotations

import ast
import warnings


def parsed(text: bytes) -> ast.Module | None:
    """A text's tree; None where this Python cannot parse it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text.decode("utf-8", "surrogatepass"))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

"""Operators in words: what a sum, a quotient or a filled template is, as far as its operands tell."""

from __future__ import annotations

import ast

from glossator.model import Context
from glossator.providers.embedded.conditions import code, is_quotable, spelt
from glossator.providers.embedded.words import phrase, split, verb_of

OPERATIONS: dict[type[ast.operator], str] = {
    ast.Sub: "the difference",
    ast.Mult: "the product",
    ast.FloorDiv: "the rounded quotient",
    ast.LShift: "the shifted bits",
    ast.RShift: "the shifted bits",
    ast.Pow: "the power",
    ast.MatMult: "the matrix product",
}
# Operators that mean one thing for numbers and another for texts, paths or sets.
FOR_NUMBERS: dict[type[ast.operator], str] = {
    ast.Div: "the quotient",
    ast.Mod: "the remainder",
    ast.BitAnd: "the masked bits",
    ast.BitOr: "the combined bits",
    ast.BitXor: "the exclusive or",
}


def operation(node: ast.expr, context: Context) -> str:
    """An operation with two operands in words."""
    assert isinstance(node, ast.BinOp)
    text = spelt(node)
    words = split(context.facts.name)
    noun = phrase(words[1:] if verb_of(words) else words)
    if _makes_text(node):
        if is_quotable(text):
            return f"the text {code(text)}"
        return "a text with values filled in" if isinstance(node.op, ast.Mod) else "a text put together from parts"
    if _makes_path(node):
        return f"the path {code(text)}" if is_quotable(text) else "a path put together from parts"
    if not is_quotable(text):
        return f"the {noun}, computed" if noun else "what is computed"
    if isinstance(node.op, ast.Add):
        return f"the {noun or 'sum'}, {code(text)}"
    told = OPERATIONS.get(type(node.op)) or (FOR_NUMBERS[type(node.op)] if _has_number(node) else "")
    return f"{told} {code(text)}".strip()


def _makes_path(node: ast.BinOp) -> bool:
    """Whether a string is divided by or divides: only paths do that."""
    return isinstance(node.op, ast.Div) and any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (node.left, node.right)
    )


def _makes_text(node: ast.BinOp) -> bool:
    """Whether an operand is a string, with an operator that makes a longer one."""
    sides = [node.left] if isinstance(node.op, ast.Mod) else [node.left, node.right]
    return isinstance(node.op, (ast.Add, ast.Mod, ast.Mult)) and any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, (str, bytes)))
        for side in sides
    )


def _has_number(node: ast.BinOp) -> bool:
    """Whether a number stands on either side, so that the other is one, too."""
    return any(
        isinstance(side, ast.Constant) and isinstance(side.value, (int, float)) for side in (node.left, node.right)
    )

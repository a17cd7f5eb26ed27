"""Signatures: the parameters of a function in order, with annotations, defaults, type comments and comments."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from tree_sitter import Node

from glossator.model import Parameter, ParameterKind
from glossator.syntax.comments import parameter_comment
from glossator.syntax.document import Document

TYPE_COMMENT: Final = re.compile(r"#\s*type:\s*(.*)")
_SIGNATURE_COMMENT: Final = re.compile(r"^\((.*)\)\s*->\s*(.*)$")
_SPLATS: Final = {
    "list_splat_pattern": ParameterKind.VAR_POSITIONAL,
    "dictionary_splat_pattern": ParameterKind.VAR_KEYWORD,
}


class Signature(NamedTuple):
    """The parameters, the bound first one of a method among them, and the annotation of what is returned ("": none)."""

    parameters: list[Parameter]
    returns: str


def signature(document: Document, node: Node) -> Signature:
    """The signature of a function definition; annotations may come from a signature type comment."""
    parameters = node.child_by_field_name("parameters")
    found = _parameters(document, parameters) if parameters is not None else []
    returns = document.one_line(node.child_by_field_name("return_type"))
    if returns or any(parameter.annotation for parameter in found):
        return Signature(found, returns)
    return _with_type_comment(document, node, found)


def _parameters(document: Document, node: Node) -> list[Parameter]:
    """The parameters in order; bare stars and slashes only change the kind of what stands beside them."""
    found: list[Parameter] = []
    is_keyword_only = False
    kinds = document.grammar.kinds
    for child in node.named_children:
        kind = kinds[child.kind_id]
        if kind == "positional_separator":
            found = [replace(parameter, kind=ParameterKind.POSITIONAL_ONLY) for parameter in found]
        elif kind == "keyword_separator":
            is_keyword_only = True
        elif kind not in ("comment", "ERROR"):
            parameter = _parameter(document, child, is_keyword_only)
            if parameter is not None:
                is_keyword_only = is_keyword_only or parameter.kind is ParameterKind.VAR_POSITIONAL
                found.append(parameter)
    return found


def _parameter(document: Document, node: Node, is_keyword_only: bool) -> Parameter | None:
    """One parameter; None for what the grammar lets stand there though it has no name."""
    kinds = document.grammar.kinds
    is_plain = kinds[node.kind_id] == "identifier"
    target = node if is_plain else node.child_by_field_name("name") or _target(document, node)
    kind = ParameterKind.KEYWORD_ONLY if is_keyword_only else ParameterKind.NORMAL
    splat = _SPLATS.get(kinds[target.kind_id])
    if splat is not None:
        kind = splat
        target = target.named_children[0] if target.named_child_count else target
    if kinds[target.kind_id] != "identifier":
        return None
    value = node.child_by_field_name("value") if not is_plain else None
    return Parameter(
        _folded(document.slice(target.start_byte, target.end_byte)),
        kind,
        document.one_line(node.child_by_field_name("type")) if not is_plain else "",
        document.one_line(value) if value is not None else None,
        parameter_comment(document, node),
    )


def _folded(name: str) -> str:
    """An identifier as Python reads it: what a caller names is the folded one (reference, 2.3, "Identifiers")."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def _target(document: Document, node: Node) -> Node:
    """The name, with its stars, of a parameter without a default."""
    while document.grammar.kinds[node.kind_id] == "typed_parameter" and node.named_child_count:
        node = node.named_children[0]
    return node


def _with_type_comment(document: Document, node: Node, found: list[Parameter]) -> Signature:
    """Annotations from a signature type comment: `# type: (int, str) -> bool`."""
    for child in node.named_children:
        if document.grammar.kinds[child.kind_id] != "comment":
            continue
        comment = TYPE_COMMENT.match(document.one_line(child))
        match = _SIGNATURE_COMMENT.match(comment.group(1).strip()) if comment else None
        if match:
            types = [one.strip().lstrip("*") for one in split_top_level(match.group(1))]
            return Signature(_annotated(found, types), match.group(2).strip())
    return Signature(found, "")


def _annotated(parameters: list[Parameter], types: Sequence[str]) -> list[Parameter]:
    """The parameters with these annotations, if there is one for each; type comments leave `self` out (PEP 484)."""
    unnamed = len(parameters) - len(types)
    if unnamed not in (0, 1) or list(types) == ["..."]:
        return parameters
    pairs = zip(parameters[unnamed:], types, strict=True)
    return parameters[:unnamed] + [replace(parameter, annotation=one) for parameter, one in pairs]


def split_top_level(text: str, separator: str = ",") -> list[str]:
    """The parts of `a, b[c, d], e`, split at separators outside brackets; [] for an empty text."""
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == separator and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    last = text[start:].strip()
    return [*parts, last] if last or parts else []

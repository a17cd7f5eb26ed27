"""Digests of what a piece of Python means.

Two definitions with equal `ast.dump` (docstrings taken out) have equal fingerprints, different dumps have different
ones: quotes, brackets that only group, commas at the end, layout, comments, spellings of numbers and strings do not
count. The alpha fingerprint is deaf to the names of locals and parameters, too.

A body that is only a docstring counts as `pass`. Digests of the members of classes and modules are parts of the digests
of these, so that an edit in one method of a large class costs one method if the others are `known`. No numbers of this
grammar or process are in them: machines may share them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from typing import NamedTuple

from tree_sitter import Node

from glossator.model import Span
from glossator.syntax.normal.rules import python_rules
from glossator.syntax.normal.scopes import Entry, Region, exact, renamed
from glossator.syntax.normal.walk import Normaliser, Rule

SIZE = 16


class Fingerprints(NamedTuple):
    """Both digests of one definition, 16 bytes each."""

    exact: bytes
    alpha: bytes


Known = Callable[[Node], tuple[bytes, bytes] | None]


def fingerprint(node: Node, source: bytes) -> bytes:
    """Digest of the definition (or any node) `node` of the document's UTF-8 `source`: equal for equal meaning.

    Layout, comments, docstrings (its own and nested ones) do not count; names, defaults, annotations and decorators do:
    a decorated definition has the same fingerprint whether the inner or the outer node is given.
    Returns 16 bytes. Raises nothing: broken code has a fingerprint, too, in which what cannot be parsed counts byte by
    byte.
    Cost: about 1 us a node. Source: blake2b, RFC 7693.
    """
    return fingerprints(node, source).exact


def alpha_fingerprint(node: Node, source: bytes) -> bytes:
    """Digest like `fingerprint`, deaf to a consistent renaming of locals and parameters.

    Kept are globals, attributes, keywords at calls, imported names, names of nested definitions, dunder names, names
    declared `global` or `nonlocal` anywhere in the definition, and all names where `locals`, `eval` and their kin are
    called or where the code is broken. Cost as `fingerprint`.
    """
    return fingerprints(node, source).alpha


def fingerprints(node: Node, source: bytes, known: Known | None = None) -> Fingerprints:
    """Both digests of `node`, for the price of one walk.

    `known` may answer with the digests of a definition in a class body or module (the outer node of a decorated one),
    which is then not walked; None means that it has to be.
    """
    walk = Normaliser(source, _digests)
    walk.known = known
    return _walk(walk, node)


def all_fingerprints(
    root: Node, source: bytes, known: Known | None = None
) -> tuple[Fingerprints, dict[Span, Fingerprints]]:
    """Digests of `root`, and by span (with decorators) those of the definitions in class bodies and modules in it.

    One walk for all. Definitions inside of functions are parts of those functions and not in the mapping, nor are those
    that were `known`.
    """
    walk = Normaliser(source, _digests)
    walk.known = known
    walk.learned = {}
    own = _walk(walk, root)
    return own, {Span(*span): Fingerprints(*pair) for span, pair in walk.learned.items()}


def normal_form(node: Node, source: bytes) -> tuple[list[Entry], Region]:
    """What the digests of a definition are made of, for whoever needs more than these of one walk."""
    return _form(Normaliser(source, _digests), node)


def _walk(walk: Normaliser, node: Node) -> Fingerprints:
    """The digests of a walk that begins at `node`."""
    return Fingerprints(*_digests(*_form(walk, node)))


def _form(walk: Normaliser, node: Node) -> tuple[list[Entry], Region]:
    """What a walk that begins at `node` writes, and the region of the node."""
    region = walk.scope.region
    walk.walk(_with_decorators(node), _rules())
    return walk.out, region


def _with_decorators(node: Node) -> Node:
    """The node that holds a definition's decorators, too."""
    parent = node.parent if node.type in ("function_definition", "class_definition") else None
    return parent if parent is not None and parent.type == "decorated_definition" else node


def _digests(entries: list[Entry], region: Region) -> tuple[bytes, bytes]:
    """The exact and the alpha digest of a finished normal form."""
    return digest(exact(entries)), digest(renamed(entries, region))


def digest(form: bytes) -> bytes:
    """The digest of a normal form whose names are written out."""
    return blake2b(form, digest_size=SIZE).digest()


@cache
def _rules() -> dict[int, Rule]:
    """The table that the walk follows, made once: it is a constant of the grammar."""
    return python_rules()

"""What a definition is compared by, where an equal one is not known: the shape of its code, and the words in its names.

Both come from the normal form that the fingerprints are made of: layout, comments, docstrings and the names of locals
do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from typing import Final, NamedTuple

from glossator.syntax.fingerprint import Fingerprints, digest, normal_form
from glossator.syntax.normal.scopes import Entry as Code
from glossator.syntax.normal.scopes import Scope, exact, written
from glossator.syntax.normal.walk import BLOCK, opening
from glossator.syntax.symbols import Entry

SHAPE_SIZE: Final = 8  # bytes
_NAME = b"\x03"  # begins a name that is kept, see `walk.name`
_TEXTS = (b"\x05", b"\x07")  # begin a string and a piece of one, with a letter for its kind, see `strings`
_NUMBER = b"\x09"
_NUMBERS = tuple(b"\x0c%d\x00" % number for number in range(1000))
_PARAMETERS = opening("parameters")
_WORD = re.compile(rb"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[\x80-\xff]+")
_SILENT = frozenset((b"self", b"cls"))


class Tokens(NamedTuple):
    """What two definitions can have in common.

    `shape` is equal for code that is equal but for a one-to-one renaming of any names: `get`, `put` and `post` of one
    class. `words` are those in the names that are kept (the own one and that of the class, callees, attributes, types)
    and of the parameters: in lower case, each once, in the order of the code. `names` are the kept names themselves, in
    the order by which `shape` numbers them. `literals` are the strings and numbers in the code, which `shape` keeps.
    """

    shape: bytes
    words: tuple[bytes, ...]
    names: tuple[bytes, ...] = ()
    literals: tuple[bytes, ...] = ()


def tokens(entry: Entry) -> Tokens:
    """The tokens of a definition; broken code has some, too. Cost: the walk (1 us a node), and about 35 us."""
    entries, region = normal_form(entry.node, entry.document.text)
    return _tokens(entry, entries, written(entries, region))


def fingerprints_and_tokens(entry: Entry) -> tuple[Fingerprints, Tokens]:
    """What a definition is found by, exactly and else: tokens for about 20 us more than `fingerprints`."""
    entries, region = normal_form(entry.node, entry.document.text)
    alpha = written(entries, region)
    return Fingerprints(digest(exact(entries)), digest(b"".join(alpha))), _tokens(entry, entries, alpha)


def _tokens(entry: Entry, entries: list[Code], alpha: list[bytes]) -> Tokens:
    """The tokens of a normal form; `alpha` are the parts of its alpha form."""
    kept = [code for code in dict.fromkeys(alpha) if code[:1] == _NAME]
    names = [*_owner(entry), *kept, *_parameters(entries)]
    words = tuple(dict.fromkeys(chain.from_iterable(map(_words, names))))
    return Tokens(_shape(alpha, kept), words, tuple(name[1:-1] for name in kept), tuple(_literals(alpha)))


def _literals(alpha: list[bytes]) -> Iterator[bytes]:
    for code in alpha:
        if code[:1] in _TEXTS:
            yield code[2:]
        elif code[:1] == _NUMBER:
            yield code[1:]


def _shape(alpha: list[bytes], kept: list[bytes]) -> bytes:
    """Digest of an alpha form with the names that it keeps replaced by the order of their first appearance."""
    numbers = dict(zip(kept, _NUMBERS, strict=False))  # with more names than numbers it has no sibling anyway
    return blake2b(b"".join(map(numbers.get, alpha, alpha)), digest_size=SHAPE_SIZE).digest()


def _owner(entry: Entry) -> tuple[bytes, ...]:
    """The name of the class that a method is in."""
    owner = entry.owner
    return (owner.name.encode("utf-8", "replace"),) if owner is not None and owner.is_class else ()


def _parameters(entries: list[Code]) -> Iterator[bytes]:
    """The names of a function's parameters: those that are bound in its own scope."""
    own: Scope | None = None
    for one in _between(entries, _PARAMETERS, BLOCK):
        if isinstance(one, bytes) or not isinstance(one[1], Scope):
            continue
        name, scope = one
        if own is None and scope.is_private:
            own = scope
        if scope is own:
            yield name


def _between(entries: list[Code], first: Code, last: Code) -> list[Code]:
    """The entries from the first of one kind to the next of another; none where either is missing."""
    try:
        start = entries.index(first)
        return entries[start : entries.index(last, start)]
    except ValueError:
        return []


@lru_cache(maxsize=8192)  # a project says the same names over and over
def _words(name: bytes) -> tuple[bytes, ...]:
    """The words of an identifier, single letters left out."""
    words = (word.lower() for word in _WORD.findall(name))
    return tuple(word for word in words if len(word) > 1 and word not in _SILENT)

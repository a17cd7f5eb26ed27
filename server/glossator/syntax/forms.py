"""What definitions mean, remembered by their text: the normal form takes a walk over all that stands in them.

A key is made of the form of all of a definition (`slices.Slices.whole`) and of the headers of what it calls. Both
follow from a definition's own text alone, so that a text that was met before needs no walk: after an edit somewhere
else in its file, in the next version of the file, in a copy.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Final, NamedTuple

from glossator.model import Span
from glossator.syntax.slices import Slices, header_digest, outline_digests
from glossator.syntax.symbols import Entry, Outline, own_level

FORM_BYTES: Final = 400  # about what an entry takes


class Form(NamedTuple):
    """The normal form of a definition: digests of it as it is and with locals by number, and the names at those."""

    exact: bytes
    alpha: bytes
    names: tuple[str, ...]


class FormsMemo:
    """Forms and headers by the digest of the text that they follow from; the least recently used go first."""

    def __init__(self, bound: int | None = None) -> None:
        """Keep at most so many; None: all of them, for as long as the memo is needed."""
        self._bound = bound
        self._kept: OrderedDict[bytes, Form | bytes] = OrderedDict()

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._kept)

    @property
    def size_bytes(self) -> int:
        """About what it takes."""
        return FORM_BYTES * len(self._kept)

    def fit(self, bound: int) -> None:
        """Keep at most so many from now on; the least recently used go at once."""
        self._bound = bound
        self._shed()

    def form(self, outline: Outline, entry: Entry, slices: Callable[[], Slices]) -> Form:
        """The form of a definition, a class or module seen in outline; `slices` walks it, where that is needed."""
        if _is_broken(entry):
            return _form_of(slices())
        if entry.is_class or entry.owner is None:
            span = Span(entry.outer.start_byte, entry.node.end_byte)
            members = [self.member(one) for one in outline.members(entry.path)]
            key = _digest(b"outline", own_level(outline, entry.path, span), *members)
        else:
            key = _digest(b"form", _text(entry))
        found = self._kept.get(key)
        if not isinstance(found, Form):
            found = self._keep(key, _form_of(slices()))
        self._kept.move_to_end(key)
        return found

    def header(self, entry: Entry) -> bytes:
        """The digest of a definition without its body."""
        return self._of_text(b"header", entry, header_digest)

    def member(self, entry: Entry) -> bytes:
        """What stands for a member where its class or module is seen in outline."""
        return self._of_text(b"member", entry, lambda one: outline_digests([one])[one.outer.start_byte])

    def _of_text(self, kind: bytes, entry: Entry, made: Callable[[Entry], bytes]) -> bytes:
        if _is_broken(entry):
            return made(entry)
        key = _digest(kind, _text(entry))
        found = self._kept.get(key)
        if not isinstance(found, bytes):
            found = made(entry)
            self._kept[key] = found
            self._shed()
        self._kept.move_to_end(key)
        return found

    def _keep(self, key: bytes, form: Form) -> Form:
        self._kept[key] = form
        self._shed()
        return form

    def _shed(self) -> None:
        while self._bound is not None and len(self._kept) > max(1, self._bound):
            self._kept.popitem(last=False)


def digests_of(members: Sequence[Entry], memo: FormsMemo) -> dict[int, bytes]:
    """What stands for each member where a class or module is seen in outline, by the start of its node."""
    return {one.outer.start_byte: memo.member(one) for one in members}


def _is_broken(entry: Entry) -> bool:
    """Whether a text says not all: how broken text is parsed depends on what stands around it."""
    return entry.outer.has_error or entry.document.leaves_out(entry.outer.start_byte, entry.outer.end_byte)


def _form_of(slices: Slices) -> Form:
    return Form(slices.exact, slices.whole.digest, slices.whole.names)


def _text(entry: Entry) -> bytes:
    return entry.document.text[entry.outer.start_byte : entry.outer.end_byte]


def _digest(*parts: bytes) -> bytes:
    found = blake2b(digest_size=16)
    for part in parts:
        found.update(b"%d:" % len(part))
        found.update(part)
    return found.digest()

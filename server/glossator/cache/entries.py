"""What is kept under a key: texts with slots in the place of names, as MessagePack.

A text is kept with each name that it takes from the code as a slot: the number that the name has in the normal form
which the key is made from. Read for other code with the same key, the slot has the name that stands there. An entry
holds prose, names and digests; no source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from keyword import iskeyword
from typing import Final

import msgspec

from glossator.model import FieldKey, FieldKind

VERSION: Final = 1
"""Changes with the form of entries; others are misses."""

_KINDS: Final = frozenset(kind.value for kind in FieldKind)
_SLOT: Final = re.compile("\x01(\\d+):([^\x02]*)\x02")
_SPAN: Final = re.compile(r"(`+)(.+?)\1")
_WORD: Final = re.compile(r"[^\W\d]\w*")
_NAME: Final = re.compile(r"(?<!\w)(?!(?<![\"'])[bBfFrRuU]{1,2}[\"'])[^\W\d]\w*")  # but what stands before a literal
_ACRONYM: Final = re.compile(r"[A-Z]{2,5}s?")
_CODE: Final = re.compile(r"_|\d|[a-z][A-Z]|^[b-df-hj-np-tv-xz]{2,}$")  # the last: no vowel, and no capital
_SHORT: Final = frozenset("addr arg args attr attrs buf conf dest elem env func idx kwargs obj param params".split())


class Text(msgspec.Struct, frozen=True, array_like=True):
    """What was said about one field; `reason` is why it may not be shown, and then there is no text.

    `by` is the provider that said it, `is_better` whether it was shown in the place of the embedded provider's text,
    `is_private` whether it is kept in memory alone.
    """

    kind: str
    name: str
    template: str = ""
    reason: str = ""
    by: str = ""
    is_better: bool = False
    is_private: bool = False

    @property
    def key(self) -> FieldKey:
        """The field. Raises ValueError for a kind that there is not."""
        return FieldKey(FieldKind(self.kind), self.name)


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """What was said under one key: of one field, or of a whole doc.

    `made` is the day (since 1970-01-01), `model` the model as the settings name it; `exact` is the fingerprint of the
    code that it was said of, `rules` those that passed it. The entry of a whole doc has its symbol's `path`, that of a
    field none. The entry of a whole function has what similar code is found by, and held against: a `sketch`, and
    `pins`, a digest of each of its names; `profile` is who was asked, and in which language.
    """

    version: int
    made: int
    model: str
    texts: tuple[Text, ...]
    exact: bytes = b""
    rules: int = 0
    path: str = ""
    profile: bytes = b""
    sketch: bytes = b""
    pins: bytes = b""

    @property
    def by_field(self) -> Mapping[FieldKey, Text]:
        """The texts by field."""
        return {one.key: one for one in self.texts}

    @property
    def is_private(self) -> bool:
        """Whether it is kept in memory alone, since one of its texts is."""
        return any(one.is_private for one in self.texts)

    @property
    def size_bytes(self) -> int:
        """About what it takes in memory."""
        texts = sum(len(one.template) + len(one.name) + 160 for one in self.texts)
        return 200 + texts + len(self.sketch) + len(self.pins)


def encoded(entry: Entry) -> bytes:
    """An entry as bytes."""
    return msgspec.msgpack.encode(entry)


def decoded(payload: bytes) -> Entry | None:
    """The entry in bytes; None where they hold none of this version."""
    try:
        entry = _decoder().decode(payload)
    except (msgspec.MsgspecError, ValueError):  # not MessagePack, or another form
        return None
    is_ours = entry.version == VERSION and all(one.kind in _KINDS for one in entry.texts)
    return entry if is_ours else None


@cache
def _decoder() -> msgspec.msgpack.Decoder[Entry]:
    """Made once: it is a constant of the form."""
    return msgspec.msgpack.Decoder(Entry)


def unjudged(entry: Entry) -> Entry:
    """An entry from somebody else: whatever it says, its texts were held against no code here."""
    return msgspec.structs.replace(entry, rules=0)


def slotted(text: str, names: Sequence[str]) -> str:
    """A text with slots for the names that it takes from the code.

    A name is meant where it stands in a code span, and where no English word looks like it. In prose `size` may be a
    word, and stays one.
    """
    numbers = {name: number for number, name in enumerate(names)}
    if not numbers:
        return text

    def slot(match: re.Match[str]) -> str:
        word = match[0]
        return f"\x01{numbers[word]}:{word}\x02" if word in numbers else word

    def bare(part: str) -> str:
        return _WORD.sub(lambda match: slot(match) if _is_code(match[0]) else match[0], part)

    pieces: list[str] = []
    end = 0
    for span in _SPAN.finditer(text):
        pieces += (bare(text[end : span.start()]), span[1], _WORD.sub(slot, span[2]), span[1])
        end = span.end()
    return "".join((*pieces, bare(text[end:])))


def filled(template: str, names: Sequence[str]) -> str | None:
    """The text of a template for other code, whose names have these numbers; None where it has no such name."""
    if "\x01" not in template:
        return template
    try:
        return _SLOT.sub(lambda match: names[int(match[1])], template)
    except (IndexError, ValueError):  # no such name, or a number too long for Python: others wrote it
        return None


def plain(template: str) -> str:
    """The text of a template as it was said."""
    return _SLOT.sub(lambda match: match[2], template)


def names_outside(template: str) -> frozenset[str]:
    """The names that a template speaks of without a slot: in code spans, or words that are no English ones.

    `None`, `with` and the `b` of a literal are Python's, and HTTP in a sentence is what everybody calls it.
    """
    rest = _SLOT.sub(" ", template)
    spans = (word for span in _SPAN.finditer(rest) for word in _NAME.findall(span[2]) if not iskeyword(word))
    prose = (word for word in _WORD.findall(_SPAN.sub(" ", rest)) if _is_code(word) and not _ACRONYM.fullmatch(word))
    return frozenset((*spans, *prose))


def _is_code(word: str) -> bool:
    """Whether a word of a prose text can only be a name: `max_size`, `fileName`, `x2`."""
    return "_" in word.strip("_") or word[:1] == "_" or any(c.isdigit() for c in word) or word[1:] != word[1:].lower()

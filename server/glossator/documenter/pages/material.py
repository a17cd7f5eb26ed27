"""What pages are made from: a package's surfaces, and the docs of its symbols.

A symbol that nobody documented has a *blank*: the doc that `write` would give it, with a token in the place of each
text. A token stands for the symbol as its code is now. So a section that is rendered with blanks says both: what it
depends on, and which symbols have to be documented before it can be shown.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from glossator.docstring.styles import Style, detect, parse
from glossator.model import Doc
from glossator.syntax.package import Package

if TYPE_CHECKING:
    from glossator.workspace.repository import Repository

MODULE: Final = "<module>"  # the path of a module itself
OPENS: Final = "\ue000"
CLOSES: Final = "\ue001"
_TOKEN: Final = re.compile(f"{OPENS}([0-9a-f]{{16}}){CLOSES}")


class SymbolKey(NamedTuple):
    """A symbol of a package: the dotted name of its module, and its path there."""

    module: str
    path: str


def token(key: SymbolKey, fingerprint: str) -> str:
    """What stands for each text of a symbol that nobody documented, as its code is now."""
    digest = hashlib.blake2b("\0".join((*key, fingerprint)).encode(), digest_size=8)
    return f"{OPENS}{digest.hexdigest()}{CLOSES}"


def tokens_in(text: str) -> frozenset[str]:
    """The tokens in a text."""
    return frozenset(match[0] for match in _TOKEN.finditer(text))


def without_tokens(text: str) -> str:
    """A text that people wrote, in which nothing can be taken for a token."""
    return text.replace(OPENS, "").replace(CLOSES, "") if OPENS in text or CLOSES in text else text


@dataclass(frozen=True, slots=True)
class Blank:
    """The doc of a symbol that nobody documented, each text of it a token."""

    token: str
    doc: Doc


@dataclass(slots=True)
class Material:
    """A package, with what stands in for the docs that are not there yet; `written` are those that were made since."""

    package: Package
    blanks: Mapping[SymbolKey, Blank]
    repository: Repository | None = None
    written: dict[SymbolKey, Doc] = field(default_factory=dict)
    _read: dict[SymbolKey, Doc] = field(default_factory=dict)
    _by_token: dict[str, SymbolKey] = field(init=False)

    def __post_init__(self) -> None:
        """Find symbols by their tokens."""
        self._by_token = {blank.token: key for key, blank in self.blanks.items()}

    def doc(self, key: SymbolKey, text: str) -> Doc:
        """The doc of a symbol: what people wrote (`text`), else what was made since, else its blank."""
        if text:
            return self._people(key, text)
        if key in self.written:
            return self.written[key]
        blank = self.blanks.get(key)
        return blank.doc if blank is not None else Doc("")

    def missing(self, text: str) -> Iterator[SymbolKey]:
        """The symbols whose tokens stand in a text, and which nobody has documented since."""
        for one in sorted(tokens_in(text)):
            key = self._by_token.get(one)
            if key is not None and key not in self.written:
                yield key

    def _people(self, key: SymbolKey, text: str) -> Doc:
        found = self._read.get(key)
        if found is None:
            text = without_tokens(text)
            found = self._read[key] = parse(text, detect(text) or Style.GOOGLE).doc
        return found

"""What somebody wants written into a document: new docstrings, or repairs of those that are not true any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from glossator.engine.repair import FaultId
from glossator.model import Draft

if TYPE_CHECKING:
    from glossator.documenter.snapshots import DocRequest, Documenter
    from glossator.engine.requests import Want, Wanting


class Wish(Protocol):
    """What is to be written."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The symbols."""

    def wants(self, wanting: Wanting) -> Sequence[Want]:
        """What has to be filled for them."""

    def drafts(self, documenter: Documenter, request: DocRequest) -> Iterator[Draft]:
        """What becomes of the symbols of a request, with its answers."""


@dataclass(frozen=True, slots=True)
class Additions:
    """New docstrings for symbols without one."""

    paths: tuple[str, ...]

    def wants(self, wanting: Wanting) -> Sequence[Want]:
        """One for each symbol that has a place for a docstring."""
        return [want for path in self.paths if (want := wanting.new(path)) is not None]

    def drafts(self, documenter: Documenter, request: DocRequest) -> Iterator[Draft]:
        """The new docstrings."""
        return documenter.drafts(request)


@dataclass(frozen=True, slots=True)
class Repairs:
    """Docstrings that are not true any more; of one of them `only` may name the fault that is to be mended."""

    paths: tuple[str, ...]
    only: FaultId | None = None

    def wants(self, wanting: Wanting) -> Sequence[Want]:
        """One for each docstring that gets new fields."""
        return [want for path in self.paths if (want := wanting.repair(path, self.only)) is not None]

    def drafts(self, documenter: Documenter, request: DocRequest) -> Iterator[Draft]:
        """The repaired docstrings."""
        return documenter.repairs(request, self.only)

"""Stubs and the sources beside them: the stub says what there is, the source has the docstrings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from glossator.syntax.items import Item
from glossator.syntax.surface import Surface


def with_texts_of(stub: Surface, source: Surface) -> Surface:
    """A stub with the docstrings of its source where it has none."""
    return replace(stub, text=stub.text or source.text, items=_described(stub.items, source.items))


def _described(items: Sequence[Item], sources: Sequence[Item]) -> tuple[Item, ...]:
    by_name = {one.name: one for one in sources}
    return tuple(_one(item, by_name.get(item.name)) for item in items)


def _one(item: Item, source: Item | None) -> Item:
    if source is None:
        return item
    return replace(item, text=item.text or source.text, members=_described(item.members, source.members))

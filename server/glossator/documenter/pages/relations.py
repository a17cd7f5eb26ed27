"""How the parts of a module fit together, in sentences that follow from its code: who is derived, who calls whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from glossator.docstring.pages.markdown import Markdown
from glossator.docstring.pages.mermaid import class_diagram
from glossator.model import FunctionFacts

if TYPE_CHECKING:
    from glossator.documenter.pages.items import PageItem

MAX_LINES: Final = 12
MAX_NAMES: Final = 6
MAX_CLASSES: Final = 30


def relations(items: Sequence[PageItem]) -> Iterator[Markdown]:
    """Sentences about the public parts of a module; the first MAX_LINES of them, and how many more there are."""
    found = [*_derived(items), *_calling(items)]
    yield from found[:MAX_LINES]
    if len(found) > MAX_LINES:
        yield Markdown(f"and {len(found) - MAX_LINES} more such relations")


def enumerated(names: Sequence[Markdown]) -> Markdown:
    """Names in a sentence: the first MAX_NAMES of them, and how many more there are."""
    rest = len(names) - MAX_NAMES
    shown = [*names[:MAX_NAMES], *([Markdown(f"{rest} more")] if rest > 0 else [])]
    return Markdown(" and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:]))))


def class_tree(classes: Sequence[PageItem]) -> Markdown:
    """A diagram of classes and what they are derived from; "" where none of them is derived from another."""
    own = {one.key for one in classes}
    if not any(own.intersection(one.base_keys) for one in classes):
        return Markdown("")
    shown = [
        (one.path, one.base_names, tuple(inner.path.rpartition(".")[2] for inner in one.members)) for one in classes
    ]
    return class_diagram(shown, MAX_CLASSES)


def _derived(items: Sequence[PageItem]) -> Iterator[Markdown]:
    own = [one for one in items if one.kind == "class"]
    for base in own:
        heirs = [one.link for one in own if base.key in one.base_keys]
        if heirs:
            yield Markdown(f"{enumerated(heirs)} {_verb(heirs, 'is', 'are')} derived from {base.link}.")


def _calling(items: Sequence[PageItem]) -> Iterator[Markdown]:
    own = {one.path: one for one in items}
    for one in items:
        called = [own[name].link for name in dict.fromkeys(_calls(one)) if name in own and name != one.path]
        if called:
            makes = all(own[name].kind == "class" for name in _calls(one) if name in own)
            yield Markdown(f"{one.link} {'makes' if makes else 'calls'} {enumerated(called)}.")


def _calls(item: PageItem) -> Iterator[str]:
    """The names that a function calls, or a class's public methods."""
    if isinstance(item.facts, FunctionFacts):
        yield from (name.partition(".")[0] for name in item.facts.calls)
    for member in item.members:
        yield from _calls(member)


def _verb(names: Sequence[object], one: str, many: str) -> str:
    return one if len(names) == 1 else many

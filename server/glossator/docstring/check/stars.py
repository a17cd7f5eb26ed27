"""What the stars of a signature, `*args` and `**kwargs`, mean for the names that a docstring has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from glossator.docstring.styles import Entry
from glossator.model import Parameter, ParameterKind

STARRED = (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)


def plain(name: str) -> str:
    """A documented name without its stars, and without the default that some write behind it (`x=3`)."""
    return name.lstrip("*").partition("=")[0]


def taken_by_stars(
    unknown: Iterable[Entry],
    entries: Sequence[Entry],
    signature: Sequence[Parameter],
    renamed: Mapping[str, str],
    wanted: Set[str],
) -> frozenset[Entry]:
    """The documented names that `*args` or `**kwargs` may take: those stand behind the named parameters.

    Where `*args` is documented itself, no other name means a part of it. A name with stars is a star's own. `renamed`
    are the new names of entries, `wanted` the named parameters that want an entry.
    """
    names = [renamed.get(name, name) for name in (plain(one.name) for one in entries)]
    stars = [one for one in signature if one.kind in STARRED]
    if all(one.kind is ParameterKind.VAR_POSITIONAL and one.name in names for one in stars):
        return frozenset()
    free = frozenset(one for one in unknown if not one.name.startswith("*"))
    if any(use.place == "**" for one in stars for use in one.uses):
        return free  # what takes it in the end may know the name
    ahead = _ahead_of_keywords(set(names), signature, wanted)
    last = max((place for place, name in enumerate(names) if name in ahead), default=-1)
    return free.intersection(entries[last:] if last >= 0 else entries)


def _ahead_of_keywords(documented: Set[str], signature: Iterable[Parameter], wanted: Set[str]) -> set[str]:
    """The documented names before which no keyword stands: named parameters, and a `*args` that one will stand behind.

    So what looks right before a missing entry is added looks right after it, too.
    """
    found: set[str] = set()
    before = ""
    for one in signature:
        if one.name in documented:
            before = one.name
            found |= {before} if one.kind not in STARRED else set()
        elif one.name in wanted and before:
            found.add(before)
    return found


def renamed_stars(unknown: Sequence[str], fresh: Iterable[Parameter]) -> Iterator[tuple[str, str]]:
    """The old and the new names of stars, from documented names: a signature has one star of each kind."""
    for star in (one for one in fresh if one.kind in STARRED):
        olds = {plain(name) for name in unknown if name == star.kind.value + plain(name)}
        if len(olds) == 1:
            yield olds.pop(), star.name

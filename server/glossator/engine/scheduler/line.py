"""Who is asked for next: requests wait in a lane for each urgency, and in turn among the files of their lane.

    lane      cursor before open file before workspace; one that is passed over goes up, for one request
    file      in turn, so that a large file does not keep small ones waiting
    group     of requests that begin alike: the first one of it leads, where a server reads a prefix once

A lane ages by how often others went before it, and not by time: where an answer takes half a minute everybody has
waited for long, and nobody was passed over. A pure data structure: it knows no clock, and starts nothing.
"""

from __future__ import annotations

import enum
from collections import OrderedDict, deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from glossator.engine.requests import Request

PASSES: Final = 8  # so often a lane is passed over until it goes before the next more urgent one, once


class Urgency(enum.IntEnum):
    """For whom something is asked: lower ones go first."""

    CURSOR = 0
    OPEN_FILE = 1
    WORKSPACE = 2


@dataclass(eq=False, slots=True)
class Waiting:
    """A request in the line; `group` is what others begin with, too, `since` when it came."""

    request: Request
    urgency: Urgency
    group: tuple[str, ...]
    since: float

    @property
    def file(self) -> str:
        """The file that it is for."""
        return self.request.want.file


Groups = OrderedDict[tuple[str, ...], deque[Waiting]]


class _Lane:
    """The requests of one urgency: files in turn, in each file groups in the order in which they came."""

    def __init__(self) -> None:
        """Nobody waits."""
        self.files: OrderedDict[str, Groups] = OrderedDict()
        self.count = 0
        self.passed = 0

    def add(self, waiting: Waiting) -> None:
        if not self.count:
            self.passed = 0  # nobody waited, so nobody was passed over
        self.files.setdefault(waiting.file, OrderedDict()).setdefault(waiting.group, deque()).append(waiting)
        self.count += 1

    def next(self, held: Collection[tuple[str, ...]]) -> Waiting | None:
        """The first one of the first file that has a group that is not held."""
        for groups in self.files.values():
            group = next((one for one in groups if one not in held), None)
            if group is not None:
                return groups[group][0]
        return None

    def serve(self, waiting: Waiting) -> None:
        """Take one out; the file whose turn it was goes to the end."""
        self.remove(waiting)
        if waiting.file in self.files:
            self.files.move_to_end(waiting.file)
        self.passed = 0

    def take_alike(self, like: Waiting, count: int, fits: Callable[[Waiting], bool]) -> list[Waiting]:
        """Up to `count` more of the same file and group, of those that fit."""
        found: list[Waiting] = []
        for one in self._alike(like):
            if len(found) == count:
                break
            if fits(one):
                found.append(one)
        for one in found:
            self.remove(one)
        return found

    def _alike(self, like: Waiting) -> deque[Waiting]:
        groups = self.files.get(like.file)
        return (groups.get(like.group) if groups else None) or deque()

    def remove(self, waiting: Waiting) -> None:
        groups = self.files[waiting.file]
        groups[waiting.group].remove(waiting)
        self.count -= 1
        if not groups[waiting.group]:
            del groups[waiting.group]
        if not groups:
            del self.files[waiting.file]


class Line:
    """Those who wait to be asked for."""

    def __init__(self) -> None:
        """Nobody waits."""
        self._lanes: dict[Urgency, _Lane] = {urgency: _Lane() for urgency in Urgency}

    def __len__(self) -> int:
        """How many wait."""
        return sum(lane.count for lane in self._lanes.values())

    def count(self, urgency: Urgency) -> int:
        """How many of an urgency wait."""
        return self._lanes[urgency].count

    def add(self, waiting: Waiting) -> None:
        """Have one wait."""
        self._lanes[waiting.urgency].add(waiting)

    def remove(self, waiting: Waiting) -> None:
        """Take one out who does not want to wait any more."""
        self._lanes[waiting.urgency].remove(waiting)

    def hasten(self, waiting: Waiting, urgency: Urgency) -> None:
        """Have one wait in a more urgent lane, as somebody else wants the same."""
        if urgency < waiting.urgency:
            self.remove(waiting)
            waiting.urgency = urgency
            self.add(waiting)

    def next(self, held: Collection[tuple[str, ...]] = (), paused: Collection[Urgency] = ()) -> Waiting | None:
        """Whose turn it is; None if nobody may be asked for.

        Those of `held` groups wait for their leader, but for who sits at the screen: a second is more to him than what
        it saves.
        """
        for urgency in self._by_rank(paused):
            is_free = urgency is Urgency.CURSOR
            if (found := self._lanes[urgency].next(() if is_free else held)) is not None:
                return found
        return None

    def serve(self, waiting: Waiting, paused: Collection[Urgency] = ()) -> None:
        """Take out the one whose turn it is; all other lanes where somebody waits have been passed over."""
        for urgency, lane in self._lanes.items():
            lane.passed += lane.count > 0 and urgency not in paused
        self._lanes[waiting.urgency].serve(waiting)

    def take_alike(self, like: Waiting, count: int, fits: Callable[[Waiting], bool]) -> list[Waiting]:
        """Up to `count` more that begin alike, are of the same file and lane, and fit."""
        return self._lanes[like.urgency].take_alike(like, count, fits)

    def _by_rank(self, paused: Collection[Urgency]) -> list[Urgency]:
        """The lanes in the order in which they are served now; of two that are equal by age the older one first."""
        found = [(one - lane.passed // PASSES, -one) for one, lane in self._lanes.items() if lane.count]
        return [Urgency(-one) for _, one in sorted(found) if Urgency(-one) not in paused]

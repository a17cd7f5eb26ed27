"""Who is asked for next: requests wait in a lane for each urgency, and in turn among the files of their lane.

    lane      cursor before open file before workspace; a lane that was passed over for long goes up, for one request
    file      in turn, so that a large file does not keep small ones waiting
    group     of requests that begin alike: the first one of it leads, where a server reads a prefix once

A pure data structure: it knows no clock but the times that it is told, and starts nothing.
"""

from __future__ import annotations

import enum
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from glossator.engine.requests import Request

AGES_S: Final = 5.0  # a lane that was passed over for so long goes before the next more urgent one, once


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
        self.served_at = 0.0

    def add(self, waiting: Waiting) -> None:
        if not self.count:
            self.served_at = waiting.since  # its age begins with the first who waits
        self.files.setdefault(waiting.file, OrderedDict()).setdefault(waiting.group, deque()).append(waiting)
        self.count += 1

    def take(self, now: float, held: Collection[tuple[str, ...]]) -> Waiting | None:
        """The next one of a group that is not held, the file whose turn it was goes to the end."""
        for file, groups in self.files.items():
            group = next((one for one in groups if one not in held), None)
            if group is not None:
                found = groups[group][0]
                self.remove(found)
                if file in self.files:
                    self.files.move_to_end(file)
                self.served_at = now
                return found
        return None

    def take_alike(self, like: Waiting, count: int, fits: Callable[[Waiting], bool]) -> list[Waiting]:
        """Up to `count` more of the same file and group, of those that fit."""
        alike = self.alike(like)
        found: list[Waiting] = []
        for one in alike:
            if len(found) == count:
                break
            if fits(one):
                found.append(one)
        for one in found:
            self.remove(one)
        return found

    def alike(self, like: Waiting) -> deque[Waiting]:
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
        """Take one out who waits."""
        self._lanes[waiting.urgency].remove(waiting)

    def hasten(self, waiting: Waiting, urgency: Urgency) -> None:
        """Have one wait in a more urgent lane, as somebody else wants the same."""
        if urgency < waiting.urgency:
            self.remove(waiting)
            waiting.urgency = urgency
            self.add(waiting)

    def take(
        self, now: float, held: Collection[tuple[str, ...]] = (), paused: Collection[Urgency] = ()
    ) -> Waiting | None:
        """Whose turn it is; None if nobody may be asked for: `held` groups wait for their leader."""
        for lane in self._by_rank(now, paused):
            if (found := lane.take(now, held)) is not None:
                return found
        return None

    def take_alike(self, like: Waiting, count: int, fits: Callable[[Waiting], bool]) -> list[Waiting]:
        """Up to `count` more that begin alike, are of the same file and lane, and fit."""
        return self._lanes[like.urgency].take_alike(like, count, fits)

    def begins_alike(self, like: Waiting) -> bool:
        """Whether another one that begins alike waits, in the same lane."""
        return bool(self._lanes[like.urgency].alike(like))

    def _by_rank(self, now: float, paused: Collection[Urgency]) -> Iterator[_Lane]:
        found = [
            (urgency - int((now - lane.served_at) / AGES_S), urgency)
            for urgency, lane in self._lanes.items()
            if lane.count and urgency not in paused
        ]
        return (self._lanes[urgency] for _, urgency in sorted(found))

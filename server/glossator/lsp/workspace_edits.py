"""The edits of many files, handed to the editor while others are still being made.

Each is looked at once more before it leaves: one for a text that has changed is given back to whoever made it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from glossator.errors import Superseded
from glossator.lsp.applying import FILES_AT_ONCE, apply_edits
from glossator.lsp.workspace_files import Taken, is_current, same_on_disk
from glossator.model import SourceEdit

if TYPE_CHECKING:
    from glossator.lsp.session import Session

PERIOD_S: Final = 0.25  # for which a file waits for others at most, so that little is lost when a run is cancelled


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A file with edits; `result` gets whether the editor has applied them."""

    taken: Taken
    edits: tuple[SourceEdit, ...]
    result: asyncio.Future[bool]


@dataclass(slots=True)
class Edits:
    """Files with edits on their way to the editor; `run` sends them, as long as it runs."""

    session: Session
    title: str
    _waiting: list[_Waiting] = field(default_factory=list)
    _some: asyncio.Event = field(default_factory=asyncio.Event)
    _many: asyncio.Event = field(default_factory=asyncio.Event)

    async def apply(self, taken: Taken, edits: tuple[SourceEdit, ...]) -> bool:
        """Whether the editor has applied these edits; False where the file's text is another one by now."""
        one = _Waiting(taken, edits, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        self._some.set()
        if len(self._waiting) >= FILES_AT_ONCE:
            self._many.set()
        return await one.result

    async def run(self) -> None:
        """Send what comes, for ever. Raises Superseded where the editor does not apply what fits."""
        while True:
            await self._some.wait()
            try:
                async with asyncio.timeout(PERIOD_S):
                    await self._many.wait()
            except TimeoutError:
                pass  # the others come later
            many, self._waiting = self._waiting[:FILES_AT_ONCE], self._waiting[FILES_AT_ONCE:]
            if not self._waiting:
                self._some.clear()
            if len(self._waiting) < FILES_AT_ONCE:
                self._many.clear()
            await self._send([one for one in many if not one.result.done()])

    async def _send(self, many: list[_Waiting]) -> None:
        """Send files that are on disk together; those that are open alone, so that one alone can be out of date."""
        closed = [one for one in many if not one.taken.is_open]
        same = await same_on_disk([one.taken for one in closed])
        fit = [
            one for one, is_same in zip(closed, same, strict=True) if is_same and is_current(self.session, one.taken)
        ]
        if fit:
            await apply_edits(self.session, self.title, [(one.taken.document, list(one.edits)) for one in fit])
        for one in closed:
            _settle(one, one in fit)
        for one in many:
            if one.taken.is_open:
                _settle(one, await self._send_open(one))

    async def _send_open(self, one: _Waiting) -> bool:
        if not is_current(self.session, one.taken):
            return False
        try:
            await apply_edits(self.session, self.title, [(one.taken.document, list(one.edits))])
        except Superseded:
            if is_current(self.session, one.taken):
                raise  # for a reason of its own: it would refuse the others, too
            return False
        return True


def _settle(one: _Waiting, is_applied: bool) -> None:
    if not one.result.done():
        one.result.set_result(is_applied)

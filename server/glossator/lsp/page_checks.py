"""Findings on open pages: what is stale, and what is named and not there any more.

They depend on the code of a package, which takes long to read: so pages are looked at when they are opened and when
something is saved, one after the other, in a thread that nobody waits for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from glossator.errors import GlossatorError
from glossator.lsp import convert
from glossator.lsp.apart import readers_of
from glossator.lsp.page_actions import MARKER, says_how
from glossator.lsp.places import path_in, require_inside
from glossator.lsp.wire import Json
from glossator.model import Severity, Span
from glossator.syntax.document import Document

if TYPE_CHECKING:
    from glossator.config import Settings
    from glossator.documenter.files import PlacedFinding
    from glossator.lsp.session import Session

PAUSE_S: Final = 0.3
"""How long after a page was opened, or something was saved: editors do both with many files at once."""


class PageChecks:
    """The last findings of each open page, and the looks at pages that are under way."""

    def __init__(self, session: Session) -> None:
        """Nothing was looked at."""
        self._session = session
        self._found: dict[str, tuple[Json, ...]] = {}
        self._looking: dict[str, asyncio.Task[None]] = {}
        self._thread = ThreadPoolExecutor(1, "page checks")

    def look(self, uri: str) -> None:
        """Look at a page soon."""
        self._stop(uri)
        task = self._looking[uri] = asyncio.get_running_loop().create_task(self._look(uri))
        task.add_done_callback(lambda done: self._looked(uri, done))

    def refresh(self) -> None:
        """Something was saved, or settings are others: look at all open pages soon."""
        for uri in self._session.pages.uris:
            self.look(uri)

    def closed(self, uri: str) -> None:
        """A page was closed: take its findings back."""
        self._stop(uri)
        if self._found.pop(uri, ()) and not self._session.client.pulls_diagnostics:
            self._publish(uri, None, ())

    def pull(self, uri: str) -> Json | Coroutine[Any, Any, Json]:
        """The report of a page, once it has been looked at."""
        return self._after_look(uri) if uri in self._looking else self._report(uri)

    async def aclose(self) -> None:
        """Look at nothing any more."""
        for uri in list(self._looking):
            self._stop(uri)
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _after_look(self, uri: str) -> Json:
        while uri in self._looking:
            await asyncio.wait([self._looking[uri]])
        return self._report(uri)

    def _report(self, uri: str) -> Json:
        return {"kind": "full", "items": list(self._found.get(uri, ()))}

    def _stop(self, uri: str) -> None:
        task = self._looking.pop(uri, None)
        if task is not None:
            task.cancel()

    def _looked(self, uri: str, done: asyncio.Task[None]) -> None:
        if self._looking.get(uri) is done:
            del self._looking[uri]

    async def _look(self, uri: str) -> None:
        await asyncio.sleep(PAUSE_S)
        document, path = self._session.pages.document(uri), path_in(uri)
        items: tuple[Json, ...] = ()
        if document is not None and path is not None and says_how(document):
            settings = self._session.projects.resolve(path.parent).settings
            given = path, document, (settings, self._session.folders)
            checked = await asyncio.get_running_loop().run_in_executor(self._thread, _checked, *given)
            items = tuple(_placed(document, checked, self._session.client.encoding))
        if self._session.pages.document(uri) is not None:
            self._take(uri, document, items)

    def _take(self, uri: str, document: Document | None, items: tuple[Json, ...]) -> None:
        is_new = self._found.get(uri, ()) != items
        self._found[uri] = items
        if not is_new:
            return
        client = self._session.client
        if not client.pulls_diagnostics:
            self._publish(uri, document.version if document is not None else None, items)
        elif client.refreshes_diagnostics:
            self._session.protocol.send_request("workspace/diagnostic/refresh")

    def _publish(self, uri: str, version: int | None, items: tuple[Json, ...]) -> None:
        versioned = {} if version is None else {"version": version}
        params = {"uri": uri, "diagnostics": list(items), **versioned}
        self._session.protocol.tell("textDocument/publishDiagnostics", params)


def _checked(
    path: Path, document: Document, given: tuple[Settings, tuple[str, ...]]
) -> tuple[PlacedFinding, ...] | str:
    """The findings of a page, or why there are none. Blocks."""
    from glossator.documenter.pages import said_in  # with the first page
    from glossator.engine.executor import Lost, run

    settings, folders = given
    text = document.text.decode("utf-8", "surrogateescape")
    try:
        said = said_in(text, path)
        if said is None:
            return ()
        require_inside(said[0].path, path, folders)
        (found,) = run(_Checking(settings), [(path, text)], readers_of(said[0], settings))
    except GlossatorError as error:
        return str(error)
    return found.reason if isinstance(found, Lost) else found


@dataclass(frozen=True, slots=True)
class _Checking:
    """Looks at a page; in a worker process, where there is much to read."""

    settings: Settings

    def __call__(self, page: tuple[Path, str]) -> tuple[PlacedFinding, ...] | str:
        """The findings, or why there are none."""
        from glossator.documenter.pages import check_page

        try:
            return check_page(*page, self.settings)
        except GlossatorError as error:
            return str(error)


def _placed(document: Document, found: tuple[PlacedFinding, ...] | str, encoding: str) -> Iterable[Json]:
    """Findings as the client gets them; what keeps a page from being looked at stands at its head."""
    if isinstance(found, str):
        start = max(document.text.find(MARKER), 0)
        end = document.text.find(b"\n", start)
        where = Span(start, end if end >= 0 else len(document.text))
        severity = convert.LSP_SEVERITY[Severity.WARNING]
        about = {"range": convert.lsp_range(document, where, encoding), "severity": severity}
        yield about | {"source": convert.SOURCE, "message": found}
        return
    for one in found:
        first = document.offset(max(one.line - 1, 0), max(one.column - 1, 0), "utf-32")
        last = document.offset(max(one.end_line - 1, 0), max(one.end_column - 1, 0), "utf-32")
        yield {
            "range": convert.lsp_range(document, Span(first, max(first, last)), encoding),
            "severity": convert.LSP_SEVERITY[Severity(one.severity)],
            "code": one.code,
            "source": convert.SOURCE,
            "message": one.message,
            "data": {"path": one.symbol},
        }

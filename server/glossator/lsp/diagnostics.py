"""Diagnostics: findings as hints in the editor, pulled by clients that pull, else pushed when the typing pauses.

A half-typed docstring takes the rest of the file into a string, and with it the findings there. While a text does not
parse, the findings of its last good snapshot stand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glossator.lsp import convert, wire
from glossator.lsp.wire import Json
from glossator.syntax.document import Document

if TYPE_CHECKING:
    from glossator.lsp.session import Session

PAUSE_S = 0.2
"""How long nothing must be typed before findings are pushed."""

FINDING_BYTES = 1_300
"""About what a finding takes, as the client gets it."""

PULL_PAUSE_S = 0.08
"""The same before they are answered to a client that pulls: such clients mostly wait a little themselves."""


@dataclass(frozen=True, slots=True)
class Report:
    """The diagnostics of one snapshot; `identity` changes with their content.

    `missing` are the paths of what is undocumented, `stale` those of the docstrings that can be repaired.
    """

    document: Document
    identity: str
    items: tuple[Json, ...]
    missing: frozenset[str]
    stale: frozenset[str]


class Diagnostics:
    """The last report of each document, and the timers of those that are to be pushed."""

    def __init__(self, session: Session) -> None:
        """Report nothing yet."""
        self._session = session
        self._reports: dict[str, Report] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._quiet_from: dict[str, float] = {}
        self._count = 0

    def changed(self, uri: str) -> None:
        """A document's text changed: push its findings once the typing pauses."""
        self._stop(uri)
        self._quiet_from[uri] = asyncio.get_running_loop().time() + PULL_PAUSE_S
        if not self._session.client.pulls_diagnostics:
            self._timers[uri] = asyncio.get_running_loop().call_later(PAUSE_S, self._push, uri)

    def closed(self, uri: str) -> None:
        """A document was closed: take its findings back."""
        self._stop(uri)
        self._quiet_from.pop(uri, None)
        if self._reports.pop(uri, None) is not None and not self._session.client.pulls_diagnostics:
            self._publish(uri, None, ())

    @property
    def size_bytes(self) -> int:
        """About what the reports take."""
        return FINDING_BYTES * sum(len(report.items) for report in self._reports.values())

    def fit(self, share: float) -> None:
        """Forget all but this share of the reports, the oldest first; who asks for one again has it made anew."""
        if share < 1:
            oldest = list(self._reports)[: len(self._reports) - int(share * len(self._reports))]
            for uri in oldest:
                del self._reports[uri]

    def refresh(self) -> None:
        """Everything may have changed: push all, or ask the client to pull again."""
        self._reports.clear()
        if not len(self._session.workspace):
            return
        if self._session.client.refreshes_diagnostics:
            self._session.protocol.send_request("workspace/diagnostic/refresh")
        for document in self._session.workspace.documents:
            self.changed(document.uri)

    def missing(self, uri: str) -> frozenset[str] | None:
        """The paths of what was undocumented in a document when it was last reported; None if it has not been yet."""
        report = self._reports.get(uri)
        return None if report is None else report.missing

    def stale(self, uri: str) -> frozenset[str] | None:
        """The paths of the docstrings that could be repaired when a document was last reported."""
        report = self._reports.get(uri)
        return None if report is None else report.stale

    def pull(self, params: Json) -> Json | Coroutine[Any, Any, Json]:
        """The report that a client asks for, once the typing pauses; the first one at once. Raises BadParams."""
        uri = wire.document_uri(params)
        if self._session.pages.is_open(uri):
            return self._session.page_checks.pull(uri)
        is_typing = asyncio.get_running_loop().time() < self._quiet_from.get(uri, 0.0)
        return self._after_pause(uri, params) if is_typing and uri in self._reports else self._pulled(uri, params)

    async def _after_pause(self, uri: str, params: Json) -> Json:
        rest_s = self._quiet_from.get(uri, 0.0) - asyncio.get_running_loop().time()
        if rest_s <= 0:
            return self._pulled(uri, params)
        await asyncio.sleep(rest_s)
        return await self._after_pause(uri, params)

    def _pulled(self, uri: str, params: Json) -> Json:
        """The report of a document as it stands: `unchanged` where the client has it already."""
        report = self._report(uri)
        if report is None:
            return {"kind": "full", "items": []}
        if wire.optional(params, "previousResultId") == report.identity:
            return {"kind": "unchanged", "resultId": report.identity}
        return {"kind": "full", "resultId": report.identity, "items": list(report.items)}

    def _push(self, uri: str) -> None:
        self._timers.pop(uri, None)
        known = self._reports.get(uri)
        report = self._report(uri)
        if report is None:
            self._publish(uri, None, ())
        elif known is None or known.items != report.items:
            self._publish(uri, report.document.version, report.items)

    def _publish(self, uri: str, version: int | None, items: tuple[Json, ...]) -> None:
        params = {"uri": uri, "diagnostics": list(items)}
        versioned = params if version is None else params | {"version": version}
        self._session.protocol.tell("textDocument/publishDiagnostics", versioned)

    def _report(self, uri: str) -> Report | None:
        """The report of a document as it stands; None where there is nothing to say about its text."""
        document = self._session.document(uri)
        if document is None:
            self._reports.pop(uri, None)
            return None
        known = self._reports.get(uri)
        if known is not None and (known.document is document or document.root.has_error):
            return known
        report = self._new_report(document, known)
        self._reports.pop(uri, None)  # so that it is the newest
        self._reports[uri] = report
        return report

    def _new_report(self, document: Document, known: Report | None) -> Report:
        encoding = self._session.client.encoding
        self._session.look_through(document)
        self._session.caches.decline(document)
        self._session.caches.warm_behind(document)
        findings = self._session.documenter(document.uri).check(document)
        items = tuple(convert.diagnostic(document, finding, encoding) for finding in findings)
        missing = frozenset(finding.symbol for finding in findings if finding.code.startswith(convert.MISSING))
        stale = frozenset(one.symbol for one in findings if one.fixable and one.code.startswith(convert.STALE))
        if known is not None and known.items == items:
            return Report(document, known.identity, items, missing, stale)
        self._count += 1
        return Report(document, str(self._count), items, missing, stale)

    def _stop(self, uri: str) -> None:
        if timer := self._timers.pop(uri, None):
            timer.cancel()

"""Documenting and repairing with a language model: in the background, shown as it grows, for what has not changed.

A run belongs to its request: cancelling that, closing the file and ending the server each end it, and with it the
connection to the provider.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.uris import to_fs_path

from glossator.documenter import DocRequest, path_of
from glossator.documenter.chosen import asks_models, model_name
from glossator.documenter.wishes import Wish
from glossator.engine.answers import Answer
from glossator.errors import SourceError, Superseded
from glossator.lsp.drafting import in_slices
from glossator.lsp.progress import Progress
from glossator.lsp.written import Written
from glossator.model import Draft, FieldKey
from glossator.syntax.document import Document
from glossator.workspace.project import project_root

if TYPE_CHECKING:
    from glossator.documenter.generation import Estimate, Generator
    from glossator.engine.filling import Trust
    from glossator.engine.requests import Request
    from glossator.engine.scheduler import Urgency
    from glossator.lsp.session import Session

PREVIEW_PERIOD_S: Final = 0.1
GO_ON: Final = "Go on"
SIMILAR: Final = "L2"
CHANGED: Final = "The text changed meanwhile; ask again."
MAX_TRIES: Final = 10  # a text that changes faster than its edits can be made is left alone


def model_of(session: Session, document: Document) -> str:
    """The name of the model that a document's settings choose; "" for none."""
    settings = session.documenter(document.uri).settings
    return model_name(settings) if asks_models(settings) else ""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a model answered to a wish for a document; `before` tells what its symbols were like when it was asked."""

    uri: str
    model: str
    wish: Wish
    before: Mapping[str, tuple[str, str] | None]
    answers: Mapping[str, Answer]


async def answered_by_model(session: Session, document: Document, wish: Wish, progress: Progress) -> Answered:
    """What a model says to a wish. Raises GlossatorError where nothing can be asked."""
    settings, before = session.documenter(document.uri).settings, _states(session, document, wish.paths)

    async def ask(generator: Generator) -> dict[str, Answer]:
        from glossator.documenter.generation import estimate_of

        if not generator.view.allows(path_of(document.uri)):
            raise SourceError("This file is held back from providers; see privacy.exclude and .glossatorignore.")
        documenter = session.documenter(document.uri)
        wanted = DocRequest(document, wish.paths, session.conventions(document))
        known, requests = await session.caches.known(wanted, wish, documenter.framing(document, generator.view))
        asked = [one async for one in in_slices(requests)]
        await agree(session, generator, estimate_of(asked))
        return await _Run(session, document, wish, progress, len(asked)).fill(generator, asked, known)

    answers = await session.generators.run(document.uri, settings, ask)
    return Answered(document.uri, model_name(settings), wish, before, answers)


async def fitted(session: Session, found: Answered) -> Written:
    """What was answered, as edits for the text as it is by now.

    A symbol that changed meanwhile is left out. Raises Superseded if all did.
    """
    before, wish = found.before, found.wish
    for _ in range(MAX_TRIES):
        now = session.document(found.uri)
        if now is None:
            raise Superseded("The document is not open any more, or its text is not known.")
        after = _states(session, now, wish.paths)
        kept = tuple(path for path in wish.paths if before[path] is not None and before[path] == after[path])
        if wish.paths and not kept:
            raise Superseded(CHANGED)
        wanted = DocRequest(now, kept, answers=found.answers)
        drafts = [draft async for draft in _drafts(session, now, wish, wanted)]
        # Somebody may type while the edits of a large file are made: what was paid for is fitted to the new text.
        if session.document(found.uri) is now:
            return Written(found.model, now, tuple(drafts), found.answers)
    raise Superseded(CHANGED)


def _states(session: Session, document: Document, paths: tuple[str, ...]) -> dict[str, tuple[str, str] | None]:
    documenter = session.documenter(document.uri)
    return {path: documenter.state(documenter.outline(document), path) for path in paths}


def trust_for(uri: str) -> Trust:
    """The trust of one run for a document: it spends the budgets of the folder that the document lies in."""
    from glossator.engine.filling import Trust

    return Trust(workspace=_workspace_of(uri))


def _workspace_of(uri: str) -> str:
    """The folder whose budgets a document spends; "" for one that is not on disk."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return str(project_root(Path(path))) if path else ""


async def _drafts(session: Session, document: Document, wish: Wish, kept: DocRequest) -> AsyncIterator[Draft]:
    """The drafts with edits; the rest is left out if the text changes meanwhile."""
    wanted = DocRequest(document, kept.paths, session.conventions(document), kept.answers)
    async for draft in in_slices(wish.drafts(session.documenter(document.uri), wanted)):
        if session.document(document.uri) is not document:
            return
        if draft.edit is not None:
            yield draft


async def agree(session: Session, generator: Generator, estimate: Estimate) -> None:
    """Have the user agree where several symbols cost money. Raises GlossatorError if he does not."""
    from glossator.documenter.generation import money

    price = generator.price
    cost = None if price is None else price.of(estimate.tokens_in, estimate.tokens_out)
    if estimate.symbols < 2 or cost == 0:
        return
    tokens = estimate.tokens_in + estimate.tokens_out
    message = f"{estimate.symbols} symbols by {generator.name}: about {tokens:,} tokens, {money(cost)}. Go on?"
    params = types.ShowMessageRequestParams(
        type=types.MessageType.Info, message=message, actions=[types.MessageActionItem(title=GO_ON)]
    )
    try:
        answer = await session.protocol.send_request_async(types.WINDOW_SHOW_MESSAGE_REQUEST, params)
    except JsonRpcException:  # a client that shows no questions has nobody agree
        answer = None
    if answer is None or answer.title != GO_ON:
        raise SourceError("Nothing was asked for.")


@dataclass(slots=True)
class _Run:
    """One run: what is asked for a document, and how far it has come."""

    session: Session
    document: Document
    wish: Wish
    progress: Progress
    total: int
    done: int = 0
    next_preview: float = 0.0

    async def fill(self, generator: Generator, asked: list[Request], known: Mapping[str, Answer]) -> dict[str, Answer]:
        """The answers by symbol, those that are known among them."""
        from glossator.engine.scheduler import Urgency

        for path, answer in known.items():
            self._preview(path, answer, is_done=True)
        trust = trust_for(self.document.uri)
        urgency = Urgency.CURSOR if self.total == 1 else Urgency.OPEN_FILE
        found = await asyncio.gather(*(self._one(generator, request, trust, urgency) for request in asked))
        return {**known, **dict(zip((request.path for request in asked), found, strict=True))}

    async def _one(self, generator: Generator, request: Request, trust: Trust, urgency: Urgency) -> Answer:
        def seen(texts: Mapping[FieldKey, str]) -> None:
            now = asyncio.get_running_loop().time()
            if now >= self.next_preview:
                self.next_preview = now + PREVIEW_PERIOD_S
                self._preview(request.path, Answer(texts, dict.fromkeys(texts, generator.name)), is_done=False)

        answer = await generator.fill(request, seen, trust, urgency)
        self.done += 1
        self.progress.report(self.done, self.total, "symbols")
        self._preview(request.path, answer, is_done=True)
        if answer.similar:
            self._preview_similar(request, answer)
        return answer

    def _preview_similar(self, request: Request, answer: Answer) -> None:
        """Show what was said of similar code, marked as that: nobody could be asked, and it is not written."""
        texts = {**answer.texts, **answer.similar}
        origins = {**answer.origins, **dict.fromkeys(answer.similar, SIMILAR)}
        wanted = DocRequest(
            self.document,
            (request.path,),
            self.session.conventions(self.document),
            {request.path: Answer(texts, origins)},
        )
        draft = next(self.wish.drafts(self.session.documenter(self.document.uri), wanted))
        where = {"uri": self.document.uri, "version": self.document.version, "path": request.path}
        fields = {key.label: origin for key, origin in draft.origins.items()}
        shown = {"text": draft.text, "done": True, "draft": True, "fields": fields}
        self.session.protocol.tell("glossator/preview", where | shown)

    def _preview(self, path: str, answer: Answer, *, is_done: bool) -> None:
        """Show the docstring as it would be with what has come so far; nothing refused is in it."""
        conventions = self.session.conventions(self.document)
        wanted = DocRequest(self.document, (path,), conventions, {path: answer})
        draft = next(self.wish.drafts(self.session.documenter(self.document.uri), wanted))
        where = {"uri": self.document.uri, "version": self.document.version, "path": path}
        shown = {"text": draft.text, "done": is_done}
        if is_done:
            shown |= {"fields": {key.label: origin for key, origin in draft.origins.items()}}
        self.session.protocol.tell("glossator/preview", where | shown)

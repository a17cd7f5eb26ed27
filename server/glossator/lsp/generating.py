"""Documenting with a language model: in the background, shown as it grows, applied only to what has not changed.

A run belongs to its request: cancelling that, closing the file and ending the server each end it, and with it the
connection to the provider.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lsprotocol import types

from glossator.documenter import DocRequest, path_of
from glossator.documenter.chosen import asks_models, model_name
from glossator.engine.answers import Answer
from glossator.errors import SourceError, Superseded
from glossator.lsp.drafting import edits_for
from glossator.lsp.progress import Progress
from glossator.model import FieldKey, SourceEdit
from glossator.syntax.document import Document

if TYPE_CHECKING:
    from glossator.documenter.generation import Generator
    from glossator.engine.filling import Trust
    from glossator.engine.requests import Request
    from glossator.lsp.session import Session

PREVIEW_PERIOD_S: Final = 0.1
GO_ON: Final = "Go on"


def model_of(session: Session, document: Document) -> str:
    """The name of the model that a document's settings choose; "" for none."""
    settings = session.documenter(document.uri).settings
    return model_name(settings) if asks_models(settings) else ""


async def edits_by_model(
    session: Session, document: Document, paths: tuple[str, ...], progress: Progress
) -> tuple[Document, list[SourceEdit]]:
    """The edits that document these symbols in a model's words, for the text as it is when the model is done.

    A symbol that changed meanwhile is left out. Raises Superseded if all did, and GlossatorError where nothing can be
    asked.
    """
    generator = session.generators.of(session.documenter(document.uri).settings)
    if not generator.view.allows(path_of(document.uri)):
        raise SourceError("This file is held back from providers; see privacy.exclude and .glossatorignore.")
    wanted = DocRequest(document, paths, session.conventions(document))
    asked = tuple(session.documenter(document.uri).requests(wanted, generator.view))
    await _agree(session, generator, asked)
    run = _Run(session, document, progress, len(asked))
    answers = await session.generators.run(document.uri, run.fill(generator, asked))
    now = session.document(document.uri)
    if now is None:
        raise Superseded("The document is not open any more, or its text is not known.")
    kept = tuple(one.path for one in asked if session.documenter(now.uri).is_unchanged(now, one))
    if not kept:
        raise Superseded("The text changed meanwhile; ask again.")
    _say_what_failed(session, answers)
    return now, await edits_for(session, now, kept, answers=answers)


async def _agree(session: Session, generator: Generator, asked: tuple[Request, ...]) -> None:
    """Have the user agree where several symbols cost money. Raises GlossatorError if he does not."""
    from glossator.documenter.generation import estimate_of

    estimate, price = estimate_of(asked), generator.price
    cost = None if price is None else price.of(estimate.tokens_in, estimate.tokens_out)
    if len(asked) < 2 or cost == 0:
        return
    money = "at a price that is not known" if cost is None else f"about ${cost:.2f}"
    tokens = estimate.tokens_in + estimate.tokens_out
    message = f"Document {len(asked)} symbols with {generator.name}: about {tokens:,} tokens, {money}?"
    params = types.ShowMessageRequestParams(
        type=types.MessageType.Info, message=message, actions=[types.MessageActionItem(title=GO_ON)]
    )
    answer = await session.protocol.send_request_async(types.WINDOW_SHOW_MESSAGE_REQUEST, params)
    if answer is None or answer.title != GO_ON:
        raise SourceError("Nothing was asked for.")


def _say_what_failed(session: Session, answers: Mapping[str, Answer]) -> None:
    """Say once why there is embedded text in a model's place."""
    failed = [answer.error for answer in answers.values() if answer.error]
    if failed:
        count = f"{len(failed)} of {len(answers)} symbols"
        session.warn(f"{count} have embedded text, since the provider failed: {failed[0]}")


@dataclass(slots=True)
class _Run:
    """One run: what is asked for a document, and how far it has come."""

    session: Session
    document: Document
    progress: Progress
    total: int
    done: int = 0
    next_preview: float = 0.0

    async def fill(self, generator: Generator, asked: tuple[Request, ...]) -> dict[str, Answer]:
        """The answers by symbol."""
        from glossator.engine.filling import Trust

        trust = Trust()
        found = await asyncio.gather(*(self._one(generator, request, trust) for request in asked))
        return dict(zip((request.path for request in asked), found, strict=True))

    async def _one(self, generator: Generator, request: Request, trust: Trust) -> Answer:
        def seen(texts: Mapping[FieldKey, str]) -> None:
            now = asyncio.get_running_loop().time()
            if now >= self.next_preview:
                self.next_preview = now + PREVIEW_PERIOD_S
                self._preview(request, Answer(texts, dict.fromkeys(texts, generator.name)), is_done=False)

        answer = await generator.fill(request, seen, trust)
        self.done += 1
        self.progress.report(self.done, self.total, "symbols")
        self._preview(request, answer, is_done=True)
        return answer

    def _preview(self, request: Request, answer: Answer, *, is_done: bool) -> None:
        """Show the docstring as it would be with what has come so far; nothing refused is in it."""
        conventions = self.session.conventions(self.document)
        wanted = DocRequest(self.document, (request.path,), conventions, {request.path: answer})
        draft = next(self.session.documenter(self.document.uri).previews(wanted))
        where = {"uri": self.document.uri, "version": self.document.version, "path": request.path}
        self.session.protocol.tell("glossator/preview", where | {"text": draft.text, "done": is_done})

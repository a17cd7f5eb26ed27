"""Commands: documenting and repairing by edits that we ask the client to apply."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from pygls.uris import from_fs_path, to_fs_path

from glossator.documenter import DocRequest, trimmed
from glossator.documenter.wishes import Additions, Repairs, Wish
from glossator.errors import GlossatorError, SourceError, Superseded
from glossator.lsp import actions, convert, wire
from glossator.lsp.applying import FILES_AT_ONCE, Edited, apply_edits
from glossator.lsp.drafting import draft_many, edits_for
from glossator.lsp.explaining import explain
from glossator.lsp.generating import (
    MAX_TRIES,
    Answered,
    answered_by_model,
    fitted,
    model_of,
)
from glossator.lsp.pages import write_page
from glossator.lsp.progress import Progress, shown_if_slow, shown_progress
from glossator.lsp.session import Session
from glossator.lsp.stats import stats
from glossator.lsp.wire import BadParams, Json
from glossator.lsp.workspace_files import WORKSPACE_TITLE, files_of
from glossator.lsp.written import Written
from glossator.syntax.document import Document, decode
from glossator.workspace.write import read_file

logger = logging.getLogger(__name__)

OF_MODELS: Final = ("glossator.lsp.workspace_run", "glossator.providers.local", "glossator.providers.build")

Command = Callable[[Session, list[Json], Json], Coroutine[Any, Any, Json]]


def execute_command(session: Session, params: Json) -> Coroutine[Any, Any, Json]:
    """Run a command. Raises BadParams for one that does not exist."""
    command = COMMANDS.get(wire.text(params, "command"))
    if command is None:
        raise BadParams("the command is unknown")
    arguments = wire.optional(params, "arguments")
    return command(session, arguments if isinstance(arguments, list) else [], wire.optional(params, "workDoneToken"))


async def document_symbol(session: Session, arguments: list[Json], token: Json) -> Json:
    """Document what the data of a code action names. Raises Superseded where it is not what it was."""
    data = arguments[0] if arguments else None
    document = _open_document(session, wire.text(data, "uri"))
    scope = actions.scope_of(data)
    title = convert.FILE_TITLE if scope is actions.Scope.FILE else f"Document `{wire.text(data, 'path')}`"
    if wire.optional(data, "model"):
        return await _do_by_model(
            session, document, Additions(actions.paths_of(session, document, data)), (title, token)
        )
    return await _do(session, document, data, title)


async def _do_by_model(session: Session, document: Document, wish: Wish, shown: tuple[str, Json]) -> Json:
    """Write in a model's words what is wished for; progress is shown, and can be cancelled.

    The result says whose each text is, and the user is told where some are not the model's, though it was asked.
    """
    name = model_of(session, document)
    if not name:
        raise SourceError("No provider but the embedded one is chosen; name one as `provider` in your settings.")
    title, token = f"{shown[0]} with {name}", shown[1]
    async with shown_progress(session.protocol, title, token) as progress:
        answered = await answered_by_model(session, document, wish, progress)
        written = await fitted(session, answered)
        progress.outcome = written.outcome
    written, result = await _apply_fitted(session, title, answered, written)
    if written.failure:
        session.warn(written.failure)
    elif written.refusal:
        session.inform(written.refusal)
    return result | written.as_json()


async def _apply_fitted(session: Session, title: str, answered: Answered, written: Written) -> tuple[Written, Json]:
    """Apply what a model wrote, fitted anew where the text has changed by the time that the editor gets it."""
    tries = 0
    while True:
        edits = [trimmed(written.document, draft.edit) for draft in written.drafts if draft.edit is not None]
        _note(session, written)
        try:
            return written, await apply_edits(session, title, [(written.document, edits)])
        except Superseded:
            tries += 1
            if tries == MAX_TRIES or session.document(answered.uri) is written.document:
                raise
        written = await fitted(session, answered)


def _note(session: Session, written: Written) -> None:
    """Know whose the words are, and watch what becomes of them; before the editor has them."""
    session.remembered.note(written)
    outline, uri = session.outline(written.document), written.document.uri
    documenter = session.documenter(uri)
    for draft in written.drafts:
        fingerprint = documenter.fingerprint(outline, draft.symbol)
        session.offers.note(uri, fingerprint, draft, written.answers.get(draft.symbol.path))


async def repair(session: Session, arguments: list[Json], token: Json) -> Json:
    """Repair what the data of a code action names; for a uri, all docstrings of that file that can be."""
    first = arguments[0] if arguments else None
    data = {"uri": first, "scope": actions.Scope.STALE.value} if isinstance(first, str) else first
    document = _open_document(session, wire.text(data, "uri"))
    is_file = actions.scope_of(data) is actions.Scope.STALE
    title = convert.REPAIR_FILE_TITLE if is_file else convert.REPAIR_TITLE
    if wire.optional(data, "model"):
        paths, only = actions.repairs_of(session, document, data)
        return await _do_by_model(session, document, Repairs(paths, only), (title, token))
    return await _do(session, document, data, title)


async def _do(session: Session, document: Document, data: Json, title: str) -> Json:
    """Make the edits that the data of an action asks for, and have the client apply them."""
    scope = actions.scope_of(data)
    if scope in actions.AT_ONCE:
        await actions.warm(session, document, data)
        edits = [actions.edit_now(session, document, data)]
    else:
        work = actions.edits_of(session, document, data, scope)
        edits = await shown_if_slow(session.protocol, title, work)
    return await apply_edits(session, title, [(document, edits)])


async def document_file(session: Session, arguments: list[Json], token: Json) -> Json:
    """Document the undocumented symbols of a file, named by its uri or by the data of a code action."""
    first = arguments[0] if arguments else None
    document = _open_document(session, first if isinstance(first, str) else wire.text(first, "uri"))
    if not isinstance(first, str) and wire.optional(first, "model"):
        paths = actions.paths_of(session, document, first)
        return await _do_by_model(session, document, Additions(paths), (convert.FILE_TITLE, token))
    total = len(session.documenter(document.uri).missing(session.outline(document)))
    async with shown_progress(session.protocol, convert.FILE_TITLE, token) as progress:
        edits = await edits_for(session, document, None, lambda done: progress.report(done, total, "symbols"))
    return await apply_edits(session, convert.FILE_TITLE, [(document, edits)])


async def explain_symbol(session: Session, arguments: list[Json], _token: Json) -> Json:
    """What is known of a symbol; takes what the request `glossator/explain` takes."""
    return explain(session, arguments[0] if arguments else None)


async def show_stats(session: Session, _arguments: list[Json], _token: Json) -> Json:
    """What this server has measured; the answer of the request `glossator/stats`."""
    return await stats(session, None)


async def clear_cache(session: Session, arguments: list[Json], _token: Json) -> Json:
    """Forget what models have said before, in memory and on disk; a uri says whose settings name the cache."""
    uri = arguments[0] if arguments and isinstance(arguments[0], str) else next(iter(session.folders), "")
    return {"cleared": await session.caches.clear(session.documenter(uri).settings)}


async def pause(session: Session, _arguments: list[Json], _token: Json) -> Json:
    """Ask no model for whole workspaces until `resume`; what is in flight is not lost, and other questions go on."""
    return {"paused": session.generators.pause()}


async def resume(session: Session, _arguments: list[Json], _token: Json) -> Json:
    """Go on with what was paused."""
    return {"resumed": session.generators.resume()}


async def document_workspace(session: Session, arguments: list[Json], token: Json) -> Json:
    """Document the Python files of the workspace's folders, or of those named by their uris.

    By a model, where an argument is data that says so.
    """
    uris = [one for one in arguments if isinstance(one, str)] or list(session.folders)
    folders = [Path(path) for uri in uris if (path := to_fs_path(uri))]
    if any(wire.optional(one, "model") for one in arguments):
        # With the first model: it takes a second to load, in which others want to be answered.
        await asyncio.to_thread(lambda: [import_module(name) for name in OF_MODELS])
        from glossator.lsp.workspace_run import document_by_model

        return await document_by_model(session, folders, token)
    async with shown_progress(session.protocol, WORKSPACE_TITLE, token) as progress:
        return await _document_folders(session, folders, progress)


async def _document_folders(session: Session, folders: list[Path], progress: Progress) -> Json:
    # Listing touches the disk, so it runs in a thread: a network drive may take seconds.
    found = [file for folder in folders for file in await asyncio.to_thread(files_of, session, folder)]
    files = list(dict.fromkeys(found))
    changed = 0
    waiting: list[Edited] = []
    for number, file in enumerate(files):
        progress.report(number, len(files), "files")
        if edited := await _document_path(session, file):
            waiting.append(edited)
        if len(waiting) == FILES_AT_ONCE or (waiting and number == len(files) - 1):
            answer = await apply_edits(session, WORKSPACE_TITLE, waiting)
            changed += len(waiting) if answer["applied"] else 0
            waiting = []
    return {"applied": changed > 0, "files": changed}


async def _document_path(session: Session, file: Path) -> Edited | None:
    """The edits of a file: of the editor's text where it is open, else of the disk's. None: nothing to do."""
    try:
        opened = session.document(str(from_fs_path(str(file))))
        settings = session.documenter(str(from_fs_path(str(file)))).settings
        document = await asyncio.to_thread(_read, file, settings.max_file_kb << 10) if opened is None else opened
        request = DocRequest(document, None, session.conventions(document) if opened else None)
        edits = [draft.edit async for draft in draft_many(session, request) if draft.edit is not None]
    except (GlossatorError, OSError) as error:
        logger.warning("file left alone path=%s error=%s", file.name, type(error).__name__)
        return None
    if opened is None:  # it waits for others now, and nobody asks about it any more
        document.forget_tree()
        session.projects.closed(document.uri)
    return (document, edits) if edits else None


def _read(file: Path, max_bytes: int) -> Document:
    text, _ = decode(read_file(file, max_bytes))
    return Document(str(from_fs_path(str(file))), text)


def _open_document(session: Session, uri: str) -> Document:
    document = session.document(uri)
    if document is None:
        raise SourceError("The document is not open, or its text is not known; open it and ask again.")
    return document


COMMANDS: dict[str, Command] = {
    "glossator.documentSymbol": document_symbol,
    "glossator.documentFile": document_file,
    "glossator.documentWorkspace": document_workspace,
    "glossator.repair": repair,
    "glossator.explain": explain_symbol,
    "glossator.clearCache": clear_cache,
    "glossator.stats": show_stats,
    "glossator.pause": pause,
    "glossator.resume": resume,
    "glossator.page": write_page,
}

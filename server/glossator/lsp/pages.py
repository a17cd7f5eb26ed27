"""Pages in the editor: written and kept true by edits that the client applies, or shown only.

Of a page that is there only sections that are not true any more are changed; what people wrote stays as it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lsprotocol import types

from glossator.errors import SourceError, Superseded
from glossator.lsp import convert, wire
from glossator.lsp.page_actions import OVERVIEW, REFERENCE, REGENERATE
from glossator.lsp.page_files import Page, is_current, page_at, require_same_place
from glossator.lsp.places import path_in, require_inside
from glossator.lsp.progress import Progress, shown_progress
from glossator.lsp.wire import BadParams, Json
from glossator.model import SourceEdit, Span
from glossator.workspace.project import project_root

if TYPE_CHECKING:
    from glossator.docstring.pages.regions import Merged
    from glossator.lsp.page_run import Order, PageRun
    from glossator.lsp.session import Session

MAX_TRIES: Final = 10  # a text that changes faster than its edits can be made is left alone
TITLES: Final = {"module": OVERVIEW, "api": REFERENCE}
PREFERRED: Final = {"readme": "README.md", "module": "docs/{}.md"}
OTHERWISE: Final = "docs/{}-{}.md"
CHANGED: Final = "The text changed meanwhile; ask again."


async def write_page(session: Session, arguments: list[Json], token: Json) -> Json:
    """Make or renew the page that the argument names, `{"uri"}` or `{"kind", "path", "output"}`; what was done."""
    data = arguments[0] if arguments else None
    title = REGENERATE if _is_there(data) else TITLES.get(wire.text(data, "kind"), f"Write {wire.text(data, 'kind')}")
    async with shown_progress(session.protocol, title, token) as progress:
        order = await (_existing(session, data) if _is_there(data) else _new(session, data))
        async with aclosing(await _run(session, order, progress)) as run:
            await run.fill()
            after, result = await _put(session, run, title)
        progress.outcome = f"{len(after.written)} sections written"
    _tell(session, run, after)
    return result


async def page_text(session: Session, params: Json) -> Json:
    """The text of a page as it would be, `{"uri"}` or `{"kind", "path"}`; nothing is written."""
    is_there = _is_there(params)
    kind = "" if is_there else wire.text(params, "kind")
    token, title = wire.optional(params, "workDoneToken"), REGENERATE if is_there else f"Show {kind}"
    async with _shown_under(session, title, token) as progress:
        order = await (_existing(session, params) if is_there else _shown(session, params))
        async with aclosing(await _run(session, order, progress)) as run:
            await run.fill()
            after = await run.after(order.page.text if order.page is not None else "")
    return {"text": after.text, **_said(run, after)}


def _shown_under(session: Session, title: str, token: Json) -> AbstractAsyncContextManager[Progress]:
    """Progress under a request's own token; none where it has none: asking for one would delay it."""
    if wire.is_identity(token):
        return shown_progress(session.protocol, title, token)
    return nullcontext(Progress(session.protocol.progress, None))


def _is_there(data: Json) -> bool:
    return wire.optional(data, "uri") is not None


async def _run(session: Session, order: Order, progress: Progress) -> PageRun:
    from glossator.lsp.page_run import PageRun

    source = order.wish.path
    folder = source if await asyncio.to_thread(source.is_dir) else source.parent
    return PageRun(session, order, session.projects.resolve(folder).settings, progress)


async def _load() -> None:
    """Load what pages are made with, at the first one: it takes a moment, in which others want to be answered."""
    await asyncio.to_thread(import_module, "glossator.lsp.page_run")


async def _existing(session: Session, data: Json) -> Order:
    """How the page at a uri is made, as its head says. Raises BadParams and SourceError."""
    await _load()
    from glossator.documenter.pages import said_in
    from glossator.lsp.page_run import Order

    path = path_in(wire.text(data, "uri"))
    if path is None:
        raise BadParams("uri names no file")
    page = await page_at(session, path)
    said = said_in(page.text, path)
    if said is None:
        raise SourceError(f"{path.name} has no line <!-- glossator:page … --> that says how it is made")
    await asyncio.to_thread(require_inside, said[0].path, path, session.folders)
    return Order(said[0], path.name, page)


async def _shown(_session: Session, data: Json) -> Order:
    """A page that is not written. Raises BadParams and SourceError."""
    await _load()
    from glossator.documenter.pages import Wish
    from glossator.lsp.page_run import Order

    kind, source = wire.text(data, "kind"), _source(data)
    return Order(Wish(kind, source), Wish(kind, source).name)


async def _new(session: Session, data: Json) -> Order:
    """A page that may not be there yet; one that is has to be the same one. Raises BadParams and SourceError."""
    await _load()
    from glossator.documenter.pages import Wish, said_in
    from glossator.lsp.page_run import Order

    kind, source = wire.text(data, "kind"), _source(data)
    path = await asyncio.to_thread(_target, kind, source, wire.optional(data, "output"))
    page, wish = await page_at(session, path), Wish(kind, source, path.name)
    if page.text:
        said = said_in(page.text, path)
        if said is None or (said[0].kind, said[0].path) != (kind, source):
            raise SourceError(f"{path} is there already, and is another page: move it away, or name another output")
        wish = said[0]
    return Order(wish, path.name, page)


def _source(data: Json) -> Path:
    """What a page is about: a path, or the uri of a file or folder; a package's reference is about its folder."""
    named = wire.text(data, "path")
    path = path_in(named) or Path(named)
    if not path.is_absolute():
        raise BadParams("path is neither the uri of a file nor an absolute path")
    is_inner = path.name == "__init__.py" and wire.text(data, "kind") != "module"
    return (path.parent if is_inner else path).resolve()


def _target(kind: str, source: Path, output: Json) -> Path:
    """Where a page goes: where somebody said, else among the documents of its project. Touches the disk."""
    from glossator.workspace.packages import package_of

    root = project_root(source / "__init__.py")
    if isinstance(output, str) and output:
        return root / (path_in(output) or output)
    name = "" if kind in PREFERRED and "{}" not in PREFERRED[kind] else package_of(source).name
    return root / PREFERRED.get(kind, OTHERWISE).format(name, kind)


async def _put(session: Session, run: PageRun, title: str) -> tuple[Merged, Json]:
    """Have the client write what was made, fitted to the text as it is by then; what was done.

    Raises Superseded where the text changes all the time, or the client does not apply the edits.
    """
    assert run.order.page is not None
    for _ in range(MAX_TRIES):
        page = await page_at(session, run.order.page.path)
        require_same_place(run.order.page, page)
        after = await run.after(page.text)
        edits = await run.aside(_edits, page, after)
        if not await is_current(session, page):
            continue
        result: Json = {"applied": False, "files": 0, "uri": page.document.uri, **_said(run, after)}
        if after.text == page.text:
            return after, result
        if not page.is_there and not session.client.creates_files:
            where = {"uri": page.document.uri, "version": None, "path": "", "done": True}
            session.protocol.tell("glossator/preview", where | {"text": after.text})
            return after, result | {"text": after.text}
        await _apply(session, page, edits, title)
        return after, result | {"applied": True, "files": 1}
    raise Superseded(CHANGED)


async def _apply(session: Session, page: Page, edits: list[SourceEdit], title: str) -> None:
    if page.is_there:
        edit = convert.workspace_edit(session.client, [(page.document, edits)])
    else:
        edit = convert.creation(session.client, page.document, edits)
    params = types.ApplyWorkspaceEditParams(edit=session.protocol.structured(edit, types.WorkspaceEdit), label=title)
    answer = await session.protocol.send_request_async(types.WORKSPACE_APPLY_EDIT, params)
    if not answer.applied:
        raise Superseded("The editor did not apply the edit; the text may have changed meanwhile.")


def _edits(page: Page, after: Merged) -> list[SourceEdit]:
    """The edits of a page, in bytes; each is about sections that touch one another, and nothing else is touched.

    One edit for these, since not all editors keep the order of several at one place.
    """
    text = page.text
    if not text:
        return [SourceEdit(Span(0, 0), after.text)]
    found: list[tuple[int, int, list[str]]] = []
    for start, end, new in after.edits:
        if found and found[-1][1] == start:
            first, _, pieces = found.pop()
            pieces.append(new)
            found.append((first, end, pieces))
        else:
            found.append((start, end, [new]))
    return list(_in_bytes(text, found))


def _in_bytes(text: str, edits: list[tuple[int, int, list[str]]]) -> Iterator[SourceEdit]:
    at = offset = 0
    for start, end, pieces in edits:
        first = offset + _size(text[at:start])
        offset, at = first + _size(text[start:end]), end
        yield SourceEdit(Span(first, offset), "".join(pieces))


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _said(run: PageRun, after: Merged) -> dict[str, Json]:
    """What there is to say about a page, for programs."""
    return {
        "model": run.model,
        "written": list(after.written),
        "removed": list(after.removed),
        "kept": list(after.conflicts),
        "problems": [{"line": one.line - 1, "message": one.message} for one in after.problems],
        "left": len(run.undone),
    }


def _tell(session: Session, run: PageRun, after: Merged) -> None:
    """Tell the user what he would not expect."""
    if after.conflicts:
        names = ", ".join(after.conflicts[:3]) + (", …" if len(after.conflicts) > 3 else "")
        session.inform(f"left alone, since somebody changed them by hand: {names}")
    if after.problems:
        session.warn(f"{run.order.name}:{after.problems[0].line}: {after.problems[0].message}")
    if run.errors:
        reason = next(iter(run.errors))
        session.warn(f"{run.errors.total()} symbols have embedded text, since the provider failed: {reason}")
    if run.undone:
        path, reason = next(iter(run.undone.items()))
        session.warn(f"{len(run.undone)} files are not on the page, {Path(path).name} since {reason}")

"""Code actions: what could be documented or repaired here, and, once the user has chosen, the edit that does it.

Listing is on the path of typing: it looks at the outline and generates nothing. `data` carries all that resolving
needs, so that an action can be resolved by a server that has been started since.
"""

from __future__ import annotations

import enum
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

from glossator.documenter import DocRequest, FaultId, trimmed
from glossator.documenter.wishes import Additions, Repairs
from glossator.errors import SourceError, Superseded
from glossator.lsp import convert, wire
from glossator.lsp.drafting import (
    draft_now,
    edits_for,
    is_missing,
    missing_in_class,
    repair_now,
    repairs_for,
    require_current,
)
from glossator.lsp.generating import model_of
from glossator.lsp.handshake import DOCUMENT_FILE, FIX_ALL, PAGES, QUICKFIX, REWRITE
from glossator.lsp.page_actions import PageChoice, of_package, of_page
from glossator.lsp.progress import shown_if_slow
from glossator.lsp.session import Session
from glossator.lsp.wire import Json
from glossator.model import Draft, Finding, SourceEdit, Span, Symbol, SymbolKind
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline


class Scope(enum.Enum):
    """What an action documents or repairs; the values stand in `data`."""

    SYMBOL = "symbol"
    MEMBERS = "members"
    FILE = "file"
    FAULT = "fault"
    REPAIR = "repair"
    STALE = "stale"


COMMAND_OF = {
    Scope.SYMBOL: "glossator.documentSymbol",
    Scope.MEMBERS: "glossator.documentSymbol",
    Scope.FILE: "glossator.documentFile",
    Scope.FAULT: "glossator.repair",
    Scope.REPAIR: "glossator.repair",
    Scope.STALE: "glossator.repair",
}
PAGE_COMMAND = "glossator.page"
AT_ONCE = (Scope.SYMBOL, Scope.FAULT, Scope.REPAIR)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be done here.

    `symbol` is None for the whole file, `finding` is what a quick fix mends, `model` who writes ("": the embedded
    provider).
    """

    scope: Scope
    kind: str
    symbol: Symbol | None = None
    diagnostics: tuple[Json, ...] = ()
    finding: Finding | None = None
    model: str = ""

    @property
    def title(self) -> str:
        """What the user reads."""
        return f"{self._what} with {self.model}" if self.model else self._what

    @property
    def _what(self) -> str:
        if self.symbol is None:
            return convert.FILE_TITLE if self.scope is Scope.FILE else convert.REPAIR_FILE_TITLE
        if self.finding is not None:
            return self.finding.remedy
        if self.scope is Scope.REPAIR:
            return convert.repair_title(self.symbol) if self.model else convert.REPAIR_TITLE
        return convert.members_title(self.symbol) if self.scope is Scope.MEMBERS else convert.symbol_title(self.symbol)


def code_action(session: Session, params: Json) -> Json:
    """The actions for a range, without edits where the client asks for them later. Raises BadParams."""
    uri = wire.document_uri(params)
    if session.pages.is_open(uri):
        return _about_pages(session, of_page(session, uri), params)
    document = session.document(uri)
    if document is None:
        return []
    start, end = wire.span(wire.member(params, "range"))
    outline = session.outline(document)
    encoding = session.client.encoding
    span = Span(document.offset(*start, encoding), document.offset(*end, encoding))
    wanted = [choice for choice in _choices(session, outline, params, span) if _is_wanted(choice, params)]
    actions = [_action(session, outline, choice) for choice in wanted]
    return [*actions, *_about_pages(session, of_package(uri), params)]


def _about_pages(session: Session, choices: list[PageChoice], params: Json) -> list[Json]:
    """What can be done about pages, as commands: it takes long, and is never done by resolving."""
    if not _matches(PAGES, params):
        return []
    commands = [{"title": one.title, "command": PAGE_COMMAND, "arguments": [one.data]} for one in choices]
    if not session.client.takes_action_literals:
        return list(commands)
    return [{"title": one["title"], "kind": PAGES, "command": one} for one in commands]


def resolve_action(session: Session, params: Json) -> Json | Coroutine[Any, Any, Json]:
    """The chosen action with its edit. Raises BadParams, and Superseded where the symbol is not what it was."""
    data = wire.member(params, "data")
    document = session.document(wire.text(data, "uri"))
    if document is None:
        raise Superseded("The document is not open any more, or its text is not known.")
    scope = scope_of(data)
    if scope not in AT_ONCE:
        return _resolve_many(session, document, params, scope)
    return (
        _resolve_warm(session, document, params)
        if model_of(session, document)
        else _resolved(session, document, params)
    )


def _resolved(session: Session, document: Document, action: Json) -> Json:
    edit = edit_now(session, document, action["data"])
    return action | {"edit": convert.workspace_edit(session.client, [(document, [edit])])}


async def _resolve_warm(session: Session, document: Document, action: Json) -> Json:
    await warm(session, document, action["data"])
    return _resolved(session, document, action)


async def warm(session: Session, document: Document, data: Json) -> None:
    """Look into the lower tiers for the symbol of an action, which takes no longer than their deadlines.

    Raises BadParams, and Superseded where the symbol is not what it was, or the text changes meanwhile.
    """
    symbol, scope = find_symbol(session, document, data), scope_of(data)
    only = _fault_of(data) if scope is Scope.FAULT else None
    wish = Additions((symbol.path,)) if scope is Scope.SYMBOL else Repairs((symbol.path,), only)
    await session.caches.warm(DocRequest(document, wish.paths, session.conventions(document)), wish)
    require_current(session, document)


async def _resolve_many(session: Session, document: Document, action: Json, scope: Scope) -> Json:
    edits = await shown_if_slow(session.protocol, action["title"], edits_of(session, document, action["data"], scope))
    return action | {"edit": convert.workspace_edit(session.client, [(document, edits)])}


def paths_of(session: Session, document: Document, data: Json) -> tuple[str, ...]:
    """The paths of the undocumented symbols that an action documents. Raises BadParams and Superseded."""
    scope = scope_of(data)
    if scope is Scope.FILE:
        return session.documenter(document.uri).missing(session.outline(document))
    symbol = find_symbol(session, document, data)
    if scope is Scope.MEMBERS:
        return missing_in_class(session, document, symbol)
    return (symbol.path,) if is_missing(symbol) else ()


def repairs_of(session: Session, document: Document, data: Json) -> tuple[tuple[str, ...], FaultId | None]:
    """The paths of the docstrings that an action repairs, and the one fault where it mends one alone.

    Raises BadParams and Superseded.
    """
    scope = scope_of(data)
    if scope is Scope.STALE:
        return session.documenter(document.uri).stale(session.outline(document)), None
    return (find_symbol(session, document, data).path,), _fault_of(data) if scope is Scope.FAULT else None


async def edits_of(session: Session, document: Document, data: Json, scope: Scope) -> list[SourceEdit]:
    """The edits of an action on many symbols. Raises BadParams and Superseded."""
    if scope is Scope.STALE:
        return [trimmed(document, edit) for edit in await repairs_for(session, document, None)]
    paths = None
    if scope is Scope.MEMBERS:
        paths = missing_in_class(session, document, find_symbol(session, document, data))
    return await edits_for(session, document, paths)


def edit_now(session: Session, document: Document, data: Json) -> SourceEdit:
    """The edit of an action on one symbol. Raises BadParams, Superseded, and SourceError where it has none."""
    symbol, scope = find_symbol(session, document, data), scope_of(data)
    if scope is Scope.SYMBOL:
        return _edit(draft_now(session, document, symbol.path), symbol)
    only = _fault_of(data) if scope is Scope.FAULT else None
    return trimmed(document, _edit(repair_now(session, document, symbol.path, only), symbol))


def _fault_of(data: Json) -> FaultId:
    return wire.text(data, "code"), wire.text(data, "message")


def find_symbol(session: Session, document: Document, data: Json) -> Symbol:
    """The symbol that `data` is about; raises Superseded where it is gone, or is not what it was."""
    documenter, outline = session.documenter(document.uri), session.outline(document)
    symbol = outline.find(wire.text(data, "path"))
    if symbol is None:
        raise Superseded("The definition is not there any more; ask again.")
    if _fingerprint(session, outline, symbol) != wire.text(data, "fingerprint"):
        raise Superseded("The definition changed meanwhile; ask again.")
    if documenter.docstring_digest(outline, symbol) != wire.text(data, "docstring"):
        raise Superseded("The docstring changed meanwhile; ask again.")
    return symbol


def scope_of(data: Json) -> Scope:
    """What the data of an action is about. Raises BadParams."""
    try:
        return Scope(wire.text(data, "scope"))
    except ValueError as error:
        raise wire.BadParams("data.scope is unknown") from error


def _choices(session: Session, outline: Outline, params: Json, span: Span) -> Iterator[Choice]:
    """What can be done at a place, the nearest first."""
    symbol = outline.at(span.start)
    if is_missing(symbol):
        sent = [one for one in _own_diagnostics(params) if _is_missing_code(wire.optional(one, "code"))]
        about = tuple(one for one in sent if wire.optional(one, "data", "path") in (symbol.path, None))
        kind = QUICKFIX if about and _matches(QUICKFIX, params) else REWRITE
        yield Choice(Scope.SYMBOL, kind, symbol, about)
        if model := model_of(session, outline.document):
            yield Choice(Scope.SYMBOL, REWRITE, symbol, model=model)
    elif symbol.docstring is not None:
        yield from _repairs(session, outline, params, symbol, span)
    yield from _of_owner_and_file(session, outline, params, symbol)


def _repairs(session: Session, outline: Outline, params: Json, symbol: Symbol, span: Span) -> Iterator[Choice]:
    """The quick fixes of the findings that a range touches, and the repair of all that is wrong with a docstring."""
    found = session.documenter(outline.document.uri).wrong_at(outline, symbol.path)
    fixable = [finding for finding in found if finding.fixable]
    sent = _own_diagnostics(params)
    for finding in fixable:
        about = tuple(one for one in sent if wire.optional(one, "message") == finding.message)
        if about or (finding.span.start <= span.end and span.start <= finding.span.end):
            yield Choice(Scope.FAULT, QUICKFIX, symbol, about, finding)
    if fixable:
        yield Choice(Scope.REPAIR, REWRITE, symbol)
    if any(finding.needs_words for finding in fixable) and (model := model_of(session, outline.document)):
        yield Choice(Scope.REPAIR, REWRITE, symbol, model=model)


def _of_owner_and_file(session: Session, outline: Outline, params: Json, symbol: Symbol) -> Iterator[Choice]:
    """What can be done for the class around and for the whole file."""
    uri = outline.document.uri
    # Looking at every member at each keystroke would cost more than all the rest: the last diagnostics will do.
    missing, stale = session.diagnostics.missing(uri), session.diagnostics.stale(uri)
    owner = symbol if symbol.kind is SymbolKind.CLASS else outline.find(symbol.owner)
    if owner is not None and owner.kind is SymbolKind.CLASS and (is_missing(owner) or _holds_any(owner, missing)):
        yield Choice(Scope.MEMBERS, REWRITE, owner)
    if missing is None or missing:
        yield Choice(Scope.FILE, DOCUMENT_FILE)
        if model := model_of(session, outline.document):
            # Not a source action: these run on every save of people who want that, and would spend each time.
            yield Choice(Scope.FILE, REWRITE, model=model)
    if stale or (stale is None and _is_asked_for(FIX_ALL, params)):
        yield Choice(Scope.STALE, FIX_ALL)


def _holds_any(owner: Symbol, paths: frozenset[str] | None) -> bool:
    """Whether one of the paths lies in a class; None, for paths that are not known, may."""
    return paths is None or any(path.startswith(owner.path + ".") for path in paths)


def _is_wanted(choice: Choice, params: Json) -> bool:
    return _matches(choice.kind, params)


def _matches(kind: str, params: Json) -> bool:
    """Whether the client wants actions of a kind: `only` names kinds and, with a dot, what stands below them."""
    only = wire.optional(params, "context", "only")
    if not isinstance(only, list):
        return True
    return any(one in (kind, "") or (isinstance(one, str) and kind.startswith(one + ".")) for one in only)


def _is_asked_for(kind: str, params: Json) -> bool:
    """Whether the client names a kind of source actions, as it does on saving, before anything was reported."""
    only = wire.optional(params, "context", "only")
    return isinstance(only, list) and any(isinstance(one, str) and kind.startswith(one) and "." in one for one in only)


def _is_missing_code(code: Json) -> bool:
    return isinstance(code, str) and code.startswith(convert.MISSING)


def _own_diagnostics(params: Json) -> list[Json]:
    sent = wire.optional(params, "context", "diagnostics")
    return [one for one in (sent if isinstance(sent, list) else []) if wire.optional(one, "source") == convert.SOURCE]


def _action(session: Session, outline: Outline, choice: Choice) -> Json:
    """A choice as the client understands it: to be resolved, with its edit, or as a command."""
    client = session.client
    data = data_of(session, outline, choice)
    command = {"title": choice.title, "command": COMMAND_OF[choice.scope], "arguments": [data]}
    if not client.takes_action_literals:
        return command
    action: dict[str, Json] = {"title": choice.title, "kind": choice.kind}
    if choice.model:
        return action | {"command": command}  # resolving never waits for a model
    if choice.diagnostics:
        action |= {"diagnostics": list(choice.diagnostics), "isPreferred": True}
    if client.resolves_actions:
        return action | {"data": data}
    if choice.scope in AT_ONCE:
        edit = edit_now(session, outline.document, data)
        return action | {"edit": convert.workspace_edit(client, [(outline.document, [edit])])}
    return action | {"command": command}


def data_of(session: Session, outline: Outline, choice: Choice) -> Json:
    """All that doing what was chosen needs."""
    uri = outline.document.uri
    data = {"uri": uri, "scope": choice.scope.value}
    if choice.model:
        data |= {"model": "yes"}
    if choice.symbol is None:
        return data
    if choice.finding is not None:
        data |= {"code": choice.finding.code, "message": choice.finding.message}
    documenter = session.documenter(uri)
    return data | {
        "path": choice.symbol.path,
        "fingerprint": _fingerprint(session, outline, choice.symbol),
        "docstring": documenter.docstring_digest(outline, choice.symbol),
    }


def _fingerprint(session: Session, outline: Outline, symbol: Symbol) -> str:
    """The fingerprint of a function; "" for classes and modules.

    Theirs costs the walk of all they hold (20 ms for 5,000 lines), and would refuse an action on the class because of a
    letter in one of its methods. Edits are made from the text as it is when they are asked for, so none is needed.
    """
    if symbol.kind in (SymbolKind.MODULE, SymbolKind.CLASS):
        return ""
    return session.documenter(outline.document.uri).fingerprint(outline, symbol)


def _edit(draft: Draft, symbol: Symbol) -> SourceEdit:
    if draft.edit is None:
        raise SourceError(f"{symbol.path} was left as it is.")
    return draft.edit

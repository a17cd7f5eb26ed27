"""Code actions: what could be documented here, and, once the user has chosen, the edit that does it.

Listing is on the path of typing: it looks at the outline and generates nothing. `data` carries all that resolving
needs, so that an action can be resolved by a server that has been started since.
"""

from __future__ import annotations

import enum
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

from glossator.errors import SourceError, Superseded
from glossator.lsp import convert, wire
from glossator.lsp.drafting import draft_now, edits_for, is_missing, missing_in_class
from glossator.lsp.handshake import DOCUMENT_FILE, QUICKFIX, REWRITE
from glossator.lsp.progress import shown_if_slow
from glossator.lsp.session import Session
from glossator.lsp.wire import Json
from glossator.model import Symbol, SymbolKind
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline


class Scope(enum.Enum):
    """What an action documents; the values stand in `data`."""

    SYMBOL = "symbol"
    MEMBERS = "members"
    FILE = "file"


COMMAND_OF = {
    Scope.SYMBOL: "glossator.documentSymbol",
    Scope.MEMBERS: "glossator.documentSymbol",
    Scope.FILE: "glossator.documentFile",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be done here; `symbol` is None for the whole file."""

    scope: Scope
    kind: str
    symbol: Symbol | None = None
    diagnostics: tuple[Json, ...] = ()

    @property
    def title(self) -> str:
        """What the user reads."""
        if self.symbol is None:
            return convert.FILE_TITLE
        return convert.members_title(self.symbol) if self.scope is Scope.MEMBERS else convert.symbol_title(self.symbol)


def code_action(session: Session, params: Json) -> Json:
    """The actions for a range, without edits where the client asks for them later. Raises BadParams."""
    document = session.document(wire.document_uri(params))
    if document is None:
        return []
    (line, character), _ = wire.span(wire.member(params, "range"))
    outline = session.outline(document)
    wanted = [choice for choice in _choices(session, outline, params, (line, character)) if _is_wanted(choice, params)]
    return [_action(session, outline, choice) for choice in wanted]


def resolve_action(session: Session, params: Json) -> Json | Coroutine[Any, Any, Json]:
    """The chosen action with its edit. Raises BadParams, and Superseded where the symbol is not what it was."""
    data = wire.member(params, "data")
    document = session.document(wire.text(data, "uri"))
    if document is None:
        raise Superseded("The document is not open any more, or its text is not known.")
    scope = scope_of(data)
    if scope is Scope.SYMBOL:
        symbol = find_symbol(session, document, data)
        return params | {"edit": _edit_now(session, document, symbol)}
    return _resolve_many(session, document, params, scope)


async def _resolve_many(session: Session, document: Document, action: Json, scope: Scope) -> Json:
    paths = paths_of(session, document, action["data"], scope)
    edits = await shown_if_slow(session.protocol, action["title"], edits_for(session, document, paths))
    return action | {"edit": convert.workspace_edit(session.client, [(document, edits)])}


def paths_of(session: Session, document: Document, data: Json, scope: Scope) -> tuple[str, ...] | None:
    """The symbols that an action is about; None: all undocumented ones of the file. Raises BadParams and Superseded."""
    if scope is Scope.FILE:
        return None
    symbol = find_symbol(session, document, data)
    if scope is Scope.SYMBOL:
        return (symbol.path,)
    return missing_in_class(session, document, symbol)


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


def _choices(session: Session, outline: Outline, params: Json, at: tuple[int, int]) -> Iterator[Choice]:
    """What can be done at a position, the nearest first."""
    document = outline.document
    symbol = outline.at(document.offset(*at, session.client.encoding))
    diagnostics = _own_diagnostics(params)
    if is_missing(symbol):
        about = tuple(one for one in diagnostics if wire.optional(one, "data", "path") in (symbol.path, None))
        kind = QUICKFIX if about and _matches(QUICKFIX, params) else REWRITE
        yield Choice(Scope.SYMBOL, kind, symbol, about)
    # Looking at every member at each keystroke would cost more than all the rest: the last diagnostics will do.
    missing = session.diagnostics.missing(document.uri)
    owner = symbol if symbol.kind is SymbolKind.CLASS else outline.find(symbol.owner)
    if owner is not None and owner.kind is SymbolKind.CLASS and (is_missing(owner) or _holds_any(owner, missing)):
        yield Choice(Scope.MEMBERS, REWRITE, owner)
    if missing is None or missing:
        yield Choice(Scope.FILE, DOCUMENT_FILE)


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


def _own_diagnostics(params: Json) -> list[Json]:
    sent = wire.optional(params, "context", "diagnostics")
    return [
        one
        for one in (sent if isinstance(sent, list) else [])
        if wire.optional(one, "source") == convert.SOURCE
        and str(wire.optional(one, "code")).startswith(convert.MISSING)
    ]


def _action(session: Session, outline: Outline, choice: Choice) -> Json:
    """A choice as the client understands it: to be resolved, with its edit, or as a command."""
    client = session.client
    data = _data(session, outline, choice)
    command = {"title": choice.title, "command": COMMAND_OF[choice.scope], "arguments": [data]}
    if not client.takes_action_literals:
        return command
    action: dict[str, Json] = {"title": choice.title, "kind": choice.kind}
    if choice.diagnostics:
        action |= {"diagnostics": list(choice.diagnostics), "isPreferred": True}
    if client.resolves_actions:
        return action | {"data": data}
    if choice.scope is Scope.SYMBOL and choice.symbol is not None:
        return action | {"edit": _edit_now(session, outline.document, choice.symbol)}
    return action | {"command": command}


def _data(session: Session, outline: Outline, choice: Choice) -> Json:
    uri = outline.document.uri
    data = {"uri": uri, "scope": choice.scope.value}
    if choice.symbol is None:
        return data
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


def _edit_now(session: Session, document: Document, symbol: Symbol) -> Json:
    draft = draft_now(session, document, symbol.path)
    if draft.edit is None:
        raise SourceError(f"{symbol.path} was not documented.")
    return convert.workspace_edit(session.client, [(document, [draft.edit])])

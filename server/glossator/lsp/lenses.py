"""Code lenses, off by default: above each symbol that wants documentation, whether it has any that is true."""

from __future__ import annotations

from glossator.documenter import wants_documentation
from glossator.errors import Superseded
from glossator.lsp import actions, convert, wire
from glossator.lsp.session import Session
from glossator.lsp.wire import Json
from glossator.model import Symbol
from glossator.syntax.document import Document

DOCUMENTED = "documented"
UNDOCUMENTED = "undocumented: document it"


def code_lens(session: Session, params: Json) -> Json:
    """A lens for each symbol, to be resolved when it is shown; none where the setting is off. Raises BadParams."""
    document = session.document(wire.document_uri(params))
    if document is None or not session.documenter(document.uri).settings.code_lens:
        return []
    shown = [symbol for symbol in session.outline(document).symbols if wants_documentation(symbol)]
    return [
        {
            "range": convert.lsp_range(document, symbol.name_span, session.client.encoding),
            "data": {"uri": document.uri, "path": symbol.path},
        }
        for symbol in shown
    ]


def resolve_lens(session: Session, lens: Json) -> Json:
    """The lens with its title and command. Raises BadParams, and Superseded where the symbol is gone."""
    data = wire.member(lens, "data")
    document = session.document(wire.text(data, "uri"))
    symbol = None if document is None else session.outline(document).find(wire.text(data, "path"))
    if document is None or symbol is None:
        raise Superseded("The definition is not there any more; ask again.")
    return lens | {"command": _command(session, document, symbol)}


def _command(session: Session, document: Document, symbol: Symbol) -> Json:
    outline = session.outline(document)
    if symbol.docstring is None:
        scope, title = actions.Scope.SYMBOL, UNDOCUMENTED
    else:
        found = session.documenter(document.uri).wrong_at(outline, symbol.path)
        scope = actions.Scope.REPAIR
        title = f"{len(found)} finding{'s' * (len(found) != 1)}: repair" if found else DOCUMENTED
        if not any(finding.fixable for finding in found):
            return {"title": title.partition(":")[0], "command": ""}
    choice = actions.Choice(scope, "", symbol)
    data = actions.data_of(session, outline, choice)
    return {"title": title, "command": actions.COMMAND_OF[scope], "arguments": [data]}

"""Hover: a preview of the documentation that would be written, where a symbol has none.

Of a documented symbol other servers show what stands there. We say whose words these are, where a model wrote them
since the server was started; of all others nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from glossator.config.keys import EMBEDDED
from glossator.engine.answers import TEMPLATE
from glossator.lsp import actions, convert, wire
from glossator.lsp.drafting import is_missing, preview
from glossator.lsp.generating import model_of
from glossator.lsp.session import Session
from glossator.lsp.wire import Json
from glossator.lsp.written import who
from glossator.syntax.document import Document
from glossator.syntax.names import NamedSymbol, definition_at

LABEL = "Glossator preview, not in the file"
WRITTEN = "Glossator: whose the words of this docstring are"
PLAIN = "\n\t\xa0"
BACKTICKS = re.compile(r"`{3,}")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a hover shows: of an undocumented symbol the docstring that it would get, of a documented one whose words.

    `origins` are those of the fields, by label; `label` is what the text is called.
    """

    document: Document
    found: NamedSymbol
    text: str
    origins: Mapping[str, str]
    label: str
    can_insert: bool = False
    is_asked: bool = False


def hover(session: Session, params: Json) -> Json:
    """The preview for the symbol at a position; None where there is none. Raises BadParams."""
    shown = _shown_at(session, params)
    return _as_hover(session, shown) if shown is not None else None


def hover_data(session: Session, params: Json) -> Json:
    """The same for programs: what it is about, and what can be done with it. Raises BadParams."""
    shown = _shown_at(session, params)
    if shown is None:
        return None
    document, symbol = shown.document, shown.found.symbol
    choice = actions.Choice(actions.Scope.SYMBOL, "", symbol)
    data = actions.data_of(session, session.outline(document), choice) if shown.can_insert else None
    return _as_hover(session, shown) | {
        "uri": document.uri,
        "version": document.version,
        "path": symbol.path,
        "kind": symbol.kind.value,
        "fingerprint": session.documenter(document.uri).fingerprint(session.outline(document), symbol),
        "text": shown.text,
        "fields": dict(shown.origins),
        "can_insert": shown.can_insert,
        "model": model_of(session, document),
        "is_asked": shown.is_asked,
        "data": data,
    }


def _as_hover(session: Session, shown: Shown) -> dict[str, Json]:
    contents = contents_of(shown.text, shown.label, is_markdown=session.client.hover_markdown)
    place = convert.lsp_range(shown.document, shown.found.span, session.client.encoding)
    return {"contents": contents, "range": place}


def _shown_at(session: Session, params: Json) -> Shown | None:
    """What there is to show at a position."""
    document = session.document(wire.document_uri(params))
    place = wire.position(wire.member(params, "position"))
    if document is None:
        return None
    found = definition_at(session.outline(document), document.offset(*place, session.client.encoding))
    if found is None:
        return None
    return _preview(session, document, found) if is_missing(found.symbol) else _written(session, document, found)


def _preview(session: Session, document: Document, found: NamedSymbol) -> Shown | None:
    """The docstring that an undocumented symbol would get. A model may be asked for it, for the next hover."""
    draft = preview(session, document, found.symbol.path)
    if not draft.text:
        return None
    model, is_asked = model_of(session, document), False
    label = LABEL
    if model and draft.origin != EMBEDDED:
        label = f"{LABEL}; by {model}, said before of code that means the same"
    elif model:
        is_asked = session.hovering.want(document, found.symbol.path)
        label = f"{LABEL}; by the embedded provider, {model} {'is being' if is_asked else 'was not'} asked"
    origins = {key.label: origin for key, origin in draft.origins.items()}
    return Shown(document, found, draft.text, origins, label, draft.edit is not None, is_asked)


def _written(session: Session, document: Document, found: NamedSymbol) -> Shown | None:
    """Whose the words of a docstring are; None unless a model wrote it in this conversation."""
    origins = session.remembered.origins(document.uri, found.symbol)
    if set(origins.values()) <= {EMBEDDED, TEMPLATE}:
        return None
    text = "\n".join(f"{label}: {who(origin)}" for label, origin in origins.items())
    return Shown(document, found, text, origins, WRITTEN)


def contents_of(text: str, label: str, *, is_markdown: bool) -> Json:
    """A labelled text as MarkupContent. Nothing in `text` can leave the code block, hide in it or turn it around."""
    text = "".join(c if c.isprintable() or c in PLAIN else c.encode("unicode_escape").decode() for c in text)
    if not is_markdown:
        return {"kind": "plaintext", "value": f"{label}:\n\n{text}"}
    # Longer than any in the text.
    fence = "`" * max([3, *(len(ticks) + 1 for ticks in BACKTICKS.findall(text))])
    return {"kind": "markdown", "value": f"*{label}*\n\n{fence}text\n{text}\n{fence}"}

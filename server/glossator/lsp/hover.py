"""Hover: a preview of the documentation that would be written, where a symbol has none.

A documented symbol gets nothing from us: other servers show what stands there.
"""

from __future__ import annotations

import re

from glossator.config.keys import EMBEDDED
from glossator.lsp import convert, wire
from glossator.lsp.drafting import is_missing, preview
from glossator.lsp.generating import model_of
from glossator.lsp.session import Session
from glossator.lsp.wire import Json
from glossator.model import Draft
from glossator.syntax.document import Document
from glossator.syntax.names import definition_at

LABEL = "Glossator preview, not in the file"
PLAIN = "\n\t\xa0"
BACKTICKS = re.compile(r"`{3,}")


def hover(session: Session, params: Json) -> Json:
    """The preview for the symbol at a position; None where there is none. Raises BadParams."""
    document = session.document(wire.document_uri(params))
    if document is None:
        return None
    encoding = session.client.encoding
    offset = document.offset(*wire.position(wire.member(params, "position")), encoding)
    found = definition_at(session.outline(document), offset)
    if found is None or not is_missing(found.symbol):
        return None
    draft = preview(session, document, found.symbol.path)
    if not draft.text:
        return None
    contents = contents_of(draft.text, _label(session, document, draft), is_markdown=session.client.hover_markdown)
    return {"contents": contents, "range": convert.lsp_range(document, found.span, encoding)}


def _label(session: Session, document: Document, draft: Draft) -> str:
    """What the preview is called: whose words it has, where a model is chosen."""
    model = model_of(session, document)
    if not model:
        return LABEL
    if draft.origin == EMBEDDED:
        return f"{LABEL}; by the embedded provider, {model} was not asked"
    return f"{LABEL}; by {model}, said before of code that means the same"


def contents_of(text: str, label: str, *, is_markdown: bool) -> Json:
    """A labelled text as MarkupContent. Nothing in `text` can leave the code block, hide in it or turn it around."""
    text = "".join(c if c.isprintable() or c in PLAIN else c.encode("unicode_escape").decode() for c in text)
    if not is_markdown:
        return {"kind": "plaintext", "value": f"{label}:\n\n{text}"}
    # Longer than any in the text.
    fence = "`" * max([3, *(len(ticks) + 1 for ticks in BACKTICKS.findall(text))])
    return {"kind": "markdown", "value": f"*{label}*\n\n{fence}text\n{text}\n{fence}"}

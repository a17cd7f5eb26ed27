"""Our words as LSP's and back: spans and ranges, edits, findings. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from glossator.lsp.handshake import Client
from glossator.lsp.wire import Json
from glossator.model import Finding, Severity, SourceEdit, Span, Symbol, SymbolKind
from glossator.syntax.document import Document

SOURCE = "glossator"
MISSING = "GLS1"
STALE = "GLS2"
LSP_SEVERITY = {Severity.WARNING: 2, Severity.HINT: 4}


def lsp_range(document: Document, span: Span, encoding: str) -> Json:
    """A span as a range in the client's units."""
    return {
        "start": lsp_position(document, span.start, encoding),
        "end": lsp_position(document, span.end, encoding),
    }


def lsp_position(document: Document, offset: int, encoding: str) -> Json:
    """A byte offset as a position in the client's units."""
    line, character = document.position(offset, encoding)
    return {"line": line, "character": character}


def text_edit(document: Document, edit: SourceEdit, encoding: str) -> Json:
    """An edit as LSP's TextEdit."""
    return {"range": lsp_range(document, edit.span, encoding), "newText": edit.new_text}


def inline_item(document: Document, edit: SourceEdit, encoding: str) -> Json:
    """An edit as LSP's InlineCompletionItem."""
    return {"insertText": edit.new_text, "range": lsp_range(document, edit.span, encoding)}


def workspace_edit(client: Client, edited: Iterable[tuple[Document, Sequence[SourceEdit]]]) -> Json:
    """The edits of some documents, bound to the versions that they were made for where the client knows versions."""
    pairs = [(d, [text_edit(d, edit, client.encoding) for edit in edits]) for d, edits in edited]
    if not client.takes_versioned_edits:
        return {"changes": {document.uri: edits for document, edits in pairs}}
    return {
        "documentChanges": [
            {"textDocument": {"uri": document.uri, "version": document.version}, "edits": edits}
            for document, edits in pairs
        ]
    }


def creation(client: Client, document: Document, edits: Sequence[SourceEdit]) -> Json:
    """The edit that makes a file with a text; for clients that can create files."""
    create = {"kind": "create", "uri": document.uri, "options": {"overwrite": False, "ignoreIfExists": False}}
    edit = {
        "textDocument": {"uri": document.uri, "version": None},
        "edits": [text_edit(document, one, client.encoding) for one in edits],
    }
    return {"documentChanges": [create, edit]}


def diagnostic(document: Document, finding: Finding, encoding: str) -> Json:
    """A finding as LSP's Diagnostic; `data` names the symbol."""
    return {
        "range": lsp_range(document, finding.span, encoding),
        "severity": LSP_SEVERITY[finding.severity],
        "code": finding.code,
        "source": SOURCE,
        "message": finding.message,
        "data": {"path": finding.symbol},
    }


def symbol_title(symbol: Symbol) -> str:
    """What an action on one symbol is called."""
    if symbol.kind is SymbolKind.MODULE:
        return "Document this module"
    return f"Document class `{_name(symbol)}`" if symbol.kind is SymbolKind.CLASS else f"Document `{_name(symbol)}`"


def repair_title(symbol: Symbol) -> str:
    """What the repair of one docstring is called, where it has to be told from others."""
    if symbol.kind is SymbolKind.MODULE:
        return "Repair the docstring of this module"
    return f"Repair the docstring of `{_name(symbol)}`"


def _name(symbol: Symbol) -> str:
    return symbol.path.partition("#")[0].rsplit(".", 1)[-1]


def members_title(symbol: Symbol) -> str:
    """What an action on a class and its members is called."""
    return f"Document class `{symbol.name}` and its members"


FILE_TITLE = "Document this file's undocumented symbols"
REPAIR_TITLE = "Repair this docstring"
REPAIR_FILE_TITLE = "Repair all docstrings of this file"

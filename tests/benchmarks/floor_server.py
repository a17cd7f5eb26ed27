"""The floor: a stock pygls server that keeps documents in sync and answers each request with a constant.

Whatever Glossator's server takes beyond this one is Glossator's own doing. Run by the benchmarks over stdio.
"""

from lsprotocol import types
from pygls.lsp.server import LanguageServer

server = LanguageServer("floor", "1", text_document_sync_kind=types.TextDocumentSyncKind.Incremental)
HERE = types.Range(types.Position(0, 0), types.Position(0, 1))
EDIT = types.TextEdit(HERE, '"""Floor."""')


@server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(resolve_provider=True))
def code_action(params):
    """One action without an edit."""
    return [types.CodeAction(title="floor", kind=types.CodeActionKind.RefactorRewrite, data={"uri": "floor"})]


@server.feature(types.CODE_ACTION_RESOLVE)
def resolve(action):
    """The action with its edit."""
    action.edit = types.WorkspaceEdit(changes={"file:///floor.py": [EDIT]})
    return action


@server.feature(types.TEXT_DOCUMENT_HOVER)
def hover(params):
    """One word."""
    return types.Hover(contents=types.MarkupContent(types.MarkupKind.Markdown, "floor"))


@server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=['"']))
def completion(params):
    """One item."""
    return [types.CompletionItem(label="floor", text_edit=EDIT)]


if __name__ == "__main__":
    server.start_io()

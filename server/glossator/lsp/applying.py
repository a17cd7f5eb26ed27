"""Edits that we ask the client to apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lsprotocol import types

from glossator.errors import Superseded
from glossator.lsp import convert
from glossator.lsp.drafting import require_current
from glossator.lsp.wire import Json
from glossator.model import SourceEdit
from glossator.syntax.document import Document

if TYPE_CHECKING:
    from glossator.lsp.session import Session

FILES_AT_ONCE: Final = 50
"""How many files one applyEdit of a workspace takes, so that a client that opens each can keep up."""

Edited = tuple[Document, list[SourceEdit]]


async def apply_edits(session: Session, label: str, edited: list[Edited]) -> Json:
    """Ask the client to apply edits, and wait for its answer.

    Raises Superseded where a text changed meanwhile, or the client does not apply them.
    """
    edited = [(document, edits) for document, edits in edited if edits]
    if not edited:
        return {"applied": False, "files": 0}
    for document, _ in edited:
        if document.version is not None:
            require_current(session, document)
    edit = convert.workspace_edit(session.client, edited)
    params = types.ApplyWorkspaceEditParams(edit=session.protocol.structured(edit, types.WorkspaceEdit), label=label)
    answer = await session.protocol.send_request_async(types.WORKSPACE_APPLY_EDIT, params)
    if not answer.applied:
        raise Superseded("The editor did not apply the edit; the text may have changed meanwhile.")
    return {"applied": True, "files": len(edited)}

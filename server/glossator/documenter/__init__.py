"""The public API and composition root: what the editor and the command line ask for, and nothing else knows how to do.

- `Documenter`: outline, findings and drafts with proven edits for an editor's snapshots (`snapshots`);
- `document_bytes`, `check_bytes`: whole files, pure, so that worker processes can run them (`files`).
"""

from __future__ import annotations

from glossator.docstring.check import wants_documentation
from glossator.documenter.conventions import Conventions
from glossator.documenter.files import (
    CheckOutcome,
    DraftSummary,
    FileOptions,
    FileOutcome,
    PlacedFinding,
    check_bytes,
    digest_of,
    document_bytes,
    requests_of,
)
from glossator.documenter.snapshots import DocRequest, Documenter, Knowledge, Memos, path_of
from glossator.engine.edit import trimmed
from glossator.engine.repair import FaultId

__all__ = [
    "CheckOutcome",
    "Conventions",
    "DocRequest",
    "Documenter",
    "DraftSummary",
    "FaultId",
    "FileOptions",
    "FileOutcome",
    "Knowledge",
    "Memos",
    "PlacedFinding",
    "check_bytes",
    "digest_of",
    "document_bytes",
    "path_of",
    "requests_of",
    "trimmed",
    "wants_documentation",
]

"""Which names of a definition's last version have others now.

Where the alpha fingerprints of both versions are equal, nothing but names changed, and the identifiers of both texts
correspond one by one. Else only the signatures are compared: a parameter that is gone, in the place of one that is new.
"""

from __future__ import annotations

from glossator.syntax.changes import definition_text
from glossator.syntax.document import Document
from glossator.syntax.fingerprint import alpha_fingerprint
from glossator.syntax.identifiers import identifiers
from glossator.syntax.signatures import signature
from glossator.syntax.symbols import MODULE_PATH, Entry, Outline


def renamed_names(before: bytes, entry: Entry) -> dict[str, str]:
    """Old names and their new ones, "" for those that were taken away; `before` is the source of the old function."""
    if before == definition_text(entry):
        return {}
    old = _only_definition(before)
    if old is None or entry.node.has_error:
        return {}
    old_names, new_names = identifiers(old.document, old.node), identifiers(entry.document, entry.node)
    if old_names == new_names:
        return {}
    found: dict[str, str] = {}
    text, old_text = entry.document.text, old.document.text
    if alpha_fingerprint(old.node, old_text) == alpha_fingerprint(entry.node, text):
        found = {one: other for one, other in zip(old_names, new_names, strict=False) if one != other}
    else:
        found = _renamed_parameters(old, entry)
    now = set(new_names)
    gone = dict.fromkeys(name for name in old_names if name not in now and name not in found)
    return found | dict.fromkeys(gone, "")


def _only_definition(source: bytes) -> Entry | None:
    """The definition that a source consists of; a method's source is indented."""
    outline = Outline(Document("", b"if 1:\n" + source if source[:1] in b" \t" else source))
    return next(iter(outline.members(MODULE_PATH)), None)


def _renamed_parameters(old: Entry, new: Entry) -> dict[str, str]:
    before = [one.name for one in signature(old.document, old.node).parameters]
    after = [one.name for one in signature(new.document, new.node).parameters]
    gone = [name for name in before if name not in after]
    fresh = [name for name in after if name not in before]
    if len(before) == len(after):
        pairs = zip(before, after, strict=True)
        return {one: other for one, other in pairs if one in gone and other in fresh}
    return dict(zip(gone, fresh, strict=True)) if len(gone) == len(fresh) else {}

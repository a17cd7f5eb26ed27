"""What each fix is called where the user chooses one."""

from __future__ import annotations

from glossator.docstring.check.subject import Add, Fix, Order, Remove, Rename, Replace, Turn
from glossator.model import FieldKey, FieldKind


def remedy(fix: Fix) -> str:
    """What a fix does, as the title of an action."""
    match fix:
        case Add(key):
            return f"Document {_what(key)}"
        case Remove(entry):
            return f"Take {_what(FieldKey(entry.kind, entry.name))} out of the docstring"
        case Rename(entry, name):
            return f"Rename `{entry.name}` to `{name}` in the docstring"
        case Replace(_, text):
            return f"Write `{text}` in the docstring" if text else "Take the default out of the docstring"
        case Order():
            return "Put the parameters into the order of the signature"
        case Turn(_, key):
            return f"Describe {_what(key)} instead"


def _what(key: FieldKey) -> str:
    match key.kind:
        case FieldKind.RETURNS:
            return "what it returns"
        case FieldKind.YIELDS:
            return "what it yields"
        case FieldKind.RAISE:
            return f"the exception `{key.name}`"
        case FieldKind.ATTRIBUTE:
            return f"the attribute `{key.name}`"
        case _:
            return f"the parameter `{key.name}`"

"""Patterns that code repeats, for which a model knows nothing better: getters, setters, dunders, `main`, delegation.

What is said of these follows from the pattern. So no model is asked for them where the settings have `templates`, and
the answer is there at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from glossator.model import ClassFacts, Context, FieldKey, FieldKind, FunctionFacts, ModuleFacts
from glossator.providers.embedded.tables import flat

# Dunders that do whatever their class is for: nothing follows from their names.
_OPEN: Final = frozenset(
    "__init__ __new__ __call__ __post_init__ __init_subclass__ __class_getitem__ __getattr__ __getattribute__".split()
)
_ATTRIBUTE: Final = re.compile(r"(?P<object>\w+)\.(?P<name>\w+)")
_CALL: Final = re.compile(r"(?P<callee>[\w.]+)\((?P<arguments>[\w\s,.*=]*)\)")


def template_fields(context: Context, keys: Iterable[FieldKey]) -> frozenset[FieldKey]:
    """Those of the fields that follow a pattern, so that the embedded provider's text says what there is to say."""
    facts = context.facts
    if isinstance(facts, ClassFacts):
        members = {one.name for one in facts.fields} if facts.form == "enum" else set[str]()
        return frozenset(key for key in keys if key.kind is FieldKind.ATTRIBUTE and key.name in members)
    if isinstance(facts, ModuleFacts) or facts.comment or facts.raises or facts.raises_unknown:
        return frozenset()
    return frozenset(keys) if _follows_pattern(context, facts) else frozenset()


def _follows_pattern(context: Context, facts: FunctionFacts) -> bool:
    if facts.name in flat("dunders"):
        return facts.name not in _OPEN and context.owner is not None
    if facts.name == "main":
        return context.owner is None and not facts.is_nested and not facts.parameters
    return _is_getter(facts) or _is_setter(facts) or _is_delegation(facts)


def _is_plain(facts: FunctionFacts) -> bool:
    """Whether a function goes straight through: no loop, no other call than those that are looked at, no way out."""
    return not (
        facts.loops or facts.yielded or facts.is_generator or facts.globals_written or facts.idle or facts.is_async
    )


def _is_getter(facts: FunctionFacts) -> bool:
    """`return self.name`, and nothing else."""
    if facts.calls or facts.attributes or facts.mutated or len(facts.returned) != 1 or not _is_plain(facts):
        return False
    found = _ATTRIBUTE.fullmatch(facts.returned[0])
    return found is not None and found["object"] == facts.receiver != "" and not facts.parameters


def _is_setter(facts: FunctionFacts) -> bool:
    """`self.name = name`, and nothing else."""
    if facts.calls or facts.returned or len(facts.attributes) != 1 or len(facts.parameters) != 1:
        return False
    return _is_plain(facts) and facts.attributes[0].value == facts.parameters[0].name


def _is_delegation(facts: FunctionFacts) -> bool:
    """`return self.other.name(size, key=key)` in a method `name(self, size, key)`: the same of something else."""
    if len(facts.returned) != 1 or len(facts.calls) != 1 or not _is_plain(facts) or facts.attributes:
        return False
    found = _CALL.fullmatch(facts.returned[0])
    if found is None or found["callee"].rpartition(".")[2] != facts.name or "." not in found["callee"]:
        return False
    passed = set(re.findall(r"\w+", found["arguments"]))
    return passed == {one.name for one in facts.parameters}

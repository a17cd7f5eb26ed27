"""What a text says of a function's course that the facts contradict: what it raises, returns, yields; what it is.

A stub, an abstract or an overloaded function says nothing by its body; a property and a context manager give something
else than they return.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from glossator.docstring.check.raises import covers
from glossator.docstring.check.types import annotated_kinds
from glossator.docstring.quality import NO_VALUE
from glossator.docstring.validate.verdict import About, Reason, Refusal
from glossator.model import ClassFacts, FieldKey, FieldKind, FunctionFacts, Raise

_RAISES: Final = re.compile(
    r"\b(?:[Rr]aise[sd]?|[Rr]aising|[Tt]hrow[sn]?|[Tt]hrowing)\s+(?:an?\s+|the\s+)?`{0,2}"
    r"(?P<name>(?:\w+\.)*[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Iteration)|(?:exception|error)\b)"
)
_CONDITION: Final = re.compile(
    r"(?:if|when\w*|unless|where|on|for|while|in|after|before|without|with|as|since|because|always|every|by|until|at)\b",
    re.IGNORECASE,
)
_ERROR: Final = re.compile(r"\b(?:\w+\.)*[A-Z]\w*(?:Error|Exception)\b")
_RETURNS: Final = re.compile(
    r"^Returns?\b(?!.*\bto (?:the|its)\b)|[.;]\s+(?:It\s+)?[Rr]eturns?\b"
    r"|\band\s+returns?\s+(?:an?\b|the\b|it\b|`|True|None)"
    r"|,\s*returning\b|^(?:This|The)\s+(?:function|method)\s+returns?\b"
)
_VALUE_RETURNS: Final = re.compile(r"^Returns?\b|\.\s+Returns?\b")
# Of an initializer even less is true: "None if an error occurs".
_RETURNS_AT_ALL: Final = re.compile(
    r"(?<!that )(?<!which )(?<!who )(?<!to )\breturns?\s+(?:`{0,2}(?:None|True|False)|an?\s)"
)
# "Return a request": a noun where only True and False are returned.
_RETURNS_THING: Final = re.compile(
    r"^Returns? (?:an?|the) (?!.*\b(?:truth|bool\w*|result|value|flag|status|if|whether|answer|state|outcome)\b)"
)
_YIELDS: Final = re.compile(
    r"^Yields?\b|[.;]\s+(?:It\s+)?[Yy]ields?\b|\band\s+yields?\b|,\s*yielding\b|^(?:A\s+)?[Gg]enerator\b"
)
_ITERATION: Final = re.compile(
    r"\b(?:iterables?|generators?|yield\w*|lazily|one by one|one at a time|context manager|iterat\w+|streams?)\b",
    re.IGNORECASE,
)
_IS_A: Final = re.compile(
    r"^(?:(?:An?|This|The)\s+)?(?P<kind>[Cc]lass|[Ff]unction|[Mm]ethod|[Mm]odule|[Cc]onstructor)\b"
    r"(?=\s+(?:that|which|to|for|is|represents|representing|provides|returns|used|containing)\b)"
)
_MENTION: Final = re.compile(r"[`'](\w+)[`']")
_IDENTIFIER: Final = re.compile(r"[^\W\d]\w*")
_ITERATES: Final = frozenset(("", "iterator", "iterable", "generator"))
_NO_ITERATION: Final = re.compile(r"[\[{\"'\d]|True\b|False\b")


def raise_faults(key: FieldKey, text: str, about: About, function: FunctionFacts) -> Iterator[Refusal]:
    """The claims about exceptions that the facts contradict."""
    raised = [one.name.rpartition(".")[2] for one in function.raises]
    for match in _RAISES.finditer(text):
        name = match["name"].rpartition(".")[2]
        if function.raises_unknown or function.is_stub or name in about.names:
            continue
        if name in ("exception", "error"):
            if not raised and key.kind is not FieldKind.PARAMETER:
                yield Refusal(Reason.RAISES, "It raises nothing itself.")
        elif not any(covers(name, one) or covers(one, name) for one in raised):
            yield Refusal(Reason.RAISES, f"`{name}` is not raised here.")
    own = key.name.rpartition(".")[2]
    if key.kind is not FieldKind.RAISE or not own:
        return
    if not _CONDITION.match(text):
        yield Refusal(Reason.RAISES, f'Begin with "If", and say on what condition `{own}` is raised.')
    found = _ERROR.search(text)
    if (
        found
        and not covers(found[0].rpartition(".")[2], own)
        and own not in text
        and not _is_handled(found[0], function)
    ):
        yield Refusal(Reason.RAISES, f"Say when `{own}` is raised.")
    if _is_others_guard(text, function, [one for one in function.raises if one.name == key.name]):
        yield Refusal(Reason.RAISES, f"Say on what condition `{own}` is raised.")


def flow_faults(key: FieldKey, text: str, about: About) -> Iterator[Refusal]:
    """The claims that something is returned or yielded which is not, in whatever field."""
    is_value = key.kind in (FieldKind.PARAMETER, FieldKind.ATTRIBUTE)
    if isinstance(about.facts, ClassFacts) and not is_value:
        if key.kind is FieldKind.SUMMARY and re.match(r"(?:Returns?|Yields?)\b", text):
            yield Refusal(Reason.RETURNS, "A class returns nothing; say what it is.")
        return
    function = about.function
    if function is None:
        return
    pattern = _VALUE_RETURNS if is_value else _RETURNS
    is_initializer = function.name == "__init__" and not is_value and _RETURNS_AT_ALL.search(text)
    if (pattern.search(text) or is_initializer) and _gives_nothing(function):
        yield Refusal(Reason.RETURNS, "It returns nothing.")
    if is_value or key.kind is FieldKind.RAISE or not _is_decided(function):
        return
    is_truth = bool(function.returned) and set(function.returned) <= {"True", "False"} and function.always_returns
    if is_truth and _RETURNS_THING.search(text):
        yield Refusal(Reason.RETURNS, "It returns True or False.")
    if function.is_generator and re.match(r"(?:It )?[Rr]eturns?\b", text) and not _ITERATION.search(text):
        yield Refusal(Reason.YIELDS, "It yields its values, and does not return them.")
    if not function.is_generator and _YIELDS.search(text) and not _may_iterate(function):
        yield Refusal(Reason.YIELDS, "It yields nothing.")


def kind_faults(key: FieldKey, text: str, about: About) -> Iterator[Refusal]:
    """A class that is called a function, and the reverse."""
    found = _IS_A.match(text) if key.kind is FieldKind.SUMMARY else None
    if found is None:
        return
    said = found["kind"].lower()
    is_class, is_function = isinstance(about.facts, ClassFacts), isinstance(about.facts, FunctionFacts)
    if (is_class and said in ("function", "method", "module")) or (is_function and said in ("class", "module")):
        yield Refusal(Reason.KIND, f"It is no {said}.")


def _is_decided(function: FunctionFacts) -> bool:
    """Whether the body says what a call gives."""
    is_other = function.is_property or function.is_accessor or function.is_overload or function.is_context_manager
    return not (function.is_stub or function.is_abstract or is_other)


def _gives_nothing(function: FunctionFacts) -> bool:
    if function.name == "__init__":
        return True
    if function.is_generator or not _is_decided(function) or function.always_returns or "return" in function.name:
        return False
    is_empty = set(function.returned) <= {"None", ""} and function.returns.strip("\"'") in NO_VALUE
    return not function.returns_value or is_empty


def _may_iterate(function: FunctionFacts) -> bool:
    """Whether what a call gives may be an iterator that was made elsewhere."""
    kinds = annotated_kinds(function.returns)
    if kinds and all(kind.name not in _ITERATES for kind in kinds):
        return False
    return any(not _NO_ITERATION.match(value) for value in function.returned if value != "None")


def _is_handled(name: str, function: FunctionFacts) -> bool:
    """Whether an exception is one that is caught: another may be raised in its place."""
    return any(covers(name, one) for raised in function.raises for one in raised.handled)


def _is_others_guard(text: str, function: FunctionFacts, raises: list[Raise]) -> bool:
    """Whether a text puts the blame on a parameter that no condition of the exception names."""
    if not raises or any(not one.guard or one.case for one in raises):
        return False
    names = {one.name for one in function.parameters}
    guards = {name for one in raises for name in _IDENTIFIER.findall(one.guard)} & names
    said = names.intersection(_MENTION.findall(text))
    if not said or not guards:
        return False
    return not any(re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE) for name in guards)

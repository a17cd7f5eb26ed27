"""What a text says of one value that the signature contradicts: another parameter, default, type, None.

Only what the facts decide is refused. A type counts where the text begins with it, or with what only one type can mean
("Whether", "Number of"); a default only where `check.defaults` is sure that one is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from glossator.docstring.check.defaults import differs, literal_of, said_default
from glossator.docstring.check.stars import STARRED
from glossator.docstring.check.types import annotated_kinds, contradicts, documented_kinds, shown, yielded_type
from glossator.docstring.validate.shapes import is_unshown, kind_of
from glossator.docstring.validate.verdict import About, Reason, Refusal
from glossator.model import FieldKey, FieldKind, FunctionFacts, Parameter, Span

_OPTIONAL: Final = re.compile(
    r"^\(?optional\b|[,(]\s*optional\)?(?=[\s.,:)]|$)|\b(?:is|are)\s+optional\b|\bmay be (?:omitted|left out)\b",
    re.IGNORECASE,
)
_REQUIRED: Final = re.compile(
    r"^\(?(?:required|mandatory)[.,:)]|[,(]\s*(?:required|mandatory)\)"
    r"|\b(?:parameter|argument)\s+is\s+(?:required|mandatory)\b",
    re.IGNORECASE,
)
_IF_NONE: Final = re.compile(
    r"\b[Ii]f\s+(?:(?:it|this|the value)\s+is\s+|set\s+to\s+)?[`']*None\b|\bor\s+[`']*None\b"
    r"|\b[Cc]an\s+be\s+[`']*None\b"
)
_CALLED: Final = re.compile(
    r"^(?:(?:An?|The)\s+)?(?:[Oo]ptional\s+)?(?:[Ff]unction|[Mm]ethod|[Cc]allback)\s+(?:that|which|to|for|used|called)\b"
)
# What may well be called, though the code that is seen only passes it on.
_CALLABLE_NAME: Final = re.compile(
    r"^(?:f|g|fn|cb|cls|cmp)$|func|fun$|call|hook|handler|factory|key|predicate|method|target|pred|filter|hash|proc"
    r"|action|visit|wrapp|decorat|ctor|construct|getter|setter|convert|opener|mod|type|on_",
    re.IGNORECASE,
)
_CALLABLE_TYPE: Final = re.compile(r"[Cc]all|[Ff]unc|Hook|Handler|[Tt]ype|Any|object|Protocol|Factory|Key")
_FALLS_BACK: Final = re.compile(
    r"\bdefault(?:s|ing)?\s+to\b|\bif\s+(?:none|not|nothing)\s+(?:is\s+)?(?:given|provided|specified|passed|supplied|set)\b"
    r"|\bif\s+there\s+is\s+none\b|\bif\s+omitted\b",
    re.IGNORECASE,
)
# No "bytes": they are counted, too ("Bytes to skip").
_TYPE_WORD: Final = re.compile(
    r"^(?:(?:An?|The|Optional|Single|New)\s+|(?:an?|the|optional|single|new)\s+)*"
    r"(?P<type>(?:[Ss]trings?|[Ss]tr|[Ii]ntegers?|[Ii]nt|[Ff]loat|[Bb]oolean|[Bb]ool|[Ll]ist|[Dd]ict(?:ionary)?|[Tt]uple"
    r"|[Ss]et(?!\s+(?:to|by|if|when|for|up)\b)|[Ff]rozenset|[Cc]allable|[Ii]terator|[Gg]enerator)"
    r"(?:\s+of\s+(?:strings|integers|ints|floats|booleans|dictionaries|dicts|tuples|lists|bytes|numbers)\b)?)"
    r"(?=\s+(?:of|that|which|containing|representing|with|representation|indicating|specifying|to|for|where|holding|describing|or)\b"
    r"|[.,:;]|$)"
)
# "The offset from UTC, as a float"
_AS_TYPE: Final = re.compile(r"\bas an? (?P<type>string|integer|float|boolean|list|dict(?:ionary)?|tuple|set)\b")
# "(int) the size", "int: the size": what is right of it was taken off before.
_HEAD: Final = re.compile(
    r"\(([\w.\[\], |]{1,60})\)\s|((?:str|int|float|bool|bytes|list|dict|tuple|set)\b[^:\s]{0,60}):\s"
)
_TRUTH: Final = re.compile(
    r"^(?:`{0,2}(?:True|False)`{0,2}\s+(?:if|when|on|for)\b|Whether\b|(?:A\s+)?[Bb]oolean\b"
    r"|(?:A\s+)?[Ff]lag\s+(?:to|that|indicating|for|whether)\b|If\s+`{0,2}True\b)"
)
_NUMBER: Final = re.compile(
    r"^(?:The\s+)?(?:(?:total|maximum|minimum)\s+)?[Nn]umber\s+of\b(?!.*\b(?:each|every|per)\b)"
)
_NONE: Final = re.compile(r"\bor\s+`{0,2}None\b|\b`{0,2}None`{0,2}\s+(?:if|when|otherwise|for)\b|^`{0,2}None\b")
_MAY_BE_NONE: Final = re.compile(
    r"\.(?:get|pop|popleft|match|search|fullmatch|find\w*|setdefault|fetchone|get\w+)\(|\bgetattr\(|\bnext\(|\bnone\b|\?",
    re.IGNORECASE,
)
_TRUE: Final = re.compile(r"\bTrue\b")
_FALSE: Final = re.compile(r"\bFalse\b")


def parameter_faults(parameter: Parameter, text: str, about: About) -> Iterator[Refusal]:
    """The claims of a text about a parameter or attribute that the facts contradict."""
    name = parameter.name
    if _is_siblings(parameter, text, about):
        yield Refusal(Reason.SIBLING, f"Describe `{name}`, and no other parameter.")
    if parameter.kind in STARRED:
        return
    yield from _of_default(parameter, text)
    if _CALLED.match(text) and not _may_be_called(parameter):
        yield Refusal(Reason.TYPE, f"`{name}` is no function.")
    if _IF_NONE.search(text) and _excludes_none(parameter.annotation) and parameter.default not in ("None", "..."):
        yield Refusal(Reason.NONE, f"`{name}` is never None.")
    annotation = parameter.annotation or _type_of(parameter.default)
    wrong = _wrong_type(text, annotation)
    if wrong:
        yield Refusal(Reason.TYPE, f"`{name}` is {shown(annotation)}, and not {wrong}.")


def result_faults(key: FieldKey, text: str, function: FunctionFacts) -> Iterator[Refusal]:
    """The claims of a text about what is returned or yielded that the facts contradict, or do not show."""
    if key.kind is FieldKind.RETURNS:
        annotation = function.returns or _types_of(function)
    elif key.kind is FieldKind.YIELDS:
        annotation = yielded_type(function.returns)
    else:
        return
    wrong = _wrong_type(text, annotation)
    if wrong:
        yield Refusal(Reason.TYPE, f"The value is {shown(annotation)}, and not {wrong}.")
    said = _TYPE_WORD.match(text) or _AS_TYPE.search(text)
    if said and not any(kind.name for kind in annotated_kinds(annotation)) and is_unshown(said["type"], function):
        yield Refusal(Reason.NO_EVIDENCE, f"The code does not show that it is a {said['type'].lower()}.")
    if key.kind is FieldKind.YIELDS:
        return
    if _NONE.search(text) and _is_never_none(function):
        yield Refusal(Reason.NONE, "The value is never None.")
    if _is_constant(function, text):
        yield Refusal(Reason.RETURNS, f"It always returns {function.returned[0]}.")


def _of_default(parameter: Parameter, text: str) -> Iterator[Refusal]:
    name, said = parameter.name, said_default(text, Span(0, len(text)))
    if parameter.default is None:
        if said is not None and said.is_quoted and not _has_fallback(parameter):
            yield Refusal(Reason.DEFAULT, f"`{name}` has no default.")
        if _FALLS_BACK.search(text) and not _has_fallback(parameter):
            yield Refusal(Reason.DEFAULT, f"`{name}` has no default.")
        if _OPTIONAL.search(text) and not _takes_none(parameter):
            yield Refusal(Reason.DEFAULT, f"`{name}` has no default, and is not optional.")
        return
    if said is not None and differs(said, parameter.default):
        yield Refusal(Reason.DEFAULT, f"Another default than that of `{name}` in the signature was named.")
    if _REQUIRED.search(text):
        yield Refusal(Reason.DEFAULT, f"`{name}` has a default, and is not required.")


def _is_siblings(parameter: Parameter, text: str, about: About) -> bool:
    """Whether a text begins with the name of another parameter, as a name."""
    function = about.function
    if function is None:
        return False
    found = re.match(r"(?:The )?(?:`+(?P<span>\w+)`+|(?P<bare>\w+)(?=:\s)|(?P<snake>\w*_\w+)\b)", text)
    if found is None:
        return False
    name = found["span"] or found["bare"] or found["snake"]
    others = {one.name for one in function.parameters} - {parameter.name}
    return name in others and not re.search(rf"\b{re.escape(parameter.name)}\b", text)


def _may_be_called(parameter: Parameter) -> bool:
    """Whether a parameter may be a function: it is called, or its type or name say so, or nothing is known of it."""
    if any(use.verb == "invoke" for use in parameter.uses) or _CALLABLE_TYPE.search(parameter.annotation):
        return True
    return not parameter.annotation and _CALLABLE_NAME.search(parameter.name) is not None


def _has_fallback(parameter: Parameter) -> bool:
    return any(use.verb == "fallback" for use in parameter.uses)


def _takes_none(parameter: Parameter) -> bool:
    """Whether None may be passed, as far as is known: then an argument may well be called optional."""
    return not _excludes_none(parameter.annotation) or _has_fallback(parameter)


def _excludes_none(annotation: str) -> bool:
    kinds = annotated_kinds(annotation)
    return bool(kinds) and all(kind.name and kind.name != "none" for kind in kinds)


def _is_never_none(function: FunctionFacts) -> bool:
    """Whether no `return` gives None, nor calls what is known to give it now and then, and none is missing.

    What a callee gives is not known for certain. But a None that nothing in the code shows is a guess.
    """
    if not set(function.returned).isdisjoint(("None", "")) or not function.returned:
        return False
    if function.returns:
        return _excludes_none(function.returns)
    return function.always_returns and not any(_MAY_BE_NONE.search(value) for value in function.returned)


def _is_constant(function: FunctionFacts, text: str) -> bool:
    """Whether a text speaks of True and of False where only one of them is ever returned."""
    values = set(function.returned)
    is_one = values in ({"True"}, {"False"}) and function.always_returns
    return is_one and bool(_TRUE.search(text)) and bool(_FALSE.search(text))


def _type_of(default: str | None) -> str:
    """The type that a default shows; "" where such a value often stands for something of another type."""
    value = literal_of(default) if default is not None else None
    if value is None or value[0] is None:
        return ""
    stands_for_more = value[0] in (0, 1, -1, "", b"", (), False) and value[0] is not True
    return "" if stands_for_more else type(value[0]).__name__


def _types_of(function: FunctionFacts) -> str:
    """The types of what is returned, where all of it shows them."""
    kinds = ["None" if value in ("None", "") else kind_of(value, function.results) for value in function.returned]
    return " | ".join(dict.fromkeys(kinds)) if all(kinds) else ""


def _wrong_type(text: str, annotation: str) -> str:
    """The type that a text begins with, if the annotation contradicts it; else ""."""
    said = _said_type(text) if annotation else ""
    if said == "number" and annotation == "bool":
        return said  # a truth value may stand for a number, but counts nothing
    return said if said and contradicts(said, annotation) else ""


def _said_type(text: str) -> str:
    head = _HEAD.match(text)
    if head:
        return head[1] or head[2]
    if _TRUTH.match(text):
        return "bool"
    if _NUMBER.match(text):
        return "number"
    found = _TYPE_WORD.match(text)
    if not found or re.match(r"\s+or\b", text[found.end() :]):
        return ""
    said = found["type"].lower()
    return said if documented_kinds(said) else ""

"""What a text says that the facts contradict: another parameter, default, type, exception, result.

Only what the facts decide is refused. A stub, an abstract or an overloaded function says nothing by its body; a property
and a context manager give something else than they return.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from glossator.docstring.check.defaults import differs, literal_of, said_default
from glossator.docstring.check.raises import covers
from glossator.docstring.check.types import annotated_kinds, contradicts, documented_kinds, shown, yielded_type
from glossator.docstring.quality import NO_VALUE
from glossator.docstring.validate.verdict import About, Reason, Refusal
from glossator.model import ClassFacts, FieldKey, FieldKind, FunctionFacts, Parameter, ParameterKind, Span

_STARRED: Final = (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)
_OPTIONAL: Final = re.compile(
    r"^\(?optional\b|[,(]\s*optional\)?(?=[\s.,:)]|$)|\b(?:is|are)\s+optional\b|\bmay be (?:omitted|left out)\b",
    re.IGNORECASE,
)
_REQUIRED: Final = re.compile(
    r"^\(?(?:required|mandatory)\b[.,:) ]|[,(]\s*(?:required|mandatory)\)|\b(?:parameter|argument)\s+is\s+(?:required|mandatory)\b",
    re.IGNORECASE,
)
_IF_NONE: Final = re.compile(
    r"\b(?:[Ii]f|[Ww]hen)\s+(?:(?:it|this|the value)\s+is\s+|set\s+to\s+|not\s+(?:given|provided|specified)\s+or\s+)?[`']*None\b|\bor\s+[`']*None\b|\b[Cc]an\s+be\s+[`']*None\b"
)
_ARTICLE: Final = r"^(?:(?:an?|the|optional|single|new|list\b)\s+)*"
_TYPE_WORD: Final = re.compile(
    r"^(?:(?:An?|The|Optional|Single|New)\s+|(?:an?|the|optional|single|new)\s+)*"
    r"(?P<type>(?:[Ss]trings?|[Ss]tr|[Ii]ntegers?|[Ii]nt|[Ff]loat|[Bb]oolean|[Bb]ool|[Ll]ist|[Dd]ict(?:ionary)?|[Tt]uple|[Ss]et|[Ff]rozenset|"
    r"[Bb]ytes|[Cc]allable|[Ii]terator|[Gg]enerator)(?:\s+of\s+(?:strings|integers|ints|floats|booleans|dictionaries|dicts|tuples|lists|bytes|numbers)\b)?)"
    r"(?=\s+(?:of|that|which|containing|representing|with|indicating|specifying|to|for|where|holding|describing|or)\b|[.,:;]|$)"
)
_TRUTH: Final = re.compile(
    r"^(?:`{0,2}(?:True|False)`{0,2}\s+(?:if|when|on|for)\b|Whether\b|(?:A\s+)?[Bb]oolean\b|(?:A\s+)?[Ff]lag\s+(?:to|that|indicating|for|whether)\b|If\s+`{0,2}True\b)"
)
_NUMBER: Final = re.compile(r"^(?:The\s+)?(?:(?:total|maximum|minimum)\s+)?[Nn]umber\s+of\b")
_NONE: Final = re.compile(r"\bor\s+`{0,2}None\b|\b`{0,2}None`{0,2}\s+(?:if|when|otherwise|for)\b|^`{0,2}None\b")
_RAISES: Final = re.compile(
    r"\b(?:raise[sd]?|raising|throw[sn]?|throwing)\s+(?:an?\s+|the\s+)?(?::\w+:)?`{0,2}(?P<name>[\w.]*(?:Error|Exception|Warning|Exit|Interrupt|StopIteration))\b",
    re.IGNORECASE,
)
_ERROR: Final = re.compile(r"\b(?:[\w.]+\.)?[A-Z]\w*(?:Error|Exception)\b")
# "Callable that returns the key": somebody else returns.
_OTHERS: Final = r"(?<!that )(?<!which )(?<!who )(?<!to )(?<!must )(?<!should )(?<!can )(?<!may )(?<!will )(?<!it )"
_RETURNS: Final = re.compile(
    rf"^Returns?\b|[.;]\s+(?:It\s+)?[Rr]eturns?\b|\band\s+returns?\b|,\s*returning\b|^(?:This|The)\s+(?:function|method)\s+returns?\b|{_OTHERS}\breturns?\s+(?:`{{0,2}}(?:None|True|False)|an?\s|the\s(?!value|type|code|address))"
)
_YIELDS: Final = re.compile(
    r"^Yields?\b|[.;]\s+(?:It\s+)?[Yy]ields?\b|\band\s+yields?\b|,\s*yielding\b|^(?:A\s+)?[Gg]enerator\b"
)
_ITERATION: Final = re.compile(
    r"\b(?:iterables?|iterators?|generators?|yield\w*|lazily|one by one|one at a time|context manager|iterat\w+|stream\w*)\b",
    re.IGNORECASE,
)
_IS_A: Final = re.compile(
    r"^(?:(?:An?|This|The)\s+)?(?P<kind>[Cc]lass|[Ff]unction|[Mm]ethod|[Mm]odule|[Cc]onstructor)\b(?=\s+(?:that|which|to|for|is|represents|representing|provides|returns|used|containing)\b)"
)
# Words that claim something which leaves a trace in the names of the code, and the traces.
_EVIDENCE: Final = (
    (re.compile(r"\bthread[- ]safe|\bthread safety", re.IGNORECASE), ("lock", "mutex", "thread", "atomic", "queue", "semaphore", "local")),
    (re.compile(r"\bdeprecated\b", re.IGNORECASE), ("deprecat", "warn", "obsolete", "legacy")),
    (re.compile(r"\basynchronous(?:ly)?\b|\bcoroutine\b|\bawaitable\b", re.IGNORECASE), ("async", "await", "future", "task", "coro", "loop")),
    (re.compile(r"\brecursive(?:ly)?\b", re.IGNORECASE), ("recurs", "walk", "glob", "tree", "nest", "deep", "visit", "child", "parent")),
    (re.compile(r"\bcache[sd]?\b|\bmemoi[sz]ed?\b", re.IGNORECASE), ("cache", "memo", "lru", "store", "kept", "once")),
    (re.compile(r"^(?:The |A )?[Ss]orted\b|\bin (?:sorted|ascending|descending|alphabetical) order\b"), ("sort", "order", "rank", "bisect", "heap", "rev")),
    (re.compile(r"\brandom(?:ly)?\b", re.IGNORECASE), ("rand", "shuffle", "choice", "uuid", "seed", "secret", "sample", "nonce")),
    (re.compile(r"\bencrypt(?:s|ed|ion)?\b|\bdecrypt", re.IGNORECASE), ("crypt", "cipher", "ssl", "tls", "key", "aes", "rsa", "secure")),
    (re.compile(r"\bin parallel\b|\bconcurrently\b", re.IGNORECASE), ("parallel", "pool", "thread", "process", "concurr", "gather", "task", "executor", "worker")),
)  # fmt: skip


def claim_faults(key: FieldKey, text: str, about: About) -> Iterator[Refusal]:
    """The claims of a normalised text that the facts contradict."""
    parameter = about.parameter(key.name) if key.kind in (FieldKind.PARAMETER, FieldKind.ATTRIBUTE) else None
    if parameter is not None:
        yield from _of_parameter(parameter, text, about)
    function = about.function
    if function is not None:
        yield from _of_result(key, text, function)
        yield from _of_raises(key, text, about, function)
    yield from _of_flow(key, text, about)
    yield from _of_kind(key, text, about)
    yield from _without_evidence(text, about)


def _of_parameter(parameter: Parameter, text: str, about: About) -> Iterator[Refusal]:
    name = parameter.name
    if _is_siblings(parameter, text, about):
        yield Refusal(Reason.SIBLING, f"Describe `{name}`, and no other parameter.")
    if parameter.kind in _STARRED:
        return
    said = said_default(text, Span(0, len(text)))
    if said is not None and parameter.default is None and said.is_quoted and not _has_fallback(parameter):
        yield Refusal(Reason.DEFAULT, f"`{name}` has no default.")
    elif said is not None and parameter.default is not None and differs(said, parameter.default):
        yield Refusal(Reason.DEFAULT, f"Another default than that of `{name}` in the signature was named.")
    if parameter.default is None and _OPTIONAL.search(text) and not _takes_none(parameter):
        yield Refusal(Reason.DEFAULT, f"`{name}` has no default, and is not optional.")
    if parameter.default is not None and _REQUIRED.search(text):
        yield Refusal(Reason.DEFAULT, f"`{name}` has a default, and is not required.")
    if _IF_NONE.search(text) and _excludes_none(parameter.annotation) and parameter.default not in ("None", "..."):
        yield Refusal(Reason.NONE, f"`{name}` is never None.")
    annotation = parameter.annotation or _type_of(parameter.default)
    wrong = wrong_type(text, annotation)
    if wrong:
        yield Refusal(Reason.TYPE, f"`{name}` is {shown(annotation)}, and not {wrong}.")


def _is_siblings(parameter: Parameter, text: str, about: About) -> bool:
    """Whether a text begins with the name of another parameter, as a name."""
    function = about.function
    if function is None:
        return False
    found = re.match(r"^(?:The )?(?:`+(?P<span>\w+)`+|(?P<bare>\w+)(?=:\s)|(?P<snake>\w*_\w+)\b)", text)
    if found is None:
        return False
    name = found["span"] or found["bare"] or found["snake"]
    others = {one.name for one in function.parameters} - {parameter.name}
    return name in others and not re.search(rf"\b{re.escape(parameter.name)}\b", text)


def _has_fallback(parameter: Parameter) -> bool:
    return any(use.verb == "fallback" for use in parameter.uses)


def _takes_none(parameter: Parameter) -> bool:
    """Whether None may be passed, as far as is known: then an argument may well be called optional."""
    kinds = annotated_kinds(parameter.annotation)
    return not kinds or any(kind.name in ("", "none") for kind in kinds) or _has_fallback(parameter)


def _excludes_none(annotation: str) -> bool:
    kinds = annotated_kinds(annotation)
    return bool(kinds) and all(kind.name and kind.name != "none" for kind in kinds)


def _type_of(default: str | None) -> str:
    """The type that a default shows: only of values that stand for nothing else."""
    value = literal_of(default) if default is not None else None
    if value is None or value[0] is None or value[0] is ... or value[0] in (0, 1, -1, "", b"", False, ()):
        return "bool" if value is not None and isinstance(value[0], bool) and value[0] else ""
    return type(value[0]).__name__


def wrong_type(text: str, annotation: str) -> str:
    """The type that a text begins with, if the annotation contradicts it; else ""."""
    if not annotation:
        return ""
    said = _said_type(text)
    return said if said and contradicts(said, annotation) else ""


def _said_type(text: str) -> str:
    if _TRUTH.match(text):
        return "bool"
    if _NUMBER.match(text):
        return "number"
    found = _TYPE_WORD.match(text)
    if not found or re.match(r"\s+or\b", text[found.end() :]):
        return ""
    said = found["type"].lower()
    return said if documented_kinds(said) else ""


def _is_decided(function: FunctionFacts) -> bool:
    """Whether the body says what a call gives."""
    is_other = function.is_property or function.is_accessor or function.is_overload or function.is_context_manager
    return not (function.is_stub or function.is_abstract or is_other)


def _gives_nothing(function: FunctionFacts) -> bool:
    if function.name == "__init__":
        return True
    values = set(function.returned) - {"None", ""}
    if function.is_generator or function.is_async or not _is_decided(function) or function.always_returns:
        return False
    return not function.returns_value or (not values and function.returns.strip("\"'") in NO_VALUE)


def _of_result(key: FieldKey, text: str, function: FunctionFacts) -> Iterator[Refusal]:
    if key.kind is FieldKind.RETURNS:
        annotation = function.returns or _literals_type(function.returned)
    elif key.kind is FieldKind.YIELDS:
        annotation = yielded_type(function.returns)
    else:
        return
    if not _is_decided(function) and not function.returns:
        return
    wrong = wrong_type(text, annotation)
    if wrong:
        yield Refusal(Reason.TYPE, f"The value is {shown(annotation)}, and not {wrong}.")
    if _NONE.search(text) and _excludes_none(annotation) and "None" not in function.returned:
        yield Refusal(Reason.NONE, "The value is never None.")


def _literals_type(returned: tuple[str, ...]) -> str:
    """The types of what is returned, where all of it is literals."""
    values = [literal_of(one) for one in returned]
    if not values or any(value is None for value in values):
        return ""
    return " | ".join(
        dict.fromkeys(type(value[0]).__name__ if value[0] is not None else "None" for value in values if value)
    )


def _of_raises(key: FieldKey, text: str, about: About, function: FunctionFacts) -> Iterator[Refusal]:
    raised = [one.name.rpartition(".")[2] for one in function.raises]
    for match in _RAISES.finditer(text):
        name = match["name"].rpartition(".")[2]
        if not name[:1].isupper() or name in about.names or function.raises_unknown or function.is_stub:
            continue
        if not any(covers(name, one) or covers(one, name) for one in raised):
            yield Refusal(Reason.RAISES, f"`{name}` is not raised here.")
    if key.kind is FieldKind.RAISE:
        own = key.name.rpartition(".")[2]
        found = _ERROR.match(text)
        if found and found[0].rpartition(".")[2] != own and f"`{own}`" not in text:
            yield Refusal(Reason.RAISES, f"Say when `{own}` is raised.")


def _of_flow(key: FieldKey, text: str, about: About) -> Iterator[Refusal]:
    """Claims that something is returned or yielded which is not, in any field."""
    if (
        isinstance(about.facts, ClassFacts)
        and key.kind is FieldKind.SUMMARY
        and re.match(r"Returns?\b|Yields?\b", text)
    ):
        yield Refusal(Reason.RETURNS, "A class returns nothing; say what it is.")
    function = about.function
    if function is None:
        return
    is_parameter = key.kind in (FieldKind.PARAMETER, FieldKind.ATTRIBUTE)
    says_returns = _RETURNS.search(text) if not is_parameter else re.search(r"^Returns?\b|\.\s+Returns?\b", text)
    if says_returns and _gives_nothing(function):
        yield Refusal(Reason.RETURNS, "It returns nothing.")
    if key.kind is FieldKind.YIELDS and re.match(r"(?:It )?[Rr]eturns?\b", text):
        yield Refusal(Reason.YIELDS, "It yields its values, and does not return them.")
    if not _is_decided(function) or is_parameter or key.kind is FieldKind.RAISE:
        return
    if function.is_generator and re.match(r"Returns?\b", text) and not _ITERATION.search(text):
        yield Refusal(Reason.YIELDS, "It yields its values, and does not return them.")
    if not function.is_generator and _YIELDS.search(text) and not _may_iterate(function):
        yield Refusal(Reason.YIELDS, "It yields nothing.")


def _may_iterate(function: FunctionFacts) -> bool:
    if re.search(r"Iter|Generator", function.returns):
        return True
    values = [value for value in function.returned if value != "None"]
    return any(not re.match(r"[\[{\"'\d]|True\b|False\b", value) for value in values)


def _of_kind(key: FieldKey, text: str, about: About) -> Iterator[Refusal]:
    """A class that is called a function, and the reverse."""
    found = _IS_A.match(text) if key.kind is FieldKind.SUMMARY else None
    if found is None:
        return
    said = found["kind"].lower()
    is_class, is_function = isinstance(about.facts, ClassFacts), isinstance(about.facts, FunctionFacts)
    if (is_class and said in ("function", "method", "module")) or (is_function and said in ("class", "module")):
        yield Refusal(Reason.KIND, f"It is no {said}.")


def _without_evidence(text: str, about: About) -> Iterator[Refusal]:
    for pattern, traces in _EVIDENCE:
        found = pattern.search(text)
        if found and not _has_trace(traces, about):
            yield Refusal(Reason.NO_EVIDENCE, f'The code does not show "{found[0].lower()}".')


def _has_trace(traces: tuple[str, ...], about: About) -> bool:
    function = about.function
    if "async" in traces and function is not None and (function.is_async or function.awaits):
        return True
    names = "\n".join((*about.names, *about.own_names())).lower()
    own = about.facts.name
    if "recurs" in traces and function is not None and any(call.rpartition(".")[2] == own for call in function.calls):
        return True
    return any(trace in names for trace in traces)

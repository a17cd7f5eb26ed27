"""What is returned (GLS211, 212) and yielded (213, 214), and the types of both (204).

Nothing is said where the body does not decide it: stubs, abstract and overloaded definitions, properties, context
managers, functions that only raise or never end. A sentence that begins with "Return" documents the result, as Google's
style guide has it; a generator may be documented as the iterator that a call of it returns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from glossator.docstring.check.parameters import REFERS, result_type_faults
from glossator.docstring.check.subject import Add, Fault, Fix, Remove, Subject, Turn
from glossator.docstring.check.types import yielded_type
from glossator.docstring.quality import NO_VALUE
from glossator.docstring.styles import Entry
from glossator.model import FieldKey, FieldKind, FunctionFacts, Span, SymbolKind

_NAMES_IT = re.compile(
    r"\b(?:this|that|which|it|function|method|and|or|then|to|also|simply|will|call|decorator|property)\s+(?:will\s+)?"
    r"(?:return|yield|produce|give)s?\b|,\s+(?:return|yield)ing\b|\b(?:is|are|be|being|gets?)\s+(?:return|yield)ed\b"
    r"|\breturn(?:ed)?\s+(?:value|type|object)s?\b|\byou\s+get\b|\byields?\b|^(?:An?|The)\s|\breturn\s+(?:the|an?)\b|\bproduces?\s+(?:the|an?)\b"
    r"|\A\W*(?:\w+\s+){0,4}decorator\b|\band\s+(?:re)?creates?\s+an?\b",
    re.IGNORECASE,
)
# "Create a RequestContext": the summary names what the annotation has.
_MAKES = re.compile(
    r"^\W*(?:Create|Make|Build|Construct|Get|Load|Open|Fetch|Find|Convert|Parse|Compute|Calculate|Produce|Retrieve|Look|"
    r"Generate|Return|Read|List|Extract|Transform|Format|Render|Copy|Clone|Merge|Wrap|Start|Spawn|Select|Derive|Estimate|"
    r"Determine|Count|Test|Check|Decide|Choose|Resolve|Join|Split|Decode|Encode|Prepare|Instantiate|Initialize|Define)"
    r"(?:e?s|d|ing)?\b"
)
# "Convert a text into words", "Create a new context": what it makes is what it returns.
_TURNS = re.compile(
    r"\A\W*(?:Transform|Convert|Combine|Normali[sz]e|Partition|Seriali[sz]e|Parse|Translate|Map|Turn|Split|Decode|Encode|"
    r"Render|Format|Cast|Coerce|Expand|Join|Merge|Group)(?:e?s)?\b[^\n]*?\b(?:in)?to\b"
    r"|\A\W*(?:Create|Make|Build|Construct|Generate|Produce|Provide|Export|Instantiate)(?:e?s)?\s+(?:\w+\s+)?(?:an?|new)\b"
    r"|\A\W*(?:Compute|Calculate|Retrieve|Recreate|Obtain|Get|Fetch|Derive|Estimate|Look\s+up)s?\s+(?:an?|the|all|its?)?\b"
)
_RETURNS = re.compile(r"^[ \t]*(?:Returns?|Yields?)[ \t]+\w", re.MULTILINE)  # a sentence, also behind the sections
_IMPLEMENTED = re.compile(
    r"\b(?:should|must|may|can|to)\b[^.]{0,40}\b(?:overrid\w+|implement)\b|\bimplement(?:ed)?\s+(?:this\s+)?(?:in|by)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_TELLS = re.compile(
    r"(?:^[ \t]*|[.!:;]\s+|\b(?:and|or|then|to|also|simply|will|it) )(?:[Rr]eturn(?:s|ed|ing)?|[Yy]ield(?:s|ed|ing)?|"
    r"[Gg]enerat(?:e|es|ing)|[Ii]terat(?:e|es|ing))\b",
    re.MULTILINE,
)
_ITERATION = re.compile(
    r"\b(?:iterables?|iterators?|generators?|yield\w*|lazily|one by one|one at a time)\b", re.IGNORECASE
)
_ITERATES = re.compile(r"^(?:Iterate|Yield)|\b(?:and|it|which|that|this|generator) yields?\b", re.MULTILINE)
_NOTHING = re.compile(
    r"^\W*(?:None|nothing|no value|no return|n/?a|void|null)\b|\b(?:only|never|not) returns?\b", re.IGNORECASE
)
_LITERAL_RESULT = re.compile(
    r"^(?:[\[{\"'\d-]|True\b|False\b|None\b|\w*[\"']|(?:list|tuple|dict|set|sorted|len|str|int)\()"
)


def result_faults(subject: Subject) -> Iterator[Fault]:
    """Faults of what is documented as returned and yielded."""
    function = subject.function
    if function is None or subject.symbol.kind is SymbolKind.CLASS:
        return
    returns, yields = subject.entries(FieldKind.RETURNS), subject.entries(FieldKind.YIELDS)
    if not _is_undecided(subject, function):
        if function.is_generator:
            yield from _of_generator(subject, returns, yields)
        else:
            yield from _of_function(subject, function, returns, yields)
    if len(returns) == 1 and not function.is_generator:
        yield from result_type_faults(subject, returns[0], function.returns)
    if len(yields) == 1 and function.is_generator:
        yield from result_type_faults(subject, yields[0], yielded_type(function.returns))


def _is_undecided(subject: Subject, function: FunctionFacts) -> bool:
    """Whether the body does not say what a call gives."""
    is_interface = subject.owner is not None and subject.owner.form == "protocol"
    is_hidden = function.is_property or function.is_accessor or function.is_overload or function.is_context_manager
    if function.is_stub or function.is_abstract or is_interface or is_hidden or function.name == "__init__":
        return True
    return _IMPLEMENTED.search(subject.prose) is not None


def _of_generator(subject: Subject, returns: tuple[Entry, ...], yields: tuple[Entry, ...]) -> Iterator[Fault]:
    if yields:
        return
    key = FieldKey(FieldKind.YIELDS)
    if returns:
        said = subject.text[returns[0].span.start : returns[-1].span.end]
        if not _ITERATION.search(said) and not _ITERATES.search(subject.prose):
            fix = Turn(returns[0], key) if len(returns) == 1 else None
            yield Fault("GLS213", "it yields, and does not return, its values", title_span(subject, returns[0]), fix)
    elif subject.reading.entries and subject.is_decided and not _is_told(subject):
        yield Fault("GLS213", "what it yields is not documented", subject.place_of(key.kind), Add(key))


def _of_function(
    subject: Subject, function: FunctionFacts, returns: tuple[Entry, ...], yields: tuple[Entry, ...]
) -> Iterator[Fault]:
    gives = _gives_value(function)
    if yields and _never_iterates(function):
        key = FieldKey(FieldKind.RETURNS)
        what = "it returns, and does not yield, its value" if gives else "it yields nothing"
        fix: Fix = Turn(yields[0], key) if gives and not returns else Remove(yields[0])
        yield Fault("GLS214", what, title_span(subject, yields[0]), fix if len(yields) == 1 else None)
        return
    if returns and not gives and not _may_give(function) and not _says_nothing(subject, returns):
        removal = Remove(returns[0]) if len(returns) == 1 else None
        yield Fault("GLS212", "it returns nothing", title_span(subject, returns[0]), removal)
    if gives and not returns and not yields and subject.reading.entries and subject.is_decided:
        is_told = _is_told(subject) or re.search(r"^[ \t]*[:@](?:rtype|ytype)", subject.text, re.MULTILINE)
        if not is_told:
            key = FieldKey(FieldKind.RETURNS)
            yield Fault("GLS211", "what it returns is not documented", subject.place_of(key.kind), Add(key))


def _gives_value(function: FunctionFacts) -> bool:
    """Whether a call gives a value: more than `NotImplemented`, and not what the annotation denies."""
    values = set(function.returned) - {"None", "NotImplemented"}
    if function.returns_value and not values:
        return False
    return function.returns_value and function.returns.strip("\"'") not in NO_VALUE - {""}


def _may_give(function: FunctionFacts) -> bool:
    """Whether a call may give a value though no `return` shows one: it never ends, or only by an exception."""
    return function.always_returns or function.returns_value


def _never_iterates(function: FunctionFacts) -> bool:
    """Whether what a call gives cannot be an iterator that was made elsewhere."""
    if not function.returns_value:
        return True
    if re.search(r"Iter|Generator", function.returns):
        return False
    return all(_LITERAL_RESULT.match(value) for value in function.returned) and bool(function.returned)


def _says_nothing(subject: Subject, entries: tuple[Entry, ...]) -> bool:
    """Whether the docstring itself says that there is no value."""
    entry = entries[0]
    parts = [subject.text[slice(*span)] for span in (entry.type, entry.description) if span is not None]
    return all(_NOTHING.search(part) for part in parts if part) or not any(parts) or bool(_NOTHING.search(parts[0]))


def _is_told(subject: Subject) -> bool:
    """Whether the prose says what a call gives."""
    prose = subject.prose
    if _TELLS.search(prose) or _NAMES_IT.search(prose) or _RETURNS.search(subject.text):
        return True
    is_made = subject.function is not None and _makes(subject.function)
    return is_made and bool(_TURNS.search(prose) or REFERS.search(prose) or _is_named(subject))


def _makes(function: FunctionFacts) -> bool:
    """Whether what is returned is made here: no constant, and no parameter as it came."""
    given = {one.name for one in function.parameters} | {function.receiver}
    values = [value for value in function.returned if value not in given and value != "None"]
    return function.is_generator or any(not _LITERAL_RESULT.match(value) or value.endswith(")") for value in values)


def _is_named(subject: Subject) -> bool:
    """Whether the summary says that something is made, and names it as the annotation does."""
    function, summary = subject.function, subject.reading.doc.summary
    if function is None or not _MAKES.match(summary):
        return False
    result = function.returns.strip("\"'").partition("[")[0].rpartition(".")[2]
    words = {word.lower() for word in _WORD.findall(result) if len(word) > 2}
    return bool(words) and not words.isdisjoint(word.lower() for word in _WORD.findall(summary))


def title_span(subject: Subject, entry: Entry) -> Span:
    """The title of the section that an entry stands in; where it has none, the first line of the entry."""
    for heading in subject.reading.headings:
        if heading.span.start <= entry.span.start <= heading.span.end and heading.kind is entry.kind:
            first = subject.text.find("\n", heading.title_span.start)
            end = heading.title_span.end if first < 0 else min(first, heading.title_span.end)
            return Span(heading.title_span.start, end)
    end = subject.text.find(":", entry.span.start + 1)
    return Span(entry.span.start, end + 1 if 0 <= end < entry.span.end else max(entry.span.end, entry.span.start + 1))

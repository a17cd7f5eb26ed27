"""Parameters: undocumented (GLS201), not there (202), out of order (203), of another type (204) or default (205).

Names are compared in order. A documented name that the signature lacks is taken for the old name of an undocumented
parameter where the last version of the code shows it, or where both stand alone between the same neighbours: then one
finding says so, and the description stays. Names that `**kwargs` may take, and all names below a decorator that changes
signatures, are not decided here.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence, Set
from itertools import pairwise
from keyword import iskeyword
from typing import NamedTuple

from glossator.docstring.check.defaults import differs, like, said_default
from glossator.docstring.check.stars import STARRED, plain, renamed_stars, taken_by_stars
from glossator.docstring.check.subject import Add, Fault, Fix, Order, Remove, Rename, Replace, Subject, line_end
from glossator.docstring.check.told import told_in
from glossator.docstring.check.types import contradicts, shown, type_end
from glossator.docstring.styles import Entry, Style
from glossator.docstring.styles.titles import TITLES
from glossator.model import FieldKey, FieldKind, FunctionFacts, Parameter, ParameterKind, Span, SymbolKind

ORDERED = (ParameterKind.POSITIONAL_ONLY, ParameterKind.NORMAL)
# Decorators that give a function arguments which its callers do not, or the other way round.
CHANGES_SIGNATURE = re.compile(
    r"^(?:pass_\w+|patch\w*|inject\w*|given|fixture|option|argument|command|group|with_\w+|bind\w*|partial\w*|curry\w*|"
    r"parametrize|provide_\w+|takes_\w+|contextfunction|environmentfunction|evalcontextfunction)$",
    re.IGNORECASE,
)
_BRACES = re.compile(r"(\w*)\{([^{}]*)\}(\w*)")
_TYPES = frozenset(("int", "str", "bool", "float", "bytes", "list", "dict", "tuple", "set", "object"))
# "Other arguments are those of `f`", "See `f` for details": the rest is described elsewhere. Dots in names end nothing.
_NEAR = r"(?:[^.]|\.(?=\w)|(?<=`)\.)"
_ARGUMENTS = r"(?:arg(?:ument)?s?|param(?:eter)?s?|keywords?|kwargs|options?|meanings?)"
_ELSEWHERE = re.compile(
    rf"\b(?:other|additional|further|remaining|rest\s+of|all|same|more|these)\b{_NEAR}{{0,60}}\b{_ARGUMENTS}\b{_NEAR}{{0,80}}"
    r"\b(?:see|are|is|as|same|refer|passed|forwarded|like|of|for)\b"
    rf"|\b(?:see|refer\s+to|same\s+as|arguments?\s+(?:are|as)|parameters?\s+(?:are|as))\b{_NEAR}{{0,120}}"
    rf"\b(?:for|details?|descriptions?|{_ARGUMENTS}|documentation|information)\b"
    rf"|\b{_ARGUMENTS}\b{_NEAR}{{0,40}}\b(?:see|refer\s+to)\b",
    re.IGNORECASE,
)
# "The given text", where only one thing can be meant.
_GIVEN = re.compile(r"\b(?:given|provided|specified|passed|wrapped|another|decorated|other)\s+\w+", re.IGNORECASE)
# "Like `f`", "equivalent to calling `f`": what holds of the one holds of the other.
REFERS = re.compile(
    r"\b(?:equivalent\s+(?:to|of)|wrapper\s+(?:around|for|of)|alias\s+(?:for|of)|(?:version|variant)\s+of|"
    r"(?:proxy|shortcut|shorthand)\s+(?:for|to))\b[^.]{0,40}[`:]|\A\s*(?:Like|As|Same\s+as|See)\s[^\n]{0,40}[`:]",
    re.IGNORECASE,
)
_TYPED = re.compile(r"^[ \t]*[:@](?:kw)?type[ \t]+\\?\*{0,2}(\w+)[ \t]*:", re.MULTILINE)
SIMILAR = 0.75  # between the same neighbours
NEARLY_EQUAL = 0.9  # anywhere


def parameter_faults(subject: Subject) -> Iterator[Fault]:
    """Faults of documented and undocumented parameters."""
    function = subject.function
    if function is None:
        return
    signature = [one for one in function.parameters if one.name.strip("_")]
    known = {one.name: one for one in signature}
    documented = subject.entries(FieldKind.PARAMETER)
    entries = [one for one in documented if plain(one.name) in known or _is_name(subject, one)]
    if not _may_differ(function) and _has_signature(subject):
        yield from _name_faults(subject, entries, signature)
        yield from _order_faults(subject, entries, signature)
    shared = shared_lines(subject.reading.entries)
    for entry in entries:
        parameter = known.get(plain(entry.name))
        if parameter is not None and parameter.kind not in STARRED:
            yield from _type_faults(subject, entry, parameter.annotation, parameter.name)
            if entry.span not in shared:
                yield from _default_faults(subject, entry, parameter)


def parts_of(entry: Entry) -> tuple[Span, Span]:
    """The head of an entry behind its name, where its type stands, and its description."""
    start, end = entry.description
    if start < entry.name_span.end:
        return Span(entry.name_span.end, entry.span.end), Span(end, end)
    return Span(entry.name_span.end, start), Span(start, end)


def shared_lines(entries: Iterable[Entry]) -> frozenset[Span]:
    """The lines that several names share ("a, b : int")."""
    return frozenset(span for span, count in Counter(one.span for one in entries).items() if count > 1)


def _is_name(subject: Subject, entry: Entry) -> bool:
    """Whether an entry names a parameter, and is no note in between, nor one for many ("{x, y}_kws")."""
    line = subject.text[subject.text.rfind("\n", 0, entry.span.start) + 1 : entry.name_span.end]
    if entry.name in _TYPES and entry.type is not None:
        return False
    is_title = entry.name[:1].isupper() and entry.name.title() in TITLES
    return (
        plain(entry.name).isidentifier() and not iskeyword(entry.name) and not is_title and not set(line) & set("{}<>")
    )


def _odd_names(subject: Subject) -> set[str]:
    """The words of heads that are no plain names ("x, optional: int", "{a, b}_kws"): what they name is documented."""
    found: set[str] = set()
    for entry in subject.entries(FieldKind.PARAMETER):
        line = subject.text[entry.span.start : line_end(subject.text, entry.span.start)]
        head = subject.text[slice(*entry.name_span)]
        if not plain(head).isidentifier() or set(line) & set("{}"):
            found.update(re.findall(r"\w+", head.replace("-", "_")))
            for before, inside, behind in _BRACES.findall(line.partition(":")[0]):
                found.update(f"{before}{part.strip()}{behind}" for part in inside.split(","))
        if entry.type is not None and entry.name in _TYPES:
            found.add(subject.text[slice(*entry.type)])  # "int (size): ..."
    return found


def _may_differ(function: FunctionFacts) -> bool:
    """Whether the documented parameters may be others than those of the definition: of what a property gives, say."""
    return function.is_property or any(CHANGES_SIGNATURE.match(name) for name in function.decorators)


def _has_signature(subject: Subject) -> bool:
    """Whether the parameters of what is documented are those of the facts: a class may inherit some."""
    return subject.symbol.kind is not SymbolKind.CLASS or bool(subject.entries(FieldKind.PARAMETER))


def _name_faults(subject: Subject, entries: Sequence[Entry], signature: Sequence[Parameter]) -> Iterator[Fault]:
    documented = [plain(entry.name) for entry in entries]
    named = {*documented, *_odd_names(subject), *_TYPED.findall(subject.text)}
    names = [one.name for one in signature]
    known = set(names)
    unknown = [entry for entry in entries if plain(entry.name) not in known and not _is_receiver(subject, entry)]
    fresh = [one for one in signature if one.name not in named]
    wanted = {one.name for one in fresh if one.kind not in STARRED and not one.name.startswith("_")}
    taken = taken_by_stars(unknown, entries, signature, {}, wanted)
    stars = {one.name for one in signature if one.kind in STARRED}
    orders = Orders(documented, names, {plain(one.name) for one in taken}, stars)
    renamed = _renamed(subject, unknown, fresh, orders)
    taken = taken_by_stars(unknown, entries, signature, renamed, wanted)
    stale = [one for one in unknown if plain(one.name) in renamed or one not in taken]
    news = set(renamed.values())
    missed = [one for one in fresh if one.name not in news and _is_missed(one, len(stale) < len(unknown))]
    instead = _in_place_of(missed)
    for entry in stale:
        name = plain(entry.name)
        if name in renamed:
            message = f"parameter `{name}` does not exist; it is `{renamed[name]}` now"
            yield Fault("GLS202", message, entry.name_span, Rename(entry, renamed[name]))
        else:
            message = f"parameter `{name}` does not exist{instead}"
            yield Fault("GLS202", message, entry.name_span, Remove(entry))
    if not _claims_completeness(subject):
        return
    told = told_in(subject)
    missed = [one for one in missed if not told.of(one)]
    if not _is_elsewhere(subject, entries, missed):
        place = _place(subject, entries)
        for one in missed:
            key = FieldKey(FieldKind.PARAMETER, one.starred)
            yield Fault("GLS201", f"parameter `{one.starred}` is not documented", place, Add(key))


def _is_elsewhere(subject: Subject, entries: Sequence[Entry], missed: Sequence[Parameter]) -> bool:
    """Whether parameters without an entry are described by the prose, or where it sends its reader.

    A single one beside entries for all others was rather forgotten.
    """
    if not entries:
        is_named = any(_is_mentioned(subject, one.name) for one in missed)
        if is_named or REFERS.search(subject.text) or (len(missed) == 1 and _GIVEN.search(subject.text)):
            return True
    return (len(missed) > 1 or not entries) and _ELSEWHERE.search(subject.text) is not None


def _in_place_of(fresh: Sequence[Parameter]) -> str:
    return "; undocumented are " + ", ".join(f"`{one.name}`" for one in fresh) if fresh else ""


def _is_receiver(subject: Subject, entry: Entry) -> bool:
    """Whether an entry documents the bound first parameter, which is there, though nobody passes it."""
    function = subject.function
    return entry.name in ("self", "cls") or (function is not None and entry.name == function.receiver)


def _claims_completeness(subject: Subject) -> bool:
    """Whether what is not documented was forgotten: the docstring was understood and has sections of fields."""
    if subject.symbol.kind is SymbolKind.CLASS and not subject.entries(FieldKind.PARAMETER):
        return False
    return bool(subject.reading.entries) and subject.is_decided


def _is_missed(one: Parameter, has_keywords: bool) -> bool:
    """Whether a parameter wants a description.

    Private ones need none, nor those that are only passed on, nor `**kwargs` where its keywords are documented.
    """
    if one.name.startswith("_"):
        return False
    is_passed_on = any(use.verb == "call" and "*" in use.place for use in one.uses)
    return one.kind not in STARRED or not (is_passed_on or has_keywords)


def _is_mentioned(subject: Subject, name: str) -> bool:
    stem = re.escape(name.removesuffix("s"))
    return re.search(rf"(?<![\w.]){stem}(?:e?s)?(?!\w)", subject.text, re.IGNORECASE) is not None


class Orders(NamedTuple):
    """The documented names and those of the signature, in order; which documented ones a star may take; the stars.

    Where a star is documented itself, other names hardly stand for parts of it.
    """

    documented: Sequence[str]
    names: Sequence[str]
    taken: Set[str]
    stars: Set[str]


def _renamed(subject: Subject, unknown: Sequence[Entry], fresh: Sequence[Parameter], orders: Orders) -> dict[str, str]:
    """Documented names whose parameters have other names now: as the last version shows, else as their places do."""
    if not unknown or not fresh:
        return {}
    before = subject.code.renamed()
    known = {one.name: one for one in fresh}
    entries = {plain(one.name): one for one in unknown}
    found = {old: before[old] for old in entries if before.get(old) in known}
    olds, news = _left(entries, found), _left(known, found.values())
    found |= dict(renamed_stars([entries[old].name for old in olds], [known[new] for new in news]))
    olds, news = _left(entries, found), _left(known, found.values())
    orders = orders._replace(documented=[found.get(one, one) for one in orders.documented])
    found |= {old: new for old, new in _pairs(orders, olds, news) if _fits(subject, entries[old], known[new])}
    return found | dict(_similar(_left(entries, found), _left(known, found.values()), NEARLY_EQUAL))


def _left(names: Iterable[str], gone: Container[str]) -> list[str]:
    return [name for name in names if name not in gone]


def _pairs(orders: Orders, stale: Sequence[str], fresh: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Stale and fresh names that stand between the same neighbours, in the docstring and in the signature."""
    documented, names, taken, stars = orders
    has_star_entry = not stars.isdisjoint(documented)
    stale_names, fresh_names = set(stale), set(fresh)
    blocks = difflib.SequenceMatcher(None, documented, names, autojunk=False).get_matching_blocks()
    edges = [(0, 0, 0), *blocks]
    for (a, b, size), (next_a, next_b, _) in pairwise(edges):
        olds = [name for name in documented[a + size : next_a] if name in stale_names]
        news = [name for name in names[b + size : next_b] if name in fresh_names]
        is_sure = len(olds) == len(news) and (has_star_entry or taken.isdisjoint(olds))
        yield from zip(olds, news, strict=True) if is_sure else _similar(olds, news)


def _similar(olds: Sequence[str], news: Sequence[str], least: float = SIMILAR) -> Iterator[tuple[str, str]]:
    """Pairs of names that are much alike."""
    left = list(news)
    for old in olds:
        near = difflib.get_close_matches(old, left, 1, least)
        if near:
            left.remove(near[0])
            yield old, near[0]


def _fits(subject: Subject, entry: Entry, parameter: Parameter) -> bool:
    """Whether what is documented under an old name can hold for a parameter."""
    if entry.name.count("*") != parameter.starred.count("*"):
        return False
    said = subject.text[slice(*entry.type)] if entry.type else ""
    if said and parameter.annotation and contradicts(said, parameter.annotation):
        return False
    default = said_default(subject.text, *parts_of(entry))
    return default is None or parameter.default is None or not differs(default, parameter.default)


def _place(subject: Subject, entries: Sequence[Entry]) -> Span:
    """Where a parameter is missing: the title of its section, else the first field, else the summary."""
    has_title = any(one.kind is FieldKind.PARAMETER for one in subject.reading.headings)
    return entries[0].name_span if entries and not has_title else subject.place_of(FieldKind.PARAMETER)


def _order_faults(subject: Subject, entries: Sequence[Entry], signature: Sequence[Parameter]) -> Iterator[Fault]:
    # Keyword-only parameters have no order that a caller could get wrong.
    places = {one.name: number for number, one in enumerate(signature) if one.kind in ORDERED}
    shared = shared_lines(entries)
    often = Counter(plain(entry.name) for entry in entries)
    for section in _sections(subject, entries):
        known = [entry for entry in section if plain(entry.name) in places]
        numbers = [places[plain(entry.name)] for entry in known]
        wrong = next((n for n in range(1, len(numbers)) if numbers[n] < numbers[n - 1]), None)
        if wrong is None:
            continue
        before, entry = known[wrong - 1], known[wrong]
        message = f"parameter `{plain(entry.name)}` stands before `{plain(before.name)}` in the signature"
        names = tuple(signature[number].name for number in sorted(set(numbers)))
        # A name that stands twice, in this section or in two of them, has no one place.
        is_plain = all(one.span not in shared for one in section) and all(often[name] == 1 for name in names)
        yield Fault("GLS203", message, entry.name_span, Order(names) if is_plain else None)


def _sections(subject: Subject, entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """The entries of each section; fields of sphinx and epytext are one."""
    spans = [one.span for one in subject.reading.headings if one.kind is FieldKind.PARAMETER]
    if not spans or subject.style in (Style.SPHINX, Style.EPYTEXT):
        yield list(entries)
        return
    for start, end in spans:
        yield [entry for entry in entries if start <= entry.span.start < end]


def _type_faults(subject: Subject, entry: Entry, annotation: str, name: str) -> Iterator[Fault]:
    if entry.type is None or not annotation:
        return
    start, end = entry.type
    said = subject.text[start:end]
    end = start + len(said[: type_end(said)].rstrip(" ,"))
    if not contradicts(said, annotation):
        return
    what = f"`{name}` is" if name else "it is"
    place = Span(start, end)
    yield Fault("GLS204", f"{what} annotated as `{shown(annotation)}`", place, Replace(place, shown(annotation)))


def result_type_faults(subject: Subject, entry: Entry, annotation: str) -> Iterator[Fault]:
    """The fault of a documented result's type that the annotation contradicts."""
    yield from _type_faults(subject, entry, annotation, "")


def _default_faults(subject: Subject, entry: Entry, parameter: Parameter) -> Iterator[Fault]:
    said = said_default(subject.text, *parts_of(entry))
    if said is None:
        return
    fix: Fix | None = None
    if parameter.default is None:
        if said.is_quoted and _is_required(subject.function, parameter):
            start, end = said.phrase
            rest = subject.text[entry.description.start : start] + subject.text[end : entry.description.end]
            fix = Replace(said.phrase, "") if said.is_sentence and rest.strip() else None
            yield Fault("GLS205", f"`{parameter.name}` has no default", said.value_span, fix)
    elif differs(said, parameter.default):
        fix = Replace(said.value_span, like(said.value, parameter.default))
        yield Fault("GLS205", f"`{parameter.name}` defaults to `{parameter.default}`", said.value_span, fix)


def _is_required(function: FunctionFacts | None, parameter: Parameter) -> bool:
    """Whether a call needs an argument for it: a `None` that is replaced in the body is a default, too."""
    return function is not None and not any(use.verb == "fallback" for use in parameter.uses)

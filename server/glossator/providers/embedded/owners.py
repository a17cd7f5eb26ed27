"""Documentation of classes and of their attributes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from glossator.model import Attribute, ClassFacts, Context, FunctionFacts
from glossator.providers.embedded.comments import comment_summary
from glossator.providers.embedded.conditions import code, is_quotable
from glossator.providers.embedded.errors import exception_candidates
from glossator.providers.embedded.naming import base_phrase
from glossator.providers.embedded.parameters import sentence
from glossator.providers.embedded.phrasing import listed
from glossator.providers.embedded.tables import flat, vocabulary, word_set
from glossator.providers.embedded.testcases import cases
from glossator.providers.embedded.words import (
    PREPOSITIONS,
    article,
    capital,
    definite,
    expanded,
    flag,
    indefinite,
    is_plural,
    name_phrase,
    phrase,
    plural,
    shortened,
    split,
    third_person,
    verb_of,
)

FACTORY = re.compile(r"(?:default_factory|factory)\s*=\s*([\w.]+)")
DEFAULT = re.compile(r"^(?:field|attr\.ib|attrib|attr\.field)\(.*?default\s*=\s*([^,)]+)")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
RECORDS = {"namedtuple": "named tuple of ", "typeddict": "dictionary with ", "dataclass": "", "attrs": ""}
SETTINGS = frozenset(("__slots__", "__module__", "__test__", "__hash__", "__doc__", "__metaclass__", "__match_args__"))
# What a class can do by defining the methods of a protocol.
ABILITIES = flat("abilities")


def numeral(number: int) -> str:
    """A number in words up to twelve."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def count(number: int, noun: str) -> str:
    """A number of things: "three methods"."""
    return f"{numeral(number)} {noun}{'' if number == 1 else 'es' if noun.endswith('ss') else 's'}"


def class_summary(context: Context, facts: ClassFacts, room: int) -> str:
    """The summary of a class in at most `room` columns where that can be."""
    return fitting(chain((comment_summary(facts.comment),), _class_candidates(context, facts)), room)


def fitting(candidates: Iterable[str], room: int) -> str:
    """The first candidate that fits, as a sentence; the shortest, cut at a clause, where none does."""
    shortest = ""
    for candidate in candidates:
        text = candidate if candidate.endswith(".") else f"{candidate}."
        if candidate and len(text) <= room:
            return text
        if candidate and (not shortest or len(text) < len(shortest)):
            shortest = text
    return shortened(shortest, room)


def bases_of(facts: ClassFacts) -> list[str]:
    """The base classes that say something, without type arguments."""
    plain = [base.split("[", 1)[0] for base in facts.bases if "=" not in base and "(" not in base]
    return [
        base
        for base in plain
        if is_quotable(base) and base.rsplit(".", 1)[-1] not in ("object", "Generic", "ABC", "Protocol")
    ]


def _class_candidates(context: Context, facts: ClassFacts) -> Iterator[str]:
    words = split(facts.name)
    noun = phrase(words)
    shown = [field.name for field in facts.fields if not field.name.startswith("_")]
    public = [name for name in facts.methods if not name.startswith("_")]
    bases = bases_of(facts)
    if facts.form == "enum":
        yield from _members(noun, shown)
    elif facts.form in RECORDS:
        yield from _record(noun, facts.form, shown, context, facts)
    elif facts.form == "exception":
        yield from exception_candidates(words, context, bases, facts)
    elif any(base.endswith("TestCase") for base in bases) or any(map(TEST_METHOD.match, facts.methods)):
        yield from _tests(words, facts)
    elif facts.form == "protocol" or (facts.form == "abstract" and _wanted(context)):
        yield from _interface(noun, public, context, facts)
    else:
        yield from _plain(noun, bases, context, facts)


TEST_METHOD = re.compile(r"test(?:_|[A-Z]|$)")


def _members(noun: str, names: list[str]) -> Iterator[str]:
    """An enumeration: its members."""
    kinds = plural(noun) if is_plural(noun) or noun.endswith(KINDS) else f"kinds of {noun}"
    if len(names) > 5:
        yield f"The {numeral(len(names))} {kinds}, from {code(names[0])} to {code(names[-1])}"
    if names:
        yield f"The {kinds}: {listed([code(name) for name in names])}"
    if len(names) > 2:
        yield f"The {numeral(len(names))} {kinds}, from {code(names[0])} to {code(names[-1])}"
    yield f"The {kinds}, as an enumeration"


KINDS = ("type", "kind", "mode", "level", "state", "flag", "color", "status", "code", "option", "error", "method")


def _record(noun: str, form: str, names: list[str], context: Context, facts: ClassFacts) -> Iterator[str]:
    """A class that holds fields: what they are."""
    told = [name_phrase(name) for name in names]
    questions = any(text.startswith(("is ", "has ", "can ")) for text in told)
    subject = capital(noun)
    does = deeds_of(context, facts)
    kind = {"namedtuple": " as a named tuple of", "typeddict": " as a dictionary with"}.get(form, " with its")
    if told and len(told) <= 5 and not questions:
        yield f"{subject}{kind} {listed(told)}"
    if does:
        yield f"{subject} with {count(len(names), 'field')} that {listed(does[:2])}"
    if len(told) > 2 and not questions:
        yield f"{subject}{kind} {', '.join(told[:3])} and {count(len(told) - 3, 'more field')}"
        yield f"{subject}{kind} {told[0]}, {told[1]} and {count(len(told) - 2, 'more field')}"
    if names:
        yield f"{subject} with {listed([code(name) for name in names[:3]])}"
        yield f"{subject} with {count(len(names), 'field')}, among them {code(names[0])}"
    yield f"{subject} without fields of its own" if not names else f"{subject} with {count(len(names), 'field')}"


def _tests(words: tuple[str, ...], facts: ClassFacts) -> Iterator[str]:
    """A class of tests: what they are about."""
    about = tuple(word for word in words if word.lower() not in ("test", "tests", "case", "testcase", "mixin"))
    subject = phrase(about) or "this module"
    told = cases(facts.methods)
    if len(told) > 2:
        yield f"Tests of {subject}: {told[0]}, {told[1]} and {count(len(told) - 2, 'more case')}"
    if told:
        yield f"Tests of {subject}: {listed(told[:2])}"
        yield f"Tests of {subject}: {told[0]}"
    yield f"Tests of {subject} in {count(len(told), 'case')}" if told else f"Base for tests of {subject}"


def _interface(noun: str, public: list[str], context: Context, facts: ClassFacts) -> Iterator[str]:
    """A protocol or an abstract class: what implementations have to do."""
    abstract = _wanted(context)
    wanted = (
        [name for name in public if name in abstract] or [name for name in facts.methods if name in abstract] or public
    )
    subject = f"{capital(noun)}: any object" if facts.form == "protocol" else f"Interface of {article(noun)}"
    if does := [text for text in deeds_of(context, facts) if "``" not in text]:
        yield f"{subject} that {listed(does[:3])}"
        yield f"{subject} that {does[0]}"
    if wanted:
        yield f"{subject} with {listed([code(name) for name in wanted[:3]])}"
        yield f"{subject} with {code(wanted[0])}"
    yield f"{subject} without methods of its own" if not facts.methods else subject


def _wanted(context: Context) -> list[str]:
    """The methods that implementations have to define."""
    return [one.name for one in context.members if isinstance(one, FunctionFacts) and (one.is_abstract or one.is_stub)]


def deeds_of(context: Context, facts: ClassFacts) -> list[str]:
    """What the methods of a class do, in the third person: "parses the header"; what has an object first."""
    told: dict[str, int] = {}
    inner = replace(context, owner=None)
    for one in context.members:
        if not isinstance(one, FunctionFacts) or one.name.startswith("_") or one.is_property or one.is_accessor:
            continue
        words = split(one.name)
        low = one.name.lower()
        if low.endswith("s") and low[:-2] in word_set("verbs") and third_person(low[:-2]) == low:
            words = (low[:-2],)  # `matches`
        verb = verb_of(words)
        if (
            not verb
            or words[0].lower() in ("get", "is", "has", "do", "on", "test")
            or (len(words) == 1 and words[0] in DULL)
        ):
            continue
        base = base_phrase(words, inner, one)
        head, _, rest = base.partition(" ")
        rest = PARAMETER.sub(lambda match: definite(name_phrase(match.group(1))), rest)
        if head.lower()[:4] in rest[-12:]:
            continue  # "parses the parser"
        if (
            rest
            and rest not in PREPOSITIONS
            and rest != "it"
            and rest not in facts.name.lower()
            and head.lower() in word_set("verbs")
        ):
            told.setdefault(f"{third_person(head.lower())} {rest}", (len(words) == 1) + 2 * (head.lower() in LESSER))
    named = sorted((text for text in told if not told[text] & 1), key=lambda text: told[text])
    return named or [text for text in told if len(text.rsplit("the ", 1)[-1]) > 3]


PARAMETER = re.compile(r"``(\w+)``")
LESSER = vocabulary("lesser")
DULL = vocabulary("dull")


def _plain(noun: str, bases: list[str], context: Context, facts: ClassFacts) -> Iterator[str]:
    """Any other class: by what it can do, what it holds, what it extends."""
    does = [] if is_plural(noun) else deeds_of(context, facts)
    subject = capital(noun)
    start = f"{subject}, {indefinite(code(bases[0]))} that" if bases else f"{subject} that"
    visited = [name.split("_", 1)[1] for name in facts.methods if name.startswith("visit_") and len(name) > 6]
    if len(visited) > 1:
        more = [f"{count(len(visited) - 2, 'more kind')} of node"] if len(visited) > 2 else []
        yield f"{start} visits {listed([*(code(name) for name in visited[:2]), *more])}{'' if more else ' nodes'}"
    if len(does) > 2 and not bases:
        yield f"{start} {listed(does[:3])}"
    if len(does) > 1:
        yield f"{start} {listed(does[:2])}"
    if does:
        yield f"{start} {does[0]}"
        if bases:
            yield f"{subject} that {does[0]}"
    yield from _held(subject, start, bases, context, facts)
    yield from _least(subject, bases, facts)


def _held(subject: str, start: str, bases: list[str], context: Context, facts: ClassFacts) -> Iterator[str]:
    """By public methods and properties, protocol methods, attributes, fields."""
    public = [name for name in facts.methods if not name.startswith("_")]
    kind = f"{subject}, {indefinite(code(bases[0]))}" if bases else subject
    able = [
        ABILITIES[name]
        for name in facts.methods
        if name in ABILITIES and not (name == "__repr__" and len(facts.methods) > 2)
    ]
    if public:
        word = " with its own" if bases else f" with the {_kind_of_members(public, context)}"
        yield f"{kind}{word} {listed([code(name) for name in public[:3]])}"
        yield f"{kind}{word} {listed([code(name) for name in public[:2]])}"
        yield f"{kind} with {code(public[0])}"
    if able:
        yield f"{start} {listed(able[:2])}"
        yield f"{start} {able[0]}"
    kept = [attribute.name for attribute in facts.attributes if not attribute.name.startswith("_")]
    if kept:
        yield f"{kind} that keeps {listed([definite(name_phrase(name)) for name in kept[:3]])}"
        yield f"{kind} that keeps {listed([definite(name_phrase(name)) for name in kept[:2]])}"
        yield f"{kind} that keeps {definite(name_phrase(kept[0]))}"
    fields = [field for field in facts.fields if field.name not in SETTINGS and is_quotable(field.name)]
    if len(fields) == 1 and is_quotable(fields[0].value) and len(fields[0].value) < 40:
        yield f"{kind} whose {code(fields[0].name)} is {code(fields[0].value)}"
    if fields and bases:
        yield f"{kind} with {listed([code(field.name) for field in fields[:3]])} of its own"
    if fields:
        yield f"{subject} with {listed([code(field.name) for field in fields[:3]])}"


def _kind_of_members(names: list[str], context: Context) -> str:
    """What the first three members with these names are: properties, methods or both."""
    told = [one.is_property for one in context.members if isinstance(one, FunctionFacts) and one.name in names[:3]]
    kind = "property" if all(told) else "method" if not any(told) else "member"
    return kind if len(names) == 1 else plural(kind)


def _least(subject: str, bases: list[str], facts: ClassFacts) -> Iterator[str]:
    """A class of which little is known."""
    inner = [name for name in facts.methods if name != "__init__"]
    if len(bases) > 1:
        yield f"{subject} that combines {listed([code(base) for base in bases[:3]])}"
    if inner:
        yield (
            f"{subject}, {indefinite(code(bases[0]))} that defines {code(inner[0])}"
            if bases
            else f"{subject} that defines {listed([code(name) for name in inner[:2]])}"
        )
    if bases and "__init__" in facts.methods:
        yield f"{subject}, {indefinite(code(bases[0]))} with an initializer of its own"
    last = split(bases[0].rsplit(".", 1)[-1])[-1:] if bases else ()
    if last and expanded(last[0]).lower() == subject.rsplit(" ", 1)[-1].lower():
        yield f"{subject}, derived from {code(bases[0])} without additions"
    yield (
        f"{subject} as a distinct kind of {code(bases[0])}"
        if bases
        else f"Empty class that stands for {article(subject.lower() if not subject[:2].isupper() else subject)}"
        if not facts.methods
        else f"{subject}, known by its initializer alone"
    )


def attribute_text(field: Attribute, owner: ClassFacts) -> str:
    """The description of a field or enum member."""
    if field.comment and len(field.comment) > 3:
        return sentence(field.comment)
    noun = name_phrase(field.name)
    if owner.form == "enum":
        return _member(field, noun)
    factory, default = FACTORY.search(field.value), DEFAULT.search(field.value)
    is_call = "(" in field.value and field.value.startswith(("field", "attr"))
    value = default.group(1).strip() if default else "" if is_call else field.value
    of = definite(name_phrase(owner.name))
    if field.annotation.strip("\"'").startswith("bool") or value in ("True", "False"):
        start = flag(noun, of)
    else:
        start = f"{capital(noun)} of {of}"
    if factory:
        empty = factory.group(1) in ("list", "dict", "set", "deque", "OrderedDict", "tuple")
        return f"{start}, {'empty at first' if empty else 'made by ' + code(factory.group(1)) + ' if not given'}."
    if value and is_quotable(value):
        return f"{start}, {code(value)} unless given."
    return f"{start}."


def _member(field: Attribute, noun: str) -> str:
    """A member of an enumeration."""
    shown = is_quotable(field.value) and not field.value.startswith(("auto", "enum.auto"))
    return f"Stands for {noun}, with the value {code(field.value)}." if shown else f"Stands for {noun}."

"""Documentation of what owns others: classes, their attributes, modules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glossator.model import Attribute, ClassFacts, Context, ModuleFacts
from glossator.providers.embedded.conditions import code, condition, is_quotable
from glossator.providers.embedded.parameters import sentence
from glossator.providers.embedded.phrasing import listed
from glossator.providers.embedded.summaries import comment_summary, verb_list
from glossator.providers.embedded.words import (
    article,
    capital,
    definite,
    indefinite,
    is_plural,
    name_phrase,
    phrase,
    split,
)

FACTORY = re.compile(r"(?:default_factory|factory)\s*=\s*([\w.]+)")
DEFAULT = re.compile(r"^(?:field|attr\.ib|attrib|attr\.field)\(.*?default\s*=\s*([^,)]+)")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def count(number: int, noun: str) -> str:
    """A number of things: "three methods"."""
    shown = NUMBERS[number] if number < len(NUMBERS) else str(number)
    return f"{shown} {noun}{'' if number == 1 else 'es' if noun.endswith('ss') else 's'}"


def class_summary(context: Context, facts: ClassFacts, room: int) -> str:
    """The summary of a class in at most `room` columns where that can be."""
    return _fitting((comment_summary(facts.comment), *_class_candidates(context, facts)), room)


def _fitting(candidates: tuple[str, ...], room: int) -> str:
    texts = [text if text.endswith(".") else text + "." for text in candidates if text]
    return next((text for text in texts if len(text) <= room), min(texts, key=len))


def _bases(facts: ClassFacts) -> list[str]:
    plain = [base.split("[", 1)[0] for base in facts.bases if "=" not in base and "(" not in base]
    return [base for base in plain if is_quotable(base) and base not in ("object", "Generic", "typing.Generic", "t.Generic")]


def _class_candidates(context: Context, facts: ClassFacts) -> Iterator[str]:
    words = split(facts.name)
    noun = phrase(words)
    shown = [field.name for field in facts.fields if not field.name.startswith("_")]
    public = [name for name in facts.methods if not name.startswith("_")]
    bases = _bases(facts)
    if facts.form == "enum":
        yield from _members(noun, shown)
    elif facts.form in ("dataclass", "attrs", "namedtuple", "typeddict"):
        kind = {"namedtuple": "named tuple", "typeddict": "dictionary"}.get(facts.form, "record")
        yield from _record(noun, kind, shown, public)
    elif facts.form == "exception":
        yield from _exception(words, context, bases, facts)
    elif any(base.endswith("TestCase") for base in bases) or words[-1:] in (("Test",), ("Tests",), ("TestCase",)):
        yield from _tests(words, facts)
    elif facts.form in ("protocol", "abstract"):
        if public:
            yield f"Interface of {article(noun)} with {listed([code(name) for name in public[:3]])}"
        yield f"Interface that {article(noun)} has to provide"
    else:
        yield from _plain(noun, bases, facts, public)


def _members(noun: str, names: list[str]) -> Iterator[str]:
    plural = noun if is_plural(noun) else f"kinds of {noun}"
    if names:
        yield f"The {plural}: {listed([code(name) for name in names])}" if len(names) <= 5 else f"The {len(names)} {plural}, from {code(names[0])} to {code(names[-1])}"
    yield f"The {plural} as an enumeration"


def _record(noun: str, kind: str, names: list[str], methods: list[str]) -> Iterator[str]:
    subject = capital(article(noun))
    if names and len(names) <= 4:
        yield f"{subject} as a {kind} of {listed([name_phrase(name) for name in names])}"
    if names:
        yield f"{subject} as a {kind} of {count(len(names), 'field')}, among them {listed([code(name) for name in names[:2]])}"
        yield f"{subject} as a {kind} of {count(len(names), 'field')}"
    if methods:
        yield f"{subject} as a {kind} with {code(methods[0])}"
    yield f"{subject} as a {kind}"


def _exception(words: tuple[str, ...], context: Context, bases: list[str], facts: ClassFacts) -> Iterator[str]:
    """An exception: who raises it and when, what it carries, what it is a kind of."""
    about = phrase(tuple(word for word in words if word not in ("Error", "Exception", "Warning")))
    kind = "Warning" if words[-1:] == ("Warning",) else "Error"
    fields = [attribute.name for attribute in facts.attributes if not attribute.name.startswith("_")]
    base = f", a kind of {code(bases[0])}" if bases and bases[0] not in ("Exception", "Warning") else ""
    shown = [code(path) for path, _ in context.raised_by if not any(part.startswith("_") for part in path.split("."))]
    guard = context.raised_by[0][1] if len(context.raised_by) == 1 else None
    if shown and guard and guard.guard and not guard.case and (clause := condition(guard.guard, negated=guard.negated)):
        yield f"{kind} that {shown[0]} raises if {clause}"
    if shown and about:
        yield f"{kind} about {about}, raised by {listed(shown[:2])}"
        yield f"{kind} about {about}, raised by {shown[0]}"
    if about and fields:
        yield f"{kind} about {about} that carries {listed([code(name) for name in fields[:3]])}"
    if about:
        yield f"{kind} that signals {article(about)}{base}"
        yield f"{kind} that signals {article(about)}"
    yield f"{kind} of this module{base}"


def _tests(words: tuple[str, ...], facts: ClassFacts) -> Iterator[str]:
    subject = phrase(tuple(word for word in words if word.lower() not in ("test", "tests", "case", "testcase", "mixin"))) or "this module"
    cases = [phrase(split(name)[1:]) for name in facts.methods if name.startswith("test_")]
    if len(cases) > 2:
        yield f"Test {subject}: {cases[0]}, {cases[1]} and {count(len(cases) - 2, 'more case')}"
    if cases:
        yield f"Test {subject}: {cases[0]}"
    yield f"Test {subject} in {count(len(cases), 'case')}" if cases else f"Test {subject}"


def _plain(noun: str, bases: list[str], facts: ClassFacts, public: list[str]) -> Iterator[str]:
    subject = capital(article(noun))
    verbs = verb_list(tuple(public))
    kept = [attribute.name for attribute in facts.attributes if not attribute.name.startswith("_")]
    if bases and verbs:
        yield f"{subject}, {indefinite(code(bases[0]))} that {listed(verbs[:2])}"
    if len(verbs) > 1:
        yield f"{subject} that {listed(verbs[:3])}"
        yield f"{subject} that {listed(verbs[:2])}"
    if verbs:
        yield f"{subject} that {verbs[0]}"
    if public:
        yield f"{subject} with {listed([code(name) for name in public[:3]])}"
        yield f"{subject} with {code(public[0])}"
    if kept:
        yield f"{subject} that keeps {listed([code(name) for name in kept[:3]])}"
    if bases:
        special = [name for name in facts.methods if name.startswith("__") and name != "__init__"]
        if special:
            yield f"{subject}, {indefinite(code(bases[0]))} with its own {listed([code(name) for name in special[:2]])}"
        if facts.fields:
            yield f"{subject}, {indefinite(code(bases[0]))} that sets {listed([code(field.name) for field in facts.fields[:2]])}"
        yield f"{subject}, {indefinite(code(bases[0]))} under a name of its own" if not facts.methods else f"{subject}, a kind of {code(bases[0])}"
    if facts.fields:
        yield f"{subject} that holds {listed([code(field.name) for field in facts.fields[:3]])}"
    special = [name for name in facts.methods if name != "__init__"]
    if special:
        yield f"{subject} that defines {listed([code(name) for name in special[:2]])}"
        yield f"{subject} that defines {code(special[0])}"
    yield f"{subject} without behaviour of its own"


def attribute_text(field: Attribute, owner: ClassFacts) -> str:
    """The description of a field or enum member."""
    if field.comment and len(field.comment) > 3:
        return sentence(field.comment)
    noun = name_phrase(field.name)
    if owner.form == "enum":
        return f"Stands for {noun.lower()}, with the value {code(field.value)}." if is_quotable(field.value) and not field.value.startswith("auto") else f"Stands for {noun.lower()}."
    factory, default = FACTORY.search(field.value), DEFAULT.search(field.value)
    value = default.group(1).strip() if default else "" if "(" in field.value and field.value.startswith(("field", "attr")) else field.value
    of = definite(name_phrase(owner.name))
    if field.annotation.strip("\"'").startswith("bool") or value in ("True", "False"):
        start = f"Whether {of} is {noun}" if not noun.startswith(("is ", "has ")) else f"Whether {of} {noun}"
    else:
        start = f"{capital(noun)} of {of}"
    if factory:
        made = {"list": "empty at first", "dict": "empty at first", "set": "empty at first"}.get(factory.group(1))
        return f"{start}, {made or 'made by ' + code(factory.group(1)) + ' if not given'}."
    if value and is_quotable(value):
        return f"{start}, {code(value)} unless given."
    return f"{start}."


def module_summary(context: Context, facts: ModuleFacts, room: int) -> str:
    """The summary of a module in at most `room` columns where that can be."""
    return _fitting((comment_summary(facts.comment), *_module_candidates(facts)), room)


def _public(names: tuple[str, ...], facts: ModuleFacts) -> list[str]:
    if facts.exports is not None:
        return [name for name in names if name in facts.exports]
    return [name for name in names if not name.startswith("_")]


def _module_candidates(facts: ModuleFacts) -> Iterator[str]:
    classes, functions = _public(facts.classes, facts) or list(facts.classes), _public(facts.functions, facts) or list(facts.functions)
    title = capital(phrase(split(facts.name))) or "Module"
    if facts.name.startswith("test_") and (classes or functions):
        yield f"Test {phrase(split(facts.name)[1:])} with {listed([code(name) for name in (classes or functions)[:2]])}"
    if facts.is_package and not classes and not functions:
        names = [name for name in facts.exports or () if not name.startswith("__")]
        if names:
            yield f"{title}: gathers {listed([code(name) for name in names[:3]])}{' and ' + count(len(names) - 3, 'more name') if len(names) > 3 else ''}"
        yield f"{title}: the package's entry, which imports {listed([code(name) for name in facts.imports[:2]])}" if facts.imports else f"{title}: marks the folder as a package"
        return
    verb = "a script with" if facts.is_script and not classes else "provides"
    if classes and functions:
        yield f"{title}: {verb} {listed([code(name) for name in classes[:3]])} and {listed([code(name) for name in functions[:2]])}"
        yield f"{title}: {verb} {listed([code(name) for name in classes[:1]])} and {listed([code(name) for name in functions[:1]])}"
    if classes:
        yield f"{title}: {verb} {listed([code(name) for name in classes[:3]])}"
        yield f"{title}: {verb} {code(classes[0])} and others"
        yield f"{title}: {verb} {count(len(classes), 'class')}"
    if functions:
        yield f"{title}: {verb} {listed([code(name) for name in functions[:3]])}"
        yield f"{title}: {verb} {code(functions[0])} and others"
        yield f"{title}: {verb} {count(len(functions), 'function')}"
    names = [constant.name for constant in facts.constants if constant.name != "__all__"]
    if names:
        yield f"{title}: defines {listed([code(name) for name in names[:3]])}"
        yield f"{title}: defines {count(len(names), 'name')}"
    if facts.imports:
        yield f"{title}: imports {listed([code(name) for name in facts.imports[:3]])}"
    yield f"{title}: statements that run when it is imported"

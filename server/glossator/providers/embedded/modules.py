"""Documentation of modules, from what they define and export."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from glossator.model import ClassFacts, Context, FunctionFacts, ModuleFacts
from glossator.providers.embedded.comments import comment_summary
from glossator.providers.embedded.conditions import code
from glossator.providers.embedded.naming import base_phrase
from glossator.providers.embedded.owners import ABILITIES, bases_of, count, fitting, numeral
from glossator.providers.embedded.phrasing import listed
from glossator.providers.embedded.words import (
    capital,
    indefinite,
    phrase,
    plural,
    split,
    verb_of,
)

FAILING = re.compile(r"(?:Error|Exception|Warning|Err)$")


def module_summary(context: Context, facts: ModuleFacts, room: int) -> str:
    """The summary of a module in at most `room` columns where that can be."""
    return fitting(chain((comment_summary(facts.comment),), _candidates(context, facts)), room)


def _public(names: tuple[str, ...], facts: ModuleFacts) -> list[str]:
    if facts.exports is not None:
        found = [name for name in names if name in facts.exports]
    else:
        found = [name for name in names if not name.startswith("_")]
    return found or list(names)


def _candidates(context: Context, facts: ModuleFacts) -> Iterator[str]:
    classes, functions = _public(facts.classes, facts), _public(facts.functions, facts)
    title = capital(phrase(split(facts.name))) or "Module"
    if title == "This":  # as the first word, it would point at the docstring
        title = f"Module {code(facts.name)}"
    if facts.name.startswith("test_") or facts.name.endswith("_test"):
        yield _tests(facts, classes or functions)
    if facts.name in ("__main__", "main") or (facts.is_script and not classes and len(functions) < 3):
        yield from _entry(facts, classes, functions)
    if facts.is_package and not classes and not functions:
        yield from _package(title, facts)
        return
    if classes:
        yield from _with_classes(title, context, classes, functions)
    elif functions and (_has_public(functions) or not _has_public([one.name for one in facts.constants])):
        yield from _functions(title, context, functions, facts)
    yield from _rest(title, facts)


def _has_public(names: list[str]) -> bool:
    return any(not name.startswith("_") for name in names)


def _tests(facts: ModuleFacts, names: list[str]) -> str:
    """A module of tests: what they are about."""
    subject = phrase(tuple(word for word in split(facts.name) if word.lower() != "test")) or "the package"
    return f"Tests of {subject}: {listed([code(name) for name in names[:2]])}" if names else f"Tests of {subject}"


def _with_classes(title: str, context: Context, classes: list[str], functions: list[str]) -> Iterator[str]:
    """A module that defines classes: exceptions, one class above all, or several."""
    forms = {one.name: one.form for one in context.members if isinstance(one, ClassFacts)}
    if all(FAILING.search(name) or forms.get(name) == "exception" for name in classes):
        yield from _exceptions(classes)
    stem = context.facts.name.replace("_", "").lower()
    same = next((name for name in classes if name.lower() == stem), "")
    if same or len(classes) == 1 or (len(functions) < 2 and len(classes) < 3):
        chosen = same or classes[0]
        yield from _one_class(context, chosen, [name for name in classes if name != chosen], functions)
    if len(functions) > len(classes):
        yield from _mixed(context, classes, functions)
    yield from _classes(title, classes, functions)


def _entry(facts: ModuleFacts, classes: list[str], functions: list[str]) -> Iterator[str]:
    """What runs when the module is run as a script."""
    about = phrase(split(facts.name))
    if facts.name == "__main__":
        start = "main" if "main" in functions else functions[0] if functions else ""
        built = next((name for name in facts.imports if name not in ("sys", "os", "__future__")), "")
        tail = f", {code(start)}" if start else f", built on {code(built)}" if built else ""
        yield f"Entry point of the package on the command line{tail}"
    elif len(functions) == 2:
        yield f"Script for {about}, built from {listed([code(name) for name in functions])}"
    elif functions and functions[0] != "main":
        yield f"Script for {about} around {code(functions[0])}"
    elif facts.is_script:
        yield f"Script for {about} on the command line"


def _package(title: str, facts: ModuleFacts) -> Iterator[str]:
    """A package's file that defines nothing itself."""
    names = [name for name in facts.exports or () if not name.startswith("__")]
    if len(names) > 3:
        more = count(len(names) - 3, "more name")
        yield f"{title} package, which exports {', '.join(code(name) for name in names[:3])} and {more}"
        yield f"{title} package, which exports {code(names[0])} and {count(len(names) - 1, 'more name')}"
    if names:
        yield f"{title} package, which exports {listed([code(name) for name in names[:3]])}"
    imports = [name.lstrip(".") or "." for name in facts.imports if name not in ("__future__", "sys", "os", "typing")]
    inner = [name for name in dict.fromkeys(imports) if name != "."]
    if inner:
        yield f"{title} package, which gathers names from {listed([code(name) for name in inner[:3]])}"
        yield f"{title} package, which gathers names from {code(inner[0])}"
    constants = [one.name for one in facts.constants if not one.name.startswith("_")]
    if constants:
        yield f"{title} package, which defines {listed([code(name) for name in constants[:3]])}"
    yield f"{title} package"


def _exceptions(classes: list[str]) -> Iterator[str]:
    """A module of exceptions."""
    if len(classes) > 3:
        yield f"Exceptions, from {code(classes[0])} to {code(classes[-1])}, {len(classes)} in all"
    yield f"Exceptions: {listed([code(name) for name in classes[:3]])}"
    yield f"{capital(count(len(classes), 'exception'))}, among them {code(classes[0])}"


def _one_class(context: Context, name: str, others: list[str], functions: list[str]) -> Iterator[str]:
    """A module around one class: what that is."""
    facts = next((one for one in context.members if isinstance(one, ClassFacts) and one.name == name), None)
    if facts is None:
        return
    bases = bases_of(facts)
    public = [method for method in facts.methods if not method.startswith("_")]
    tail = f", besides {listed([code(one) for one in [*others, *functions][:2]])}" if others or functions else ""
    kind = f"The class {code(name)}, {indefinite(code(bases[0]))}" if bases else f"The class {code(name)}"
    word = "with its own" if bases else "with"
    if public and not tail:
        yield f"{kind} {word} {listed([code(one) for one in public[:3]])}"
        yield f"{kind} {word} {code(public[0])}"
        yield f"The class {code(name)} with {code(public[0])}"
    if public and tail:
        yield f"{kind}{tail}"
    able = next((ABILITIES[method] for method in facts.methods if method in ABILITIES), "")
    if not public and able:
        yield f"{kind} that {able}{tail}" if not bases else f"{kind} which {able}{tail}"
    if not public:
        yield f"{kind}{tail}"
    yield f"The class {code(name)}{tail}"


def _classes(title: str, classes: list[str], functions: list[str]) -> Iterator[str]:
    """A module of several classes: what they have in common, which they are."""
    last = split(classes[0])[-1:]
    heads = [phrase(split(name)[:-1]) for name in classes if len(split(name)) > 1]
    if last and len(classes) > 2 and len(heads) > 1 and all(split(name)[-1:] == last for name in classes):
        rest = f"{len(heads) - 3} more" if len(heads) > 4 else heads[3] if len(heads) == 4 else ""
        yield f"{capital(plural(phrase(last)))}: {listed([*heads[:3], rest] if rest else heads[:3])}"
    number = len(classes) + len(functions)
    if functions:
        yield f"{title}: {_some(classes, 'class')} and {_some(functions, 'function')}"
    if functions and number > 2:
        yield f"{title}: {code(classes[0])}, {code(functions[0])} and {count(number - 2, 'more definition')}"
        yield f"{title}: {code(functions[0])} and {count(number - 1, 'more definition')}"
    if not functions and len(classes) > 3:
        yield f"{title}: {code(classes[0])}, {code(classes[1])} and {count(len(classes) - 2, 'more class')}"
    yield f"{title}: {listed([code(name) for name in classes[:3]])}"
    yield f"{title} in {count(len(classes), 'class')}"


def _some(names: list[str], noun: str) -> str:
    """Some names and how many more there are."""
    if len(names) <= 3:
        return listed([code(name) for name in names])
    return f"{code(names[0])} and {count(len(names) - 1, f'more {noun}')}"


def _told(context: Context, names: list[str]) -> list[str]:
    """What functions with these names do, as infinitives."""
    told = []
    inner = replace(context, owner=None)
    for one in context.members:
        words = split(one.name)
        if isinstance(one, FunctionFacts) and one.name in names and len(words) > 1 and verb_of(words):
            base = base_phrase(words, inner, one)
            if not base.startswith("Return "):
                told.append(f"{base[0].lower()}{base[1:]}")
    return list(dict.fromkeys(told))


def _mixed(context: Context, classes: list[str], functions: list[str]) -> Iterator[str]:
    """A module of functions with a few classes."""
    told = _told(context, functions)
    some = listed([code(name) for name in classes[:2]])
    if len(told) > 1 and len(classes) < 3:
        yield f"Functions to {told[0]} and {told[1]}, and {'classes' if len(classes) > 1 else 'the class'} {some}"
        yield f"Functions to {told[0]} and more, and {'classes' if len(classes) > 1 else 'the class'} {some}"


def _functions(title: str, context: Context, names: list[str], facts: ModuleFacts) -> Iterator[str]:
    """A module of functions: what they do."""
    told = _told(context, names)
    what = "Script" if facts.is_script else "Functions"
    if len(told) > 1 and len(names) > 2:
        yield f"{what} to {told[0]} and {told[1]}, and {numeral(len(names) - 2)} more"
    if len(told) > 1:
        yield f"{what} to {listed(told[:2])}"
    if told and len(names) > 1:
        yield f"{what} to {told[0]}, and {numeral(len(names) - 1)} more"
    if told and len(names) == 1:
        yield f"{title}: {told[0]}"
        yield f"The function {code(names[0])}, to {told[0]}"
    if len(names) > 3:
        more = count(len(names) - 2, "more function")
        yield f"{title} through {code(names[0])}, {code(names[1])} and {more}"
    yield f"{title} through {listed([code(name) for name in names[:3]])}"
    yield f"{title} in {count(len(names), 'function')}"


def _rest(title: str, facts: ModuleFacts) -> Iterator[str]:
    """A module without definitions."""
    names = [constant.name for constant in facts.constants if constant.name != "__all__"]
    public = [name for name in names if not name.startswith("_")] or names
    if len(public) > 3:
        yield f"{title} constants, from {code(public[0])} to {code(public[-1])}"
    if len(public) == 1:
        yield f"{title}: the constant {code(public[0])}"
    if public:
        yield f"{title} constants: {listed([code(name) for name in public[:3]])}"
        yield f"{title} as {count(len(public), 'constant')}"
    imports = [name for name in facts.imports if name != "__future__"]
    if imports:
        provide = "provides" if len(imports) == 1 else "provide"
        yield f"{title}, made up of what {listed([code(name) for name in imports[:3]])} {provide}"
        yield f"{title}, made up of what {code(imports[0])} provides"
    yield f"{title} as a script of statements" if facts.is_script else f"{title}, as statements that run on import"

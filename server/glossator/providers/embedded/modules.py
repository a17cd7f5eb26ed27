"""Documentation of modules, from what they define and export."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from glossator.model import ClassFacts, Context, FunctionFacts, ModuleFacts
from glossator.providers.embedded.conditions import code
from glossator.providers.embedded.naming import base_phrase
from glossator.providers.embedded.owners import bases_of, count, fitting
from glossator.providers.embedded.phrasing import listed
from glossator.providers.embedded.summaries import comment_summary
from glossator.providers.embedded.words import (
    article,
    capital,
    indefinite,
    is_plural,
    name_phrase,
    phrase,
    split,
    verb_of,
)

FAILING = re.compile(r"(?:Error|Exception|Warning|Err)$")


def module_summary(context: Context, facts: ModuleFacts, room: int) -> str:
    """The summary of a module in at most `room` columns where that can be."""
    return fitting((comment_summary(facts.comment), *_candidates(context, facts)), room)


def _public(names: tuple[str, ...], facts: ModuleFacts) -> list[str]:
    if facts.exports is not None:
        found = [name for name in names if name in facts.exports]
    else:
        found = [name for name in names if not name.startswith("_")]
    return found or list(names)


def _candidates(context: Context, facts: ModuleFacts) -> Iterator[str]:
    classes, functions = _public(facts.classes, facts), _public(facts.functions, facts)
    title = capital(phrase(split(facts.name))) or "Module"
    if facts.name.startswith("test_") or facts.name.endswith("_test"):
        subject = phrase(tuple(word for word in split(facts.name) if word.lower() != "test")) or "the package"
        yield f"Tests of {subject}: {listed([code(name) for name in (classes or functions)[:2]])}" if classes or functions else f"Tests of {subject}"
    if facts.name in ("__main__", "main") or (facts.is_script and not classes and len(functions) < 3):
        yield from _entry(facts, classes, functions)
    if facts.is_package and not classes and not functions:
        yield from _package(title, facts)
        return
    if classes and all(FAILING.search(name) for name in classes):
        yield from _exceptions(classes, functions)
    if len(classes) == 1 or (classes and len(functions) < 2 and len(classes) < 3):
        yield from _one_class(context, classes[0], classes[1:], functions)
    if classes:
        yield from _classes(title, classes, functions)
    elif functions:
        yield from _functions(title, context, functions, facts)
    yield from _rest(title, facts)


def _entry(facts: ModuleFacts, classes: list[str], functions: list[str]) -> Iterator[str]:
    """What runs when the module is run as a script."""
    what = "package" if facts.name == "__main__" else "script"
    start = "main" if "main" in functions else functions[0] if functions else ""
    if start and facts.name == "__main__":
        yield f"Entry point of the package on the command line, {code(start)}"
    elif len(functions) == 2:
        yield f"Script built from {listed([code(name) for name in functions])}: {phrase(split(facts.name))}"
    elif start and start != "main":
        yield f"Script around {code(start)}: {phrase(split(facts.name))}"
    elif facts.imports and facts.name == "__main__":
        names = [name for name in facts.imports if name not in ("sys", "os", "__future__")]
        yield f"Entry point of the {what} on the command line, built on {code(names[0])}" if names else f"Entry point of the {what} on the command line"
    elif facts.is_script:
        yield f"Script for {phrase(split(facts.name))} on the command line"


def _package(title: str, facts: ModuleFacts) -> Iterator[str]:
    """A package's file that defines nothing itself."""
    names = [name for name in facts.exports or () if not name.startswith("__")]
    if len(names) > 3:
        yield f"{title} package, which exports {listed([code(name) for name in names[:3]])} and {count(len(names) - 3, 'more name')}"
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


def _exceptions(classes: list[str], functions: list[str]) -> Iterator[str]:
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
    noun = name_phrase(name)
    tail = f", with {listed([code(one) for one in [*others, *functions][:2]])}" if others or functions else ""
    if bases and public:
        yield f"{capital(article(noun))}, {indefinite(code(bases[0]))} with its own {listed([code(one) for one in public[:2]])}{tail}"
    if bases:
        yield f"{code(name)}, {indefinite(code(bases[0]))}{tail or ' for ' + phrase(split(name))}"
    if public:
        yield f"{capital(article(noun))} ({code(name)}) with {listed([code(one) for one in public[:3]])}{tail}"
        yield f"{capital(article(noun))} ({code(name)}) with {code(public[0])}"
    if tail:
        yield f"{capital(article(noun))} ({code(name)}){tail}"


def _classes(title: str, classes: list[str], functions: list[str]) -> Iterator[str]:
    """A module of several classes: what they have in common, which they are."""
    kinds = [split(name)[-1:] for name in classes]
    common = kinds[0] if kinds[0] and len(classes) > 2 and sum(kind == kinds[0] for kind in kinds) == len(classes) else ()
    if common:
        noun = phrase(common)
        plural = noun if is_plural(noun) else noun[:-1] + "ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else noun + ("es" if noun.endswith(("s", "x", "ch")) else "s")
        heads = [phrase(split(name)[:-1]) for name in classes if split(name)[:-1]]
        if len(heads) > 1:
            yield f"{capital(plural)}: {listed(heads[:4])}" if len(heads) <= 4 else f"{capital(plural)}: {', '.join(heads[:3])} and {count(len(heads) - 3, 'more')[:-1] if len(heads) > 4 else 'one more'}"
    more = len(classes) - 2
    if functions:
        yield f"{title}, with {_some(classes, 'class')} and {_some(functions, 'function')}"
        yield f"{title}, with {code(classes[0])}, {code(functions[0])} and {count(len(classes) + len(functions) - 2, 'more definition')}" if len(classes) + len(functions) > 2 else ""
    elif len(classes) > 3:
        yield f"{title} as {', '.join(code(name) for name in classes[:2])} and {count(more, 'more class')}"
    yield f"{title} as {listed([code(name) for name in classes[:3]])}"
    yield f"{title} in {count(len(classes), 'class')}"


def _some(names: list[str], noun: str) -> str:
    """Some names and how many more there are."""
    if len(names) <= 2:
        return listed([code(name) for name in names])
    return f"{code(names[0])} and {count(len(names) - 1, f'more {noun}')}" if len(names) > 3 else listed([code(name) for name in names])


def _functions(title: str, context: Context, names: list[str], facts: ModuleFacts) -> Iterator[str]:
    """A module of functions: what they do."""
    told = []
    inner = replace(context, owner=None)
    for one in context.members:
        if isinstance(one, FunctionFacts) and one.name in names and verb_of(split(one.name)) and len(split(one.name)) > 1:
            base = base_phrase(split(one.name), replace(inner, facts=one), one)
            told.append(f"{base[0].lower()}{base[1:]}")
    told = list(dict.fromkeys(told))
    what = "Script" if facts.is_script else "Functions"
    if len(told) > 1 and len(names) > 2:
        yield f"{what} to {told[0]}, {told[1]} and do {count(len(names) - 2, 'more thing')}"
    if len(told) > 1:
        yield f"{what} to {listed(told[:2])}"
    if told and len(names) > 1:
        yield f"{what} to {told[0]} and do {count(len(names) - 1, 'more thing')}"
    if told and len(names) == 1:
        yield f"{title}: {told[0]}"
        yield f"The function {code(names[0])}, to {told[0]}"
    if len(names) > 3:
        yield f"{title} through {', '.join(code(name) for name in names[:2])} and {count(len(names) - 2, 'more function')}"
    yield f"{title} through {listed([code(name) for name in names[:3]])}"
    yield f"{title} in {count(len(names), 'function')}"


def _rest(title: str, facts: ModuleFacts) -> Iterator[str]:
    """A module without definitions."""
    names = [constant.name for constant in facts.constants if constant.name != "__all__"]
    public = [name for name in names if not name.startswith("_")] or names
    if len(public) > 3:
        yield f"{title} constants, from {code(public[0])} to {code(public[-1])}"
    if public:
        yield f"{title} constants: {listed([code(name) for name in public[:3]])}"
        yield f"{title} as {count(len(public), 'constant')}"
    imports = [name for name in facts.imports if name != "__future__"]
    if imports:
        yield f"{title}, made up of what {listed([code(name) for name in imports[:3]])} {'provides' if len(imports) == 1 else 'provide'}"
        yield f"{title}, made up of what {code(imports[0])} provides"
    yield f"{title} as a script of statements" if facts.is_script else f"{title}, as statements that run on import"



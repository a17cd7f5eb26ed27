"""Command lines that a file declares with argparse, click or Typer, read without running it.

What cannot be read for certain is left out: a name that is put together at run time, an option that is added under a
condition, the default that another module knows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final, NamedTuple

from glossator.syntax.commands import click, parsers, typer
from glossator.syntax.commands.declared import Argument, Command
from glossator.syntax.commands.following import Modules, TooMuch
from glossator.syntax.commands.parsing import parsed
from glossator.syntax.commands.reader import Reader
from glossator.syntax.commands.values import Class, Function, Given, Instance, Scope
from glossator.syntax.document import Document

__all__ = ["Argument", "Command", "commands_of"]

_OWN: Final = Given((), {}, is_whole=True, line=0)
_LIBRARIES: Final = (b"argparse", b"click", b"typer")


def commands_of(document: Document, module: str = "", modules: Modules | None = None) -> tuple[Command, ...]:
    """The command lines that a file declares, in the order of their declaration; none where it cannot be parsed.

    `modules` gives other modules' documents by their absolute names, None for those that are not to be read: their
    constants, and what they declare or add to what is declared here, is known then. `module` is the file's own name.
    Cost: 9 ms for our own command line of 56 arguments; a search of the text for a file without any.
    """
    if not any(one in document.text for one in _LIBRARIES) or document.declined:
        return ()
    tree = parsed(document.text)
    if tree is None:
        return ()
    try:
        found = list(_declared(tree, Start(module, document.uri, modules)))
    except (TooMuch, RecursionError):
        return ()
    return tuple(dict.fromkeys(sorted(found, key=lambda command: command.line)))


class Start(NamedTuple):
    """Where a file stands, and how others are found."""

    module: str
    uri: str
    modules: Modules | None

    @property
    def package(self) -> str:
        """What relative imports start from."""
        is_package = self.uri.endswith(("/__init__.py", "/__init__.pyi"))
        return self.module if is_package else self.module.rpartition(".")[0]


def _declared(tree: ast.Module, start: Start) -> Iterator[Command]:
    made: list[parsers.Parser] = []
    commands: list[click.Made] = []
    apps: list[typer.App] = []
    library = {**parsers.library(made), **click.library(commands), **typer.library(apps)}
    reader = Reader(library, parsers.WORDS | click.WORDS | typer.WORDS)
    reader.modules = start.modules
    reader.imported[start.module] = None  # a module that imports this one finds nothing in it
    scope = reader.read_module(tree, start.package)
    for function in _starts(reader, scope):
        if function.node not in reader.followed:
            reader.follow_apart(function)
    yield from (one.command() for one in made if parsers.is_likely(one))
    yield from (
        one.command()
        for one in commands
        if not one.is_attached and not any(condition > 0 for condition in one.conditions)
    )
    for app in apps:
        if not app.is_attached and not any(one > 0 for one in app.conditions):
            command = app.command(_OWN, _name_of(app, scope))
            if command is not None:
                yield command


def _name_of(value: object, scope: Scope) -> str:
    return next((name for name, one in scope.names.items() if one is value), "")


def _starts(reader: Reader, scope: Scope) -> Iterator[Function]:
    """The functions and methods that have to do with command lines, those that no other one uses first."""
    found: list[Function] = []
    for value in scope.names.values():
        if isinstance(value, Function):
            found.append(value)
        elif isinstance(value, Class):
            instance = Instance(value)
            found += [one.bound_to(instance) for one in value.scope.names.values() if isinstance(one, Function)]
    wanted = [one for one in found if one.node.name in reader.relevant]
    used = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for one in wanted
        for node in ast.walk(one.node)
        if isinstance(node, ast.Attribute | ast.Name)
    }
    yield from sorted(wanted, key=lambda one: one.node.name in used)

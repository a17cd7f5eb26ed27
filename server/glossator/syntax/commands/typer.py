"""Command lines that are declared with Typer: what it makes of functions' parameters."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from glossator.syntax.commands.click import Passing, first_sentence, flags_of, plain_help
from glossator.syntax.commands.declared import Argument, Command
from glossator.syntax.commands.expressions import value_of
from glossator.syntax.commands.following import Following
from glossator.syntax.commands.values import (
    UNKNOWN,
    Class,
    Declared,
    Decorator,
    Function,
    Given,
    Named,
    Scope,
    docstring_of,
    text_of,
)

WORDS: Final = frozenset(("typer", "Typer"))
_CONTEXTS: Final = ("typer.Context", "click.Context", "typer.CallbackParam")
_METAVARS: Final[Mapping[str, str]] = {
    "int": "INTEGER",
    "float": "FLOAT",
    "str": "TEXT",
    "bool": "BOOLEAN",
    "uuid.UUID": "UUID",
    "pathlib.Path": "PATH",
    "typer.FileText": "FILENAME",
    "typer.FileTextWrite": "FILENAME",
    "typer.FileBinaryRead": "FILENAME",
    "typer.FileBinaryWrite": "FILENAME",
}
_LISTS: Final = ("list", "typing.List", "typing.Sequence", "collections.abc.Sequence")
_ENUMS: Final = frozenset(("enum.Enum", "enum.StrEnum", "enum.IntEnum"))


@dataclass(eq=False, slots=True)
class Parameter(Declared):
    """What `Option` or `Argument` gives."""

    kind: str
    given: Given


@dataclass(frozen=True, slots=True)
class Type:
    """What an annotation says of a parameter."""

    name: str = ""
    metavar: str = ""
    choices: tuple[str, ...] = ()
    is_list: bool = False
    parameter: Parameter | None = None


@dataclass(eq=False, slots=True)
class App(Declared):
    """A Typer, and what was added to it."""

    reader: Following
    conditions: tuple[int, ...]
    given: Given
    commands: list[tuple[Function, Given]] = field(default_factory=list)
    below: list[tuple[App, Given]] = field(default_factory=list)
    callback: tuple[Function, Given] | None = None
    is_attached: bool = False

    def invoke(self, method: str, given: Given) -> object:
        """What a method gives that is called."""
        if method in ("command", "callback"):
            return Adding(self, given, method)
        if method == "add_typer":
            app = given.get("typer_instance", 0)
            if isinstance(app, App) and not self.reader.is_in_doubt(self.conditions):
                app.is_attached = True
                self.below.append((app, given))
        return UNKNOWN

    def command(self, own: Given, function: str, prog: str = "") -> Command | None:
        """What was declared; None where there is nothing."""
        if len(self.commands) == 1 and self.callback is None and not self.below and not self.is_attached:
            only = _command(*self.commands[0], self.reader)
            return replace(only, name=_named(self.commands[0][1].get("name", 0)), function=function) if only else None
        name = _named(own.get("name")) or _named(self.given.get("name"))
        shown = [_command(one, given, self.reader) for one, given in self.commands]
        nested = [app.command(given, "") for app, given in self.below]
        below = tuple(one for one in (*shown, *nested) if one is not None and one.name)
        arguments = list(_arguments(self.callback[0], self.reader)) if self.callback else []
        description = self._help(own)
        is_alone = _flag(self.callback[1] if self.callback else self.given, "invoke_without_command")
        if not below and not arguments:
            return None
        return Command(
            prog=prog,
            name=name,
            help=first_sentence(description),
            description=description,
            options=tuple(one for one in arguments if one.flags),
            positionals=tuple(one for one in arguments if not one.flags),
            subcommands=below,
            needs_subcommand=not is_alone,
            library="typer",
            function=function,
            line=self.given.line,
        )

    def _help(self, own: Given) -> str:
        """The help of a group, from the first place that gives one."""
        said = [own.get("help"), self.callback[1].get("help") if self.callback else None, self.given.get("help")]
        said.append(docstring_of(self.callback[0].node) if self.callback else None)
        first = next((one for one in said if one is not None), None)
        return plain_help(first) if isinstance(first, str) else ""


@dataclass(eq=False, slots=True)
class Adding(Decorator):
    """What `app.command(...)` gives: it adds the function below it."""

    app: App
    given: Given
    method: str

    def decorate(self, function: object) -> object:
        """The function itself."""
        if isinstance(function, Function) and not self.app.reader.is_in_doubt(self.app.conditions):
            if self.method == "callback":
                self.app.callback = (function, self.given)
            else:
                self.app.commands.append((function, self.given))
        return function


def _named(value: object) -> str:
    return value if isinstance(value, str) else ""


def _flag(given: Given, name: str) -> bool:
    return given.get(name, default=False) is True


def _command(function: Function, given: Given, reader: Following) -> Command | None:
    """What Typer makes of a function; None for a hidden one, and where its name is not known."""
    own = given.get("name", 0)
    if _flag(given, "hidden") or not isinstance(own, str | None):
        return None
    said = given.get("help")
    text = docstring_of(function.node) if said is None else said
    description = plain_help(text) if isinstance(text, str) else ""
    short, arguments = given.get("short_help"), list(_arguments(function, reader))
    return Command(
        name=own or function.node.name.lower().replace("_", "-"),
        help=short if isinstance(short, str) else first_sentence(description),
        description=description,
        epilog=given.text("epilog"),
        options=tuple(one for one in arguments if one.flags),
        positionals=tuple(one for one in arguments if not one.flags),
        library="typer",
        function=function.path,
        line=function.node.lineno,
    )


def _arguments(function: Function, reader: Following) -> Iterator[Argument]:
    given = function.node.args
    plain = [*given.posonlyargs, *given.args]
    missing: list[ast.expr | None] = [None] * (len(plain) - len(given.defaults))
    for one, default in zip((*plain, *given.kwonlyargs), (*missing, *given.defaults, *given.kw_defaults), strict=True):
        type_ = _type(reader, one.annotation, function.scope)
        if type_.name not in _CONTEXTS:
            value = value_of(reader, default, function.scope) if default is not None else Ellipsis
            argument = _argument(one, type_, value)
            if argument is not None:
                yield argument


def _argument(node: ast.arg, type_: Type, value: object) -> Argument | None:
    """The argument that a parameter of a function is; None where that is not known."""
    declared, names = type_.parameter, type_.parameter.given.values if type_.parameter is not None else ()
    if isinstance(value, Parameter):
        declared, names = value, value.given.values[1:]
        value = value.given.get("default", 0, Ellipsis)
    given = declared.given if declared is not None else Given((), {}, is_whole=True, line=node.lineno)
    texts = [one for one in names if isinstance(one, str)]
    if len(texts) != len(names) or not given.are_values_whole or _flag(given, "hidden"):
        return None
    is_option = declared.kind == "option" if declared is not None else value is not Ellipsis
    metavar, help_ = given.get("metavar"), given.get("help")
    found = Argument(
        name=node.arg,
        metavar=metavar if isinstance(metavar, str) else type_.metavar if is_option else node.arg.upper(),
        type=type_.name,
        default=text_of(value),
        choices=type_.choices,
        help=inspect.cleandoc(help_) if isinstance(help_, str) else "",
        is_required=value is Ellipsis,
        variable=_variable(given),
        line=node.lineno,
    )
    if not is_option:
        return replace(found, nargs=("+" if found.is_required else "*") if type_.is_list else "")
    return _with_flags(found, type_, texts)


def _with_flags(found: Argument, type_: Type, texts: list[str]) -> Argument:
    """An option's flags: those that are given, else those of the parameter's name."""
    dashed = found.name.lower().replace("_", "-")
    is_flag = type_.name == "bool" and not type_.is_list
    flags, off_flags, _ = flags_of(texts or [f"--{dashed}/--no-{dashed}" if is_flag else f"--{dashed}"])
    return replace(
        found,
        flags=flags,
        off_flags=off_flags,
        type="" if is_flag else found.type,
        metavar="" if is_flag else found.metavar,
        default=None if is_flag and not off_flags else found.default,
        is_flag=is_flag,
        is_repeatable=type_.is_list,
    )


def _variable(given: Given) -> str:
    value = given.get("envvar")
    first = value[0] if isinstance(value, list | tuple) and value else value
    return first if isinstance(first, str) else ""


def _type(reader: Following, node: ast.expr | None, scope: Scope) -> Type:
    """What an annotation says; nothing for what is not known."""
    if node is None:
        return Type("str", "TEXT")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        sides = [one for one in (node.left, node.right) if not (isinstance(one, ast.Constant) and one.value is None)]
        return _type(reader, sides[0], scope) if len(sides) == 1 else Type()
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return Type()
    if isinstance(node, ast.Subscript):
        return _of_subscript(reader, node, scope)
    value = value_of(reader, node, scope)
    if isinstance(value, Class) and value.base_names() & _ENUMS:
        members = [one for name, one in value.scope.names.items() if not name.startswith("_")]
        return replace(
            _one_of([text_of(one) for one in members if not isinstance(one, Function)]), name=value.node.name
        )
    return Type(value.name, _METAVARS.get(value.name, "")) if isinstance(value, Named) else Type()


def _one_of(shown: list[str | None]) -> Type:
    choices = tuple(one for one in shown if one is not None)
    return Type("", f"[{'|'.join(choices)}]", choices) if None not in shown else Type()


def _of_subscript(reader: Following, node: ast.Subscript, scope: Scope) -> Type:
    outer = value_of(reader, node.value, scope)
    name = outer.name if isinstance(outer, Named) else ""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name in ("typing.Annotated", "typing_extensions.Annotated"):
        declared = [value_of(reader, one, scope) for one in parts[1:]]
        parameter = next((one for one in declared if isinstance(one, Parameter)), None)
        return replace(_type(reader, parts[0], scope), parameter=parameter)
    if name == "typing.Optional":
        return _type(reader, parts[0], scope)
    if name in _LISTS:
        return replace(_type(reader, parts[0], scope), is_list=True)
    if name == "typing.Literal":
        return _one_of([text_of(value_of(reader, one, scope)) for one in parts])
    return Type()


def library(made: list[App]) -> Mapping[str, Callable[[Following, Given], object]]:
    """The names of Typer; each app that is made is added to `made`."""

    def app(reader: Following, given: Given) -> App:
        found = App(reader, reader.conditions, given)
        if not reader.is_importing:
            made.append(found)
        return found

    def run(reader: Following, given: Given) -> object:
        function = given.get("function", 0)
        if isinstance(function, Function) and not reader.is_importing:
            only = Given((), {}, is_whole=True, line=function.node.lineno)
            made.append(App(reader, reader.conditions, only, [(function, only)]))
        return UNKNOWN

    return {
        "typer.Typer": app,
        "typer.run": run,
        "typer.Option": lambda _, given: Parameter("option", given),
        "typer.Argument": lambda _, given: Parameter("argument", given),
        "typer.pass_context": lambda _, __: Passing(),
    }

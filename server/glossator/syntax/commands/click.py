"""Command lines that are declared with click: what its decorators say of the functions below them.

Names that are made of functions' names follow click 8.2; where other versions make another one, it is not known.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from glossator.syntax.commands.declared import Argument, Command
from glossator.syntax.commands.following import Following
from glossator.syntax.commands.values import UNKNOWN, Declared, Decorator, Function, Given, Named, docstring_of, text_of

WORDS: Final = frozenset(("click", "rich_click"))
# Click has taken these off since 8.2.
_SUFFIXES: Final = ("_command", "_cmd", "_group", "_grp")
_METAVARS: Final[Mapping[str, str]] = {
    "int": "INTEGER",
    "float": "FLOAT",
    "str": "TEXT",
    "bool": "BOOLEAN",
    "click.INT": "INTEGER",
    "click.FLOAT": "FLOAT",
    "click.STRING": "TEXT",
    "click.BOOL": "BOOLEAN",
    "click.UUID": "UUID",
    "uuid.UUID": "UUID",
}


@dataclass(frozen=True, slots=True)
class Type(Decorator):
    """What `type=` is given: a name, what stands for its values in a usage line, and which there are."""

    name: str
    metavar: str = ""
    choices: tuple[str, ...] = ()


@dataclass(eq=False, slots=True)
class Parameter(Decorator):
    """What `option` or `argument` gives."""

    kind: str
    given: Given

    def decorate(self, function: object) -> object:
        """Declare it for a function."""
        if isinstance(function, Function):
            function.attached.append(self)
        return function


@dataclass(eq=False, slots=True)
class Made(Declared):
    """A command or group; the state of one follows what is attached to it."""

    reader: Following
    conditions: tuple[int, ...]
    given: Given
    function: Function
    is_group: bool
    below: dict[str, Made] = field(default_factory=dict)
    is_attached: bool = False

    def invoke(self, method: str, given: Given) -> object:
        """What a method gives that is called."""
        if method in ("command", "group"):
            return _decorated(Maker(self.reader, given, method == "group", self), given)
        if method == "add_command":
            command, name = given.get("cmd", 0), given.get("name", 1)
            if isinstance(command, Made) and isinstance(name, str | None):
                self.attach(command, name or "")
        if method in ("result_callback", "resultcallback", "callback"):
            return Passing()
        return UNKNOWN

    def attach(self, command: Made, name: str = "") -> None:
        """Take a command below this one, unless that is in doubt or its name is not known."""
        command.is_attached = True
        name = name or command.name
        if name and not self.reader.is_in_doubt(self.conditions):
            self.below[name] = command

    @property
    def name(self) -> str:
        """The command's name, "" where it is not known."""
        own = self.given.get("name", 0)
        if isinstance(own, Function):
            own = None
        if own is None:
            made = self.function.node.name
            return "" if made.endswith(_SUFFIXES) else made.lower().replace("_", "-")
        return own if isinstance(own, str) else ""

    def command(self, prog: str = "", name: str = "") -> Command:
        """What was declared."""
        arguments = [one for one in map(_argument, reversed(self.function.attached)) if one is not None]
        description = help_of(self.given, self.function)
        short = self.given.get("short_help")
        return Command(
            prog=prog,
            name=name or self.name,
            help=" ".join(short.split()) if isinstance(short, str) else first_sentence(description),
            description=description,
            epilog=self.given.text("epilog"),
            options=tuple(one for one in arguments if one.flags),
            positionals=tuple(one for one in arguments if not one.flags),
            subcommands=tuple(self._commands(prog)),
            metavar=self.given.text("subcommand_metavar"),
            needs_subcommand=self.is_group and self.given.get("invoke_without_command", default=False) is False,
            library="click",
            function=self.function.path,
            line=self.function.node.lineno,
        )

    def _commands(self, prog: str) -> Iterator[Command]:
        for name, one in self.below.items():
            if one.given.get("hidden", default=False) is not True:
                yield one.command(f"{prog} {name}" if prog else "", name)


@dataclass(eq=False, slots=True)
class Maker(Decorator):
    """What `command(...)` gives: it makes a command of the function below it."""

    reader: Following
    given: Given
    is_group: bool
    owner: Made | None = None
    made: list[Made] | None = None

    def decorate(self, function: object) -> object:
        """The command that stands for the function then."""
        if not isinstance(function, Function):
            return UNKNOWN
        command = Made(self.reader, self.reader.conditions, self.given, function, self.is_group)
        if self.owner is not None:
            self.owner.attach(command)
        elif self.made is not None and not self.reader.is_importing:
            self.made.append(command)
        return command


class Passing(Decorator):
    """A decorator that leaves the function as it is."""


def _decorated(maker: Maker, given: Given) -> object:
    """The maker; or, where it stands behind an @ without brackets, what it makes."""
    first = given.values[0] if given.values else None
    return maker.decorate(first) if isinstance(first, Function) else maker


def first_sentence(text: str) -> str:
    """What a list of commands shows of a command's help."""
    words = text.partition("\n\n")[0].split()
    end = next((place for place, word in enumerate(words) if word.endswith(".")), len(words) - 1)
    return " ".join(words[: end + 1])


def help_of(given: Given, function: Function) -> str:
    """The help of a command: what it is given, else the function's docstring, up to a form feed."""
    own = given.get("help")
    text = docstring_of(function.node) if own is None else own
    return plain_help(text) if isinstance(text, str) else ""


def plain_help(text: str) -> str:
    """A help text without the marks that click reads in it."""
    text = inspect.cleandoc(text).partition("\f")[0].strip()
    return "\n".join(line for line in text.split("\n") if line.strip() != "\b").strip()


def _argument(declared: object) -> Argument | None:
    """The argument that a decorator declares; None where its name is not known, and for hidden ones."""
    if not isinstance(declared, Parameter) or declared.given.get("hidden", default=False) is True:
        return None
    given = declared.given
    if not given.are_values_whole or not all(isinstance(one, str) and one for one in given.values):
        return None
    names = [str(one) for one in given.values]
    return _positional(given, names) if declared.kind == "argument" else option_of(given, names)


def _positional(given: Given, names: list[str]) -> Argument | None:
    if len(names) != 1:
        return None
    nargs, default, metavar = given.get("nargs", default=1), given.get("default"), given.get("metavar")
    required = given.get("required")
    is_many = nargs == -1
    is_required = required is True or (required is None and default is None and not is_many)
    return Argument(
        name=names[0],
        metavar=metavar if isinstance(metavar, str) else names[0].upper() if metavar is None else "",
        type=type_of(given.get("type"), default).name,
        default=text_of(default),
        choices=type_of(given.get("type"), default).choices,
        nargs=("+" if is_required else "*") if is_many else text_of(nargs) or "" if nargs != 1 else "",
        help=given.text("help"),
        is_required=is_required,
        variable=_variable(given),
        line=given.line,
    )


def option_of(given: Given, names: list[str]) -> Argument | None:
    """The option that click makes of these declarations; None where none of them is a flag."""
    flags, off_flags, name = flags_of(names)
    if not flags:
        return None
    default, metavar, nargs = given.get("default"), given.get("metavar"), given.get("nargs", default=1)
    is_flag = given.get("is_flag") is True or bool(off_flags) or given.get("count", default=False) is True
    is_flag = is_flag or (given.get("is_flag") is None and given.get("flag_value") is not None)
    type_ = type_of(given.get("type"), default)
    shown = metavar if isinstance(metavar, str) else type_.metavar if metavar is None else ""
    return Argument(
        flags=flags,
        name=name,
        metavar="" if is_flag else shown,
        type="" if is_flag else type_.name,
        default=None if is_flag and not off_flags else text_of(default),
        choices=type_.choices,
        nargs="" if nargs == 1 else text_of(nargs) or "",
        help=_option_help(given),
        off_flags=off_flags,
        is_required=given.get("required", default=False) is True,
        is_flag=is_flag,
        is_repeatable=given.get("multiple", default=False) is True or given.get("count", default=False) is True,
        variable=_variable(given),
        line=given.line,
    )


def _option_help(given: Given) -> str:
    """An option's help, with what click puts behind it where it is deprecated."""
    text, deprecated = given.text("help"), given.get("deprecated", default=False)
    label = (
        f"(DEPRECATED: {deprecated})" if isinstance(deprecated, str) else "(DEPRECATED)" if deprecated is True else ""
    )
    return " ".join(one for one in (inspect.cleandoc(text), label) if one)


def flags_of(names: list[str]) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """The flags, those that switch off, and the parameter's name."""
    flags: list[str] = []
    off: list[str] = []
    named = [one for one in names if one.isidentifier()]
    for one in names:
        if one.isidentifier():
            continue
        first, _, second = one.partition(";" if one.startswith("/") else "/")
        flags += [first.rstrip()] if first.strip() else []
        off += [second.lstrip()] if second.strip() else []
    longest = max(flags, key=lambda flag: len(flag) - len(flag.lstrip("-/+")), default="")
    return tuple(flags), tuple(off), named[0] if named else longest.lstrip("-/+").replace("-", "_").lower()


def _variable(given: Given) -> str:
    value = given.get("envvar")
    first = value[0] if isinstance(value, list | tuple) and value else value
    return first if isinstance(first, str) else ""


def type_of(value: object, default: object) -> Type:
    """The type that is given, else that of the default."""
    if isinstance(value, Type):
        return value
    if value is None:
        one = default[0] if isinstance(default, tuple | list) and default else default
        is_guessed = isinstance(one, int | float | str)
        return Type("", _METAVARS[type(one).__name__] if is_guessed else "TEXT" if one is None else "")
    return Type(value.name, _METAVARS.get(value.name, "")) if isinstance(value, Named) else Type("")


def library(made: list[Made]) -> Mapping[str, Callable[[Following, Given], object]]:
    """The names of click; each command that has no group yet is added to `made`."""

    def command(reader: Following, given: Given) -> object:
        return _decorated(Maker(reader, given, is_group=False, made=made), given)

    def group(reader: Following, given: Given) -> object:
        return _decorated(Maker(reader, given, is_group=True, made=made), given)

    names: dict[str, Callable[[Following, Given], object]] = {
        "command": command,
        "group": group,
        "option": lambda _, given: Parameter("option", given),
        "argument": lambda _, given: Parameter("argument", given),
        "version_option": _version,
        "pass_context": lambda _, given: given.values[0] if given.values else Passing(),
        "pass_obj": lambda _, given: given.values[0] if given.values else Passing(),
        **_TYPES,
    }
    return {f"{module}.{name}": made for module in sorted(WORDS) for name, made in names.items()}


def _version(_: Following, given: Given) -> object:
    flags = given.values[1:] or ("--version",)
    help_ = given.get("help", default="Show the version and exit.")
    return Parameter("option", Given(flags, {"is_flag": True, "help": help_}, given.is_whole, given.line))


def _choice(_: Following, given: Given) -> object:
    items = given.get("choices", 0)
    shown = [text_of(one) for one in items] if isinstance(items, tuple | list | dict) else [None]
    choices = tuple(one for one in shown if one is not None)
    return Type("click.Choice", f"[{'|'.join(choices)}]", choices) if None not in shown else Type("click.Choice")


def _path(_: Following, given: Given) -> object:
    kinds = given.get("file_okay", 1, True), given.get("dir_okay", 2, True)
    names = {(True, True): "PATH", (True, False): "FILE", (False, True): "DIRECTORY"}
    return Type("click.Path", next((name for key, name in names.items() if key == kinds), ""))


def _named(name: str, metavar: str) -> Callable[[Following, Given], object]:
    return lambda _, __: Type(name, metavar)


_TYPES: Final[Mapping[str, Callable[[Following, Given], object]]] = {
    "Choice": _choice,
    "Path": _path,
    "File": _named("click.File", "FILENAME"),
    "IntRange": _named("click.IntRange", "INTEGER RANGE"),
    "FloatRange": _named("click.FloatRange", "FLOAT RANGE"),
}

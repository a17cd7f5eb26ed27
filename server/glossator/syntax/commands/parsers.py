"""Command lines that are declared with argparse: what its objects hold after the calls that are certain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from glossator.syntax.commands.declared import Argument, Command
from glossator.syntax.commands.following import Following
from glossator.syntax.commands.values import UNKNOWN, Class, Declared, Function, Given, Named, text_of

_EXPANDED: Final = re.compile(r"%\((\w+)\)[sdr]|%%|%")
SUPPRESS: Final = (Named("argparse.SUPPRESS"), "==SUPPRESS==")
# What each action makes of an option: (takes a value, may stand there again); None: the option is of no interest.
_ACTIONS: Final[Mapping[object, tuple[bool, bool]]] = {
    None: (True, False),
    "store": (True, False),
    "append": (True, True),
    "extend": (True, True),
    "store_const": (False, False),
    "append_const": (False, True),
    "store_true": (False, False),
    "store_false": (False, False),
    "count": (False, True),
    "help": (False, False),
    "version": (False, False),
}
_SWITCH: Final = Named("argparse.BooleanOptionalAction")
_NARGS: Final = {"argparse.REMAINDER": "...", "argparse.OPTIONAL": "?", "argparse.ZERO_OR_MORE": "*"}


@dataclass(slots=True)
class Held:
    """An argument as a parser holds it: what its help refers to, and its default, may still change."""

    argument: Argument
    help: object
    default: object
    has_default: bool  # one of its own, which `set_defaults` replaces all the same


@dataclass(eq=False, slots=True)
class Parser(Declared):
    """An ArgumentParser, or one for a subcommand."""

    reader: Following
    conditions: tuple[int, ...]
    line: int
    names: dict[str, object] = field(default_factory=dict)  # prog, description, epilog, usage, help
    arguments: list[Held] = field(default_factory=list)
    defaults: dict[str, object] = field(default_factory=dict)
    below: Subparsers | None = None
    prefixes: object = "-"
    aliases: tuple[str, ...] = ()
    is_parent: bool = False  # of other parsers, and no command line of its own
    exclusive: int = 0

    def invoke(self, method: str, given: Given) -> object:
        """What a method gives that is called."""
        if method in ("add_argument", "add_argument_group", "add_mutually_exclusive_group"):
            return Group(self).invoke(method, given)
        if method == "add_subparsers":
            return self._add_subparsers(given)
        if method == "set_defaults":
            self._set_defaults(given)
        elif method == "__init__":
            self.configure(given)
        elif method == "parse_args" and not self.reader.is_in_doubt(self.conditions):
            return UNKNOWN
        return UNKNOWN

    def configure(self, given: Given) -> None:
        """Take what the constructor is given."""
        for place, name in enumerate(("prog", "usage", "description", "epilog")):
            self.names[name] = given.get(name, place)
        self.prefixes = given.get("prefix_chars", 6, "-")
        parents = given.get("parents", 4, ())
        for parent in parents if isinstance(parents, tuple | list) else ():
            if isinstance(parent, Parser):
                parent.is_parent = True
                self.arguments.extend(parent.arguments)
                self.defaults.update(parent.defaults)

    def assign(self, name: str, value: object) -> None:
        """Take the assignment of an attribute."""
        self.names[name] = UNKNOWN if self.reader.is_in_doubt(self.conditions) else value

    def attribute(self, name: str) -> object:
        """The value of an attribute that is no method; UNKNOWN for methods."""
        return self.names.get(name, UNKNOWN)

    def add(self, held: Held) -> None:
        """Take an argument, unless it is added under a condition; one with the same flag makes room."""
        if self.reader.is_in_doubt(self.conditions):
            return
        flags = set(held.argument.flags)
        for one in self.arguments if flags else ():
            kept = tuple(flag for flag in one.argument.flags if flag not in flags)
            one.argument = replace(one.argument, flags=kept) if kept else one.argument
        self.arguments.append(held)

    def _add_subparsers(self, given: Given) -> object:
        made = Subparsers(self, given, len(self.arguments))
        if not self.reader.is_in_doubt(self.conditions):
            self.below = made
        return made

    def _set_defaults(self, given: Given) -> None:
        doubtful = self.reader.is_in_doubt(self.conditions)
        self.defaults.update({name: UNKNOWN if doubtful else value for name, value in given.names.items()})
        if not given.is_whole:
            self.defaults["*"] = UNKNOWN

    def text(self, name: str) -> str:
        """One of the parser's texts as it is shown, "" where it is not known."""
        value = self.names.get(name)
        return _expanded(value, {"prog": self.names.get("prog") or None}) if isinstance(value, str) else ""

    def command(self, prog: str = "", name: str = "") -> Command:
        """What was declared; `prog` is what is typed before it."""
        own = self.names.get("prog")
        prog = own if isinstance(own, str) else prog if own is None else ""
        self.names["prog"] = prog
        arguments = tuple(self._arguments())
        below = self.below
        return Command(
            prog=prog,
            name=name or prog.rpartition(" ")[2],
            help=self.text("help"),
            description=self.text("description"),
            epilog=self.text("epilog"),
            usage="" if self.names.get("usage") in SUPPRESS else self.text("usage"),
            options=tuple(one for one in arguments if one.flags),
            positionals=tuple(one for one in arguments if not one.flags),
            subcommands=below.commands(prog, arguments) if below is not None else (),
            aliases=self.aliases,
            metavar=below.metavar if below is not None else "",
            needs_subcommand=below is not None and below.given.get("required", default=False) is True,
            library="argparse",
            line=self.line,
        )

    def _arguments(self) -> Iterator[Argument]:
        for held in self.arguments:
            argument = held.argument
            is_set = argument.name in self.defaults or "*" in self.defaults
            value = self.defaults.get(argument.name, UNKNOWN) if is_set else held.default
            shown = None if argument.is_flag or value in SUPPRESS else text_of(value)
            known = {"default": value, "prog": self.names.get("prog") or None, "dest": argument.name}
            known |= {"metavar": argument.metavar or None, "choices": ", ".join(argument.choices) or None}
            known["type"] = argument.type or None
            text = _expanded(held.help, known) if isinstance(held.help, str) else ""
            if held.help not in SUPPRESS:
                yield replace(argument, default=shown, help=text)


@dataclass(eq=False, slots=True)
class Group(Declared):
    """A parser, or a group of its arguments."""

    parser: Parser
    title: str = ""
    exclusive: int = 0

    def invoke(self, method: str, given: Given) -> object:
        """What a method gives that is called."""
        if method == "add_argument":
            held = _held(self, given)
            if held is not None:
                self.parser.add(held)
        elif method == "add_argument_group":
            return Group(self.parser, given.text("title", 0), self.exclusive)
        elif method == "add_mutually_exclusive_group":
            self.parser.exclusive += 1
            return Group(self.parser, self.title, self.parser.exclusive)
        return UNKNOWN


@dataclass(eq=False, slots=True)
class Subparsers(Declared):
    """What `add_subparsers` gives: the commands below a parser."""

    parser: Parser
    given: Given
    behind: int  # how many arguments of the parser were there before
    made: dict[str, Parser] = field(default_factory=dict)
    is_required: object = None

    def invoke(self, method: str, given: Given) -> object:
        """What a method gives that is called."""
        if method != "add_parser":
            return UNKNOWN
        reader = self.parser.reader
        parser = Parser(reader, reader.conditions, given.line)
        parser.configure(Given((), given.names, given.is_whole, given.line))
        parser.names["help"] = given.get("help")
        aliases = given.get("aliases", default=())
        known = aliases if isinstance(aliases, tuple | list) else ()
        parser.aliases = tuple(one for one in known if isinstance(one, str))
        name = given.get("name", 0)
        is_shown = parser.names["help"] not in SUPPRESS
        if isinstance(name, str) and is_shown and not reader.is_in_doubt(self.parser.conditions):
            self.made[name] = parser
        return parser

    def assign(self, name: str, value: object) -> None:
        """Take the assignment of an attribute."""
        if name == "required":
            certain = not self.parser.reader.is_in_doubt(self.parser.conditions)
            self.given = replace(self.given, names={**self.given.names, "required": value if certain else UNKNOWN})

    @property
    def metavar(self) -> str:
        """What stands for a subcommand in a usage line."""
        return self.given.text("metavar")

    def commands(self, prog: str, before: tuple[Argument, ...]) -> tuple[Command, ...]:
        """The commands below; their `prog` has the positional arguments that stand before them."""
        own = self.given.get("prog")
        shown = [one for one in before if not one.flags]
        plain = len(shown) == sum(1 for one in shown if not one.nargs and one.metavar)
        words = " ".join([prog, *(one.metavar for one in shown)]) if prog and plain else ""
        words = own if isinstance(own, str) else words if own is None else ""
        return tuple(one.command(f"{words} {name}" if words else "", name) for name, one in self.made.items())


def _held(group: Group, given: Given) -> Held | None:
    """The argument that a call of `add_argument` adds; None where it is not known which."""
    flags = given.values
    prefixes = group.parser.prefixes
    if not given.are_values_whole or not all(isinstance(one, str) and one for one in flags):
        return None
    if not isinstance(prefixes, str):
        return None
    names = [str(one) for one in flags]
    is_option = bool(names) and names[0][0] in prefixes
    action = given.get("action")
    if isinstance(action, Class) or (isinstance(action, Named) and action != _SWITCH):
        return _of_own_action(group, given, names)
    takes = (False, False) if action == _SWITCH else _ACTIONS.get(action) if isinstance(action, str | None) else None
    if takes is None:
        return None
    return _of_action(group, given, names if is_option else [], takes)


def _of_own_action(group: Group, given: Given, names: list[str]) -> Held:
    """An option whose action somebody wrote: whether it takes a value is known where it says what stands for it."""
    is_option = bool(names) and names[0][0] in str(group.parser.prefixes)
    held = _of_action(group, given, names if is_option else [], (True, False))
    if not isinstance(given.get("metavar"), str) and is_option:
        held.argument = replace(held.argument, metavar="")
    return held


def _of_action(group: Group, given: Given, flags: list[str], takes: tuple[bool, bool]) -> Held:
    takes_value, is_repeatable = takes
    action, nargs = given.get("action"), given.get("nargs")
    name = _destination(given, flags)
    shown_nargs = _NARGS.get(nargs.name, "") if isinstance(nargs, Named) else text_of(nargs) or ""
    choices = _choices(given.get("choices"))
    kind = given.get("type")
    default = given.get("default")
    is_required = given.get("required", default=False) is True if flags else shown_nargs not in ("?", "*", "...")
    argument = Argument(
        flags=tuple(flags),
        name=name,
        metavar=_metavar(given, name, bool(flags), choices) if takes_value else "",
        type=kind.name if isinstance(kind, Named) else kind.node.name if isinstance(kind, Function) else "",
        choices=choices or (),
        nargs=shown_nargs if takes_value else "",
        off_flags=tuple(f"--no-{one[2:]}" for one in flags if one.startswith("--")) if action == _SWITCH else (),
        is_required=is_required,
        is_flag=not takes_value,
        is_repeatable=is_repeatable,
        group=group.title,
        exclusive=group.exclusive,
        line=given.line,
    )
    help_ = given.get("help")
    if action == "version" and help_ is None:
        help_ = "show program's version number and exit"
    return Held(argument, help_, default, "default" in given.names)


def _destination(given: Given, flags: list[str]) -> str:
    own = given.get("dest")
    if isinstance(own, str):
        return own
    if not flags:
        return str(given.values[0]) if given.values else ""
    long = next((one for one in flags if one[:2] == one[0] * 2), flags[0])
    return long.lstrip(long[0]).replace("-", "_")


def _choices(value: object) -> tuple[str, ...] | None:
    """The choices as texts; None where they are not known."""
    if value is None:
        return ()
    if not isinstance(value, tuple | list | dict):
        return None
    shown = [text_of(one) for one in value]
    return tuple(one for one in shown if one is not None) if None not in shown else None


def _metavar(given: Given, name: str, is_option: bool, choices: tuple[str, ...] | None) -> str:
    """What stands for the value in a usage line; "" where that is not known."""
    own = given.get("metavar")
    if isinstance(own, str):
        return own
    if isinstance(own, tuple) and all(isinstance(one, str) for one in own):
        return " ".join(map(str, own))
    if own is not None or choices is None:
        return ""
    if choices:
        return "{" + ",".join(choices) + "}"
    return name.upper() if is_option else name


def _expanded(text: str, known: Mapping[str, object]) -> str:
    """A text with what argparse puts in it; "" where that is not known."""
    parts: list[str] = []
    position = 0
    for match in _EXPANDED.finditer(text):
        value = known.get(match[1], UNKNOWN) if match[1] else "%"
        if value is None and match[1] == "default":
            value = "None"
        shown = str(value) if isinstance(value, bool | int | float | str | list | tuple) else None
        if shown is None:
            return ""
        parts += (text[position : match.start()], shown)
        position = match.end()
    return "".join((*parts, text[position:]))


def library(parsers: list[Parser]) -> Mapping[str, Callable[[Following, Given], object]]:
    """The names of argparse; each parser that is made is added to `parsers`."""

    def make(reader: Following, given: Given) -> Parser:
        parser = Parser(reader, reader.conditions, given.line)
        parser.configure(given)
        if not reader.is_importing:
            parsers.append(parser)
        return parser

    return {"argparse.ArgumentParser": make}


WORDS: Final = frozenset(("ArgumentParser", "add_argument", "add_parser", "add_subparsers", "add_argument_group"))


def is_likely(parser: Parser) -> bool:
    """Whether a parser is a command line of its own, and made without a condition that is not known."""
    return not parser.is_parent and all(one < 0 for one in parser.conditions)

"""A command line as its source declares it: plain values, with nothing in them that could not be read for certain."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Argument:
    """One option or positional argument.

    `flags` are empty for a positional one; `off_flags` switch off what `flags` switch on. `metavar` is what stands for
    the value in a usage line, "" for a flag (`is_flag`) and where it is not known. `default` is the value as one would
    type it, None where there is none, or none that is known. `type` is an absolute name ("pathlib.Path"), or that of a
    function of the file. `nargs` is argparse's ("?", "*", "+", "2", "..."). Those with the same `exclusive` number, but
    0, exclude each other. All texts are plain text.
    """

    flags: tuple[str, ...] = ()
    name: str = ""
    metavar: str = ""
    type: str = ""
    default: str | None = None
    choices: tuple[str, ...] = ()
    nargs: str = ""
    help: str = ""
    off_flags: tuple[str, ...] = ()
    is_required: bool = False
    is_flag: bool = False
    is_repeatable: bool = False
    group: str = ""
    exclusive: int = 0
    variable: str = ""  # of the environment, which gives the value where the command line does not
    line: int = 0  # 1-based


@dataclass(frozen=True, slots=True)
class Command:
    """A command, or one below another one: its arguments in the order of their declaration.

    `prog` is all that is typed to call it ("tool sub"), "" where that is not known (whoever installs it names it);
    `name` its last word. `help` is the line that its parent shows, `description` what it says of itself.
    """

    prog: str = ""
    name: str = ""
    help: str = ""
    description: str = ""
    epilog: str = ""
    usage: str = ""
    options: tuple[Argument, ...] = ()
    positionals: tuple[Argument, ...] = ()
    subcommands: tuple[Command, ...] = ()
    aliases: tuple[str, ...] = ()
    metavar: str = ""  # what stands for a subcommand in a usage line
    needs_subcommand: bool = False
    library: str = ""  # "argparse", "click" or "typer"
    function: str = ""  # the path of the function that does it (click, typer)
    line: int = 0  # 1-based

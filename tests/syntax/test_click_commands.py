"""Commands of click and Typer, read without running them, beside what the libraries make of the same code."""

import inspect
from pathlib import Path

import click
import importlinter.cli
import pytest
import typer

from glossator.syntax.commands import commands_of
from glossator.syntax.document import Document

CLICK = '''
import click


def common(f):
    f = click.option("--deep", is_flag=True, help="Go deep.")(f)
    return click.option("--level", type=int, default=3)(f)


verbose = click.option("-v", "--verbose", count=True, help="More of it.")


@click.group(help="All of it.")
@click.option("--config", envvar="TOOL_CONFIG", type=click.Path(dir_okay=False), help="A file.")
@click.pass_context
def cli(ctx, config): ...


@cli.command()
@click.argument("src", nargs=-1)
@click.argument("dest", type=click.Path())
@click.option("--shout/--no-shout", default=True, help="Loud.", envvar="SHOUT")
@click.option("-f", "--format", "form", type=click.Choice(["a", "b"]), default="a", show_default=True)
@click.option("--size", nargs=2, type=int)
@verbose
def copy_all(src, dest, shout, form, size, verbose):
    """Copy it all. Then some.

    \\b
    More of it.
    \\f
    Hidden.
    """


@cli.group("sub")
def sub_():
    """Sub."""


@sub_.command
@common
def inner(deep, level):
    """Inner."""


@click.command(name="other", short_help="Short.")
@click.option("--secret", hidden=True)
@click.option("--n", required=True, multiple=True)
def o(**k):
    """Other one."""


@cli.command(hidden=True)
def nobody(): ...


cli.add_command(o)
cli.add_command(o, name="again")
'''
TYPER = '''
from enum import Enum
from pathlib import Path
from typing import Annotated, List, Literal, Optional

import typer


class Mode(str, Enum):
    fast = "fast"
    slow = "slow"


app = typer.Typer(help="An app.")
sub = typer.Typer(name="sub", help="Sub app.")
app.add_typer(sub)


@app.callback()
def main(ctx: typer.Context, verbose: bool = False):
    """Not this."""


@app.command()
def create_user(
    name: str,
    age: int = 3,
    mode: Mode = Mode.fast,
    tags: Optional[List[str]] = None,
    force: bool = typer.Option(False, "--force", "-f", help="Do it."),
    path: Annotated[Path, typer.Option("--path", "-p", envvar="P", help="Where.")] = Path("."),
    limit: float = typer.Option(..., help="How far."),
):
    """Create a user. Really."""


@app.command(hidden=True)
def nobody(): ...


@sub.command("go")
def _go(places: Annotated[list[str], typer.Argument(help="Where to.")], one: str = typer.Argument("x")):
    """Go."""


@sub.command()
def stay(): ...
'''


def commands(source):
    return commands_of(Document("", source.encode()))


def real(source, name):
    names = {"__name__": "tool"}
    exec(compile(source, "tool.py", "exec"), names)
    made = names[name]
    return made if isinstance(made, click.Command) else typer.main.get_command(made)


def shown_default(parameter):
    value = parameter.default
    value = getattr(value, "value", value)
    if (parameter.is_flag and not parameter.secondary_opts) or getattr(parameter, "count", False):
        return None
    return str(value) if isinstance(value, str | int | float) else None


def assert_equal(said, command):
    options = [one for one in command.params if one.param_type_name == "option" and not one.hidden]
    options = [one for one in options if "--install-completion" not in one.opts and "--show-completion" not in one.opts]
    assert [one.flags for one in said.options] == [tuple(one.opts) for one in options]
    for found, want in zip(said.options, options, strict=True):
        assert found.name == want.name
        assert found.off_flags == tuple(want.secondary_opts)
        assert found.help == (want.help or "")
        assert found.is_required == want.required
        assert found.is_repeatable == (want.multiple or want.count)
        assert found.is_flag == (want.is_flag or want.count)
        assert found.default == shown_default(want)
        if not found.is_flag and hasattr(want, "type"):
            assert found.choices == tuple(getattr(want.type, "choices", ()))
    positionals = [one for one in command.params if one.param_type_name == "argument"]
    assert [(one.name, one.is_required) for one in said.positionals] == [
        (one.name, one.required) for one in positionals
    ]
    assert said.description == inspect.cleandoc(command.help or "").partition("\f")[0].replace("\b\n", "").strip()
    below = {name: one for name, one in getattr(command, "commands", {}).items() if not one.hidden}
    assert [one.name for one in said.subcommands] == list(below)
    for one in said.subcommands:
        assert_equal(one, below[one.name])


def test_click_makes_of_the_code_what_is_read():
    (said,) = commands(CLICK)
    assert_equal(said, real(CLICK, "cli"))
    assert said.function == "cli"


def test_typer_makes_of_the_code_what_is_read():
    (said,) = commands(TYPER)
    assert_equal(said, real(TYPER, "app"))
    assert said.function == "app"


def test_metavars_are_those_of_click():
    (said,) = commands(CLICK)
    command = real(CLICK, "cli").commands["copy-all"]
    context = click.Context(command)
    want = {one.name: one.make_metavar(context) for one in command.params if one.name in ("form", "src", "dest")}
    found = {one.name: one.metavar for one in (*said.subcommands[0].options, *said.subcommands[0].positionals)}
    assert {name: found[name] for name in ("form", "dest")} == {name: want[name] for name in ("form", "dest")}
    assert want["src"] == "[SRC]..."
    assert found["src"] == "SRC"


def test_what_a_list_of_commands_says_is_the_short_help():
    (said,) = commands(CLICK)
    assert [one.help for one in said.subcommands] == ["Copy it all.", "Sub.", "Short.", "Short."]


def test_variables_that_give_values_are_told():
    (said,) = commands(CLICK)
    assert [one.variable for one in (*said.options, *said.subcommands[0].options) if one.variable] == [
        "TOOL_CONFIG",
        "SHOUT",
    ]


def test_an_app_of_one_command_is_that_command():
    source = (
        "import typer\napp = typer.Typer()\n@app.command()\ndef hello(name: str, loud: bool = False):\n    'Say it.'\n"
    )
    (said,) = commands(source)
    assert_equal(said, real(source, "app"))
    assert (said.description, said.function) == ("Say it.", "app")


def test_a_function_that_is_run_is_a_command():
    (said,) = commands(
        "import typer\ndef hello(name: str): 'Say it.'\nif __name__ == '__main__':\n    typer.run(hello)\n"
    )
    assert [one.metavar for one in said.positionals] == ["NAME"]


def test_the_command_line_of_another_package_is_read_as_it_is():
    (said,) = (one for one in commands(Path(importlinter.cli.__file__).read_text()) if one.subcommands)
    command = importlinter.cli.import_linter
    assert [one.name for one in said.subcommands] == list(command.commands)
    for one in said.subcommands:
        real_options = [o for o in command.commands[one.name].params if o.param_type_name == "option"]
        assert [(o.flags, " ".join(o.help.split())) for o in one.options] == [
            (tuple(o.opts), " ".join((o.help or "").split())) for o in real_options
        ]


HEAD = "import click\n@click.group()\ndef cli(): ...\n"
UNSURE = {
    "a name that versions of click differ in": "@cli.command()\ndef add_command(): ...",
    "a name made at run time": "@cli.command(NAME)\ndef f(): ...",
    "a condition": "if x:\n    @cli.command()\n    def f(): ...",
    "a command of another module": "from m import f\ncli.add_command(f)",
    "a function that is called nowhere": "@click.command()\ndef f(): ...\ndef more():\n    cli.add_command(f)",
}


@pytest.mark.parametrize("case", UNSURE)
def test_commands_that_may_not_be_there_or_have_another_name_are_left_out(case):
    (said, *_) = commands(HEAD + UNSURE[case])
    assert said.subcommands == ()


def test_options_that_an_unknown_decorator_adds_are_left_out_and_the_others_stay():
    (said,) = commands(
        "import click\nfrom m import more\n@click.command()\n@more\n@click.option('--a')\n@click.option(x)\n"
        "def f(a): ...\n"
    )
    assert [one.flags for one in said.options] == [("--a",)]


def test_a_command_of_another_module_is_attached_where_that_is_given():
    other = "import click\n@click.command()\n@click.option('--a')\ndef f(a):\n    'Do it.'\n"
    documents = {"p.other": Document("/p/other.py", other.encode())}
    source = f"{HEAD}from .other import f\ncli.add_command(f)\n"
    (said,) = commands_of(Document("/p/main.py", source.encode()), "p.main", documents.get)
    assert [(one.name, one.help) for one in said.subcommands] == [("f", "Do it.")]

"""Command lines read without running them: all that the real parser holds, and nothing that it may not hold."""

import argparse
import contextlib
import importlib
import io
import sys
import unittest
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glossator.cli.arguments import build_parser
from glossator.syntax.commands import commands_of
from glossator.syntax.document import Document

ROOT = Path(__file__).parents[2]
START = "import argparse\n"


def commands(source):
    return commands_of(Document("", source.encode()))


def only(source):
    (command,) = commands(START + source)
    return command


def flags(command):
    return [one.flags[0] if one.flags else one.name for one in (*command.options, *command.positionals)]


def read(path):
    return commands_of(Document("", Path(path).read_bytes()))


def parts_of(parser):
    """The arguments and the subcommands that a real parser holds."""
    actions = [one for one in parser._actions if not isinstance(one, argparse._HelpAction)]
    below = next((one for one in actions if isinstance(one, argparse._SubParsersAction)), None)
    return [one for one in actions if one is not below], below.choices if below is not None else {}


def formatted_help(parser, action):
    return parser._get_formatter()._expand_help(action) if action.help else ""


def held(parser, action):
    """What we are to say of an argument that a real parser holds."""
    default = action.default
    is_shown = action.nargs != 0 and isinstance(default, int | float | str) and default is not argparse.SUPPRESS
    return {
        "flags": tuple(action.option_strings),
        "help": formatted_help(parser, action),
        "default": str(default) if is_shown else None,
        "is_flag": action.nargs == 0,
        # argparse calls a positional argument that may be left out required where it has no default.
        "is_required": action.required and action.nargs != "*",
    }


def assert_equal_to_the_real_one(command, parser, unknown_choices=()):
    actions, below = parts_of(parser)
    found = {one.flags or one.name: one for one in (*command.options, *command.positionals)}
    assert set(found) == {tuple(one.option_strings) or one.dest for one in actions}
    for action in actions:
        said = found[tuple(action.option_strings) or action.dest]
        want = held(parser, action)
        assert {name: getattr(said, name) for name in want} == want
        if action.dest not in unknown_choices:
            assert said.choices == tuple(map(str, action.choices or ()))
    assert [one.name for one in command.subcommands] == list(below)
    for one in command.subcommands:
        assert_equal_to_the_real_one(one, below[one.name], unknown_choices)


def test_our_own_command_line_is_read_as_it_is():
    (command,) = read(ROOT / "server/glossator/cli/arguments.py")
    parser = build_parser()
    assert_equal_to_the_real_one(command, parser, unknown_choices=("style", "mode"))
    assert (command.prog, command.description, command.epilog) == (parser.prog, parser.description, parser.epilog)
    _, below = parts_of(parser)
    assert [one.prog for one in command.subcommands] == [one.prog for one in below.values()]
    assert command.needs_subcommand
    assert command.metavar == "COMMAND"


class Stopped(Exception):
    """The parser is made."""


def real_parser(monkeypatch, run):
    """The parser that a command line of the standard library makes when it is run."""
    made = []

    def parse_args(self, *_, **__):
        made.append(self)
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(argparse.ArgumentParser, "parse_args", parse_args)
        patch.setattr(sys, "argv", ["x"])
        with contextlib.suppress(Stopped), contextlib.redirect_stderr(io.StringIO()):
            run()
    return made[0]


@pytest.mark.parametrize("name", ["json.tool", "zipfile", "tarfile", "venv", "calendar", "ast", "gzip", "inspect"])
def test_command_lines_of_the_standard_library_are_read_as_they_are(monkeypatch, name):
    module = importlib.import_module(name)
    if name == "calendar" and sys.version_info >= (3, 13):
        pytest.skip("it is made of more than one function")
    start = getattr(module, "main", None) or module._main
    parser = real_parser(monkeypatch, lambda: start(["x"]) if name in ("calendar", "venv") else start())
    (command,) = (one for one in read(module.__file__) if len(one.options) + len(one.positionals) > 0)
    actions, _ = parts_of(parser)
    said = {one.flags or one.name: one for one in (*command.options, *command.positionals)}
    real = {tuple(one.option_strings) or one.dest: one for one in actions}
    assert set(said) == set(real)
    for key, one in said.items():
        assert one.help == formatted_help(parser, real[key])
    assert command.description == (parser.description or "")


def test_what_unittest_adds_under_a_condition_is_left_out():
    program = unittest.TestProgram.__new__(unittest.TestProgram)
    program.failfast = program.catchbreak = program.buffer = program.warnings = program.durations = None
    program._initArgParsers()
    found = read(Path(unittest.__file__).with_name("main.py"))
    for parser in (program._main_parser, program._discovery_parser):
        real = {option for action in parser._actions for option in action.option_strings}
        command = next(one for one in found if ("-p" in flags(one)) is ("-p" in real))
        said = {flag for one in command.options for flag in one.flags}
        assert said < real
        assert real - said <= {"-h", "--help", "-f", "--failfast", "-c", "--catch", "-b", "--buffer"}


def test_http_server_is_read_though_nothing_but_its_main_block_makes_the_parser():
    found = read(importlib.import_module("http.server").__file__)
    assert {"--bind", "--directory", "--protocol", "port"} <= {f for c in found for o in c.options for f in o.flags} | {
        one.name for command in found for one in command.positionals
    }


SURE = {
    "a helper that takes the parser": (
        "def add(p): p.add_argument('--a')\np = argparse.ArgumentParser()\nadd(p)",
        ["--a"],
    ),
    "a group": ("p = argparse.ArgumentParser()\ng = p.add_argument_group('More')\ng.add_argument('--a')", ["--a"]),
    "a parent": (
        """a = argparse.ArgumentParser(add_help=False)
a.add_argument("--a")
p = argparse.ArgumentParser(parents=[a])
p.add_argument("--b")""",
        ["--a", "--b"],
    ),
    "a loop over constants": (
        "p = argparse.ArgumentParser()\nfor name in ('a', 'b'):\n    p.add_argument(f'--{name}')",
        ["--a", "--b"],
    ),
    "a method": (
        """class App:
    def __init__(self):
        self.p = argparse.ArgumentParser()
        self.more()
    def more(self):
        self.p.add_argument("--a")""",
        ["--a"],
    ),
    "a class of its own": (
        """class P(argparse.ArgumentParser):
    def __init__(self):
        super().__init__("x")
        self.add_argument("--a")
p = P()
p.add_argument("--b")""",
        ["--a", "--b"],
    ),
    "an early end": (
        "def main(x):\n    if x:\n        raise Stop\n    p = argparse.ArgumentParser()\n    p.add_argument('--a')",
        ["--a"],
    ),
    "a name for the method": ("p = argparse.ArgumentParser()\nadd = p.add_argument\nadd('--a')", ["--a"]),
    "a known condition": ("p = argparse.ArgumentParser()\nif True:\n    p.add_argument('--a')", ["--a"]),
    "a module under another name": (
        "from argparse import ArgumentParser as A\np = A()\np.add_argument('--a')",
        ["--a"],
    ),
    "a function within": (
        "def main():\n    p = argparse.ArgumentParser()\n    def add(name): p.add_argument(name)\n    add('--a')",
        ["--a"],
    ),
    "a function that its file calls under a condition": (
        "def make():\n    p = argparse.ArgumentParser()\n    p.add_argument('--a')\nif x:\n    make()",
        ["--a"],
    ),
    "a switch": (
        "p = argparse.ArgumentParser()\np.add_argument('--a', action=argparse.BooleanOptionalAction)",
        ["--a"],
    ),
}


@pytest.mark.parametrize("case", SURE)
def test_what_is_certain_is_read(case):
    source, want = SURE[case]
    assert flags(only(source)) == want


UNSURE = {
    "a condition": "if x:\n    p.add_argument('--b')",
    "a loop over what is not known": "for n in names:\n    p.add_argument('--b')",
    "a name put together at run time": "p.add_argument(f'--{name()}')",
    "a name of another module": "from m import NAME\np.add_argument(NAME)",
    "a name among unknown ones": "p.add_argument(*names)",
    "a condition within a loop": "for n in ('--b', '--c'):\n    if x(n):\n        p.add_argument(n)",
    "what comes behind a `continue`": "for n in ('--b', '--c'):\n    if x(n):\n        continue\n    p.add_argument(n)",
    "an unknown action": "p.add_argument('--b', action=choose())",
    "a handler of an exception": "try:\n    go()\nexcept ValueError:\n    p.add_argument('--b')",
    "a `while`": "while x:\n    p.add_argument('--b')",
    "a case": "match x:\n    case 1:\n        p.add_argument('--b')",
    "a list that changes": "names = ['--b']\nnames.append(x)\nfor n in names:\n    p.add_argument(n)",
    "a list that changes under another name": "a = ['--b']\nc = a\nc.append(x)\nfor n in a:\n    p.add_argument(n)",
    "one of two parsers": "q = p if x else argparse.ArgumentParser()\nq.add_argument('--b')",
    "a function that is called nowhere": "def more():\n    p.add_argument('--b')",
    "what is hidden": "p.add_argument('--b', help=argparse.SUPPRESS)",
    "behind a return": "def more():\n    if x:\n        return\n    p.add_argument('--b')\nmore()",
    "a global that a function binds": "N = '--b'\ndef more():\n    global N\n    N = '--c'\np.add_argument(N)",
}


@pytest.mark.parametrize("case", UNSURE)
def test_what_may_not_be_there_is_left_out(case):
    found = commands(f"{START}p = argparse.ArgumentParser()\np.add_argument('--a')\n{UNSURE[case]}\n")
    assert ["--a"] in [flags(one) for one in found]
    assert all(not {"--b", "--c"} & set(flags(one)) for one in found)


TEXTS = {
    "help='%(default)s', default=3": "3",
    "help='100%%'": "100%",
    "help='of %(prog)s'": "of tool",
    "help='%(default)s', default=cores()": "",
    "help='%(type)s', type=int": "int",
    "help='<b>*x*</b> | `y`\\n## z'": "<b>*x*</b> | `y`\n## z",
    "help=f'{1 + 1} of ' + 'these'": "2 of these",
    "help='a %s' % 'b'": "a b",
    "help='{} b'.format('a')": "a b",
    "help=f'{x}'": "",
    "help=' '.join(['a', 'b'])": "a b",
    "help=_('a text')": "a text",
    "help='x'.rjust(10**9)": "",
    "help='%1000000000d' % 1": "",
    "help='{:1000000000}'.format(1)": "",
    "help='x' * 10**9": "",
}


@pytest.mark.parametrize("given", TEXTS)
def test_a_help_is_plain_text_or_absent(given):
    (command,) = commands(f"{START}p = argparse.ArgumentParser('tool')\np.add_argument('--a', {given})\n")
    assert command.options[0].help == TEXTS[given]


def test_a_default_that_is_set_later_counts_and_one_that_may_be_set_is_not_known():
    command = only(
        "p = argparse.ArgumentParser()\np.add_argument('--a', default=1)\np.add_argument('--b', default=1)\n"
        "p.set_defaults(a=2)\nif x:\n    p.set_defaults(b=2)"
    )
    assert [one.default for one in command.options] == ["2", None]


def test_arguments_that_exclude_each_other_have_one_number():
    command = only(
        "p = argparse.ArgumentParser()\ng = p.add_mutually_exclusive_group()\ng.add_argument('--a')\n"
        "g.add_argument('--b')\np.add_argument('--c')"
    )
    assert [one.exclusive for one in command.options] == [1, 1, 0]


def test_subcommands_have_their_names_aliases_and_what_is_typed_before_them():
    command = only(
        "p = argparse.ArgumentParser('tool')\np.add_argument('file')\ns = p.add_subparsers(required=True)\n"
        "a = s.add_parser('add', aliases=['a'], help='add one')\na.add_argument('--x')\ns.add_parser(name())"
    )
    (below,) = command.subcommands
    assert (below.prog, below.name, below.aliases, below.help) == ("tool file add", "add", ("a",), "add one")
    assert flags(below) == ["--x"]


HOSTILE = {
    "a loop in calls": "def f(p): f(p)\np = argparse.ArgumentParser()\nf(p)",
    "calls that double": "def f0(p): p.add_argument('--a')\n"
    + "".join(f"def f{n}(p):\n    f{n - 1}(p)\n    f{n - 1}(p)\n" for n in range(1, 40))
    + "p = argparse.ArgumentParser()\nf39(p)",
    "deep nesting": "p = argparse.ArgumentParser(" + "[" * 150 + "]" * 150 + ")",
    "a long sum": "p = argparse.ArgumentParser(" + "+".join(["'a'"] * 3000) + ")",
    "a text that doubles": "t = 'x'\n" + "t = t + t\n" * 200 + "p = argparse.ArgumentParser(t)",
    "a list that doubles": "t = ['x']\n" + "t = [*t, *t]\n" * 200 + "p = argparse.ArgumentParser(t)",
    "a number that cannot be printed": "p = argparse.ArgumentParser(f'{0x" + "f" * 9000 + "}')\n",
    "broken code": "p = argparse.ArgumentParser(\n",
    "a huge number": "p = argparse.ArgumentParser()\np.add_argument('--a', default=1 << 10 ** 9)",
    "wrong arguments": "p = argparse.ArgumentParser(1)\np.add_argument(4)\np.add_subparsers().add_parser()",
    "classes that inherit each other": "class A(B): ...\nclass B(A): ...\nA().add_argument('--a')",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_code_gives_less_and_ends(case):
    assert isinstance(commands(START + HOSTILE[case]), tuple)


LINES = [*(ROOT / "server/glossator/cli/arguments.py").read_text().splitlines()[20:120], "import click", "x = p"]


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 30))
def test_mixed_up_lines_never_raise(random, changes):
    lines = ["import argparse", "p = argparse.ArgumentParser()", *LINES]
    for _ in range(changes):
        at, other = random.randrange(len(lines)), random.randrange(len(lines))
        lines[at] = random.choice(
            [lines[other], lines[at].replace(", ", ": "), lines[at][:-1], lines[at].replace("'", "")]
        )
    assert isinstance(commands("\n".join(lines)), tuple)


def test_newer_syntax_and_bytes_that_are_no_text_give_nothing():
    assert commands_of(Document("", b"import argparse\n\xff\xfe = 3\n")) == ()
    assert commands_of(Document("", b"import argparse\nargparse.ArgumentParser()\0\n")) == ()


def with_modules(source, **others):
    documents = {name.replace("__", "."): Document(f"/{name}.py", text.encode()) for name, text in others.items()}
    return commands_of(Document("/main.py", source.encode()), "p.main", documents.get)


def test_what_other_modules_say_is_read_where_they_are_given():
    source = (
        "import argparse\nfrom p import names\nfrom .names import NAMES\nfrom .more import add\n"
        "p = argparse.ArgumentParser(names.PROG)\np.add_argument('--a', choices=NAMES)\nadd(p)\n"
    )
    more = "from .names import FLAG\nimport argparse\nother = argparse.ArgumentParser()\n"
    more += "def add(p): p.add_argument(FLAG)\n"
    (command,) = with_modules(source, p__names="PROG = 'tool'\nNAMES = ('x', 'y')\nFLAG = '--b'\n", p__more=more)
    assert (command.prog, flags(command), command.options[0].choices) == ("tool", ["--a", "--b"], ("x", "y"))
    (alone,) = commands(source)
    assert (alone.prog, flags(alone), alone.options[0].choices) == ("", ["--a"], ())


def test_modules_that_import_each_other_end_and_what_only_their_main_blocks_make_is_not_ours():
    other = "from p.main import p\nimport argparse\nif __name__ == '__main__':\n    p.add_argument('--b')\nX = p\n"
    source = f"{START}from p.other import X\np = argparse.ArgumentParser(X)\np.add_argument('--a')\n"
    (command,) = with_modules(source, p__other=other)
    assert flags(command) == ["--a"]


def test_our_own_choices_are_known_where_their_module_is_given():
    def module(name):
        path = ROOT / "server" / Path(*name.split(".")).with_suffix(".py")
        return Document(path.as_uri(), path.read_bytes()) if path.is_file() else None

    path = ROOT / "server/glossator/cli/arguments.py"
    (command,) = commands_of(Document(path.as_uri(), path.read_bytes()), "glossator.cli.arguments", module)
    assert_equal_to_the_real_one(command, build_parser(), unknown_choices=("mode",))

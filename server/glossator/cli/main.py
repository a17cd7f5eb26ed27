"""The command `glossator`: which command is meant, and which exit code its end has.

What each exit code says stands in `exits`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from glossator.cli.exits import UNDONE, USAGE
from glossator.errors import ConfigError, GlossatorError

if TYPE_CHECKING:
    import argparse
    from types import FrameType


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` names (None: the process's own arguments); the exit code.

    argparse raises SystemExit with 2 for wrong flags, and with 0 after `--help` and `--version`.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    # Every editor starts us like this; argparse alone would be a tenth of the server's start.
    if words in (["server"], ["server", "--stdio"]):
        return _serve(None)
    from glossator.cli.arguments import build_parser

    arguments = build_parser().parse_args(words)
    if argv is None and arguments.command != "server":  # the process is ours alone
        from glossator.engine.executor import collect_seldom

        _interrupt_on_termination()
        collect_seldom()
    try:
        return _dispatch(arguments)
    except ConfigError as error:
        _complain(str(error))
        return USAGE
    except GlossatorError as error:
        _complain(str(error))
        return UNDONE
    except KeyboardInterrupt:
        _complain("interrupted")
        return UNDONE
    except BrokenPipeError:
        _abandon_stdout()
        return UNDONE


def _dispatch(arguments: argparse.Namespace) -> int:
    """Run a command: the function of its name, in the module of its name, which is not loaded before."""
    if arguments.command == "server":
        return _serve(arguments.tcp)
    name: str = arguments.command
    command: Callable[[argparse.Namespace], int] = getattr(import_module(f"glossator.cli.{name}"), name)
    return command(arguments)


def _serve(address: str | None) -> int:
    """Serve an editor over standard input and output, or over TCP at `address`."""
    # By name: the command line and the server are strangers, and the command line starts without the protocol.
    start = import_module("glossator.lsp.start")
    code = start.serve_stdio() if address is None else start.serve_tcp(address)
    return int(code)


def _interrupt_on_termination() -> None:
    """Let SIGTERM and SIGHUP end us as Ctrl-C does: temporary files removed, workers ended."""
    import signal

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupt)


def _complain(message: str) -> None:
    from glossator.cli.terminal import warn

    for line in message.splitlines():
        warn(line)


def _abandon_stdout() -> None:
    """Let the interpreter flush its buffers into nothing when the reader of our output is gone."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

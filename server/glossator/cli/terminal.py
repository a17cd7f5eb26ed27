"""What depends on a terminal: colours, the progress bar, messages to people."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress

# Below this a bar would only flicker, and importing rich would take longer than the work.
FEW: Final = 40
COLOURS: Final = ((b"+++", "1"), (b"---", "1"), (b"@@", "36"), (b"+", "32"), (b"-", "31"))


def warn(message: str) -> None:
    """Say something to people, on standard error."""
    sys.stderr.write(f"glossator: {printable(message)}\n")


def printable(text: str) -> str:
    """The text on one line, with what could steer a terminal made visible; file names may hold anything."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def has_colours(stream: TextIO) -> bool:
    """Whether to colour what goes to `stream`: NO_COLOR forbids, FORCE_COLOR demands, else a terminal decides."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def coloured(lines: Iterable[bytes]) -> Iterator[bytes]:
    """A unified diff's lines in colour; escape sequences of the text itself are made harmless."""
    for line in lines:
        body = line.rstrip(b"\r\n")
        end = line[len(body) :]
        code = next((code for start, code in COLOURS if body.startswith(start)), "")
        body = body.replace(b"\x1b", b"^[")
        yield f"\x1b[{code}m".encode() + body + b"\x1b[0m" + end if code else body + end


@contextmanager
def progress(total: int, *, is_diff: bool = False) -> Iterator[Callable[[], None]]:
    """A bar on standard error, if that is a terminal and there is much to do; call what it gives once per step.

    With `is_diff` there is none where its lines would stand between those of a diff.
    """
    if total < FEW or not _has_room(is_diff=is_diff):
        yield _nothing
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("files", total=total)
        yield lambda: bar.advance(task)


@contextmanager
def download(name: str, size_bytes: int) -> Iterator[Callable[[int], None]]:
    """What hears how many bytes are there: a bar on a terminal, else a line on standard error for every tenth."""
    if not sys.stderr.isatty():
        yield _Tenths(name, size_bytes).arrived
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=size_bytes)
        yield lambda here: bar.update(task, completed=here)


class _Tenths:
    """Says each tenth of a file once."""

    def __init__(self, name: str, size_bytes: int) -> None:
        self._name = name
        self._size_bytes = size_bytes
        self._said = 0

    def arrived(self, here: int) -> None:
        """Hear how many bytes are there."""
        tenths = 10 * here // max(self._size_bytes, 1)
        if tenths > self._said:
            self._said = tenths
            warn(f"{self._name}: {10 * tenths}% of {self._size_bytes >> 20} MiB")


class Growing(Protocol):
    """A line that shows what is being written."""

    def step(self) -> None:
        """One more is done."""

    def say(self, name: str, text: str) -> None:
        """Show the last words about something; they come from outside and are made harmless."""


class _Unseen:
    """Where nobody looks."""

    def step(self) -> None:
        """Show nothing."""

    def say(self, name: str, text: str) -> None:
        """Show nothing."""


UNSEEN: Final[Growing] = _Unseen()


class _Line:
    """A line of rich's progress bar."""

    def __init__(self, bar: Progress, total: int) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=total)

    def step(self) -> None:
        self._bar.advance(self._task)

    def say(self, name: str, text: str) -> None:
        from rich.markup import escape

        self._bar.update(self._task, description=escape(printable(f"{name}: {text}")))


@contextmanager
def growing(total: int, *, is_diff: bool = False) -> Iterator[Growing]:
    """A live line on standard error, if that is a terminal: how many are done, and the words that grow.

    With `is_diff` there is none where it would stand between the lines of a diff.
    """
    if not total or not _has_room(is_diff=is_diff):
        yield UNSEEN
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.table import Column

    words = TextColumn("{task.description}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"))
    columns = (MofNCompleteColumn(), BarColumn(bar_width=20), words)
    with Progress(*columns, console=Console(stderr=True), transient=True, expand=True) as bar:
        yield _Line(bar, total)


def _has_room(*, is_diff: bool) -> bool:
    """Whether there is a place for what moves: not beside a diff on the same terminal."""
    return sys.stderr.isatty() and not (is_diff and sys.stdout.isatty())


def _nothing() -> None:
    """Stand in for the bar's step where there is none."""

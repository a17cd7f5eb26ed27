"""The examples that stand in a docstring's content as a session with Python: `>>>`, and what is printed."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import Final

_PROMPT: Final = re.compile(r"[ \t]*>>>(?: |$)")
_MORE: Final = re.compile(r"[ \t]*(?:>>>|\.\.\.)(?: |$)")


@dataclass(frozen=True, slots=True)
class Session:
    """A block of a docstring, as it stands there but for its indentation; `line` is 0-based, within the content.

    It ends with a blank line that no further prompt follows; `shows` says whether something is printed in it.
    """

    text: str
    line: int
    shows: bool

    @property
    def code(self) -> str:
        """What is typed, without prompts."""
        typed = (one.lstrip()[4:] for one in self.text.splitlines() if _MORE.match(one))
        return "\n".join(typed)


def sessions_in(content: str) -> tuple[Session, ...]:
    """The sessions of a docstring's content, in order; those that only blank lines part are one, as they share names.

    Cost: one look at each line.
    """
    found: list[Session] = []
    lines = content.splitlines()
    position = 0
    while position < len(lines):
        if not _PROMPT.match(lines[position]):
            position += 1
            continue
        end = _end(lines, position)
        text = textwrap.dedent("\n".join(lines[position:end])).rstrip()
        shows = any(one.strip() and not _MORE.match(one) for one in lines[position:end])
        found.append(Session(text, position, shows))
        position = end
    return tuple(found)


def _end(lines: list[str], start: int) -> int:
    """Behind the last line of the session that starts at a line: text after a blank line ends it, a prompt does not."""
    end = start
    for position in range(start, len(lines)):
        is_prompt = _MORE.match(lines[position]) is not None
        is_printed = bool(lines[position].strip()) and end == position
        if not is_prompt and not is_printed and lines[position].strip():
            break
        if is_prompt or is_printed:
            end = position + 1
    return end

"""A model for the smoke test, which answers slowly, a word at a time.

    python model.py FOLDER     makes FOLDER/user.toml, which chooses it, and FOLDER/keys: what it was asked with

It ends when it is told to, or with its standard input.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "support"))

from fake_provider import CLOSE, Asked, Script, head, openai_stream
from served import PLAIN, answer_to, config_of, served

PAUSE_S = 0.03
WORDS = {
    "summary": "Return the area of a rectangle with this width and height.",
    "arg_width": "How many units the width of the rectangle takes.",
    "arg_height": "How many units it is high, the height of a side.",
    "returns": "The area that the rectangle covers.",
}


class Pause:
    """A step of an answer that takes its time."""

    async def wait(self) -> None:
        """Let it pass."""
        await asyncio.sleep(PAUSE_S)


def main(folder: Path) -> None:
    """Answer until the input ends."""

    def answer(asked: Asked) -> Script:
        with (folder / "keys").open("a") as file:
            file.write(asked.headers.get("authorization", "none") + "\n")
        text = answer_to(asked, lambda name: WORDS.get(name, PLAIN))
        events = openai_stream(text).split(b"\n\n")[:-1]
        return (head(), *(step for event in events for step in (event + b"\n\n", Pause())), CLOSE)

    with served(answer) as server:
        (folder / "user.toml").write_text(config_of(server.url))
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""What the rendering of one section may take."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

MAX_STEPS: Final = 1_000_000  # nodes of templates that are worked through
MAX_CHARACTERS: Final = 4 << 20  # all text that is made on the way, not only what remains


class TooMuch(Exception):
    """A template takes more than it may."""


class Budget:
    """Steps and characters that are left."""

    __slots__ = ("_characters", "_steps")

    def __init__(self) -> None:
        """Begin with all that a section may take."""
        self._steps = MAX_STEPS
        self._characters = MAX_CHARACTERS

    def spend(self, steps: int, characters: int = 0) -> None:
        """Take from what is left. Raises TooMuch."""
        self._steps -= steps
        self._characters -= characters
        if self._steps < 0:
            raise TooMuch(f"takes more than {MAX_STEPS:,} steps: a loop or a macro does not end, or does too much")
        if self._characters < 0:
            raise TooMuch(f"makes more than {MAX_CHARACTERS:,} characters")


# Renderings may run in several threads, and jinja2 hands no state of ours to filters.
_CURRENT: ContextVar[Budget] = ContextVar("glossator_template_budget")


def current() -> Budget:
    """The budget of the rendering that runs here; a new one outside of any."""
    return _CURRENT.get(None) or Budget()


class Spending:
    """A rendering with a budget of its own: `with Spending(): ...`."""

    def __enter__(self) -> None:
        """Begin a budget."""
        self._token = _CURRENT.set(Budget())

    def __exit__(self, *_: object) -> None:
        """Go back to the budget before."""
        _CURRENT.reset(self._token)

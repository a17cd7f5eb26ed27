"""Who is heard while a request grows: one provider at a time, and never one whose answer is not the request's."""

from __future__ import annotations

from glossator.providers.base import Heard, Reply


class Stage:
    """The listener of one request, and which of its tries is heard.

    The first that says something is; when it fails, the next one that says something. Whoever answers first has the
    stage for good.
    """

    def __init__(self, heard: Heard) -> None:
        """Begin with nobody on it."""
        self._heard = heard
        self._speaker: Take | None = None
        self._is_over = False

    def speak(self, take: Take, text: str) -> None:
        """Let a try be heard, if it is its turn."""
        if self._is_over:
            return
        if self._speaker is None:
            self._speaker = take
        if self._speaker is take:
            self._heard(text)

    def leave(self, take: Take) -> None:
        """Leave the stage to others."""
        if self._speaker is take:
            self._speaker = None

    def finish(self, take: Take, reply: Reply) -> bool:
        """Whether a try's answer is the request's: the first one is; it is heard in full, and nothing after it."""
        if self._is_over:
            return False
        if self._speaker is not take:
            self._heard(reply.text)
        self._is_over = True
        return True

    @property
    def is_over(self) -> bool:
        """Whether the request has its answer."""
        return self._is_over


class Take:
    """What one try says; it listens to its provider."""

    def __init__(self, stage: Stage) -> None:
        """Begin with nothing said."""
        self._stage = stage
        self._is_over = False
        self._text = ""

    @property
    def text(self) -> str:
        """What was said so far."""
        return self._text

    def __call__(self, text: str) -> None:
        """Hear the text so far; what comes after the end is dropped."""
        if not self._is_over:
            self._text = text
            self._stage.speak(self, text)

    def end(self) -> None:
        """Hear nothing more."""
        self._is_over = True
        self._stage.leave(self)

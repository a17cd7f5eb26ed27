"""Ollama's own API; its OpenAI one ignores `num_ctx` and cuts long questions without a word.

Source: https://docs.ollama.com/api/chat, /api/errors (an error is a string, also
within a stream), /capabilities/thinking.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from glossator.errors import InvalidReply
from glossator.providers import forms
from glossator.providers.answers import Counts, parsed, whole_number
from glossator.providers.asking import Dialect, Reader
from glossator.providers.base import Prompt
from glossator.providers.rejections import error_within
from glossator.providers.traits import rung

MIN_CONTEXT: Final = 4096
MAX_CONTEXT: Final = 131_072
_MARGIN: Final = 1.3  # our count of tokens may be off by a fifth, and the chat template takes some


def ollama() -> Dialect:
    """The dialect of /api/chat."""
    contexts = Contexts()
    return Dialect(
        path="/api/chat",
        form=(forms.BY_LENGTHS, forms.BY_SCHEMA, forms.BY_OBJECT, forms.BY_WORDS),
        members=((rung("think", "thinking"),), (rung("temperature"),)),
        headers=_headers,
        body=contexts.body,
        reader=contexts.reader,
    )


class Contexts:
    """The size of the model's context: the largest that a question needed so far.

    It never shrinks, and grows by doubling, since Ollama loads the model anew for each other size.
    """

    def __init__(self) -> None:
        """Start with the smallest."""
        self._size = MIN_CONTEXT

    def body(self, prompt: Prompt, model: str, chosen: frozenset[str]) -> dict[str, Any]:
        """The request, with a context that holds question and answer."""
        needed = prompt.tokens * _MARGIN + prompt.max_tokens
        while self._size < min(needed, MAX_CONTEXT):
            self._size *= 2
        options: dict[str, Any] = {"num_ctx": self._size, "num_predict": prompt.max_tokens}
        if "temperature" in chosen:
            options["temperature"] = 0
        body = {"model": model, "messages": _messages(prompt, chosen), "stream": True, "options": options}
        # Thoughts would count into num_predict, and docstrings need none.
        thinking = {"think": False} if "think" in chosen else {}
        return body | thinking | _form(prompt, chosen)

    def reader(self, known: frozenset[str]) -> Reader:
        """A reader that knows how long question and answer may be together."""
        return OllamaReader(known, self._size)


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


def _messages(prompt: Prompt, chosen: frozenset[str]) -> list[dict[str, str]]:
    messages = [{"role": "system", "content": prompt.instructions}] if prompt.instructions.strip() else []
    for question, answer in prompt.examples:
        messages += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return [*messages, {"role": "user", "content": "".join(forms.parts(prompt, chosen))}]


def _form(prompt: Prompt, chosen: frozenset[str]) -> dict[str, Any]:
    if forms.LENGTHS in chosen:
        return {"format": forms.closed(prompt.schema)}
    if forms.SCHEMA in chosen:
        return {"format": forms.without_lengths(prompt.schema)}
    return {"format": "json"} if forms.OBJECT in chosen else {}


class OllamaReader:
    """Reads an object a line; the last one says `done`."""

    def __init__(self, known: frozenset[str], context: int) -> None:
        """Start with nothing."""
        self._known = known
        self._context = context
        self._text = ""
        self._last: Mapping[str, Any] = {}

    def line(self, line: bytes) -> bool:
        """Take a line; true at the one that says that it is the last."""
        if not line.strip():
            return False
        found = parsed(line)
        if error := found.get("error"):
            raise error_within(error, self._known)
        message = found.get("message")
        if isinstance(message, dict) and isinstance(piece := message.get("content"), str):
            self._text += piece
        if found.get("done") is True:
            self._last = found
        return bool(self._last)

    def text(self) -> str:
        """The content so far; thoughts have a member of their own."""
        return self._text

    def end(self) -> Counts:
        """The usage. Raises InvalidReply without a last line, and where question and answer filled the context."""
        if not self._last:
            raise InvalidReply("the answer was cut off (no end came)")
        if (reason := self._last.get("done_reason", "stop")) != "stop":
            raise InvalidReply(f"the answer was cut off ({'num_predict' if reason == 'length' else 'no answer came'})")
        counts = Counts(whole_number(self._last, "prompt_eval_count"), whole_number(self._last, "eval_count"))
        if (counts.tokens_in or 0) + (counts.tokens_out or 0) >= self._context:
            raise InvalidReply("the question was longer than the model's context, so its beginning was lost")
        return counts


_READER: type[Reader] = OllamaReader

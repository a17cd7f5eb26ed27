"""Servers that speak OpenAI's chat completions: OpenAI, vLLM, llama.cpp, LM Studio, OpenRouter and many more.

Source: https://platform.openai.com/docs/api-reference/chat/streaming; https://openrouter.ai/docs/api-reference/streaming
and .../errors (comments, errors in a stream, `usage.cost`); vLLM's and llama.cpp's own servers, read and tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from glossator.errors import InvalidReply
from glossator.providers import forms
from glossator.providers.answers import Counts, amount, parsed, whole_number
from glossator.providers.asking import Dialect, Reader
from glossator.providers.base import Prompt
from glossator.providers.rejections import error_within
from glossator.providers.streams import Events
from glossator.providers.traits import rung, silent_rung

REASONING_TOKENS: Final = 4096
"""What an answer may take beyond its own bound where a model that thinks counts its thoughts into it."""

_FINISHED: Final = ("stop", "tool_calls", "function_call", "eos")


def openai() -> Dialect:
    """The dialect of /chat/completions."""
    return Dialect(
        path="/chat/completions",
        form=(forms.BY_LENGTHS, forms.BY_SCHEMA, forms.BY_OBJECT, forms.BY_TOOL, forms.BY_WORDS),
        members=(
            (rung("stream_options", "include_usage"),),
            (rung("temperature"),),
            (silent_rung("max_tokens"), silent_rung("max_completion_tokens")),
        ),
        headers=_headers,
        body=_body,
        reader=OpenAIReader,
    )


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


def _body(prompt: Prompt, model: str, chosen: frozenset[str]) -> dict[str, Any]:
    messages = [{"role": "system", "content": prompt.instructions}] if prompt.instructions.strip() else []
    for question, answer in prompt.examples:
        messages += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    messages.append({"role": "user", "content": "".join(forms.parts(prompt, chosen))})
    body = {"model": model, "messages": messages, "stream": True, **_form(prompt, chosen)}
    members = {
        "stream_options": {"include_usage": True},
        "temperature": 0,
        "max_tokens": prompt.max_tokens,
        "max_completion_tokens": prompt.max_tokens + REASONING_TOKENS,
    }
    return body | {name: value for name, value in members.items() if name in chosen}


def _form(prompt: Prompt, chosen: frozenset[str]) -> dict[str, Any]:
    if forms.LENGTHS in chosen:
        return _schema(forms.closed(prompt.schema))
    if forms.SCHEMA in chosen:
        return _schema(forms.without_lengths(prompt.schema))
    if forms.OBJECT in chosen:
        return {"response_format": {"type": "json_object"}}
    if forms.TOOL in chosen:
        function = {"name": forms.TOOL_NAME, "parameters": forms.without_lengths(prompt.schema)}
        return {
            "tools": [{"type": "function", "function": function}],
            "tool_choice": {"type": "function", "function": {"name": forms.TOOL_NAME}},
        }
    return {}


def _schema(schema: dict[str, Any]) -> dict[str, Any]:
    named = {"name": forms.SCHEMA_NAME, "strict": True, "schema": schema}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


class OpenAIReader:
    """Reads a stream of chunks, or the one object of a server that does not stream."""

    def __init__(self, known: frozenset[str]) -> None:
        """Start with nothing."""
        self._known = known
        self._events = Events()
        self._plain: list[bytes] = []
        self._text = ""
        self._finish = ""
        self._counts = Counts()

    def line(self, line: bytes) -> bool:
        """Take a line; true at [DONE]. A chunk that ends the text may be followed by one with the usage."""
        if self._plain or (line.lstrip().startswith(b"{") and not self._text):
            self._plain.append(line)
            return False
        data = self._events.line(line)
        if data is None or not data.strip():
            return False
        if data.strip() == b"[DONE]":
            return True
        self._chunk(parsed(data))
        return False

    def text(self) -> str:
        """The content so far, or the arguments of the forced tool call; what was thought has members of its own."""
        return self._text

    def end(self) -> Counts:
        """The usage. Raises InvalidReply where no choice ended with "stop"."""
        if self._plain:
            self._chunk(parsed(b"\n".join(self._plain)))
            self._plain = []
        if self._finish not in _FINISHED:
            raise InvalidReply(f"the answer was cut off ({_why(self._finish)})")
        return self._counts

    def _chunk(self, chunk: Mapping[str, Any]) -> None:
        if error := chunk.get("error"):
            raise error_within(error, self._known)
        if chunk.get("object") == "error":  # vLLM's
            raise error_within(dict(chunk), self._known)
        if isinstance(usage := chunk.get("usage"), dict):
            self._counts = _counts(usage)
        for choice in _list(chunk.get("choices")):
            if choice.get("index", 0) == 0:
                self._choice(choice)

    def _choice(self, choice: Mapping[str, Any]) -> None:
        if error := choice.get("error"):
            raise error_within(error, self._known)
        delta = choice.get("delta") or choice.get("message") or {}
        if isinstance(delta, dict):
            if delta.get("refusal"):
                raise InvalidReply("the model refused to answer")
            self._text += _content(delta.get("content")) + _arguments(delta.get("tool_calls"))
        if isinstance(finish := choice.get("finish_reason"), str):
            self._finish = finish


def _content(content: object) -> str:
    """A piece of text: a string, or, from some servers, a list of parts."""
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in _list(content) if part.get("type") == "text")


def _arguments(calls: object) -> str:
    """A piece of the first tool call's arguments."""
    first = [call.get("function") for call in _list(calls) if call.get("index", 0) == 0]
    return "".join(
        call["arguments"] for call in first if isinstance(call, dict) and isinstance(call.get("arguments"), str)
    )


def _counts(usage: Mapping[str, Any]) -> Counts:
    details = usage.get("prompt_tokens_details")
    cached = whole_number(details, "cached_tokens") if isinstance(details, dict) else None
    return Counts(
        whole_number(usage, "prompt_tokens"),
        whole_number(usage, "completion_tokens"),
        cached or 0,
        cost=amount(usage, "cost"),
    )


def _list(found: object) -> list[dict[str, Any]]:
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _why(finish: str) -> str:
    """Why an answer ended, in words of our own."""
    known = {"": "no end came", "length": "max_tokens", "content_filter": "the server's filter", "error": "an error"}
    return known.get(finish, "for a reason that we do not know")


_READER: type[Reader] = OpenAIReader

"""Anthropic's messages API.

Source: https://platform.claude.com/docs: build-with-claude/streaming (events), /structured-outputs (output_config),
/prompt-caching (at most four marks), api/handling-stop-reasons, api/errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from glossator.errors import InvalidReply
from glossator.providers import forms
from glossator.providers.answers import Counts, Tariff, parsed, whole_number
from glossator.providers.asking import Dialect, Reader
from glossator.providers.base import Prompt
from glossator.providers.rejections import error_within
from glossator.providers.streams import Events
from glossator.providers.traits import rung, silent_rung

MAX_MARKS: Final = 4
_FINISHED: Final = ("end_turn", "tool_use", "stop_sequence")


def anthropic() -> Dialect:
    """The dialect of /v1/messages.

    It has no rung for schemas with lengths: those are documented as refused.
    """
    return Dialect(
        path="/v1/messages",
        form=(forms.BY_SCHEMA, forms.BY_TOOL, forms.BY_WORDS),
        members=((rung("temperature"),), (silent_rung("cache_control"),)),
        headers=_headers,
        body=_body,
        reader=AnthropicReader,
        # Reading from its cache costs a tenth, writing to it a quarter more.
        tariff=Tariff(cached=0.1, written=1.25),
        silence_is_final=True,
    )


def _headers(key: str) -> dict[str, str]:
    version = {"anthropic-version": "2023-06-01"}
    return version | {"x-api-key": key} if key else version


def _body(prompt: Prompt, model: str, chosen: frozenset[str]) -> dict[str, Any]:
    system = [_block(prompt.instructions)] if prompt.instructions.strip() else []
    messages: list[dict[str, Any]] = []
    for question, answer in prompt.examples:
        messages.append({"role": "user", "content": [_block(question)]})
        messages.append({"role": "assistant", "content": [_block(answer)]})
    parts = [_block(part) for part in forms.parts(prompt, chosen)]
    messages.append({"role": "user", "content": parts})
    if "cache_control" in chosen:
        # The examples are equal for all symbols, too: where there are some, the mark behind them covers both.
        stable = [message["content"][0] for message in messages[:-1]] or system
        for block in [*stable[-1:], *parts[:-1]][:MAX_MARKS]:
            block["cache_control"] = {"type": "ephemeral"}
    body = {"model": model, "max_tokens": prompt.max_tokens, "stream": True, "messages": messages}
    if system:
        body["system"] = system
    if "temperature" in chosen:
        body["temperature"] = 0
    return body | _form(prompt, chosen)


def _block(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _form(prompt: Prompt, chosen: frozenset[str]) -> dict[str, Any]:
    schema = forms.without_lengths(prompt.schema)
    if forms.SCHEMA in chosen:
        return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}
    if forms.TOOL in chosen:
        tool = {"name": forms.TOOL_NAME, "description": "Takes the documentation.", "input_schema": schema}
        return {"tools": [tool], "tool_choice": {"type": "tool", "name": forms.TOOL_NAME}}
    return {}


class AnthropicReader:
    """Reads a stream of events."""

    def __init__(self, known: frozenset[str]) -> None:
        """Start with nothing."""
        self._known = known
        self._events = Events()
        self._text = ""
        self._reason = ""
        self._stopped = False
        self._usage: dict[str, Any] = {}

    def line(self, line: bytes) -> bool:
        """Take a line; true at message_stop. Pings, and events that are yet to be invented, are passed over."""
        data = self._events.line(line)
        if data is None or not data.strip() or data.strip() == b"[DONE]":  # some gateways add OpenAI's end
            return False
        self._event(parsed(data))
        return self._stopped

    def text(self) -> str:
        """The text so far, or the input of the forced tool; thoughts have blocks of their own."""
        return self._text

    def end(self) -> Counts:
        """The usage. Raises InvalidReply without message_stop, and for a stop that is no end."""
        if not self._stopped:
            raise InvalidReply("the answer was cut off (no end came)")
        if self._reason == "refusal":
            raise InvalidReply("the model refused to answer")
        if self._reason not in _FINISHED:
            raise InvalidReply(f"the answer was cut off ({_why(self._reason)})")
        return self._counts()

    def _event(self, event: Mapping[str, Any]) -> None:
        match event.get("type"):
            case "error":
                raise error_within(event.get("error"), self._known)
            case "message_start":
                self._take_usage(_within(event, "message"))
            case "content_block_delta":
                self._text += _piece(_within(event, "delta"))
            case "message_delta":
                self._reason = str(_within(event, "delta").get("stop_reason") or self._reason)
                self._take_usage(event)
            case "message_stop":
                self._stopped = True

    def _take_usage(self, holder: Mapping[str, Any]) -> None:
        """Keep the counts: those of a later event are those of the whole answer so far."""
        usage = _within(holder, "usage")
        self._usage |= {name: value for name, value in usage.items() if value is not None}

    def _counts(self) -> Counts:
        cached = whole_number(self._usage, "cache_read_input_tokens") or 0
        written = whole_number(self._usage, "cache_creation_input_tokens") or 0
        fresh = whole_number(self._usage, "input_tokens")
        tokens_in = None if fresh is None else fresh + cached + written
        return Counts(tokens_in, whole_number(self._usage, "output_tokens"), cached, written)


def _piece(delta: Mapping[str, Any]) -> str:
    name = {"text_delta": "text", "input_json_delta": "partial_json"}.get(str(delta.get("type")), "")
    piece = delta.get(name)
    return piece if isinstance(piece, str) else ""


def _within(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def _why(reason: str) -> str:
    """Why an answer ended, in words of our own."""
    known = {"max_tokens": "max_tokens", "model_context_window_exceeded": "the model's context is full"}
    return known.get(reason, "for a reason that we do not know")


_READER: type[Reader] = AnthropicReader

"""Providers at a fake server, and a question for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fake_provider import anthropic_stream, event, ollama_stream, openai_chunk, openai_stream

from glossator.config.settings import ProviderSettings
from glossator.providers.asking import HttpProvider, open_gate
from glossator.providers.base import Prompt
from glossator.providers.build import Outside, build
from glossator.providers.http import Bounds
from glossator.providers.keys import Keys
from glossator.providers.remembered import Endpoints

ANSWER = '{"summary": "Grüße: say “it”. 🙂"}'
SCHEMA = {"type": "object", "properties": {"summary": {"type": "string", "maxLength": 80}}, "required": ["summary"]}
PROMPT = Prompt(
    instructions="Write what is asked for.",
    examples=(("def g(): ...", '{"summary": "Do g."}'),),
    parts=("# a file\n", "class A:\n", "def f(): ...\n"),
    schema=SCHEMA,
    max_tokens=200,
)
QUICK = Bounds(connect_s=5, idle_s=5, linger_s=0.05)


@dataclass(frozen=True)
class Wire:
    """A dialect as a test needs it: how it streams a text, and what ends it badly."""

    kind: str
    content_type: str
    stream: Any
    broken: bytes  # an error in the midst of a stream
    too_long: bytes
    filtered: bytes
    end: bytes  # what makes a stream whole, as far as it is needed

    def __str__(self) -> str:
        return self.kind


def _openai(finish: str) -> bytes:
    return openai_stream(ANSWER, finish)


OPENAI = Wire(
    "openai",
    "text/event-stream",
    openai_stream,
    event(openai_chunk({"content": '{"summ'})) + event({"error": {"message": "no", "code": 502}}),
    _openai("length"),
    _openai("content_filter"),
    b'"finish_reason": "stop"}]}\n\n',
)
ANTHROPIC = Wire(
    "anthropic",
    "text/event-stream",
    anthropic_stream,
    event({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "error"),
    anthropic_stream(ANSWER, "max_tokens"),
    anthropic_stream(ANSWER, "refusal"),
    b'data: {"type": "message_stop"}\n\n',
)
OLLAMA = Wire(
    "ollama",
    "application/x-ndjson",
    ollama_stream,
    b'{"message": {"content": "{"}, "done": false}\n{"error": "the model failed"}\n',
    ollama_stream(ANSWER, "length"),
    ollama_stream(ANSWER, "load"),
    b'"eval_count": 12}',  # a whole line needs no end
)
WIRES = (OPENAI, ANTHROPIC, OLLAMA)


def outside(**members: Any) -> Outside:
    """Keys, endpoints and gate of nobody, but for those given."""
    return Outside(**{"keys": Keys({}), "endpoints": Endpoints(), "gate": open_gate, **members})


def provider_at(url: str, kind: str = "openai", bounds: Bounds = QUICK, **members: Any) -> HttpProvider:
    """A provider at an address; `members` are settings, `outside` what it shares with others."""
    shared = members.pop("outside", None) or outside()
    return build(
        ProviderSettings("fake", kind, endpoint=url, model=members.pop("model", "m"), **members), shared, bounds
    )

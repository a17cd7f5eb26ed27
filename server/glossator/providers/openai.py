"""Servers that speak OpenAI's chat completions: OpenAI, vLLM, llama.cpp, LM Studio, OpenRouter and many more.

Source: https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from glossator.errors import InvalidReply
from glossator.providers.base import Heard, Price, Prompt, Reply, Usage, count_tokens
from glossator.providers.http import Http


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What all dialects know of an endpoint: the user's name for it, the model, who keeps its key, and the price."""

    name: str
    model: str
    key: Callable[[], str]
    price: Price


class OpenAI:
    """A server with /chat/completions."""

    def __init__(self, endpoint: Endpoint, http: Http) -> None:
        """Connect on first use."""
        self._endpoint = endpoint
        self._http = http

    @property
    def name(self) -> str:
        """The name that the user gave it."""
        return self._endpoint.name

    async def complete(self, prompt: Prompt, heard: Heard) -> Reply:
        """The answer to a prompt. Raises ProviderError."""
        body = json.dumps(self._body(prompt)).encode()
        headers = {"Authorization": f"Bearer {key}"} if (key := self._endpoint.key()) else {}
        async with self._http.post("/chat/completions", body, headers) as lines:
            return await self._read(prompt, lines, heard)

    def _body(self, prompt: Prompt) -> dict[str, Any]:
        messages = [{"role": "system", "content": prompt.instructions}]
        for question, answer in prompt.examples:
            messages += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        messages.append({"role": "user", "content": "".join(prompt.parts)})
        return {
            "model": self._endpoint.model,
            "messages": messages,
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": 0,
            "max_tokens": prompt.max_tokens,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "documentation", "strict": True, "schema": prompt.schema},
            },
        }

    async def _read(self, prompt: Prompt, lines: AsyncIterator[bytes], heard: Heard) -> Reply:
        text, finish, counted = "", "", None
        async for line in lines:
            if not line.startswith(b"data:"):
                continue
            data = line[5:].strip()
            if data == b"[DONE]":
                break
            chunk: Mapping[str, Any] = json.loads(data)
            counted = chunk.get("usage") or counted
            for choice in chunk.get("choices") or ():
                if piece := (choice.get("delta") or {}).get("content"):
                    text += piece
                    heard(text)
                finish = choice.get("finish_reason") or finish
        if finish != "stop":
            raise InvalidReply(f"the answer was cut off ({finish or 'no end'})")
        return Reply(text, self.name, self._usage(prompt, text, counted))

    def _usage(self, prompt: Prompt, text: str, counted: Mapping[str, Any] | None) -> Usage:
        tokens_in, tokens_out, cached = prompt.tokens, count_tokens(text), 0
        if counted:
            tokens_in = int(counted.get("prompt_tokens", tokens_in))
            tokens_out = int(counted.get("completion_tokens", tokens_out))
            cached = int((counted.get("prompt_tokens_details") or {}).get("cached_tokens") or 0)
        return Usage(tokens_in, tokens_out, cached, self._endpoint.price.of(tokens_in, tokens_out), 1)

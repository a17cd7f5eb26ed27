"""Has the functions of a sample documented by a provider, and notes for each field what became of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from sample import Sample

from glossator.config import Settings
from glossator.config.keys import EMBEDDED
from glossator.docstring.validate import is_telling, validated
from glossator.documenter import FileOptions, check_bytes, document_bytes, requests_of
from glossator.documenter.generation import Generator
from glossator.engine.answers import Answer
from glossator.engine.filling import Trust, about_of
from glossator.engine.requests import Request
from glossator.model import FieldKey, FunctionFacts
from glossator.providers.base import Heard, Prompt, Reply, Usage
from glossator.providers.pool import Pool
from glossator.workspace.index import Index


@dataclass(frozen=True, slots=True)
class Field:
    """One field: the shown text with its origin, the embedded provider's text, and why the model's was refused."""

    key: FieldKey
    text: str
    origin: str
    ours: str
    refused: str
    names: str  # what a reader sees beside it

    @property
    def is_models(self) -> bool:
        """Whether the model's text is shown."""
        return self.origin != EMBEDDED


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one function: its fields, the model's replies as they came, and the rules that it breaks."""

    sample: Sample
    code: str
    fields: tuple[Field, ...]
    replies: tuple[str, ...]
    usage: Usage
    seconds: float
    error: str
    findings: tuple[str, ...]
    unfit: tuple[str, ...]  # shown texts of the model that would be refused now
    written: bytes
    embedded: bytes  # the same file by the embedded provider alone


@dataclass(slots=True)
class Listener:
    """Notes what a provider answers, and passes it on."""

    provider: Pool
    heard: dict[str, list[str]] = field(default_factory=dict)
    trust: Trust = field(default_factory=Trust)

    @property
    def name(self) -> str:
        """The provider's name."""
        return self.provider.name

    @property
    def width(self) -> int:
        """How many requests it takes at once."""
        return self.provider.width

    @property
    def pause_s(self) -> float | None:
        """For how long it cannot be asked."""
        return self.provider.pause_s

    async def complete(self, prompt: Prompt, heard: Heard) -> Reply:
        """The provider's answer."""
        reply = await self.provider.complete(prompt, heard)
        self.heard.setdefault(str(prompt.schema), []).append(reply.text)
        return reply

    async def aclose(self) -> None:
        """Close the provider."""
        await self.provider.aclose()


async def documented(samples: list[Sample], settings: Settings) -> list[Outcome]:
    """The outcome for each function; one that gets no request (it is its base's, or has no place) is left out."""
    generator = Generator(settings)
    listener = Listener(generator._pool)
    generator._pool = listener  # type: ignore[assignment]
    async with aclosing(generator):
        found = await asyncio.gather(*(_documented(one, generator, listener, settings) for one in samples))
    return [one for one in found if one is not None]


async def _documented(one: Sample, generator: Generator, listener: Listener, settings: Settings) -> Outcome | None:
    options = FileOptions(settings, style="google", symbols=(one.path,))
    framing = generator.view.framing(settings, Index().about(str(one.file)))
    asked = requests_of(one.stripped, str(one.file), options, framing)
    if len(asked) != 1:
        return None
    (request,) = asked
    started = 0.0

    def heard(_texts: Mapping[FieldKey, str]) -> None:
        nonlocal started
        started = started or time.monotonic()

    answer = await generator.fill(request, heard, listener.trust)
    seconds = time.monotonic() - started if started else 0.0
    result = document_bytes(one.stripped, str(one.file), replace(options, answers={one.path: answer}))
    checked = check_bytes(result.raw or one.stripped, str(one.file), FileOptions(settings, style="google"))
    findings = [f"{each.code} {each.message}" for each in checked.findings if each.symbol == one.path]
    unfit = [text for text in _models(answer) if not _is_fit(*text, request)]
    return Outcome(
        one,
        request.question.prompt.parts[-1],
        tuple(_field(key, request, answer) for key in answer.texts),
        tuple(
            text for replies in listener.heard.values() for text in replies if request.question.form.identity in text
        ),
        answer.usage,
        seconds,
        answer.error,
        (*findings, *([result.error] if result.error else [])),
        tuple(text for _, text in unfit),
        result.raw or one.stripped,
        document_bytes(one.stripped, str(one.file), options).raw or one.stripped,
    )


def _models(answer: Answer) -> list[tuple[FieldKey, str]]:
    return [(key, text) for key, text in answer.texts.items() if answer.origins[key] != EMBEDDED]


def _is_fit(key: FieldKey, text: str, request: Request) -> bool:
    about = about_of(request)
    if not is_telling(key, request.ours[key], request.facts, request.path):  # then a small model may say more
        about = replace(about, is_small=False)
    return validated(key, text, about).text == text


def _field(key: FieldKey, request: Request, answer: Answer) -> Field:
    names = request.path
    if key.name and isinstance(request.facts, FunctionFacts):
        known = {each.name: f"{each.name} {each.annotation} {each.default}" for each in request.facts.parameters}
        names = known.get(key.name.lstrip("*"), key.name)
    return Field(key, answer.texts[key], answer.origins[key], request.ours[key], answer.refused.get(key, ""), names)

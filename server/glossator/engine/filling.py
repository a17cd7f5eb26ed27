"""Fills fields through a provider: one question, the answer checked field by field, one more try for what was refused.

Whatever a provider does, the outcome is a whole one: a field that it did not fill has the embedded provider's text, and
says so. Only being cancelled passes through.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from glossator.docstring.validate import About, Reason, better, validated
from glossator.engine.answers import EMBEDDED, Answer
from glossator.engine.fields import Form, answered, growing
from glossator.engine.requests import Request
from glossator.errors import InvalidReply, ProviderError
from glossator.model import FieldKey
from glossator.providers.base import NO_USAGE, Prompt, Provider, Usage

logger = logging.getLogger(__name__)

Seen = Callable[[Mapping[FieldKey, str]], None]
"""Hears the fields of an answer as they grow; those that would be refused as they stand are not among them."""


@dataclass(slots=True)
class _Filling:
    """What one request has so far."""

    request: Request
    texts: dict[FieldKey, str]
    origins: dict[FieldKey, str]
    refused: dict[FieldKey, tuple[Reason, str]] = field(default_factory=dict)
    usage: Usage = NO_USAGE

    def take(self, found: Mapping[FieldKey, str], form: Form, name: str) -> None:
        """Check an answer's fields, and take what is better than what is there."""
        about = about_of(self.request)
        for key in form.names.values():
            verdict = validated(key, found.get(key, ""), about)
            self.refused.pop(key, None)
            if verdict.reason is not None:
                self.refused[key] = verdict.reason, verdict.hint
            elif better(key, verdict.text, self.request.ours[key], about.facts):
                self.texts[key], self.origins[key] = verdict.text, name

    def answer(self, error: str = "") -> Answer:
        """What has come out."""
        reasons = {key: reason.value for key, (reason, _) in self.refused.items()}
        return Answer(self.texts, self.origins, reasons, self.usage, error)


def about_of(request: Request) -> About:
    """What an answer is held against."""
    question = request.question
    return About(request.facts, question.names, question.prompt.texts, request.language, request.room)


async def fill(request: Request, provider: Provider, seen: Seen) -> Answer:
    """A text for each field of a request. Raises nothing but what cancels it."""
    filling = _Filling(request, dict(request.ours), dict.fromkeys(request.ours, EMBEDDED))
    question = request.question
    try:
        await _ask(filling, provider, question.prompt, question.form, seen)
        if filling.refused:
            form = question.form.only(tuple(filling.refused))
            await _ask(filling, provider, _again(question.prompt, form, filling.refused), form, seen)
    except InvalidReply as error:
        logger.info("answer refused provider=%s", provider.name)
        return filling.answer(str(error))
    except ProviderError as error:
        logger.warning("provider failed provider=%s error=%s", provider.name, type(error).__name__)
        return filling.answer(str(error))
    return filling.answer()


async def _ask(filling: _Filling, provider: Provider, prompt: Prompt, form: Form, seen: Seen) -> None:
    """Ask once, and take what is good of the answer; one that is no answer at all is asked for once more."""
    about = about_of(filling.request)

    def heard(text: str) -> None:
        grown = {key: validated(key, said, about) for key, said in growing(text, form).items()}
        seen(filling.texts | {key: verdict.text for key, verdict in grown.items() if verdict.reason is None})

    reply = await provider.complete(prompt, heard)
    filling.usage += reply.usage
    filling.take(answered(reply.text, form), form, reply.provider)


def _again(prompt: Prompt, form: Form, refused: Mapping[FieldKey, tuple[Reason, str]]) -> Prompt:
    """The prompt once more, with what was wrong with its answer."""
    names = {key: name for name, key in form.names.items()}
    wrong = "\n".join(f"{names[key]}: {hint}" for key, (_, hint) in refused.items())
    part = f"\n\nAn answer was refused. Write these fields again, otherwise:\n{wrong}"
    return replace(prompt, parts=(*prompt.parts, part), schema=form.schema, max_tokens=form.max_tokens)

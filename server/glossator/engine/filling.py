"""Fills fields through a provider: one question, the answer checked field by field, one more try for what was refused.

Whatever a provider does, the outcome is a whole one: a field that it did not fill has the embedded provider's text, and
says so. Only being cancelled passes through.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from time import perf_counter
from typing import Final

from glossator.config.keys import EMBEDDED
from glossator.docstring.validate import About, Reason, validated
from glossator.engine.answers import Answer, Said
from glossator.engine.fields import Form, answered, growing
from glossator.engine.judgement import is_taken, judged
from glossator.engine.prompts import HOUSE_WORDS
from glossator.engine.requests import Request
from glossator.errors import InvalidReply, ProviderError, RateLimited, TimedOut, Unavailable
from glossator.model import FieldKey
from glossator.monitor import names
from glossator.providers.base import NO_USAGE, Heard, Prompt, Provider, Usage, usage_in

logger = logging.getLogger(__name__)

_ENOUGH: Final = 6  # replies that show what a model is worth
MOSTLY_REFUSED: Final = "its answers are mostly refused"
ALL_SPENT: Final = "the run has cost what it may cost"

Seen = Callable[[Mapping[FieldKey, str]], None]
"""Hears the fields of an answer as they grow; those that would be refused as they stand are not among them."""


@dataclass(slots=True)
class Trust:
    """Whether a provider is to be asked on: what its replies cost, and how many of their fields nobody could take.

    `max_cost` is what all of them together may cost; None for any amount. `pledged` is what those in flight are
    expected to cost. `workspace` is the folder of those who ask, whose budgets they spend.
    """

    max_cost: float | None = None
    workspace: str = ""
    replies: int = 0
    fields: int = 0
    refused: int = 0
    cost: float = 0.0
    pledged: float = 0.0

    @property
    def objection(self) -> str:
        """Why nobody is asked any more; "" as long as somebody is.

        Where most of what came was refused, in enough replies, what would pass is chance.
        """
        if self.replies >= _ENOUGH and self.refused * 2 > self.fields:
            return MOSTLY_REFUSED
        return ALL_SPENT if self.max_cost is not None and self.cost and self.cost >= self.max_cost else ""

    @property
    def is_pledged(self) -> bool:
        """Whether what is in flight is expected to cost all that is left."""
        return self.max_cost is not None and self.pledged > 0 and self.cost + self.pledged >= self.max_cost

    def note(self, answer: Answer) -> None:
        """Count what became of an answer; a provider that could not be reached has said nothing."""
        self.cost += answer.usage.cost
        if not answer.error:
            self.replies += 1
            self.fields += len(answer.texts)
            self.refused += sum(reason != Reason.SAYS_MUCH.value for reason in answer.refused.values())


@dataclass(slots=True)
class Filling:
    """What one request has so far."""

    request: Request
    texts: dict[FieldKey, str]
    origins: dict[FieldKey, str]
    refused: dict[FieldKey, tuple[Reason, str]] = field(default_factory=dict)
    said: dict[FieldKey, Said] = field(default_factory=dict)
    usage: Usage = NO_USAGE
    validated_us: float = 0.0

    @classmethod
    def begun(cls, request: Request) -> Filling:
        """A request before anybody was asked: what is recalled, and the embedded provider's texts for the rest."""
        before, ours = request.recalled, request.ours
        return cls(request, {**ours, **before.texts}, {**dict.fromkeys(ours, EMBEDDED), **before.origins})

    def take(self, said: Mapping[FieldKey, str], about: About, name: str) -> None:
        """Check an answer's fields, and take what is better than what is there."""
        started = perf_counter()
        wanted = self.refused or dict.fromkeys(self.request.question.form.names.values())
        self.refused = {}
        for key, verdict in judged({key: said.get(key, "") for key in wanted}, about, self.request).items():
            if verdict.reason is not None:
                self.refused[key] = verdict.reason, verdict.hint
                self.said[key] = Said("", verdict.reason.value, name)
                continue
            self.said[key] = Said(verdict.text, "", name)
            if is_taken(key, verdict.text, self.request):
                self.texts[key], self.origins[key] = verdict.text, name
        self.validated_us += (perf_counter() - started) * 1e6

    def failed(self, error: ProviderError) -> Answer:
        """What there is where the provider has failed; that passes if it could not be reached, or was too busy."""
        passes = isinstance(error, Unavailable | TimedOut | RateLimited) and not self.said
        return replace(self.answer(str(error)), may_pass=passes)

    def answer(self, error: str = "") -> Answer:
        """What has come out."""
        reasons = {key: reason.value for key, (reason, _) in self.refused.items()}
        before = self.request.recalled
        return Answer(
            self.texts,
            self.origins,
            {**before.refused, **reasons},
            self.usage,
            error,
            {**before.said, **self.said},
            timings_us={names.VALIDATE: self.validated_us} if self.validated_us else {},
        )


def about_of(request: Request, *hints: str) -> About:
    """What an answer is held against; neither the prompt's own words nor `hints` are an answer, the project's are."""
    question = request.question
    instructions, *examples = question.prompt.texts[: -len(question.prompt.parts)]
    shown = (instructions.partition(HOUSE_WORDS)[0], *examples, *hints)
    want = request.want
    return About(want.facts, question.names, shown, tuple(examples), want.language, want.room, want.is_small)


def unasked(request: Request, objection: str) -> Answer:
    """The embedded provider's texts, since nobody is asked any more."""
    return Filling.begun(request).answer(objection)


async def fill(
    request: Request, provider: Provider, seen: Seen, *, is_asked_again: bool = True, filling: Filling | None = None
) -> Answer:
    """A text for each field of a request. Raises nothing but what cancels it.

    With `is_asked_again`, what was refused is asked for a second time, with what was wrong. `filling` is what is there
    already, where the request was asked with others: of that only the second time is left if some of it was refused.
    """
    filling = filling or Filling.begun(request)
    try:
        if not filling.refused:
            await _ask(filling, provider, request.question.form, seen)
        if filling.refused and is_asked_again:
            await _ask(filling, provider, request.question.form.only(tuple(filling.refused)), seen)
    except ProviderError as error:
        filling.usage += usage_in(error)
        logger.info("provider failed provider=%s error=%s", provider.name, type(error).__name__)
        return filling.failed(error)
    return filling.answer()


async def _ask(filling: Filling, provider: Provider, form: Form, seen: Seen) -> None:
    """Ask for the fields of a form, and take what is good of the answer. Raises ProviderError.

    What is no answer at all leaves all of them refused, as long as they have not been asked for again.
    """
    about = _about(filling)
    is_again = bool(filling.refused)
    try:
        reply = await provider.complete(_prompt(filling, form), heard_into(filling, form, seen))
        filling.usage += reply.usage
        found = answered(reply.text, form)
    except InvalidReply as error:
        if is_again:
            raise
        filling.usage += usage_in(error)
        filling.refused |= dict.fromkeys(form.names.values(), (Reason.UNREADABLE, "Answer with the JSON object."))
        return
    filling.take(found, about, reply.provider)


def heard_into(filling: Filling, form: Form, seen: Seen) -> Heard:
    """Hears an answer grow, and shows those of its fields that would be taken as they stand."""
    about = _about(filling)

    def heard(text: str) -> None:
        if len(text) <= form.max_characters:  # else endless; to read it again and again would take longer and longer
            seen(_Grown(text, form, (filling.texts, about)))

    return heard


class _Grown(Mapping[FieldKey, str]):
    """The fields of an answer that is not whole yet, read when the first of them is asked for.

    Answers grow by a word at a time, and who shows them looks ten times a second.
    """

    def __init__(self, text: str, form: Form, given: tuple[Mapping[FieldKey, str], About]) -> None:
        self._text = text
        self._form = form
        self._before, self._about = given

    @cached_property
    def _texts(self) -> Mapping[FieldKey, str]:
        grown = {key: validated(key, said, self._about) for key, said in growing(self._text, self._form).items()}
        return {**self._before, **{key: verdict.text for key, verdict in grown.items() if verdict.reason is None}}

    def __getitem__(self, key: FieldKey) -> str:
        return self._texts[key]

    def __iter__(self) -> Iterator[FieldKey]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def _about(filling: Filling) -> About:
    return about_of(filling.request, *(hint for _, hint in filling.refused.values() if hint))


def _prompt(filling: Filling, form: Form) -> Prompt:
    """The prompt; where fields were refused, with what was wrong with them."""
    prompt = filling.request.question.prompt
    if not filling.refused:
        return prompt
    labels = {key: name for name, key in form.names.items()}
    wrong = "\n".join(f"{labels[key]}: {hint}" for key, (_, hint) in filling.refused.items())
    part = f"\n\nAn answer was refused. Write these fields again, and these alone:\n{wrong}"
    return replace(prompt, parts=(*prompt.parts, part), schema=form.schema, max_tokens=form.max_tokens)

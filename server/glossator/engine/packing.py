"""Several small questions in one call: what they have in common is read, and paid for, once.

Only questions that begin alike are packed, so that the packed one is the common beginning and then one question after
the other, each as it would be asked alone. The answer is an object with one property for each question, called by its
identity, which holds the object that this question asks for and repeats the identity: an answer that went to the wrong
place is seen. What is missing, wrong or refused is asked for again, alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from glossator.engine.answers import Answer
from glossator.engine.fields import Form, answers_in
from glossator.engine.filling import Filling, Seen, about_of, fill, heard_into
from glossator.engine.requests import Request
from glossator.errors import InvalidReply, ProviderError, Refused
from glossator.providers.base import NO_USAGE, Prompt, Provider, Usage, count_tokens, usage_in

# Of the part that is a question's own, and of its answer: small functions, of some ten lines.
MOST_OWN_TOKENS: Final = 250
MOST_ANSWER_TOKENS: Final = 400

TOGETHER: Final = """\
There are {count} of them. Answer with one JSON object that has one property for each, called by its id: {ids}. The \
value of each is the JSON object with the fields that it asks for, its id first."""


def may_be_packed(request: Request) -> bool:
    """Whether a request is small enough to be asked with others."""
    prompt = request.question.prompt
    return prompt.max_tokens <= MOST_ANSWER_TOKENS and count_tokens(prompt.parts[-1]) <= MOST_OWN_TOKENS


async def fill_together(
    jobs: Sequence[tuple[Request, Seen]], provider: Provider, note_split: Callable[[int], None]
) -> list[Answer]:
    """A text for each field of requests that begin alike. Raises nothing but what cancels it.

    `note_split` hears how many of them had to be asked alone after all.
    """
    fillings = [Filling.begun(request) for request, _ in jobs]
    forms = [request.question.form for request, _ in jobs]
    try:
        reply = await provider.complete(packed([request for request, _ in jobs]), heard_by(jobs, fillings))
    except ProviderError as error:
        share(usage_in(error), fillings)
        if not _is_of_the_pack(error):
            return [filling.failed(error) for filling in fillings]
        note_split(len(jobs))
        return [await _alone(filling, job, provider) for filling, job in zip(fillings, jobs, strict=True)]
    share(reply.usage, fillings)
    found = answers_in(reply.text, forms)
    answers, split = [], 0
    for filling, job in zip(fillings, jobs, strict=True):
        said = found.get(filling.request.question.form.identity)
        if said is not None:
            filling.take(said, about_of(filling.request), reply.provider)
        if said is None or filling.refused:
            split += 1
            answers.append(await _alone(filling, job, provider))
        else:
            answers.append(filling.answer())
    note_split(split)
    return answers


def _is_of_the_pack(error: ProviderError) -> bool:
    """Whether each question may do well alone: nothing came that could be read, or this one request was refused."""
    return isinstance(error, InvalidReply) or (isinstance(error, Refused) and not error.is_lasting)


async def _alone(filling: Filling, job: tuple[Request, Seen], provider: Provider) -> Answer:
    """The answer to one question that was packed, asked again for what is missing."""
    return await fill(job[0], provider, job[1], filling=filling)


def packed(requests: Sequence[Request]) -> Prompt:
    """One prompt for requests that begin alike."""
    first = requests[0].question.prompt
    forms = [request.question.form for request in requests]
    own = [request.question.prompt.parts[-1] for request in requests]
    end = TOGETHER.format(count=len(requests), ids=", ".join(form.identity for form in forms))
    return replace(
        first,
        parts=(*first.parts[:-1], "\n\n".join((*own, end))),
        schema=schema_of(forms),
        max_tokens=sum(form.max_tokens for form in forms),
    )


def schema_of(forms: Sequence[Form]) -> Mapping[str, object]:
    """The JSON schema of the answer to several questions."""
    return {
        "type": "object",
        "properties": {form.identity: form.schema for form in forms},
        "required": [form.identity for form in forms],
        "additionalProperties": False,
    }


def heard_by(jobs: Sequence[tuple[Request, Seen]], fillings: Sequence[Filling]) -> Callable[[str], None]:
    """Hears the answer to several questions grow, and tells each who asks what is there for him."""
    most = sum(request.question.form.max_characters for request, _ in jobs)
    hearers = [
        heard_into(filling, filling.request.question.form, job[1]) for filling, job in zip(fillings, jobs, strict=True)
    ]

    def heard(text: str) -> None:
        if len(text) <= most:
            for hearer in hearers:
                hearer(text)

    return heard


def share(usage: Usage, fillings: Sequence[Filling]) -> None:
    """Put what a call for several took to each of them: an equal part, and what is left over to the first."""
    count = len(fillings)
    part = Usage(usage.tokens_in // count, usage.tokens_out // count, usage.cached // count, usage.cost / count)
    tokens_in, tokens_out, cached = (one % count for one in (usage.tokens_in, usage.tokens_out, usage.cached))
    rest = Usage(tokens_in, tokens_out, cached, 0.0, usage.calls, usage.unpriced)
    for number, filling in enumerate(fillings):
        filling.usage += part + (NO_USAGE if number else rest)

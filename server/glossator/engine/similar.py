"""What is made of similar code that was documented before: an answer where a renaming proves it, else an example."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from glossator.cache.candidates import Candidate
from glossator.cache.entries import Entry, filled, plain
from glossator.cache.tiers import Tier
from glossator.config.keys import EMBEDDED
from glossator.docstring.validate import About
from glossator.engine.answers import Answer, Said
from glossator.engine.filling import about_of
from glossator.engine.judgement import is_taken, judged
from glossator.engine.requests import Request
from glossator.engine.siblings import carried, exchange
from glossator.model import FieldKey

EXAMPLE: Final = "Similar code was documented like this; yours is other code:"


def proven(request: Request, candidates: Iterable[Candidate]) -> Answer | None:
    """An answer from a sibling, whose every text can be carried over; None where there is none."""
    about = about_of(request)
    for candidate in candidates:
        said = _carried(request, candidate.entry)
        if not isinstance(said, str) and (answer := _answer(request, said, about)) is not None:
            return answer
    return None


def why_not(request: Request, candidate: Candidate) -> str:
    """Why a candidate is no answer; "" where it is one."""
    said = _carried(request, candidate.entry)
    if isinstance(said, str):
        return said
    return "" if _answer(request, said, about_of(request)) is not None else "what it says is not true of this code"


def _carried(request: Request, entry: Entry) -> dict[FieldKey, Said] | str:
    """What was said of a sibling, for the code of a request; a sentence that says why nothing is."""
    if entry.profile != request.want.audience:
        return "somebody else was asked, or in another language"
    words = exchange(entry, request.path, request.likeness)
    if isinstance(words, str):
        return words
    texts, found = entry.by_field, dict[FieldKey, Said]()
    for key in request.question.form.names.values():
        one = texts.get(key)
        own = filled(one.template, request.want.keys.whole.names) if one is not None else None
        text = carried(own, words) if own else None
        if one is None or text is None:
            return f"{key.label} does not say what the two differ in"
        found[key] = Said(text, "", one.by, one.is_private)
    return found


def _answer(request: Request, said: Mapping[FieldKey, Said], about: About) -> Answer | None:
    """The answer with what is carried over, if all of that may be shown."""
    verdicts = judged({key: one.text for key, one in said.items()}, about, request)
    if any(verdict.reason is not None for verdict in verdicts.values()):
        return None
    before = request.recalled
    texts = {**request.ours, **before.texts}
    origins = {**dict.fromkeys(request.ours, EMBEDDED), **before.origins}
    for key, verdict in verdicts.items():
        if is_taken(key, verdict.text, request):
            texts[key], origins[key] = verdict.text, Tier.SIMILAR.value
    shown = {key: one._replace(text=verdicts[key].text) for key, one in said.items()}
    return Answer(texts, origins, before.refused, said={**before.said, **shown})


def with_example(request: Request, candidates: Iterable[Candidate]) -> Request:
    """A request whose prompt shows how the most similar code was documented; as it is, where nothing is near enough."""
    example = next(filter(None, map(_example, candidates)), "")
    if not example:
        return request
    prompt = request.question.prompt
    *before, symbol = prompt.parts
    parts = (*before, f"{EXAMPLE}\n<code>\n{example}\n</code>\n{symbol}")
    return replace(request, question=replace(request.question, prompt=replace(prompt, parts=parts)))


def _example(candidate: Candidate) -> str:
    """The texts of an entry as data; a mark in them cannot end it, since JSON has no `<` unescaped here."""
    texts = {one.key.label: plain(one.template) for one in candidate.entry.texts if one.template}
    name = candidate.entry.path.rpartition(".")[2]
    return json.dumps({"name": name} | texts, ensure_ascii=False).replace("<", "\\u003c") if texts else ""


def drafted(request: Request, candidates: Iterable[Candidate]) -> dict[FieldKey, str]:
    """Texts of similar code for the fields of a request, as far as they may be true of it; they are no answers."""
    return next(filter(None, (dict(_draft(request, one.entry)) for one in candidates)), {})


def _draft(request: Request, entry: Entry) -> Iterator[tuple[FieldKey, str]]:
    texts = {key: plain(one.template) for key, one in entry.by_field.items() if one.template and key in request.ours}
    for key, verdict in judged(texts, about_of(request), request).items():
        if verdict.reason is None:
            yield key, verdict.text

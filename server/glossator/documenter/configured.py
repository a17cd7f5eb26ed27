"""The providers of some settings: what is known of each without asking it, and what it does when it is asked.

A trial asks for the docstring of one small function of our own: no source of anybody's is in it.
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from glossator.config import Settings
from glossator.config.folders import models_folder
from glossator.config.keys import EMBEDDED, LOCAL
from glossator.config.settings import ProviderSettings
from glossator.documenter.exam import examine
from glossator.documenter.files import FileOptions, document_in, job_of
from glossator.documenter.opening import Tell, opened
from glossator.documenter.view import view_of
from glossator.engine.answers import Answer
from glossator.engine.pipeline import compose
from glossator.engine.requests import Request, request_for_new
from glossator.errors import ConfigError, ProviderError
from glossator.model import FieldKey
from glossator.providers.base import Price
from glossator.syntax.context import ContextReader
from glossator.syntax.symbols import Outline
from glossator.workspace.index import Neighbourhood

if TYPE_CHECKING:
    from glossator.providers.base import Provider
    from glossator.providers.keys import Keys

SAMPLE_PATH: Final = "newest"
SAMPLE: Final = b"""\
def newest(articles, count=10, since=None):
    if count < 0:
        raise ValueError("count must not be negative")
    kept = [one for one in articles if since is None or one.published > since]
    return sorted(kept, key=lambda one: one.published, reverse=True)[:count]
"""


@dataclass(frozen=True, slots=True)
class Configured:
    """What is known of a provider without asking it.

    `key` says where its key comes from, never the key. `problem` is why it cannot be asked, `warnings` are what the
    user should know before.
    """

    name: str
    kind: str
    model: str = ""
    endpoint: str = ""
    is_loopback: bool = True
    price: Price | None = None
    key: str = "none"
    is_chosen: bool = False
    problem: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of asking a provider; `problem` is why nothing did, or why `write` would not use it.

    `first_s` is the time to the first text (None: there was none), `way` how it is made to give an object, `refused`
    the fields whose text was not taken, with the reasons, `exam` how a model did that has to pass one.
    """

    first_s: float | None = None
    whole_s: float = 0.0
    way: str = ""
    docstring: str = ""
    refused: Mapping[str, str] | None = None
    tokens: int = 0
    cost: float | None = None
    problem: str = ""
    exam: str = ""


def configured(settings: Settings, environment: Mapping[str, str] | None = None) -> list[Configured]:
    """All providers that settings may name: the built-in ones, then the user's. Opens no connection."""
    found = [Configured(EMBEDDED, EMBEDDED, price=Price()), _local(settings)]
    found += [_remote(one, os.environ if environment is None else environment) for one in settings.providers]
    return [replace(one, is_chosen=one.name in settings.provider) for one in found]


def _local(settings: Settings) -> Configured:
    from glossator.providers.models import Library

    name, problem = settings.local.model, ""
    library = Library(models_folder(settings))
    try:
        library.find(name)
    except ConfigError as error:
        problem = str(error)
    else:
        if importlib.util.find_spec("xllamacpp") is None:
            problem = "needs an extra: pip install 'glossator[local]'"
        elif not library.has(name):
            problem = f"its weights are not here: glossator model pull {name}"
    return Configured(LOCAL, LOCAL, name, price=Price(), problem=problem)


def _remote(one: ProviderSettings, environment: Mapping[str, str]) -> Configured:
    from glossator.providers.build import KINDS, endpoint_of, may_leave, price_of

    model, key = one.model or KINDS[one.kind].model, _key_of(one)
    try:
        address = endpoint_of(one)
    except ConfigError as error:
        return Configured(one.name, one.kind, model, is_loopback=False, key=key, problem=str(error))
    leaves, price = may_leave(one), price_of(one)
    warnings = []
    if leaves and urlsplit(address).scheme != "https":
        warnings.append("what it is sent goes over plain http, where anybody on the way can read it")
        if one.key_env or one.key_keyring:
            warnings.append("its key would, too, so it is not sent: set an https address as `endpoint`")
    if price is None:
        warnings.append("its price is not known: set price_in and price_out")
    if one.key_env and not environment.get(one.key_env):
        warnings.append(f"the environment variable {one.key_env} is not set, or empty")
    # Of the address the host alone: a path may hold what is nobody's business.
    return Configured(one.name, one.kind, model, _host(address), not leaves, price, key, warnings=tuple(warnings))


def _host(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _key_of(one: ProviderSettings) -> str:
    if one.key_env:
        return f"environment variable {one.key_env}"
    return f"keyring entry {one.key_keyring!r}" if one.key_keyring else "none"


async def tried(settings: Settings, name: str, keys: Keys | None = None, tell: Tell | None = None) -> Trial:
    """What comes of asking a provider for a docstring. It is a thousand tokens or two, which may cost something."""
    if name == EMBEDDED:
        started = time.monotonic()
        text = _docstring(settings, None)
        took_s = time.monotonic() - started
        return Trial(took_s, took_s, "", text, cost=0.0)
    alone = replace(settings, provider=(name,))
    try:
        (one,) = opened(alone, keys, tell or _nobody)
    except (ConfigError, ProviderError) as error:
        return Trial(problem=str(error))
    from glossator.engine.filling import fill

    document, encoding = document_in(SAMPLE, "sample.py")
    job = job_of(ContextReader(Outline(document)), FileOptions(alone), encoding)
    request = request_for_new(job, SAMPLE_PATH, view_of([one], alone).framing(alone, Neighbourhood()))
    assert request is not None
    provider, first = one.provider, _First()
    try:
        answer = await fill(request, provider, first)
        whole_s, way = time.monotonic() - first.started, _way_of(provider)
        has_exam = provider is not one.member.provider and not answer.error
        exam = await examine(provider) if has_exam else None
    except ProviderError as error:
        return Trial(problem=str(error))
    finally:
        await provider.aclose()
    problem = exam.problem if exam is not None else ""
    trial = Trial(first.after_s, whole_s, way, exam=str(exam or ""), problem=problem)
    return _trial(alone, request, answer, trial)


def _trial(settings: Settings, request: Request, answer: Answer, trial: Trial) -> Trial:
    names = {key: name for name, key in request.question.form.names.items()}
    refused = {names[key]: reason for key, reason in answer.refused.items()}
    problem = answer.error
    if not problem and refused and set(answer.origins.values()) == {EMBEDDED}:
        problem = "nothing of its answer could be used"
    return replace(
        trial,
        problem=problem or trial.problem,
        docstring="" if problem else _docstring(settings, answer),
        refused=refused,
        tokens=answer.usage.tokens,
        cost=None if answer.usage.unpriced else answer.usage.cost,
    )


def _docstring(settings: Settings, answer: Answer | None) -> str:
    document, encoding = document_in(SAMPLE, "sample.py")
    answers = {} if answer is None else {SAMPLE_PATH: answer}
    job = job_of(ContextReader(Outline(document)), FileOptions(settings, answers=answers), encoding)
    return compose(job, SAMPLE_PATH).text


def _way_of(provider: Provider) -> str:
    """How a provider is made to give an object, as it was found out."""
    from glossator.providers.asking import HttpProvider
    from glossator.providers.local import Local

    return provider.way if isinstance(provider, HttpProvider | Local) else ""


class _First:
    """Hears when the first text has come."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.started = clock()
        self.after_s: float | None = None

    def __call__(self, _texts: Mapping[FieldKey, str]) -> None:
        if self.after_s is None:
            self.after_s = self._clock() - self.started


def _nobody(_message: str) -> None:
    """Tell nobody."""

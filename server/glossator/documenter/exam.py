"""An exam for models that nobody knows: three functions whose right answers are known, before any answer is used.

The rules of `docstring.validate` refuse most of what a model says that does not understand the question, but not all:
what passes is chance. So a provider that costs nothing, and may be any model, first documents three functions. A field
is right if the rules let it through and it has one of the words that a right answer cannot do without. Of 12 fields
Qwen2.5-Coder-0.5B-Instruct has 11 right, the base model Gemma 270M between 1 and 5.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from glossator.config import Settings
from glossator.docstring.quality import content_stems
from glossator.docstring.validate import validated
from glossator.documenter.files import FileOptions, requests_of
from glossator.engine.fields import answered
from glossator.engine.filling import about_of
from glossator.engine.prompts import VERSION, Framing
from glossator.engine.requests import Request
from glossator.errors import InvalidReply, Refused
from glossator.providers.base import NO_USAGE, Heard, Prompt, Provider, Reply, Usage, silent, usage_in

if TYPE_CHECKING:
    from glossator.config.settings import ProviderSettings
    from glossator.providers.asking import HttpProvider
    from glossator.providers.remembered import Endpoints

logger = logging.getLogger(__name__)

SOURCE: Final = """\
def read_lines(path, limit=None):
    with open(path, encoding="utf-8") as file:
        lines = file.readlines()
    return lines[:limit]


def area(width, height):
    return width * height


def notify(server, recipients, message):
    for recipient in recipients:
        server.send(recipient, message)
"""

# For each field the beginnings of words, one of which a right answer has.
RIGHT: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "read_lines": {
            "summary": "read line file retu load cont",
            "arg_path": "path file",
            "arg_limit": "maxi most numb limi many line",
            "returns": "line cont text",
        },
        "area": {
            "summary": "area calc comp mult rect prod",
            "arg_width": "widt size hori rect side leng",
            "arg_height": "heig size vert rect side",
            "returns": "area prod rect",
        },
        "notify": {
            "summary": "send noti mess reci",
            "arg_server": "serv send mess",
            "arg_recipients": "reci peop addr mess user",
            "arg_message": "mess text send sent",
        },
    }
)
ALL: Final = sum(map(len, RIGHT.values()))
FEWEST_RIGHT: Final = 8


@dataclass(frozen=True, slots=True)
class Result:
    """How an exam went: fields that were right, and what it took."""

    right: int
    usage: Usage = NO_USAGE

    @property
    def is_passed(self) -> bool:
        """Whether the answers are those of a model that understands what it is asked."""
        return self.right >= FEWEST_RIGHT

    @property
    def problem(self) -> str:
        """Why the model's answers are not used, and what to do; "" where they are."""
        if self.is_passed:
            return ""
        return (
            f"the model does not understand what it is asked ({self.right} of {ALL} answers to known questions were "
            f"right); choose a model that follows instructions, or set exam = false"
        )

    def __str__(self) -> str:
        """The result for a reader."""
        return f"{self.right} of {ALL} known answers right, {'passed' if self.is_passed else 'not passed'}"


def questions() -> tuple[Request, ...]:
    """What is asked; there is nothing in it that anybody owns."""
    options = FileOptions(Settings(), style="google", symbols=tuple(RIGHT))
    return requests_of(SOURCE.encode(), "exam.py", options, Framing(str))


async def examine(provider: Provider) -> Result:
    """Ask a provider the questions, until it can pass no more. An answer in no form is a wrong one.

    Raises ProviderError if it cannot be asked.
    """
    result, left = Result(0), ALL
    for request in questions():
        right, usage = await _one(request, provider)
        result, left = Result(result.right + right, result.usage + usage), left - len(RIGHT[request.path])
        if result.right + left < FEWEST_RIGHT:
            break
    return result


async def _one(request: Request, provider: Provider) -> tuple[int, Usage]:
    form = request.question.form
    try:
        reply = await provider.complete(request.question.prompt, silent)
        found = answered(reply.text, form)
    except InvalidReply as error:
        return 0, usage_in(error)
    right, about = RIGHT[request.path], about_of(request)
    texts = {name: validated(key, found.get(key, ""), about).text for name, key in form.names.items()}
    return sum(_is_right(text, right[name]) for name, text in texts.items()), reply.usage


def _is_right(text: str, words: str) -> bool:
    stems = {stem[:4] for stem in content_stems(text)}
    return not stems.isdisjoint(words.split())


class Examined:
    """A provider that is asked nothing before it has passed.

    Whoever asks meanwhile waits for one exam, which goes on as long as somebody waits. One that could not be held
    fails for all of them: to try it once more for each would take as many deadlines, one after the other.
    """

    def __init__(self, provider: Provider, passed: Callable[[], None]) -> None:
        """Examine `provider` when it is first asked; `passed` is called if it passes."""
        self.provider = provider
        self._passed = passed
        self._result: Result | None = None
        self._exam: asyncio.Task[Result] | None = None
        self._waiting = 0
        self._taken = NO_USAGE

    @property
    def name(self) -> str:
        """The provider's own name."""
        return self.provider.name

    async def complete(self, prompt: Prompt, heard: Heard) -> Reply:
        """The provider's answer; that of the first one counts what the exam took. Raises Refused if it has failed."""
        result = self._result or await self._held()
        taken, self._taken = self._taken, NO_USAGE
        if result.problem:
            refused = Refused(result.problem, is_lasting=True)
            refused.usage = taken
            raise refused
        reply = await self.provider.complete(prompt, heard)
        return replace(reply, usage=reply.usage + taken)

    async def _held(self) -> Result:
        """How the exam goes that is held now, or begins. Raises ProviderError where it cannot be."""
        if self._exam is None:
            self._exam = asyncio.get_running_loop().create_task(self._hold())
        exam = self._exam
        self._waiting += 1
        try:
            return await asyncio.shield(exam)
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._exam = None
                exam.cancel()
                await asyncio.wait([exam])  # so that its connection is closed before the last one has gone

    async def _hold(self) -> Result:
        result = await examine(self.provider)
        logger.info("exam provider=%s right=%d", self.name, result.right)
        if result.is_passed:
            self._passed()
        self._result, self._taken = result, result.usage
        return result

    async def aclose(self) -> None:
        """Close the provider."""
        await self.provider.aclose()


def examined(settings: ProviderSettings, provider: HttpProvider, endpoints: Endpoints) -> Provider:
    """The provider, behind an exam if it may be any model: one that is paid for was chosen for what it can do."""
    from glossator.providers.remembered import identity

    price = provider.price
    if not settings.exam or (price is not None and price.of(1, 1) > 0):
        return provider
    exam = identity(f"exam {VERSION}", f"{settings.kind} {settings.endpoint}", settings.model)
    if endpoints.has_passed(exam):
        return provider
    # Without a name of its own the model is whatever the server has today.
    is_named = bool(settings.model) or settings.kind != "llamacpp"
    return Examined(provider, lambda: endpoints.note_passed(exam) if is_named else None)

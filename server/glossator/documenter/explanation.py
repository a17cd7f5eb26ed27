"""Why a symbol's docstring is what it is, or would be: facts, plan, texts, and what a provider would be sent.

Nobody is asked, and nothing is written.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, cast

from glossator.config.keys import EMBEDDED
from glossator.docstring.literal import content_of
from glossator.docstring.styles import detect, parse
from glossator.documenter.cached import Cached, Looking, cached
from glossator.documenter.chosen import asks_models
from glossator.documenter.configured import Configured, configured
from glossator.documenter.files import FileOptions, document_in, job_of
from glossator.documenter.generation import Estimate, estimate_of
from glossator.documenter.opening import Opened, dearest, opened
from glossator.documenter.view import view_of
from glossator.engine.pipeline import Job, is_embedded, repair, room_of
from glossator.engine.plan import plan
from glossator.engine.prompts import VERSION, Framing
from glossator.engine.requests import Request, request_for_new, request_for_repair
from glossator.errors import ConfigError, ProviderError
from glossator.model import Disclosure, Doc, Facts, FieldKey, FieldKind
from glossator.providers import embedded
from glossator.syntax.context import ContextReader
from glossator.syntax.fingerprint import fingerprint
from glossator.syntax.symbols import Entry, Outline
from glossator.workspace.index import Neighbourhood

if TYPE_CHECKING:
    from glossator.providers.base import Price, Prompt

UNKNOWN: Final = "unknown"  # a person's words, or a model's that is not remembered
DIGEST_SIZE: Final = 16
NOTHING: Final = Estimate()
HELD_BACK: Final = "the file is held back: by its name, by privacy.exclude or by a .glossatorignore file"


class Deed(enum.Enum):
    """What `write` can do for a symbol."""

    ADD = "add"
    RENEW = "renew"
    REPAIR = "repair"
    KEEP = "keep"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Way:
    """One provider that may be asked: the exact body that it would be sent, or why it would not be."""

    provider: Configured
    body: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """What would be sent for a symbol.

    `refusal` says why nothing could be; then there is no prompt. `is_asked` is False where the docstring stays, or
    follows from the facts: the prompt is then the one for a new docstring. `form` has the name and the bound of each
    field in the answer.
    """

    ways: tuple[Way, ...]
    disclosure: Disclosure
    refusal: str = ""
    is_asked: bool = False
    prompt: Prompt | None = None
    prompt_digest: str = ""
    form: Mapping[str, int] | None = None
    estimate: Estimate = NOTHING
    price: Price | None = None

    @property
    def cost(self) -> float | None:
        """About what it costs; None where nobody knows."""
        return None if self.price is None else self.price.of(self.estimate.tokens_in, self.estimate.tokens_out)


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of a symbol before anybody is asked.

    `fields` are those of a new docstring, each with the embedded provider's text; `origins` are those of the docstring
    that is there, "embedded" or "unknown". `sending` is None where the embedded provider alone is chosen.
    """

    path: str
    kind: str
    line: int
    fingerprint: str
    deed: Deed
    style: str
    facts: Facts
    fields: Mapping[FieldKey, str]
    origins: Mapping[FieldKey, str]
    sending: Sending | None = None
    cache: Cached | None = None
    prompt_version: int = VERSION


def explanation(raw: bytes, file: str, path: str, options: FileOptions, find: Looking | None = None) -> Explanation:
    """What is known of the symbol at a path of a file.

    Raises SourceError for a file that is not worked on; ConfigError for an unknown symbol, with those whose names are
    close, and for a provider that cannot be used.
    """
    document, encoding = document_in(raw, file)
    outline = Outline(document)
    if outline.entry(path) is None:
        raise ConfigError(f"no symbol is called {path!r} in {file}{_did_you_mean(path, outline)}")
    return explained(job_of(ContextReader(outline), options, encoding), path, file, find)


def explained(job: Job, path: str, file: str, find: Looking | None = None) -> Explanation:
    """What is known of the symbol at a path of a job's document, which is what is in `file`.

    Raises ConfigError for a provider that cannot be used, and KeyError for an unknown path.
    """
    entry = job.reader.outline.entry(path)
    if entry is None:
        raise KeyError(path)
    document = job.reader.outline.document
    context = job.surroundings.around(job.reader.context(path))
    steps, symbol = plan(context, job.settings, job.style), entry.symbol
    room = room_of(job, symbol) if symbol.place is not None else job.settings.line_length
    texts, deed = embedded.describe(context, steps.fields, room), _deed(job, entry)
    return Explanation(
        path,
        symbol.kind.value,
        symbol.line + 1,
        fingerprint(entry.node, document.text).hex(),
        deed,
        job.style.value,
        context.facts,
        {key: texts[key] for key in steps.fields},
        _origins(job, entry, embedded.describe(job.reader.context(path), steps.fields, room)),
        _sending(job, entry, deed, file) if asks_models(job.settings) else None,
        _cached(job, entry, find),
    )


def _cached(job: Job, entry: Entry, find: Looking | None) -> Cached | None:
    """What the cache knows, if there is a model whose answers it may have."""
    if find is None or entry.symbol.place is None or not asks_models(job.settings):
        return None
    return cached(job, entry.path, find)


def _did_you_mean(path: str, outline: Outline) -> str:
    known = list(outline.entries)
    last = path.rpartition(".")[2]
    named = [one for one in known if one.rpartition(".")[2] == last]
    close = list(dict.fromkeys((*named, *get_close_matches(path, known))))[:3]
    return f"; did you mean {' or '.join(close)}?" if close else ""


def _deed(job: Job, entry: Entry) -> Deed:
    if entry.symbol.place is None:
        return Deed.NONE
    if entry.symbol.docstring is None:
        return Deed.ADD
    if is_embedded(job, entry.path):
        return Deed.RENEW
    return Deed.REPAIR if repair(job, entry.path).edit is not None else Deed.KEEP


def _origins(job: Job, entry: Entry, ours: Mapping[FieldKey, str]) -> dict[FieldKey, str]:
    """Where each field of the docstring that is there is from, as far as its words tell.

    `ours` are the texts that the embedded provider has from the facts alone; others may be from this very docstring.
    """
    docstring = entry.symbol.docstring
    if docstring is None:
        return {}
    text = content_of(docstring).text
    style = detect(text)
    doc = parse(text, style).doc if style is not None else Doc(text.strip())
    said = {key: words for key, words in _fields_of(doc).items() if words.strip()}
    if is_embedded(job, entry.path):
        return dict.fromkeys(said, EMBEDDED)
    return {key: EMBEDDED if _plain(words) == _plain(ours.get(key, "")) else UNKNOWN for key, words in said.items()}


def _fields_of(doc: Doc) -> dict[FieldKey, str]:
    found = {FieldKey(FieldKind.SUMMARY): doc.summary, FieldKey(FieldKind.DESCRIPTION): doc.description}
    found |= {FieldKey(FieldKind.PARAMETER, one.name): one.description for one in doc.parameters}
    found |= {FieldKey(FieldKind.RETURNS): doc.returns.description} if doc.returns else {}
    found |= {FieldKey(FieldKind.YIELDS): doc.yields.description} if doc.yields else {}
    found |= {FieldKey(FieldKind.RAISE, one.name): one.description for one in doc.raises}
    return found | {FieldKey(FieldKind.ATTRIBUTE, one.name): one.description for one in doc.attributes}


def _plain(text: str) -> str:
    """A text without what layout may change."""
    return " ".join(text.split()).rstrip(".")


def _sending(job: Job, entry: Entry, deed: Deed, file: str) -> Sending:
    """What the chosen providers would be sent."""
    settings = job.settings
    members = opened(settings)
    view, known = view_of(members, settings), {one.name: one for one in configured(settings)}
    framing = view.framing(settings, cast(Neighbourhood, job.surroundings.neighbours))
    refusal = "" if view.allows(file) else HELD_BACK
    request, is_asked = (None, False) if refusal else _request(job, entry, deed, framing)
    if request is None:
        refusal = refusal or "the symbol has no place for a docstring; correct the syntax first"
        ways = tuple(Way(known[one.name], refusal=refusal) for one in members)
        return Sending(ways, view.disclosure, refusal, price=dearest(members))
    question = request.question
    return Sending(
        tuple(_way(one, known[one.name], question.prompt) for one in members),
        view.disclosure,
        "",
        is_asked,
        question.prompt,
        _digest(question.prompt),
        dict(question.form.limits),
        estimate_of((request,)),
        dearest(members),
    )


def _request(job: Job, entry: Entry, deed: Deed, framing: Framing) -> tuple[Request | None, bool]:
    """The request that `write` would make, and whether it would."""
    if deed is Deed.REPAIR and (request := request_for_repair(job, entry.path, framing)) is not None:
        return request, True
    return request_for_new(job, entry.path, framing), deed in (Deed.ADD, Deed.RENEW)


def _way(one: Opened, known: Configured, prompt: Prompt) -> Way:
    """How one provider would be asked; of the one that is not running yet nobody knows the body."""
    from glossator.providers.asking import HttpProvider

    provider = one.provider
    if not isinstance(provider, HttpProvider):
        return Way(known)
    try:
        return Way(known, provider.request(prompt).decode())
    except ProviderError as error:
        return Way(known, refusal=str(error))


def _digest(prompt: Prompt) -> str:
    """A digest of a prompt with the form of its answer: an equal one is an equal question."""
    whole = json.dumps([VERSION, prompt.texts, prompt.schema, prompt.max_tokens], sort_keys=True)
    return hashlib.blake2b(whole.encode(), digest_size=DIGEST_SIZE).hexdigest()


def plain(value: object) -> object:
    """A value of ours as JSON has it."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, FieldKey):
        return value.label
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return plain(value._asdict())
    return [plain(item) for item in value] if isinstance(value, tuple | list | frozenset) else value

"""Who writes prose fields where it is not the embedded provider alone: made from the settings, asked symbol by symbol.

Providers, privacy and prompts meet here: what a prompt shows follows from where it goes. Everything that talks to a
server is imported when the first provider is opened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from glossator.config import Settings, mode_of
from glossator.config.folders import cache_folder
from glossator.config.keys import EMBEDDED, LOCAL
from glossator.documenter.chosen import model_name
from glossator.documenter.exam import RIGHT, Examined, examined
from glossator.documenter.ledger import FileLedger
from glossator.documenter.reuse import today
from glossator.documenter.seen import is_shown
from glossator.documenter.small import is_small
from glossator.documenter.watched import counted, watched
from glossator.engine.answers import Answer
from glossator.engine.coalesce import Coalescer
from glossator.engine.filling import Seen, Trust, fill
from glossator.engine.keeping import Stamp, entries_of, marked
from glossator.engine.packing import fill_together
from glossator.engine.prompts import Framing, shared_tokens
from glossator.engine.scheduler import Budget, Job, Pace, Paced, Rules, Scheduler, Turns, Urgency, answer_tokens
from glossator.engine.similar import drafted, proven, with_example
from glossator.errors import ConfigError, Refused
from glossator.model import Disclosure, FieldKey
from glossator.monitor import Monitor
from glossator.providers.base import NO_USAGE
from glossator.syntax.masking import masked
from glossator.workspace.index import Neighbourhood

if TYPE_CHECKING:
    from glossator.cache.tiers import Tiers
    from glossator.engine.requests import Request, Want
    from glossator.providers.base import Price, Provider
    from glossator.providers.keys import Keys
    from glossator.providers.pool import Member

NEAR_TOKENS: Final = 1200  # of code in a prompt for a model of this machine, which takes its time to read
FAR_TOKENS: Final = 3000
BILLING_PREFIXES: Final = ("openai", "anthropic")

MIN_DEADLINE_S: Final = 180.0  # for a request with all its tries; a small model on two busy cores takes its time

Tell = Callable[[str], None]


def _silent(_message: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """About what filling requests takes: symbols, and tokens read and written.

    `tokens_shared` of those read are a prefix that requests share, `tokens_spared` more would be read with all code
    whole.
    """

    symbols: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_shared: int = 0
    tokens_spared: int = 0

    def __add__(self, other: Estimate) -> Estimate:
        """Both together."""
        return Estimate(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def tokens_whole(self) -> int:
        """How many tokens would be read with all code whole."""
        return self.tokens_in + self.tokens_spared

    @property
    def spared(self) -> float:
        """The share of those that is not sent."""
        return self.tokens_spared / max(1, self.tokens_whole)

    @property
    def shared(self) -> float:
        """The share of what is sent that is a prefix of other requests, too."""
        return self.tokens_shared / max(1, self.tokens_in)


def estimate_of(requests: Sequence[Request]) -> Estimate:
    """About what it takes to fill these requests, which are of one file."""
    prompts = [request.question.prompt for request in requests]
    return Estimate(
        len(requests),
        sum(prompt.tokens for prompt in prompts),
        sum(map(answer_tokens, prompts)),
        shared_tokens(prompts),
        sum(request.question.spared_tokens for request in requests),
    )


def money(cost: float | None) -> str:
    """An amount for people; None is one that nobody knows."""
    if cost is None:
        return "at a price that is not known"
    if cost == 0:
        return "free"
    return f"about ${cost:.2f}" if cost >= 0.01 else "less than $0.01"


@dataclass(frozen=True, slots=True)
class View:
    """What the providers of some settings may see, and how much of it: a pool sees what its strictest member may."""

    disclosure: Disclosure
    is_near: bool
    exclude: tuple[str, ...] = ()
    is_small: bool = False

    def framing(self, settings: Settings, about: Neighbourhood) -> Framing:
        """How prompts for them are made, for a file of which a project says this."""
        return Framing(
            partial(shown, self),
            NEAR_TOKENS if self.is_near else FAR_TOKENS,
            settings.language,
            {name: shown_prose(self, text) for name, text in about.described.items()},
            purpose=shown_prose(self, about.purpose),
            names_files=self.is_near,
            is_small=self.is_small,
        )

    def allows(self, path: str) -> bool:
        """Whether the source of a file may be sent at all."""
        return is_shown(path, self.exclude)


def shown(view: View, source: str) -> str:
    """Source as providers see it: masked, and without what looks like a secret; whole, where it stays here."""
    if view.is_near:
        return masked(source, view.disclosure)
    from glossator.providers.redaction import redacted

    return redacted(masked(source, view.disclosure))


def shown_prose(view: View, text: str) -> str:
    """A text that people wrote to be read, as providers see it."""
    if view.is_near:
        return text
    from glossator.providers.redaction import redacted

    return redacted(text)


class Generator:
    """The chosen providers of some settings behind one pool. It is for one event loop, and has to be closed.

    What they answer is kept in `tiers`, which somebody else closes; None: nowhere. `monitor` hears what it takes.
    """

    def __init__(
        self,
        settings: Settings,
        keys: Keys | None = None,
        tell: Tell = _silent,
        tiers: Tiers | None = None,
        *,
        monitor: Monitor | None = None,
    ) -> None:
        """Connect to nothing yet; `tell` hears what takes a moment. Raises ConfigError for what cannot be used."""
        from glossator.providers.pool import Pool
        from glossator.providers.pool import Rules as PoolRules

        _require_local(settings)
        members = opened(settings, keys, tell)
        self.name: str = model_name(settings)
        self.price: Price | None = dearest(members)
        self.view: View = view_of(members, settings)
        longest_s = max(MIN_DEADLINE_S, *(one.longest_s for one in members))
        rules = PoolRules(settings.pool.policy, settings.pool.hedge, longest_s)
        self._monitor = monitor if monitor is not None else Monitor()
        self._pool = Pool(self.name, [watched(one.member, self._monitor) for one in members], rules)
        self.scheduler: Scheduler = self._scheduler(members, settings)
        self._tiers = tiers
        self._shows_examples = settings.cache.examples
        self._model = "+".join(one.model for one in members)
        self._flights: Coalescer[Answer, Mapping[FieldKey, str]] = Coalescer()
        # A model of half a billion parameters answers a hint with the hint; nothing was won in twelve such requests.
        self._is_asked_again = settings.provider != (LOCAL,)
        self._monitor.read(partial(counted, self.scheduler, self._flights))

    def _scheduler(self, members: Sequence[Opened], settings: Settings) -> Scheduler:
        budget = settings.budget
        pace = Pace(budget.requests_per_minute, budget.tokens_per_minute)
        limits = pace, Budget(budget, FileLedger(cache_folder(settings)))
        return Scheduler(self._ask_all, lambda: self._pool.width, self._rules(members, settings), limits, self._monitor)

    def _rules(self, members: Sequence[Opened], settings: Settings) -> Rules:
        """How requests are scheduled: where they are paid for, small ones are packed, and prefixes read once."""
        is_paid = self.price is None or self.price.of(1000, 1000) > 0
        return Rules(
            most=mode_of(settings.mode).documents,
            pack=settings.pool.pack if is_paid and not self.view.is_small else 1,
            leads=is_paid and all(one.bills_prefixes for one in members),
            price=self.price,
        )

    @property
    def is_disabled(self) -> bool:
        """Whether nobody is asked any more: keys were refused, exams failed; others have to be opened to ask again."""
        return self._pool.is_disabled

    async def fill(self, request: Request, seen: Seen, trust: Trust, urgency: Urgency = Urgency.CURSOR) -> Answer:
        """A text for each field of a request, the embedded provider's where nothing better came. Raises nothing.

        An equal request that is in flight is shared. What was said is kept, on disk, before anybody sees the answer.
        `trust` is that of one run: nobody is asked any more in it once most of the answers had to be refused, or all is
        spent that it may cost.
        """
        is_own = False
        identity = _identity(request)

        async def work(heard: Seen) -> Answer:
            nonlocal is_own
            is_own = True
            similar = await self._tiers.similar(request.likeness.sketch) if self._tiers is not None else []
            answer = proven(request, similar)
            if self._tiers is not None and request.likeness.sketch:
                self._tiers.note_similar(is_taken=answer is not None)
            if answer is None:
                asked = with_example(request, similar) if self._shows_examples else request
                answer = await self.scheduler.run(identity, asked, (heard, trust), urgency)
                self._monitor.observe_all(answer.timings_us)
                if answer.error and similar:
                    answer = replace(answer, similar=drafted(request, similar))
            answer = replace(answer, said=marked(answer.said, request.question.private))
            await self._keep(request, answer)
            return answer

        self.scheduler.hasten(identity, urgency)
        answer = await self._flights.run(identity, work, seen)
        return answer if is_own else replace(answer, usage=NO_USAGE)

    async def _ask_all(self, jobs: Sequence[Job], turns: Turns) -> Sequence[Answer]:
        """Ask the providers for what the scheduler gave out together."""
        pool = Paced(self._pool, turns)
        if len(jobs) > 1:
            return await fill_together(jobs, pool, self.scheduler.note_split)
        ((request, heard),) = jobs
        return [await fill(request, pool, heard, is_asked_again=self._is_asked_again)]

    async def _keep(self, request: Request, answer: Answer) -> None:
        """Keep what was said. Whoever is cancelled meanwhile has paid for it all the same, so it goes on."""
        if self._tiers is None:
            return
        entries = entries_of(request.want, answer.said, Stamp(self._model, today()), request.likeness)
        await asyncio.shield(asyncio.ensure_future(self._tiers.keep(entries)))

    async def keep(self, known: Iterable[tuple[Want, Answer]]) -> None:
        """Keep here what the shared server knew."""
        if self._tiers is not None:
            stamp = Stamp(self._model, today())
            for want, answer in known:
                await self._tiers.keep(entries_of(want, answer.said, stamp))

    async def aclose(self) -> None:
        """Close all connections, and end what was started."""
        await self._pool.aclose()


def _identity(request: Request) -> tuple[object, ...]:
    """What two requests have in common that one answer is for: the code, the fields, the room."""
    want = request.want
    return want.keys.whole.key, want.keys.exact, want.room, tuple(request.question.form.names)


@dataclass(frozen=True, slots=True)
class Opened:
    """One provider as it was configured; `timeout_s` is for one request.

    One that bills prefixes takes less for what it has read before.
    """

    member: Member
    is_loopback: bool
    timeout_s: float
    model: str
    bills_prefixes: bool = False

    @property
    def name(self) -> str:
        """The name that the user gave it."""
        return self.member.provider.name

    @property
    def provider(self) -> Provider:
        """The provider itself, whether or not it has to pass an exam."""
        given = self.member.provider
        return given.provider if isinstance(given, Examined) else given

    @property
    def longest_s(self) -> float:
        """The most time that its first answer may take: where there is an exam, with the questions of that."""
        return self.timeout_s * (1 + len(RIGHT) * isinstance(self.member.provider, Examined))

    @property
    def price(self) -> Price | None:
        """What it costs; None where nobody knows."""
        return self.member.price

    @property
    def concurrency(self) -> int:
        """How many requests it takes at once."""
        return self.member.concurrency


def opened(settings: Settings, keys: Keys | None = None, tell: Tell = _silent) -> list[Opened]:
    """The chosen providers, in order, the embedded one left out. Raises ConfigError for what cannot be used."""
    from glossator.providers.asking import open_gate
    from glossator.providers.build import KINDS, Outside, build, may_leave
    from glossator.providers.keys import Keys as OwnKeys
    from glossator.providers.local import Local
    from glossator.providers.local import Surroundings as LocalSurroundings
    from glossator.providers.pool import Member
    from glossator.providers.remembered import Endpoints

    endpoints, known = Endpoints(cache_folder(settings)), {one.name: one for one in settings.providers}
    found: list[Opened] = []
    for name in settings.provider:
        if name == LOCAL:
            local = Local(settings, LocalSurroundings(tell))
            found.append(
                Opened(Member(local, 1.0, local.price, local.concurrency), True, MIN_DEADLINE_S, settings.local.model)
            )
        elif name != EMBEDDED:
            one = known[name]
            gate = _gate if may_leave(one) else open_gate
            provider = build(one, Outside(keys or OwnKeys(), endpoints, gate))
            asked = examined(one, provider, endpoints)
            most = one.max_concurrency or mode_of(settings.mode).documents
            member = Member(asked, one.weight, provider.price, one.concurrency, most)
            model = one.model or KINDS[one.kind].model
            found.append(Opened(member, provider.is_loopback, one.timeout_s, model, one.kind in BILLING_PREFIXES))
    if not found:
        raise ConfigError("no provider but the embedded one is chosen; name one as `provider`, or with --provider")
    return found


def is_free(settings: Settings) -> bool:
    """Whether none of the chosen providers takes money."""
    from glossator.providers.build import price_of

    known = {one.name: one for one in settings.providers}
    prices = [price_of(known[name]) for name in settings.provider if name in known]
    return all(price is not None and price.of(1, 1) == 0 for price in prices)


def _require_local(settings: Settings) -> None:
    """Raise ConfigError where the local model is all that is chosen, and there is something to do before it starts."""
    from glossator.providers.local import Local

    if settings.provider != (LOCAL,):
        return
    try:
        Local(settings).require()
    except Refused as error:
        raise ConfigError(str(error)) from error


def view_of(members: Iterable[Opened], settings: Settings) -> View:
    """What these providers may see together."""
    is_near, privacy = all(one.is_loopback for one in members), settings.privacy
    disclosure = Disclosure(True, True) if is_near else Disclosure(privacy.literals, privacy.comments)
    return View(disclosure, is_near, privacy.exclude, any(is_small(one.model) for one in members))


def _gate(body: bytes) -> None:
    """The last look at a request that leaves this machine."""
    from glossator.providers.redaction import gate

    gate(body)


def dearest(members: Iterable[Opened]) -> Price | None:
    """The price of the dearest member: whoever is asked, it does not cost more. None where one is not known."""
    prices = [one.price for one in members]
    known = [price for price in prices if price is not None]
    return max(known, key=lambda price: price.of(1000, 100)) if len(known) == len(prices) else None

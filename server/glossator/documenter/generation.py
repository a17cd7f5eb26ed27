"""Who writes prose fields where it is not the embedded provider alone: made from the settings, asked symbol by symbol.

Providers, privacy and prompts meet here: what a prompt shows follows from where it goes. Everything that talks to a
server is imported when the first provider is opened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import TYPE_CHECKING

from glossator.config import Settings, mode_of
from glossator.config.folders import cache_folder
from glossator.config.keys import LOCAL
from glossator.documenter.chosen import model_name
from glossator.documenter.ledger import FileLedger
from glossator.documenter.opening import MIN_DEADLINE_S, Opened, Tell, dearest, opened, require_local, silent
from glossator.documenter.reuse import asked_anew, complete, today
from glossator.documenter.view import View, view_of
from glossator.documenter.watched import counted, watched
from glossator.engine.answers import Answer
from glossator.engine.coalesce import Coalescer
from glossator.engine.filling import Seen, Trust, fill
from glossator.engine.keeping import Stamp, entries_of, marked
from glossator.engine.packing import fill_together
from glossator.engine.prompts import shared_tokens
from glossator.engine.recalled import lookup_of, recalled
from glossator.engine.scheduler import Budget, Job, Pace, Paced, Rules, Scheduler, Turns, Urgency, answer_tokens
from glossator.engine.similar import drafted, proven, with_example
from glossator.model import FieldKey
from glossator.monitor import Monitor
from glossator.providers.base import NO_USAGE

if TYPE_CHECKING:
    from glossator.cache.tiers import Tiers
    from glossator.engine.requests import Request, Want
    from glossator.providers.base import Price
    from glossator.providers.keys import Keys


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


class Generator:
    """The chosen providers of some settings behind one pool. It is for one event loop, and has to be closed.

    What they answer is kept in `tiers`, which somebody else closes; None: nowhere. `monitor` hears what it takes.
    """

    def __init__(
        self,
        settings: Settings,
        keys: Keys | None = None,
        tell: Tell = silent,
        tiers: Tiers | None = None,
        *,
        monitor: Monitor | None = None,
    ) -> None:
        """Connect to nothing yet; `tell` hears what takes a moment. Raises ConfigError for what cannot be used."""
        from glossator.providers.pool import Pool
        from glossator.providers.pool import Rules as PoolRules

        require_local(settings)
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
        self._urgencies: dict[Hashable, Urgency] = {}
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
            pause_s=lambda: self._pool.pause_s,
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
            if (known := self._at_hand(request)) is not None:
                return known
            similar = await self._tiers.similar(request.likeness.sketch) if self._tiers is not None else []
            answer = proven(request, similar)
            if self._tiers is not None and request.likeness.sketch:
                self._tiers.note_similar(is_taken=answer is not None)
            if answer is None:
                asked = with_example(request, similar) if self._shows_examples else request
                answer = await self.scheduler.run(identity, asked, (heard, trust), self._urgencies[identity])
                self._monitor.observe_all(answer.timings_us)
                if answer.error and similar:
                    answer = replace(answer, similar=drafted(request, similar))
            answer = replace(answer, said=marked(answer.said, request.question.private))
            await self._keep(request, answer)
            return answer

        # Whoever joins may be more urgent than who came first, who perhaps still looks in the cache.
        self._urgencies[identity] = min(urgency, self._urgencies.get(identity, urgency))
        self.scheduler.hasten(identity, urgency)
        try:
            answer = await self._flights.run(identity, work, seen)
        finally:
            if identity not in self._flights:
                self._urgencies.pop(identity, None)
        return answer if is_own else replace(answer, usage=NO_USAGE)

    def _at_hand(self, request: Request) -> Answer | None:
        """What was said of the same code since the request was made, such as that of another file of this run."""
        if self._tiers is None:
            return None
        found = self._tiers.at_hand(lookup_of(request.want))
        if found.is_empty:
            return None
        known = recalled(request.want, found, request.question.names, today())
        return complete(asked_anew({request.path: known})).get(request.path)

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

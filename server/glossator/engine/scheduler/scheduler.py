"""The way of a question from who wants an answer to the pool: one scheduler for all of its callers.

    run       a ticket waits in the line ...
    _go_on    ... until its turn has come, the pool has room, and pace and budget allow it ...
    _start    ... and is asked, alone or packed with others that begin alike
    _ended    everybody gets a whole answer

It owns no task but those that ask, so that a line of any length costs memory alone. Whoever is cancelled leaves the
line; the last one of those that are asked together takes the connection down.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from glossator.engine.answers import Answer
from glossator.engine.filling import Seen, Trust, unasked
from glossator.engine.packing import may_be_packed
from glossator.engine.requests import Request
from glossator.engine.scheduler.budget import NOTHING, Budget, Spent
from glossator.engine.scheduler.line import Line, Urgency, Waiting
from glossator.engine.scheduler.pace import Pace, Sent
from glossator.model import FieldKey
from glossator.monitor import Measured, names
from glossator.providers.base import Price, count_tokens

# Both count in tokens what they find again, and not less than this. Source: the vendors' pages on prompt caching.
MIN_LEADING_TOKENS: Final = 1024
WARM_S: Final = 270.0  # a server forgets a prefix after five minutes
MAX_WARM: Final = 1000
ANSWER_SHARE: Final = 0.35  # of the bound on an answer's tokens that answers take
PATIENCE_S: Final[Mapping[Urgency, float]] = {Urgency.CURSOR: 120.0}  # who looks at the screen has given up by then
BURST: Final = 8  # requests that are begun before others have their turn in the event loop
ADMITTED: Final = 2  # times what may be in flight
TOO_LONG: Final = "nobody had room for it in time"

Job = tuple[Request, Seen]
Ask = Callable[[Sequence[Job]], Coroutine[Any, Any, Sequence[Answer]]]
"""Asks for some requests together, and gives an answer to each, in order."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How a scheduler goes about it.

    `most` bounds the requests in flight, whatever the pool has room for; up to `pack` small ones are asked together,
    where more wait than can be asked; with `leads` those that begin alike wait for the first one of them to be read.
    """

    most: int = 1000
    pack: int = 1
    leads: bool = False
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class SchedulerStatistics:
    """What waits and what is in flight now, and what there was so far.

    `width` is how many may be in flight; `packed` counts requests that were asked with others, `split` those of them
    that had to be asked alone after all, `led` those that waited for a leader.
    """

    waiting: tuple[int, ...]
    in_flight: int
    width: int
    packed: int
    split: int
    led: int
    is_paused: bool


@dataclass(eq=False, slots=True)
class _Ticket(Waiting):
    """A request with who waits for it."""

    key: Hashable
    heard: Seen
    trust: Trust
    result: asyncio.Future[Answer]
    is_in_line: bool = True
    context: Context = field(default_factory=copy_context)  # what a monitor knows whose request it is by
    batch: _Batch | None = None

    def settle(self, answer: Answer) -> None:
        """Hand over the answer, if somebody still waits for it."""
        if not self.result.done():
            self.result.set_result(answer)


@dataclass(eq=False, slots=True)
class _Batch:
    """Tickets that are asked together."""

    tickets: list[_Ticket]
    expected: Spent
    sent: Sent
    left: set[_Ticket] = field(default_factory=set)
    task: asyncio.Task[Sequence[Answer]] | None = None


class Scheduler:
    """Decides when the requests of all callers are asked."""

    def __init__(
        self,
        ask: Ask,
        room: Callable[[], int],
        rules: Rules,
        limits: tuple[Pace, Budget],
        monitor: Measured | None = None,
    ) -> None:
        """Begin with nobody waiting; `room` tells how many requests the pool could have in flight.

        `monitor` hears how long each request waits for its turn.
        """
        self._monitor = monitor if monitor is not None else Measured()
        self._ask = ask
        self._room = room
        self._rules = rules
        self._pace, self._budget = limits
        self._share = 1.0
        self._line = Line()
        self._tickets: dict[Hashable, _Ticket] = {}
        self._batches: set[_Batch] = set()
        self._held: set[tuple[str, ...]] = set()
        self._warm: OrderedDict[tuple[str, ...], float] = OrderedDict()
        self._paused: frozenset[Urgency] = frozenset()
        self._alarm: asyncio.TimerHandle | None = None
        self._admitted = 0
        self._goes_on = False
        self._at_the_door: deque[asyncio.Future[None]] = deque()
        self._counts = dict.fromkeys(("packed", "split", "led"), 0)

    @property
    def width(self) -> int:
        """How many requests may be in flight now."""
        most = max(1, int(self._rules.most * self._share))
        return min(self._room(), most)

    async def run(self, key: Hashable, request: Request, caller: tuple[Seen, Trust], urgency: Urgency) -> Answer:
        """The answer to a request, once it was its turn. `key` is what `hasten` finds it by, as long as it waits.

        Raises nothing but what cancels it; that takes it out of the line, or closes the connection.
        """
        loop = asyncio.get_running_loop()
        ticket = _Ticket(request, urgency, self._group_of(request), loop.time(), key, *caller, loop.create_future())
        self._line.add(ticket)
        self._tickets[key] = ticket
        patience_s = PATIENCE_S.get(urgency)
        late = loop.call_later(patience_s, self._give_up, ticket) if patience_s is not None else None
        try:
            self._go_on()
            return await ticket.result
        except asyncio.CancelledError:
            await self._leave(ticket)
            raise
        finally:
            if late is not None:
                late.cancel()

    def hasten(self, key: Hashable, urgency: Urgency) -> None:
        """Somebody more urgent wants the same; what is asked for already is as quick as it can be."""
        ticket = self._tickets.get(key)
        if ticket is not None:
            self._line.hasten(ticket, urgency)

    async def admit(self, count: int) -> None:
        """Wait until there is room for requests that are to come, such as a file's; `dismiss` says that they ended.

        There is, as long as fewer than twice those that may be in flight were admitted: so a workspace of any size
        makes no more requests than are soon asked.
        """
        while self._admitted >= ADMITTED * self.width or self._paused:
            turn = asyncio.get_running_loop().create_future()
            self._at_the_door.append(turn)
            await turn
        self._admitted += count

    def dismiss(self, count: int = 1) -> None:
        """Say that admitted requests have ended."""
        self._admitted -= count
        self._open_the_door()

    def pause(self) -> None:
        """Ask nothing for whole workspaces until `resume`; what is in flight is not lost, and others go on."""
        self._paused = frozenset({Urgency.WORKSPACE})

    def resume(self) -> None:
        """Go on."""
        self._paused = frozenset()
        self._go_on()

    def limit_to(self, share: float) -> None:
        """Have only this share of what the mode allows in flight, between 0 and 1; at least one request."""
        self._share = share
        self._go_on()

    def statistics(self) -> SchedulerStatistics:
        """What it is like now."""
        return SchedulerStatistics(
            waiting=tuple(map(self._line.count, Urgency)),
            in_flight=len(self._batches),
            width=self.width,
            packed=self._counts["packed"],
            split=self._counts["split"],
            led=self._counts["led"],
            is_paused=bool(self._paused),
        )

    def _group_of(self, request: Request) -> tuple[str, ...]:
        prompt = request.question.prompt
        return (prompt.instructions, *prompt.parts[:-1])

    def _go_on(self) -> None:
        """Ask for as many as there is room for, a few at a time: who types must not wait until a thousand are sent."""
        if self._goes_on:
            return
        loop = asyncio.get_running_loop()
        now, begun = loop.time(), 0
        while len(self._line) and len(self._batches) < self.width:
            if begun == BURST:
                self._goes_on = True
                loop.call_soon(self._go_on_later)
                break
            begun += 1
            if (wait_s := self._pace.wait_s(now, 0)) > 0:
                self._come_back(wait_s)
                break
            ticket = self._line.take(now, self._held, self._paused)
            if ticket is None:
                break
            assert isinstance(ticket, _Ticket)
            if not self._start(ticket, now):
                break
        self._open_the_door()

    def _go_on_later(self) -> None:
        self._goes_on = False
        self._go_on()

    def _start(self, ticket: _Ticket, now: float) -> bool:
        """Ask for what a ticket wants, with others; False where the pace does not allow it yet.

        Where its run may not ask any more, or nobody may today, it is answered at once.
        """
        objection = ticket.trust.objection or self._budget.objection(ticket.trust.workspace)
        if objection:
            self._called(ticket)
            ticket.settle(unasked(ticket.request, objection))
            return True
        expected = self._expected(ticket)
        if (wait_s := self._pace.wait_s(now, expected.tokens)) > 0:
            self._line.add(ticket)
            self._come_back(wait_s)
            return False
        tickets = [ticket, *self._packed_with(ticket)]
        for one in tickets[1:]:
            expected = expected.plus(self._expected(one))
        self._budget.pledge(expected)
        ticket.trust.pledged += expected.cost
        batch = _Batch(tickets, expected, self._pace.send(now, expected.tokens), set(tickets))
        for one in tickets:
            self._called(one)
            one.batch = batch
            self._monitor.observe(names.QUEUE, (now - one.since) * 1e6)
        self._lead(ticket, now)
        self._batches.add(batch)
        asking = self._ask([(one.request, partial(self._heard, one)) for one in tickets])
        batch.task = asyncio.get_running_loop().create_task(asking, context=ticket.context)
        batch.task.add_done_callback(partial(self._ended, batch))
        return True

    def _ended(self, batch: _Batch, task: asyncio.Task[Sequence[Answer]]) -> None:
        """Hand over what has come, make room for the next ones; a fault of ours is everybody's who waits."""
        self._batches.discard(batch)
        self._release(batch.tickets[0].group)
        fault = None if task.cancelled() else task.exception()
        answers = () if task.cancelled() or fault is not None else task.result()
        usage = [answer.usage for answer in answers]
        spent = Spent(sum(one.cost for one in usage), sum(one.tokens for one in usage))
        trust = batch.tickets[0].trust
        trust.pledged -= batch.expected.cost
        self._budget.settle(batch.expected, spent, trust.workspace)
        self._pace.correct(batch.sent, spent.tokens)
        for ticket, answer in zip(batch.tickets, answers, strict=False):
            trust.note(answer)
            ticket.settle(answer)
        for ticket in batch.left:
            if fault is not None and not ticket.result.done():
                ticket.result.set_exception(fault)
        self._go_on()

    def _heard(self, ticket: _Ticket, texts: Mapping[FieldKey, str]) -> None:
        """Something came: what this one began with was read."""
        self._release(ticket.group)
        ticket.heard(texts)

    def _packed_with(self, ticket: _Ticket) -> list[_Ticket]:
        """Others to be asked together with one, where more wait than there is room for."""
        free = max(1, self.width - len(self._batches))
        count = min(self._rules.pack, -(-(len(self._line) + 1) // free)) - 1
        if count < 1 or ticket.urgency is not Urgency.WORKSPACE or not may_be_packed(ticket.request):
            return []
        seen = {ticket.request.question.form.identity}

        def fits(other: Waiting) -> bool:
            assert isinstance(other, _Ticket)
            identity = other.request.question.form.identity
            is_fit = identity not in seen and other.trust is ticket.trust and may_be_packed(other.request)
            if is_fit:
                seen.add(identity)
            return is_fit

        found = self._line.take_alike(ticket, count, fits)
        self._counts["packed"] += len(found) + bool(found)
        return [one for one in found if isinstance(one, _Ticket)]

    def note_split(self, count: int) -> None:
        """Count requests that were packed, and had to be asked alone after all."""
        self._counts["split"] += count

    def _lead(self, ticket: _Ticket, now: float) -> None:
        """Have the others that begin alike wait until this one was read, where that is worth it."""
        group = ticket.group
        if not self._rules.leads or group in self._held:
            return
        if self._warm.get(group, 0.0) > now or not self._line.begins_alike(ticket):
            self._keep_warm(group, now)
            return
        prompt = ticket.request.question.prompt
        leading = (*group, *(text for pair in prompt.examples for text in pair))
        if sum(map(count_tokens, leading)) >= MIN_LEADING_TOKENS:
            self._held.add(group)
            self._counts["led"] += 1

    def _release(self, group: tuple[str, ...]) -> None:
        if group in self._held:
            self._held.discard(group)
            self._keep_warm(group, asyncio.get_running_loop().time())
            self._go_on()

    def _keep_warm(self, group: tuple[str, ...], now: float) -> None:
        self._warm[group] = now + WARM_S
        self._warm.move_to_end(group)
        if len(self._warm) > MAX_WARM:
            self._warm.popitem(last=False)

    def _expected(self, ticket: _Ticket) -> Spent:
        """About what a request takes, where that matters."""
        if not (self._pace.is_bounded or self._budget.is_bounded or ticket.trust.max_cost is not None):
            return NOTHING
        prompt = ticket.request.question.prompt
        tokens_in, tokens_out = prompt.tokens, int(ANSWER_SHARE * prompt.max_tokens)
        price = self._rules.price
        return Spent(price.of(tokens_in, tokens_out) if price is not None else 0.0, tokens_in + tokens_out)

    async def _leave(self, ticket: _Ticket) -> None:
        """Nobody waits for a ticket any more: the last one of a batch takes its connection down."""
        if ticket.is_in_line:
            self._line.remove(ticket)
            self._called(ticket)
            self._go_on()
        elif (batch := ticket.batch) is not None:
            batch.left.discard(ticket)
            if not batch.left and batch.task is not None and not batch.task.done():
                batch.task.cancel()
                await asyncio.wait([batch.task])

    def _give_up(self, ticket: _Ticket) -> None:
        if ticket.is_in_line:
            self._line.remove(ticket)
            self._called(ticket)
            ticket.settle(unasked(ticket.request, TOO_LONG))

    def _called(self, ticket: _Ticket) -> None:
        """A ticket is in the line no more, and cannot be hastened."""
        ticket.is_in_line = False
        if self._tickets.get(ticket.key) is ticket:
            del self._tickets[ticket.key]

    def _come_back(self, wait_s: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(wait_s, self._go_on)

    def _open_the_door(self) -> None:
        """Let the next one in who waits to be admitted, who looks for himself whether there is room."""
        if self._at_the_door and self._admitted < ADMITTED * self.width and not self._paused:
            turn = self._at_the_door.popleft()
            if turn.done():
                self._open_the_door()
            else:
                turn.set_result(None)

"""The way of a question from who wants an answer to the pool: one scheduler for all of its callers.

    run       a ticket waits in the line ...
    _go_on    ... until its turn has come, the pool has room, and pace and budget allow it ...
    _start    ... and is asked, alone or packed with others that begin alike
    _ended    everybody gets a whole answer; who has time, and heard that the provider failed, waits once more

It owns no task but those that ask, so that a line of any length costs memory alone. Whoever is cancelled leaves the
line; the last one of those that are asked together takes the connection down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from glossator.engine.answers import Answer
from glossator.engine.filling import Seen, Trust, unasked
from glossator.engine.packing import may_be_packed
from glossator.engine.requests import Request
from glossator.engine.scheduler.budget import NOTHING, Budget, Spent
from glossator.engine.scheduler.courtesy import Courtesy
from glossator.engine.scheduler.door import Door
from glossator.engine.scheduler.leaders import Leaders, group_of
from glossator.engine.scheduler.line import Line, Urgency, Waiting
from glossator.engine.scheduler.pace import Pace
from glossator.engine.scheduler.tickets import Ask, Batch, Ticket
from glossator.engine.scheduler.turns import Further, Turns, answer_tokens
from glossator.model import FieldKey
from glossator.monitor import Measured, names
from glossator.providers.base import Price

PATIENCE_S: Final[Mapping[Urgency, float]] = {Urgency.CURSOR: 120.0}  # who looks at the screen has given up by then
BURST: Final = 8  # requests that are begun before others have their turn in the event loop
ADMITTED: Final = 2  # times what may be in flight
AGAIN: Final = 2  # times that a workspace's request is asked again whose provider has failed
TOO_LONG: Final = "nobody had room for it in time"
CALLED_OFF: Final = "the question was called off"


@dataclass(frozen=True, slots=True)
class Rules:
    """How a scheduler goes about it.

    `most` bounds the requests in flight, whatever the pool has room for; up to `pack` small ones are asked together,
    where more wait than can be asked; with `leads` those that begin alike wait for the first one of them to be read.
    `pause_s` tells for how long the pool cannot be asked, so that workspaces wait; None: to wait is of no use.
    """

    most: int = 1000
    pack: int = 1
    leads: bool = False
    price: Price | None = None
    pause_s: Callable[[], float | None] = lambda: None


@dataclass(frozen=True, slots=True)
class SchedulerStatistics:
    """What waits and what is in flight now, and what there was so far.

    `width` is how many may be in flight; `packed` counts requests that were asked with others, `split` those of them
    that had to be asked alone after all, `led` the leaders that others had to wait for.
    """

    waiting: tuple[int, ...]
    in_flight: int
    width: int
    packed: int
    split: int
    led: int
    is_paused: bool


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
        self._further = Further(self._pace, self._go_on)
        self._share = 1.0
        self._line = Line()
        self._door = Door(lambda: 0 if self._paused else ADMITTED * self.width)
        self._leaders = Leaders()
        self._courtesy: Courtesy | None = None
        self._tickets: dict[Hashable, Ticket] = {}
        self._batches: set[Batch] = set()
        self._paused: frozenset[Urgency] = frozenset()
        self._alarm: asyncio.TimerHandle | None = None
        self._goes_on = False
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
        ticket = Ticket(request, urgency, group_of(request), loop.time(), key, *caller, loop.create_future())
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
            self._go_on()

    async def admit(self, count: int) -> None:
        """Wait until there is room for requests that are to come, such as a file's; `dismiss` says that they ended.

        There is, as long as fewer than twice those that may be in flight were admitted: so a workspace of any size
        makes no more requests than are soon asked.
        """
        await self._door.admit(count)

    def dismiss(self, count: int = 1) -> None:
        """Say that admitted requests have ended."""
        self._door.dismiss(count)

    def pause(self) -> None:
        """Ask nothing for whole workspaces until `resume`; what is in flight is not lost, and others go on."""
        self._paused = frozenset({Urgency.WORKSPACE})

    def resume(self) -> None:
        """Go on."""
        self._paused = frozenset()
        self._go_on()

    def share_loop(self) -> None:
        """Leave the event loop to others while workspaces are documented: to people who type in an editor."""
        self._courtesy = Courtesy()

    def limit_to(self, share: float) -> None:
        """Have only this share of what the mode allows in flight, between 0 and 1; at least one request."""
        self._share = share
        self._go_on()

    def note_split(self, count: int) -> None:
        """Count requests that were packed, and had to be asked alone after all."""
        self._counts["split"] += count

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

    def _go_on(self) -> None:
        """Ask for as many as there is room for, a few at a time: who types must not wait until a thousand are sent."""
        if self._goes_on:
            return
        loop = asyncio.get_running_loop()
        now, begun = loop.time(), 0
        while len(self._batches) < self.width:
            ticket = self._line.next(self._leaders.held, self._paused_now())
            if ticket is None:
                break
            if begun == BURST:
                self._goes_on = True
                loop.call_soon(self._go_on_later)
                break
            begun += 1
            assert isinstance(ticket, Ticket)
            if not self._may_start(ticket, now):
                break
        self._door.open()

    def _paused_now(self) -> frozenset[Urgency]:
        """For whom nobody is asked now: also for workspaces, as long as the pool cannot be, or the loop is others'."""
        if not self._line.count(Urgency.WORKSPACE):
            return self._paused
        pause_s = self._rules.pause_s() or (self._courtesy.rest_s() if self._courtesy is not None else 0.0)
        if not pause_s:
            return self._paused
        self._come_back(pause_s)
        return self._paused | {Urgency.WORKSPACE}

    def _go_on_later(self) -> None:
        self._goes_on = False
        self._go_on()

    def _may_start(self, ticket: Ticket, now: float) -> bool:
        """Ask for what a ticket wants; False where pace or budget do not allow it yet, so that it stays the next.

        Where its run may not ask any more, or nobody may today, it is answered at once.
        """
        workspace = ticket.trust.workspace
        objection = ticket.trust.objection or self._budget.objection(workspace)
        if objection:
            self._call(ticket)
            ticket.settle(unasked(ticket.request, objection))
            return True
        if self._batches and (ticket.trust.is_pledged or self._budget.is_pledged(workspace)):
            return False  # those in flight will show whether anything is left
        expected = self._expected(ticket)
        if (wait_s := self._pace.wait_s(now, expected.tokens)) > 0:
            self._come_back(wait_s)
            return False
        if self._further.waiting:
            return False  # they go first, and call
        self._call(ticket)
        self._start(self._batch(ticket, expected), now)
        return True

    def _start(self, batch: Batch, now: float) -> None:
        """Ask for a batch."""
        leader = batch.leader
        self._batches.add(batch)
        if self._courtesy is not None and leader.urgency is Urgency.WORKSPACE:
            self._courtesy.begun()
        self._budget.pledge(batch.expected)
        batch.trust.pledged += batch.expected.cost
        batch.leads = self._rules.leads and self._leaders.sent(leader.request, leader.group, now)
        self._counts["led"] += batch.leads
        for one in batch.tickets:
            one.batch = batch
            one.context.run(self._monitor.observe, names.QUEUE, (now - one.since) * 1e6)
        turns = Turns(self._pace.send(now, batch.expected.tokens), self._further)
        asking = self._ask([(one.request, partial(self._heard, batch, one)) for one in batch.tickets], turns)
        batch.task = asyncio.get_running_loop().create_task(asking, context=leader.context)
        batch.task.add_done_callback(partial(self._ended, batch))

    def _ended(self, batch: Batch, task: asyncio.Task[Sequence[Answer]]) -> None:
        """Hand over what has come, make room for the next ones; a fault of ours is everybody's who waits."""
        self._batches.discard(batch)
        if batch.leads:
            self._led(batch)
        trust = batch.trust
        trust.pledged -= batch.expected.cost
        self._budget.settle(batch.expected, batch.spent(), trust.workspace)
        for ticket, answer in zip(batch.tickets, batch.answers(), strict=False):
            trust.note(answer)
            if self._may_wait(ticket, answer):
                batch.left.discard(ticket)
                self._wait_again(ticket, answer)
            else:
                ticket.settle(answer)
        fault = None if task.cancelled() else task.exception()
        for ticket in batch.left:
            if fault is not None:
                ticket.fail(fault)
            elif not ticket.result.done():  # nobody is left waiting, whoever cancelled the task
                ticket.settle(unasked(ticket.request, CALLED_OFF))
        self._go_on()

    def _may_wait(self, ticket: Ticket, answer: Answer) -> bool:
        """Whether a request that its provider failed on is worth asking again, and somebody has time for that."""
        if ticket.urgency is not Urgency.WORKSPACE or not answer.may_pass or ticket.result.done():
            return False
        pause_s = self._rules.pause_s()
        # One that met a closed door has not been asked yet.
        ticket.failures += bool(answer.usage.calls) or not pause_s
        return pause_s is not None and ticket.failures <= AGAIN

    def _wait_again(self, ticket: Ticket, answer: Answer) -> None:
        """Have a request wait behind the others of its file."""
        ticket.usage += answer.usage
        ticket.batch, ticket.is_in_line, ticket.since = None, True, asyncio.get_running_loop().time()
        self._tickets.setdefault(ticket.key, ticket)
        self._line.add(ticket)

    def _led(self, batch: Batch) -> None:
        """A leader has ended; what it began with was read if anything came of it."""
        group = batch.leader.group
        if any(not answer.error for answer in batch.answers()):
            self._leaders.read(group, asyncio.get_running_loop().time())
        else:
            self._leaders.lost(group)

    def _heard(self, batch: Batch, ticket: Ticket, texts: Mapping[FieldKey, str]) -> None:
        """Something came: what this one began with was read."""
        batch.is_heard = True
        if self._leaders.read(ticket.group, asyncio.get_running_loop().time()):
            self._go_on()
        ticket.heard(texts)

    def _batch(self, ticket: Ticket, expected: Spent) -> Batch:
        """A ticket with others to be asked together with it, where more wait than there is room for."""
        tickets = [ticket]
        free = max(1, self.width - len(self._batches))
        count = min(self._rules.pack, -(-(len(self._line) + 1) // free)) - 1
        if count < 1 or ticket.urgency is not Urgency.WORKSPACE or not may_be_packed(ticket.request):
            return Batch(tickets, expected, set(tickets))
        seen = {ticket.request.question.form.identity}

        def fits(other: Waiting) -> bool:
            nonlocal expected
            assert isinstance(other, Ticket)
            identity, more = other.request.question.form.identity, expected.plus(self._expected(other))
            is_alike = identity not in seen and other.trust is ticket.trust and may_be_packed(other.request)
            if is_fit := is_alike and self._pace.holds(more.tokens):
                expected = more
                seen.add(identity)
            return is_fit

        for one in self._line.take_alike(ticket, count, fits):
            assert isinstance(one, Ticket)
            self._called(one)
            tickets.append(one)
        self._counts["packed"] += len(tickets) if len(tickets) > 1 else 0
        return Batch(tickets, expected, set(tickets))

    def _expected(self, ticket: Ticket) -> Spent:
        """About what a request takes, where that matters."""
        if not (self._pace.is_bounded or self._budget.is_bounded or ticket.trust.max_cost is not None):
            return NOTHING
        prompt = ticket.request.question.prompt
        tokens_in, tokens_out = prompt.tokens, answer_tokens(prompt)
        price = self._rules.price
        return Spent(price.of(tokens_in, tokens_out) if price is not None else 0.0, tokens_in + tokens_out)

    async def _leave(self, ticket: Ticket) -> None:
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

    def _give_up(self, ticket: Ticket) -> None:
        if ticket.is_in_line:
            self._line.remove(ticket)
            self._called(ticket)
            ticket.settle(unasked(ticket.request, TOO_LONG))

    def _call(self, ticket: Ticket) -> None:
        """It is a ticket's turn."""
        self._line.serve(ticket, self._paused)
        self._called(ticket)

    def _called(self, ticket: Ticket) -> None:
        """A ticket is in the line no more, and cannot be hastened."""
        ticket.is_in_line = False
        if self._tickets.get(ticket.key) is ticket:
            del self._tickets[ticket.key]

    def _come_back(self, wait_s: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(wait_s, self._go_on)

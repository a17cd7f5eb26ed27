"""The chosen providers, made from the settings: each with its place in a pool, and the exam that it may have to pass.

Everything that talks to a server is imported when the first provider is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from glossator.config import Settings, mode_of
from glossator.config.folders import cache_folder
from glossator.config.keys import EMBEDDED, LOCAL
from glossator.documenter.exam import RIGHT, Examined, examined
from glossator.errors import ConfigError, Refused

if TYPE_CHECKING:
    from glossator.providers.base import Price, Provider
    from glossator.providers.keys import Keys
    from glossator.providers.pool import Member

BILLING_PREFIXES: Final = ("openai", "anthropic")
MIN_DEADLINE_S: Final = 180.0  # for a request with all its tries; a small model on two busy cores takes its time

Tell = Callable[[str], None]


def silent(_message: str) -> None:
    """Tell nobody."""


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


def opened(settings: Settings, keys: Keys | None = None, tell: Tell = silent) -> list[Opened]:
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


def runs_here(settings: Settings) -> bool:
    """Whether all of the chosen providers run on this machine, so that nothing leaves it."""
    from glossator.providers.build import may_leave

    known = {one.name: one for one in settings.providers}
    return not any(may_leave(known[name]) for name in settings.provider if name in known)


def is_free(settings: Settings) -> bool:
    """Whether none of the chosen providers takes money."""
    from glossator.providers.build import price_of

    known = {one.name: one for one in settings.providers}
    prices = [price_of(known[name]) for name in settings.provider if name in known]
    return all(price is not None and price.of(1, 1) == 0 for price in prices)


def require_local(settings: Settings) -> None:
    """Raise ConfigError where the local model is all that is chosen, and there is something to do before it starts."""
    from glossator.providers.local import Local

    if settings.provider != (LOCAL,):
        return
    try:
        Local(settings).require()
    except Refused as error:
        raise ConfigError(str(error)) from error


def _gate(body: bytes) -> None:
    """The last look at a request that leaves this machine."""
    from glossator.providers.redaction import gate

    gate(body)


def dearest(members: Iterable[Opened]) -> Price | None:
    """The price of the dearest member: whoever is asked, it does not cost more. None where one is not known."""
    prices = [one.price for one in members]
    known = [price for price in prices if price is not None]
    return max(known, key=lambda price: price.of(1000, 100)) if len(known) == len(prices) else None

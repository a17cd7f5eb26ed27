"""How a pool treats its members."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """How a pool chooses, waits and gives up.

    `policy` is a name of `policies.POLICIES`. With `hedge` a request that takes longer than most is asked of a second
    member as well, which costs. `deadline_s` bounds a request, retries and all, from the time when its first member has
    room for it; `patience_s` the pauses that a member may ask for, else the next one is asked; `probe_s` is how long a
    member that fails is left alone. Who has time waits for members that cannot be asked, as long as one has answered
    within `outage_s`.
    """

    policy: str = "order"
    hedge: bool = False
    deadline_s: float = 120.0
    patience_s: float = 5.0
    probe_s: float = 10.0
    outage_s: float = 60.0

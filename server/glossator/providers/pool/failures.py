"""What is said when no member of a pool gave an answer: the last error's class, with everything that was tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from glossator.errors import ProviderError, RateLimited, Refused, Unavailable
from glossator.providers.pool.member import MemberState

_COUNTS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

Failed = tuple[str, ProviderError]
"""A member's name, and why it gave no answer."""


def combined(failed: Sequence[Failed]) -> ProviderError:
    """One error for all that failed, of the last one's class; there is at least one."""
    told = _told(failed)
    if len(failed) > 1:
        count = _COUNTS[len(failed)] if len(failed) < len(_COUNTS) else str(len(failed))
        told = f"{count} providers failed: {told}"
    match failed[-1][1]:
        case RateLimited(retry_after_s=retry_after_s):
            return RateLimited(told, retry_after_s)
        case Refused():
            is_lasting = all(isinstance(error, Refused) and error.is_lasting for _name, error in failed)
            return Refused(told, is_lasting=is_lasting)
        case Unavailable(is_reached=is_reached):
            return Unavailable(told, is_reached=is_reached)
        case last:
            return type(last)(told)


def nobody(members: Sequence[MemberState]) -> ProviderError:
    """The error where no member could be asked, with what each of them failed of last."""
    failed = [(member.name, error) for member in members if (error := member.last_error) is not None]
    told = f"no provider can be asked now: {_told(failed)}"
    if all(member.is_disabled for member in members):
        return Refused(told, is_lasting=True)
    if rests := [rest_s for member in members if (rest_s := member.rest_s)]:
        return RateLimited(told, min(rests))
    return Unavailable(told, is_reached=False)


def _told(failed: Sequence[Failed]) -> str:
    return ", ".join(f"{name}: {error}" for name, error in failed)

"""What an endpoint can do: learned from what it was seen to refuse, and nothing else.

A request is put together from ladders. Each ladder is one thing that a request would like to have, its rungs are the
ways to have it, best first; the first one that was not refused is taken, and none where all were. So all that has to be
remembered of an endpoint is a set of names:

    refused, said --after--> refused          (never shrinks, so it ends)
    ladders, refused --chosen--> the rungs of the next request
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

_WORD = re.compile(r"[a-z][a-z_]{2,40}")
_ECHOES: Final = ("input", "ctx", "body", "request", "messages", "prompt")
_MAX_DEPTH: Final = 8


@dataclass(frozen=True, slots=True)
class Rung:
    """One way to have something; `words` are what servers call it when they refuse it, in lower case.

    A rung that is `silent` is never blamed for a refusal that names nothing.
    """

    name: str
    words: frozenset[str] = field(default_factory=frozenset)
    silent: bool = False


Ladder = tuple[Rung, ...]

NOTHING: Final = Rung("")
"""What stands for a ladder all of whose rungs were refused."""


def rung(name: str, *words: str) -> Rung:
    """A rung that servers call by its name, or by one of `words`."""
    return Rung(name, frozenset({name, *words}))


def silent_rung(name: str, *words: str) -> Rung:
    """A rung that is not blamed for a refusal that names nothing."""
    return Rung(name, frozenset({name, *words}), silent=True)


def chosen(ladders: Iterable[Ladder], refused: frozenset[str]) -> frozenset[str]:
    """The names of what the next request has: of each ladder the first rung that was not refused."""
    return frozenset(top.name for top in _tops(ladders, refused) if top is not NOTHING)


def after(ladders: Iterable[Ladder], refused: frozenset[str], said: frozenset[str]) -> frozenset[str] | None:
    """What is refused now that a server has refused a request in `said` words; None if there is nothing left to try.

    Without words that anybody knows, the first thing that may be to blame is left out: ladders come in the order of
    suspicion.
    """
    tops = [top for top in _tops(ladders, refused) if top.words]
    named = {top.name for top in tops if top.words & said}
    blamed = named or {top.name for top in [t for t in tops if not t.silent][:1]}
    return refused | blamed if blamed else None


def without(ladder: Ladder, refused: frozenset[str]) -> frozenset[str]:
    """What is refused when a server has accepted the top rung of a ladder, and did not heed it."""
    top = next(_tops((ladder,), refused))
    return refused | {top.name} if top.words else refused


def vocabulary(ladders: Iterable[Ladder]) -> frozenset[str]:
    """All words that say something about these ladders."""
    return frozenset().union(*(rung.words for ladder in ladders for rung in ladder))


def words_in(body: bytes, known: frozenset[str]) -> frozenset[str]:
    """Those of the `known` words that a server's refusal has.

    What it repeats of the request does not count, and no other word of it is kept.
    """
    try:
        texts = list(_texts(json.loads(body), _MAX_DEPTH))
    except (ValueError, RecursionError):
        texts = [body.decode("utf-8", "replace")]
    return frozenset(_WORD.findall(" ".join(texts).lower())) & known


def _tops(ladders: Iterable[Ladder], refused: frozenset[str]) -> Iterator[Rung]:
    for ladder in ladders:
        yield next((rung for rung in ladder if rung.name not in refused), NOTHING)


def _texts(found: object, depth: int) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif depth and isinstance(found, dict):
        for name, value in found.items():
            if name not in _ECHOES:
                yield from _texts(value, depth - 1)
    elif depth and isinstance(found, list):
        for value in found:
            yield from _texts(value, depth - 1)

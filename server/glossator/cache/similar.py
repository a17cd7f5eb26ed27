"""L2: definitions that are like one that was documented before, in memory, bounded.

    tokens of a definition ── sketch_of ──▶ bytes, kept beside an answer ── add ──▶ an Index ── nearest ──▶ Near, Near

What is near is a candidate, never an answer. A sibling may become one: the code is the same but for its names, and a
renaming may prove that. All else is an example for a prompt, or a marked draft.

A sketch holds digests only, is of 9 to 63 bytes, and the same on every machine and in every version of Python: it is
stored and shared. Its first byte says how it was made; an index passes over sketches that it cannot read.

`WordIndex` is a locality-sensitive hash: words are put in the order of their hashes, and any three in a row there are a
place where the sets that have them meet (docs/decisions/similarity.md has the figures, and what was
rejected). Source: one-permutation hashing, Li, Owen and Zhang 2012; bottom-k sketches, Cohen and Kaplan 2007.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Final, Protocol
from zlib import crc32

from glossator.syntax.tokens import SHAPE_SIZE, Tokens

DEFAULT_THRESHOLD: Final = 0.85
MAX_WORDS: Final = 27  # of a sketch: those with the lowest hashes
MAX_MEETING: Final = 32  # entries that one place keeps: where all meet, nothing is learned
_FEW: Final = 8  # words that also meet by pairs: one that differs would break most of their triples
_SCORED: Final = 16  # entries that are compared word by word, of those that share most places
_WORDS_TAG: Final = b"\x01"
HEAD_SIZE: Final = 1 + SHAPE_SIZE
_LISTS: Final = tuple(Struct(f"<{count}H") for count in range(MAX_WORDS + 1))


@dataclass(frozen=True, slots=True)
class Near:
    """An entry that is like what was asked for.

    `similarity` is between 0 and 1 and means what the index compares; a sibling, whose code is the same but for its
    names, is near however little its words have in common.
    """

    key: bytes
    similarity: float
    is_sibling: bool = False


class Index(Protocol):
    """Keys by the sketches of what they stand for. It is bounded, and the oldest entries go first."""

    def add(self, key: bytes, sketch: bytes) -> None:
        """Keep a key, or keep it with another sketch; a sketch of a foreign kind is passed over."""

    def nearest(self, sketch: bytes, count: int) -> tuple[Near, ...]:
        """Up to `count` entries that are near enough: siblings first, then the most similar."""

    def remove(self, key: bytes) -> None:
        """Forget a key, if it is there."""


class Bounded(Protocol):
    """What has a bound that may become another one."""

    def __len__(self) -> int:
        """How many entries there are."""
        ...

    def fit(self, entries: int) -> None:
        """Keep at most so many entries from now on; the oldest go at once."""


class BoundedIndex(Index, Bounded, Protocol):
    """An index whose bound may become another one."""


def sketch_of(tokens: Tokens) -> bytes:
    """What a `WordIndex` needs of a definition: its shape, and the hashes of its words in ascending order.

    Cost: about 3 us. Source: CRC-32 (ISO 3309), its lower 16 bits: of pairs of sketches with 13 words each, 3 in 1,000
    share one by chance.
    """
    hashes = sorted({crc32(word) & 0xFFFF for word in tokens.words})[:MAX_WORDS]
    return _WORDS_TAG + tokens.shape + _LISTS[len(hashes)].pack(*hashes)


class Meetings:
    """Keys by the places where they meet; each place keeps its newest ones. Most places have one key, and no list."""

    def __init__(self) -> None:
        """Start without any."""
        self._places: dict[bytes, bytes | list[bytes]] = {}

    def at(self, place: bytes) -> Sequence[bytes]:
        """The keys at a place, the oldest first."""
        found = self._places.get(place, ())
        return (found,) if isinstance(found, bytes) else found

    def shared(self, places: Iterable[bytes]) -> dict[bytes, int]:
        """The keys that are met at these places, and at how many of them."""
        counts: dict[bytes, int] = {}
        for place in places:
            found = self._places.get(place)
            if isinstance(found, bytes):
                counts[found] = counts.get(found, 0) + 1
            elif found is not None:
                for key in found:
                    counts[key] = counts.get(key, 0) + 1
        return counts

    def add(self, place: bytes, key: bytes) -> None:
        """Let a key that is not there come to a place."""
        found = self._places.get(place)
        if found is None:
            self._places[place] = key
        elif isinstance(found, bytes):
            self._places[place] = [found, key]
        else:
            found.append(key)
            if len(found) > MAX_MEETING:
                del found[0]

    def remove(self, place: bytes, key: bytes) -> None:
        """Let a key leave a place, if it is still there."""
        found = self._places.get(place)
        if found == key:
            del self._places[place]
        elif isinstance(found, list) and key in found:
            found.remove(key)
            if not found:
                del self._places[place]


class WordIndex:
    """An `Index` over hashed words, without any library: the similarity is that of Jaccard."""

    def __init__(self, entries: int, threshold: float = DEFAULT_THRESHOLD) -> None:
        """Keep at most `entries`; what is less similar than `threshold` is not near, unless it is a sibling."""
        self._bound = entries
        self._threshold = threshold
        self._sketches: OrderedDict[bytes, bytes] = OrderedDict()  # a dict finds its oldest key slowly
        self._meetings = Meetings()
        # A word more or less is in three places at most; with too many of these, no comparison is needed.
        self._needed = 1 - 3 * (1 - threshold) / threshold if threshold else 0.0

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self._sketches)

    def add(self, key: bytes, sketch: bytes) -> None:
        """Keep a key. Cost: about 10 us."""
        if _hashes(sketch) is None:
            return
        self.remove(key)
        self._sketches[key] = sketch
        for place in _places(sketch):
            self._meetings.add(place, key)
        self.fit(self._bound)

    def fit(self, entries: int) -> None:
        """Keep at most so many entries from now on; the oldest go at once."""
        self._bound = entries
        while len(self._sketches) > entries:
            self.remove(next(iter(self._sketches)))

    def remove(self, key: bytes) -> None:
        """Forget a key, if it is there."""
        sketch = self._sketches.pop(key, None)
        if sketch is not None:
            for place in _places(sketch):
                self._meetings.remove(place, key)

    def nearest(self, sketch: bytes, count: int) -> tuple[Near, ...]:
        """Up to `count` entries that are near enough. Cost: 10 to 40 us, whatever the number of entries."""
        hashes = _hashes(sketch)
        if hashes is None:
            return ()
        counts = self._meetings.shared(_places(sketch))
        siblings = frozenset(self._meetings.at(sketch[1:HEAD_SIZE]))
        needed = 1 if len(hashes) == MAX_WORDS else self._needed * len(hashes)
        shared = [(key in siblings, met, key) for key, met in counts.items() if met >= needed or key in siblings]
        if not shared:
            return ()
        if len(shared) > _SCORED:
            shared = sorted(shared, reverse=True)[:_SCORED]
        own = frozenset(hashes)
        scored = [(is_sibling, _similarity(own, hashes, self._sketches[key]), key) for is_sibling, _, key in shared]
        return ranked(scored, self._threshold, count)


def ranked(scored: Iterable[tuple[bool, float, bytes]], threshold: float, count: int) -> tuple[Near, ...]:
    """Up to `count` of the compared keys that are near: siblings first, then the most similar."""
    near = sorted([one for one in scored if one[1] >= threshold or one[0]], reverse=True)
    return tuple([Near(key, similarity, is_sibling) for is_sibling, similarity, key in near[:count]])


def _hashes(sketch: bytes) -> tuple[int, ...] | None:
    """The hashed words of a sketch, None if it is not one of ours: it may come from another machine."""
    count, odd = divmod(len(sketch) - HEAD_SIZE, 2)
    if odd or not 0 <= count <= MAX_WORDS or sketch[:1] != _WORDS_TAG:
        return None
    return _LISTS[count].unpack_from(sketch, HEAD_SIZE)


def _places(sketch: bytes) -> list[bytes]:
    """Where an entry meets those like it: its shape, and any hashes in a row (the last is followed by the first)."""
    words = sketch[HEAD_SIZE:]
    size = len(words)
    if size < 6:
        return [sketch[1:HEAD_SIZE], words]
    ring = words + words[:4]
    places = [sketch[1:HEAD_SIZE], *[ring[at : at + 6] for at in range(0, size, 2)]]
    if size <= 2 * _FEW:
        places += [ring[at : at + 4] for at in range(0, size, 2)]
    return places


def _similarity(own: frozenset[int], hashes: tuple[int, ...], sketch: bytes) -> float:
    """The part of all words of both that both have, as far as the shorter sketch reaches."""
    others = _LISTS[(len(sketch) - HEAD_SIZE) // 2].unpack_from(sketch, HEAD_SIZE)
    common = len(own.intersection(others))
    mine, theirs = len(hashes), len(others)
    if MAX_WORDS in (mine, theirs):
        # Beyond the last hash of a full sketch there may be more, of which nothing is known.
        reach = min(one[-1] for one in (hashes, others) if len(one) == MAX_WORDS)
        mine, theirs = bisect_right(hashes, reach), bisect_right(others, reach)
    return common / (mine + theirs - common) if common else 0.0

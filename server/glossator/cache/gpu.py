"""L2 by meaning for a large team: every vector is compared, on a GPU where there is one. Extra `gpu`.

An index of over 100,000 entries is a matrix product away from its exact answer, which a graph only nears. Vectors are
those of `semantic`, whole numbers below 128: sums of 128 products of them are whole numbers that single precision holds
exactly, in whatever order they are added, so that every device gives the same answer.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final

from glossator.cache.semantic import DIMENSIONS, MAX_SIBLINGS, is_vector
from glossator.cache.similar import DEFAULT_THRESHOLD, HEAD_SIZE, Meetings, Near, ranked

BATCH: Final = 64  # questions that are asked at once: a million entries then take 256 MB of products
_FIRST_ROWS: Final = 1024
_SENT_AT_ONCE: Final = 1 << 16
_SLACK: Final = 1e-5  # of the last product that counts: more than its rounding in single precision

Scored = tuple[float, bytes]  # a similarity, and the key that has it


class ExactIndex:
    """An `Index` that compares every vector; the similarity is the cosine."""

    def __init__(self, entries: int, threshold: float = DEFAULT_THRESHOLD, device: str = "") -> None:
        """Keep at most `entries` on a torch device, the GPU unless it is named; ImportError without the extra."""
        import torch  # type: ignore[import-not-found,unused-ignore]  # half a gigabyte: nobody has it by accident

        self._torch: Any = torch
        self.device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self._bound = entries
        self._threshold = threshold
        self._rows = self._empty(_FIRST_ROWS, DIMENSIONS)
        self._squares = self._empty(_FIRST_ROWS)  # of the lengths of rows, whole numbers, too
        self._keys: list[bytes] = []  # by row; there are no holes
        self._places: OrderedDict[bytes, int] = OrderedDict()  # rows by key, the oldest key first
        self._sketches: dict[bytes, bytes] = {}
        self._unsent: set[int] = set()  # rows that the device does not have yet
        self._siblings = Meetings()

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self._keys)

    def add(self, key: bytes, sketch: bytes) -> None:
        """Keep a key. What is added goes to the device with the next question."""
        if not is_vector(sketch):
            return
        self.remove(key)
        self._unsent.add(len(self._keys))
        self._places[key] = len(self._keys)
        self._keys.append(key)
        self._sketches[key] = sketch
        self._siblings.add(sketch[1:HEAD_SIZE], key)
        self.fit(self._bound)

    def fit(self, entries: int) -> None:
        """Keep at most so many entries from now on; the oldest go at once."""
        self._bound = entries
        while len(self._keys) > entries:
            self.remove(next(iter(self._places)))

    def remove(self, key: bytes) -> None:
        """Forget a key, if it is there; the last row takes its place."""
        row = self._places.pop(key, None)
        if row is None:
            return
        self._siblings.remove(self._sketches.pop(key)[1:HEAD_SIZE], key)
        last = self._keys.pop()
        self._unsent.discard(len(self._keys))
        if last != key:
            self._keys[row] = last
            self._places[last] = row
            self._unsent.add(row)

    def nearest(self, sketch: bytes, count: int) -> tuple[Near, ...]:
        """The `count` entries that are nearest, if they are near enough: exactly these."""
        return self.nearest_of([sketch], count)[0]

    def nearest_of(self, sketches: Sequence[bytes], count: int) -> list[tuple[Near, ...]]:
        """What is nearest to each of many sketches, in the order of these: far cheaper than one by one."""
        self._send()
        found: list[tuple[Near, ...]] = []
        for start in range(0, len(sketches), BATCH):
            batch = [sketch if is_vector(sketch) else b"" for sketch in sketches[start : start + BATCH]]
            asked = [sketch for sketch in batch if sketch]
            near = iter(self._best(asked, count) if asked and self._keys and count > 0 else [[]] * len(asked))
            found += [self._ranked(sketch, next(near), count) if sketch else () for sketch in batch]
        return found

    def _best(self, sketches: Sequence[bytes], count: int) -> list[list[Scored]]:
        """What can be among the `count` nearest of each sketch, a few more where they are equally near."""
        size = len(self._keys)
        vectors, squares = self._vectors(sketches), self._squares[:size]
        products = vectors @ self._rows[:size].T
        scores = products * squares.clamp(min=1).rsqrt()
        last = self._torch.topk(scores, min(count, size)).values[:, -1:]
        questions, rows = (scores >= last - last.abs() * _SLACK).nonzero(as_tuple=True)
        lengths = vectors.square().sum(dim=1)[questions], squares[rows]
        best: list[list[Scored]] = [[] for _ in sketches]
        found = (questions, rows, products[questions, rows], *lengths)
        for question, row, product, own, other in zip(*(one.tolist() for one in found), strict=True):
            best[question].append((_cosine(product, own, other), self._keys[row]))
        return best

    def _ranked(self, sketch: bytes, best: Sequence[Scored], count: int) -> tuple[Near, ...]:
        """The near ones of these, and the siblings."""
        siblings = self._siblings.at(sketch[1:HEAD_SIZE])[-MAX_SIBLINGS:]
        similarities = {key: similarity for similarity, key in best}
        for key in siblings:
            if key not in similarities:
                similarities[key] = _similarity(sketch, self._sketches[key])
        met = [(key in siblings, similarity, key) for key, similarity in similarities.items()]
        return ranked(met, self._threshold, count)

    def _send(self) -> None:
        """Bring the rows that changed to the device, many at once."""
        rows = sorted(self._unsent)
        self._unsent.clear()
        while len(self._keys) > len(self._rows):
            self._rows = self._torch.cat((self._rows, self._torch.zeros_like(self._rows)))
            self._squares = self._torch.cat((self._squares, self._torch.zeros_like(self._squares)))
        for start in range(0, len(rows), _SENT_AT_ONCE):
            piece = rows[start : start + _SENT_AT_ONCE]
            vectors = self._vectors([self._sketches[self._keys[row]] for row in piece])
            at = self._torch.tensor(piece, device=self.device)
            self._rows[at] = vectors
            self._squares[at] = vectors.square().sum(dim=1)

    def _vectors(self, sketches: Sequence[bytes]) -> Any:
        """The vectors of sketches as rows on the device."""
        joined = bytearray(b"".join([sketch[HEAD_SIZE:] for sketch in sketches]))
        numbers = self._torch.frombuffer(joined, dtype=self._torch.int8).reshape(-1, DIMENSIONS)
        return numbers.to(self.device).to(self._torch.float32)

    def _empty(self, *shape: int) -> Any:
        return self._torch.zeros(shape, dtype=self._torch.float32, device=self.device)


def _similarity(one: bytes, other: bytes) -> float:
    """The cosine of the vectors in two sketches."""
    mine, theirs = (memoryview(sketch)[HEAD_SIZE:].cast("b").tolist() for sketch in (one, other))
    product = sum(x * y for x, y in zip(mine, theirs, strict=True))
    return _cosine(product, sum(x * x for x in mine), sum(x * x for x in theirs))


def _cosine(product: float, own: float, other: float) -> float:
    """The cosine of an angle, from whole numbers: the product of two vectors, and the squares of their lengths."""
    lengths = math.sqrt(own * other)
    return product / lengths if lengths else 0.0

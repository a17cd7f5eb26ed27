"""L2 by meaning: what is named in other words for the same thing is near, too. Extra `semantic`.

The words of a definition become a vector of 128 small integers by static embeddings, whose weights come inside the
package wordllama: nothing is downloaded. usearch keeps the vectors in a graph (HNSW), whose answers are nearly always
the exact ones. Siblings are found by their shapes, as in `similar`, behind whose `Index` this stands.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from pathlib import Path
from typing import Any, Final

from glossator.cache.similar import DEFAULT_THRESHOLD, HEAD_SIZE, Meetings, Near, ranked
from glossator.syntax.tokens import Tokens

DIMENSIONS: Final = 128  # 64 find 2 % less, 256 find 1 % more (docs/decisions/similarity.md)
TAG: Final = b"\x02"
SIZE: Final = HEAD_SIZE + DIMENSIONS
MAX_SIBLINGS: Final = 16  # that are compared, the newest of one shape
_REACH: Final = 127  # of a component


class Encoder:
    """Makes sketches for the indexes over vectors. Loading it takes 0.7 s and 100 MB, once."""

    def __init__(self) -> None:
        """Load the weights from where the package was installed; raises ImportError without the extra."""
        import wordllama  # type: ignore[import-untyped,unused-ignore]  # no types come with it, if it is there

        # By itself it looks for its tokeniser in a folder of another name than the packaged one, and would download it.
        folder = Path(wordllama.__file__).parent
        self._model: Any = wordllama.WordLlama.load(
            cache_dir=folder, dim=256, trunc_dim=DIMENSIONS, disable_download=True
        )

    def sketch_of(self, tokens: Tokens) -> bytes:
        """The shape of a definition, and the direction in which its words point. Cost: about 50 us."""
        import numpy

        text = b" ".join(tokens.words).decode("utf-8", "replace")
        vector = self._model.embed([text])[0] if text else numpy.zeros(DIMENSIONS)
        longest = numpy.abs(vector).max() or 1.0
        return TAG + tokens.shape + numpy.rint(vector * (_REACH / longest)).astype(numpy.int8).tobytes()


class SemanticIndex:
    """An `Index` over vectors; the similarity is the cosine."""

    def __init__(self, entries: int, threshold: float = DEFAULT_THRESHOLD) -> None:
        """Keep at most `entries`; raises ImportError without the extra."""
        from usearch.index import Index

        self._bound = entries
        self._threshold = threshold
        self._graph: Any = Index(ndim=DIMENSIONS, metric="cos", dtype="i8")
        self._numbers: OrderedDict[bytes, int] = OrderedDict()  # of keys in the graph
        self._entries: dict[int, tuple[bytes, bytes]] = {}  # key and shape by number
        self._siblings = Meetings()
        self._next = 0

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self._numbers)

    def add(self, key: bytes, sketch: bytes) -> None:
        """Keep a key. Cost: about 100 us, and twice that among a million."""
        if not is_vector(sketch):
            return
        self.remove(key)
        shape = sketch[1:HEAD_SIZE]
        self._numbers[key] = self._next
        self._entries[self._next] = key, shape
        self._graph.add(self._next, _vector(sketch))
        self._siblings.add(shape, key)
        self._next += 1
        self.fit(self._bound)

    def fit(self, entries: int) -> None:
        """Keep at most so many entries from now on; the oldest go at once."""
        self._bound = entries
        while len(self._numbers) > entries:
            self.remove(next(iter(self._numbers)))

    def remove(self, key: bytes) -> None:
        """Forget a key, if it is there."""
        number = self._numbers.pop(key, None)
        if number is not None:
            _, shape = self._entries.pop(number)
            self._graph.remove(number)
            self._siblings.remove(shape, key)

    def nearest(self, sketch: bytes, count: int) -> tuple[Near, ...]:
        """Up to `count` entries that are near enough, as far as the graph finds them."""
        if not is_vector(sketch) or not self._numbers:
            return ()
        vector = _vector(sketch)
        found = self._graph.search(vector, count)
        scored = {
            int(number): 1 - float(distance) for number, distance in zip(found.keys, found.distances, strict=True)
        }
        siblings = self._siblings.at(sketch[1:HEAD_SIZE])[-MAX_SIBLINGS:]
        for key in siblings:
            number = self._numbers[key]
            if number not in scored:
                scored[number] = _cosine(vector, self._graph.get(number))
        met = [(self._entries[number][0], similarity) for number, similarity in scored.items()]
        return ranked([(key in siblings, similarity, key) for key, similarity in met], self._threshold, count)


def is_vector(sketch: bytes) -> bool:
    """Whether a sketch was made by an `Encoder`; it may come from another machine."""
    return len(sketch) == SIZE and sketch[:1] == TAG


def _vector(sketch: bytes) -> Any:
    """The vector in a sketch."""
    import numpy

    return numpy.frombuffer(sketch, numpy.int8, DIMENSIONS, HEAD_SIZE)


def _cosine(one: Any, other: Any) -> float:
    """The cosine of the angle between two vectors of integers."""
    import numpy

    one, other = one.astype(numpy.int64), other.astype(numpy.int64)
    lengths = math.sqrt(int(one @ one) * int(other @ other))
    return int(one @ other) / lengths if lengths else 0.0

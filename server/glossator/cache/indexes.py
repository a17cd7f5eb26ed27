"""Which index finds similar code: words (the default), by meaning, or exactly on a GPU; the latter two are extras."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Final

from glossator.cache.similar import BoundedIndex, WordIndex, sketch_of
from glossator.syntax.tokens import Tokens

WORDS: Final = "words"
SEMANTIC: Final = "semantic"
GPU: Final = "gpu"
CHOICES: Final = (WORDS, SEMANTIC, GPU)
# What each needs; an extra of its own name installs it.
_MODULES: Final = {WORDS: (), SEMANTIC: ("wordllama", "usearch"), GPU: ("wordllama", "torch")}


def usable(name: str) -> str:
    """The index that is meant by `name`, or the one over words where its extra is not installed."""
    return name if all(find_spec(module) is not None for module in _MODULES[name]) else WORDS


def open_index(name: str, entries: int, threshold: float) -> BoundedIndex:
    """An empty index of a usable name, for at most so many entries. A large library may be loaded: call it once."""
    if name == SEMANTIC:
        from glossator.cache.semantic import SemanticIndex

        return SemanticIndex(entries, threshold)
    if name == GPU:
        from glossator.cache.gpu import ExactIndex

        return ExactIndex(entries, threshold)
    return WordIndex(entries, threshold)


def sketcher(name: str) -> Callable[[Tokens], bytes]:
    """What makes the sketches for an index of a usable name."""
    return sketch_of if name == WORDS else _encoder()


@cache
def _encoder() -> Callable[[Tokens], bytes]:
    """Weights of 100 MB: loaded with the first sketch, once for a process."""
    from glossator.cache.semantic import Encoder

    return Encoder().sketch_of

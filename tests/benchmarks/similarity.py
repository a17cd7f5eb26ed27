"""The indexes behind L2: what they find, how fast, and in how much memory, beside a bare look-up in rensa's LSH.

What should be found: of two functions that people documented, each finds the other if their docstrings share their
facts: they document the same parameters (one at least), and their summaries have half of their content words in common.
Functions whose alpha fingerprints are equal count once: the exact tiers find these. Recall@5 is the part of those (of
five at most) that are among the five nearest, whatever their similarity.

Every index holds all functions that are asked for, then others of the standard library and of installed packages, and
where these do not suffice made-up ones: half of the words of one function and half of those of another. An index is
built in a process of its own; its memory is what that process grew by.
"""

from __future__ import annotations

import ast
import gc
import inspect
import itertools
import multiprocessing
import random
import re
import sysconfig
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from client import clock
from parts import best
from samples import library_files
from table import Row

from glossator.cache.similar import WordIndex, sketch_of
from glossator.docstring.styles import detect, parse
from glossator.syntax import tokens
from glossator.syntax.document import Document
from glossator.syntax.fingerprint import normal_form
from glossator.syntax.normal.scopes import written
from glossator.syntax.symbols import MODULE_PATH, Entry, Outline
from glossator.syntax.tokens import Tokens, fingerprints_and_tokens

QUESTIONS = 400
NEAREST = 5
LOOK_UPS = 10_000  # entries that a look-up is timed among
STOP = frozenset("and are for from get given its return returns set that the this with".split())
PAGES = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the sample: its tokens, and what people wrote about it."""

    tokens: Tokens
    source: str
    parameters: frozenset[str]
    content: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sample:
    """Functions, those asked for first, and for each question the numbers of the functions that should be found."""

    functions: Sequence[Function]
    wanted: dict[int, frozenset[int]]

    @property
    def least(self) -> int:
        """The size of an index that holds whatever is asked for and should be found."""
        return 1 + max(itertools.chain(self.wanted, *self.wanted.values()))

    def tokens(self, count: int) -> Iterator[Tokens]:
        """Tokens of `count` entries: the functions, then made-up ones."""
        yield from (function.tokens for function in self.functions[:count])
        chosen = random.Random(1)
        for _ in range(count - len(self.functions)):
            one, other = (chosen.choice(self.functions).tokens.words for _ in range(2))
            words = (*one[: len(one) // 2], *other[len(other) // 2 :])
            yield Tokens(chosen.randbytes(8), tuple(dict.fromkeys(words)))


@dataclass(frozen=True, slots=True)
class Measured:
    """What one index did: `found` are the numbers of the entries near each question."""

    found: list[list[int]]
    query_us: float
    batch_us: float | None
    memory_bytes: int
    device: str


def similarity_rows(sizes: Sequence[int], files: int, rounds: int) -> list[Row]:
    """The rows of all indexes that are installed, at each size; of at most `files` files of either kind."""
    sample = sample_of(files)
    gc.collect()
    gc.freeze()  # a server has no sample of functions that its collector walks through
    rows = look_up_rows(sample, rounds)
    note = f"{len(sample.wanted)} questions, {len(sample.functions):,} functions"
    for size in [max(size, sample.least) for size in sizes]:
        rows += index_rows(sample, "words", size, note)
        rows += index_rows(sample, "semantic", size, note)
        rows += index_rows(sample, "exact", size, note)
    return rows


def index_rows(sample: Sample, kind: str, size: int, note: str) -> list[Row]:
    """Recall, time and memory of one kind of index."""
    name = f"{kind}, {size:,} entries"
    needs = {"words": (), "semantic": ("usearch", "wordllama"), "exact": ("torch", "wordllama")}[kind]
    if not all(find_spec(package) for package in needs):
        return [Row(f"recall@5, {name}", None, "", note=f"without {' or '.join(needs)}")]
    with tempfile.TemporaryDirectory(prefix="glossator-similar-") as folder:
        path = Path(folder) / "sketches"
        with path.open("wb") as file:
            file.writelines(len(sketch).to_bytes(1) + sketch for sketch in sketches(kind, sample.tokens(size)))
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            measured = pool.submit(built_and_asked, kind, path, sorted(sample.wanted)).result()
    asked = zip(sorted(sample.wanted), measured.found, strict=True)
    found = [recall(question, near, sample.wanted[question]) for question, near in asked]
    rows = [
        Row(f"recall@5, {name}", sum(found) / len(found), "", note=note),
        Row(f"a query, {name}", measured.query_us, "us", note=measured.device),
        Row(f"memory, {name}", measured.memory_bytes / 2**20, "MB"),
    ]
    if measured.batch_us is not None:
        rows.insert(2, Row(f"a query of 64 at once, {name}", measured.batch_us, "us"))
    return rows


def sketches(kind: str, read: Iterable[Tokens]) -> Iterator[bytes]:
    """Sketches for an index of this kind."""
    if kind == "words":
        return map(sketch_of, read)
    from glossator.cache.semantic import Encoder

    return map(Encoder().sketch_of, read)


def empty_index(kind: str, entries: int) -> Any:
    """An index of this kind that takes all for near."""
    if kind == "words":
        return WordIndex(entries, threshold=0.0)
    if kind == "semantic":
        from glossator.cache.semantic import SemanticIndex

        return SemanticIndex(entries, threshold=-1.0)
    from glossator.cache.gpu import ExactIndex

    return ExactIndex(entries, threshold=-1.0)


def built_and_asked(kind: str, path: Path, questions: Sequence[int]) -> Measured:
    """Build an index of the sketches in a file, in a process of its own, and ask it."""
    wanted = frozenset(questions)
    asked = [sketch for number, sketch in enumerate(stored(path)) if number in wanted]
    entries = sum(1 for _ in stored(path))
    warm = empty_index(kind, 1)
    warm.add(b"", asked[0])
    warm.nearest(asked[0], 1)  # its libraries are in memory before that is measured
    before = resident_bytes()
    index = empty_index(kind, entries)
    for number, sketch in enumerate(stored(path)):
        index.add(number.to_bytes(16), sketch)
    index.nearest(asked[0], 1)
    grown = resident_bytes() - before
    started = clock()
    near = [index.nearest(sketch, NEAREST + 1) for sketch in asked]
    query_us = (clock() - started) / len(asked) * 1e6
    batch_us = None
    if hasattr(index, "nearest_of"):
        started = clock()
        index.nearest_of(asked, NEAREST + 1)
        batch_us = (clock() - started) / len(asked) * 1e6
    numbers = [[int.from_bytes(one.key) for one in found] for found in near]
    return Measured(numbers, query_us, batch_us, grown, getattr(index, "device", ""))


def stored(path: Path) -> Iterator[bytes]:
    """The sketches in a file."""
    with path.open("rb") as file:
        while size := file.read(1):
            yield file.read(size[0])


def recall(question: int, near: Sequence[int], wanted: frozenset[int]) -> float:
    """The part of what is wanted that is among the nearest, the question itself left out."""
    others = [number for number in near if number != question][:NEAREST]
    return len(wanted.intersection(others)) / min(NEAREST, len(wanted))


def resident_bytes() -> int:
    """Memory of this process; 0 where the system does not say."""
    return int(PAGES.read_text().split()[1]) * 4096 if PAGES.exists() else 0


def look_up_rows(sample: Sample, rounds: int) -> list[Row]:
    """A look-up beside its floor: words by a regular expression, rensa's MinHash of 128, a query of its LSH."""
    index = WordIndex(LOOK_UPS)
    for number, function in enumerate(sample.functions[:LOOK_UPS]):
        index.add(number.to_bytes(16), sketch_of(function.tokens))
    # Not the questions: these have long docstrings, which only the floor would read.
    asked = random.Random(2).sample([one for one in sample.functions[:LOOK_UPS] if not one.content], QUESTIONS)
    entries = [entry_of(function.source) for function in asked]

    def us(action: Callable[[Any], object], values: Sequence[Any]) -> float:
        return best(lambda: [action(value) for value in values], rounds) / len(values) * 1e3

    forms = [(entry, *normal_form(entry.node, entry.document.text)) for entry in entries]
    walked = [(entry, codes, written(codes, region)) for entry, codes, region in forms]
    tokens_us = us(lambda form: tokens._tokens(*form), walked)  # what is left to do where fingerprints are made
    asked_tokens = [function.tokens for function in asked]
    semantic_us = None
    if find_spec("wordllama"):
        from glossator.cache.semantic import Encoder

        semantic_us = us(Encoder().sketch_of, asked_tokens)
    look_up_us = us(lambda function: index.nearest(sketch_of(function.tokens), NEAREST), asked)
    floors = floor_us(sample, [function.source for function in asked], us) if find_spec("rensa") else None
    bare, with_words = (None, None) if floors is None else (floors[1], sum(floors))
    return [
        Row("tokens of a function, beside its fingerprints", tokens_us, "us", floors and floors[0]),
        Row("a sketch, words", us(sketch_of, asked_tokens), "us"),
        Row("a sketch, semantic and exact", semantic_us, "us"),
        Row("L2 look-up, from tokens to what is near", look_up_us, "us", bare, note=f"{len(index):,} entries"),
        Row("L2 look-up, tokens included", tokens_us + look_up_us, "us", with_words, 3.0),
    ]


def floor_us(
    sample: Sample, sources: Sequence[str], us: Callable[[Callable[[Any], object], Sequence[Any]], float]
) -> tuple[float, float]:
    """Microseconds of words by a regular expression, and of a sketch and a query by rensa."""
    import rensa  # type: ignore[import-untyped,unused-ignore]

    words = re.compile(r"\w+").findall

    def sketched(found: list[str]) -> Any:
        sketch = rensa.RMinHash(num_perm=128, seed=1)
        sketch.update(found)
        return sketch

    index = rensa.RMinHashLSH(threshold=0.8, num_perm=128, num_bands=16)
    for number, function in enumerate(sample.functions[:LOOK_UPS]):
        index.insert(number, sketched(words(function.source)))
    return us(words, sources), us(lambda found: index.query(sketched(found)), [words(source) for source in sources])


def sample_of(files: int) -> Sample:
    """Functions of the standard library and of what is installed: at most `files` files of each."""
    packages = Path(sysconfig.get_path("purelib"))
    installed = [path for path in sorted(packages.rglob("*.py")) if not {"test", "tests"} & set(path.parts)]
    found: dict[bytes, Function] = {}
    for path in [*library_files()[:files], *installed[:files]]:
        if path.stat().st_size < 1 << 19:
            found |= functions_of(path, found)
    listed = list(found.values())
    wanted = alike(listed)
    asked = random.Random(0).sample(sorted(wanted), min(QUESTIONS, len(wanted)))
    first = sorted({*asked, *itertools.chain.from_iterable(wanted[question] for question in asked)})
    others = sorted(set(range(len(listed))).difference(first))
    random.Random(0).shuffle(others)
    order = [*first, *others]
    places = {number: place for place, number in enumerate(order)}
    return Sample(
        [listed[number] for number in order],
        {places[question]: frozenset(places[one] for one in wanted[question]) for question in asked},
    )


def functions_of(path: Path, known: dict[bytes, Function]) -> dict[bytes, Function]:
    """The functions of a file by their alpha fingerprints, those that are not known."""
    try:
        document = Document(path.as_uri(), path.read_bytes())
        entries = Outline(document).entries.values()
    except ValueError:  # not a text that we take
        return {}
    found = {}
    for entry in entries:
        if entry.owner is not None and not entry.is_class:
            prints, read = fingerprints_and_tokens(entry)
            if prints.alpha not in known:
                span = entry.symbol.span
                source = document.slice(span.start, span.end)
                found[prints.alpha] = Function(read, source, *written_about(entry))
    return found


def written_about(entry: Entry) -> tuple[frozenset[str], frozenset[str]]:
    """The parameters that a docstring documents, and the content words of its summary."""
    docstring = entry.symbol.docstring
    if docstring is None:
        return frozenset(), frozenset()
    try:
        text = inspect.cleandoc(ast.literal_eval(entry.document.slice(*docstring.span)))
    except (SyntaxError, ValueError):
        return frozenset(), frozenset()
    style = detect(text)
    if style is None:
        return frozenset(), frozenset()
    doc = parse(text, style).doc
    words = re.findall(r"[a-z]{3,}", doc.summary.lower())
    return frozenset(field.name for field in doc.parameters), frozenset(words) - STOP


def alike(functions: Sequence[Function]) -> dict[int, frozenset[int]]:
    """By number of a function, those whose docstrings share its facts."""
    groups = defaultdict(list)
    for number, function in enumerate(functions):
        if function.parameters and function.content:
            groups[function.parameters].append(number)
    found: dict[int, set[int]] = defaultdict(set)
    for group in groups.values():
        for one, other in itertools.combinations(group, 2):
            mine, theirs = functions[one].content, functions[other].content
            if 2 * len(mine & theirs) >= len(mine | theirs):
                found[one].add(other)
                found[other].add(one)
    return {number: frozenset(others) for number, others in found.items()}


def entry_of(source: str) -> Entry:
    """The function that a source consists of; that of a method is indented."""
    text = f"if 1:\n{source}" if source[:1] in " \t" else source
    return next(iter(Outline(Document("file:///a.py", text.encode())).members(MODULE_PATH)))

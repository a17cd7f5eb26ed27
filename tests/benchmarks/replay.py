"""Asks for the documentation of all symbols of a project, commit by commit, and counts what a cache would have had.

Keys, entries, tiers and the judgement of texts are the real ones; a dict stands for the disk, without bound. What a
model would have said of a field is what people wrote there, where they did, else the embedded provider's text: texts
about names like those that stand in real ones. One thing is left out of the judgement: whether all names that a text
speaks of were shown to the model (that would take a prompt for each symbol of each commit). Each text carries where it
was said first, so that a text which is served for other code is held against Python's own `ast` of both versions.
"""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from meaning import Evidence, evidence, finder, is_outdated, label
from repository import Repository

from glossator.cache.memory import Memory
from glossator.cache.tiers import Tiers
from glossator.config import Settings
from glossator.config.modes import mode_of
from glossator.docstring.literal import content_of
from glossator.docstring.styles import Style, detect, parse
from glossator.docstring.validate import About
from glossator.documenter.generation import estimate_of
from glossator.documenter.view import View
from glossator.engine.answers import Said
from glossator.engine.judgement import judged
from glossator.engine.keeping import Stamp, entries_of
from glossator.engine.pipeline import Job
from glossator.engine.recalled import NOTHING, Recalled, lookup_of, recalled
from glossator.engine.requests import Asked, Want, Wanting, request_of
from glossator.errors import SourceError
from glossator.model import Disclosure, Doc, FieldKey, FieldKind, FunctionFacts
from glossator.syntax.context import ContextReader
from glossator.syntax.document import Document, decode
from glossator.syntax.symbols import Entry, Outline
from glossator.workspace.index import Neighbourhood

STAMP = Stamp("a-model", 1)
ASKED = Asked(b"a fixed profile")
VIEW = View(Disclosure(), False)  # a provider of another machine
MODE = "standard"
TEXT, BARE = "text", "text without docstrings"  # other tools' keys: a digest of the symbol's source


class Place(NamedTuple):
    """A version of a symbol: the file's blob and path, the symbol's path."""

    blob: str
    file: str
    path: str


class Seen(NamedTuple):
    """What is kept of a symbol of the current commit: the key of its doc, how many fields, digests of its text."""

    whole: bytes
    fields: int
    text: bytes
    bare: bytes
    place: Place


class Anything(frozenset[str]):
    """Names for texts that may speak of anything."""

    def __contains__(self, _name: object) -> bool:
        """It is one of them."""
        return True


class Disk(dict[bytes, bytes]):
    """A store without bound."""

    async def get(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:  # type: ignore[override]
        """The payloads that there are."""
        return {key: self[key] for key in keys if key in self}

    async def put(self, payloads: Mapping[bytes, bytes]) -> None:
        """Keep payloads."""
        self.update(payloads)

    async def aclose(self) -> None:
        """Nothing is open."""


@dataclass
class Counts:
    """What was counted in one part of a history."""

    commits: int = 0
    symbols: Counter[str] = field(default_factory=Counter)  # asked for in touched files, by what became of them
    fields: Counter[str] = field(default_factory=Counter)  # by where: workspace, touched, changed, of functions
    hits: Counter[str] = field(default_factory=Counter)  # the same, of those the ones that were found
    tiers: Counter[str] = field(default_factory=Counter)  # "touched L1" and so on
    text_hits: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)  # by key: ours, TEXT, BARE
    tokens: Counter[str] = field(default_factory=Counter)  # of the calls of which a prompt was made
    missed: Counter[tuple[str, str]] = field(default_factory=Counter)  # reason, kind of field
    false: list[str] = field(default_factory=list)
    held: int = 0  # fields that were served for other code than they were said of, and held against it
    unheld: int = 0  # of these, such that Python cannot parse


class Replay:
    """A project's state while its commits go by, and what is known of it."""

    def __init__(self, repository: Repository, one_prompt_of: int = 10) -> None:
        """Know nothing yet; make one prompt of so many, to know how long they are."""
        self.repository = repository
        self.counts = Counts()
        self.one_prompt_of = one_prompt_of
        self._disk = Disk()
        self._tiers = Tiers(Memory(mode_of(MODE).l1_entries), self._disk)
        self._scan = Memory(mode_of(MODE).l1_entries)
        self._known: dict[str, set[bytes]] = {TEXT: set(), BARE: set()}
        self._tree: dict[str, str] = {}
        self._files: dict[str, dict[str, Seen]] = {}
        self._places: list[Place] = []
        self._spoke_of_more: set[bytes] = set()
        self.evidence_of = lru_cache(20_000)(self._evidence_of)
        self._nodes = lru_cache(64)(self._nodes_of)

    async def commit(self, name: str) -> None:
        """Go on to a commit: ask for all symbols of the files that it touches, then for the whole workspace."""
        tree = self.repository.python_files(name)
        touched = [path for path, blob in tree.items() if self._tree.get(path) != blob]
        for path in self._tree.keys() - tree.keys():
            self._files.pop(path, None)
        self._tree = tree
        self.counts.commits += 1
        missed = 0
        for path in touched:
            missed += await self._file(path, tree[path])
        self._workspace(missed)

    async def _file(self, path: str, blob: str) -> int:
        """Ask for all symbols of a file; how many fields nobody knew."""
        before = self._files.pop(path, {})
        job = _job(self.repository.blob(blob), path)
        if job is None:
            return 0
        wanting = Wanting(job, ASKED)
        wants = [want for one in job.reader.outline.entries if (want := wanting.new(one)) is not None]
        found = await self._tiers.find(list(map(lookup_of, wants)))
        now: dict[str, Seen] = {}
        missed = 0
        for want, one in zip(wants, found, strict=True):
            known = recalled(want, one, Anything(), STAMP.today)
            seen = now[want.path] = _seen(job, want, Place(blob, path, want.path))
            missed += self._count(want, known, seen, before.get(want.path))
            self._text_keys(job, want, seen)
            await self._keep(job, want, known, seen)
        self._files[path] = now
        return missed

    def _count(self, want: Want, known: Recalled, seen: Seen, before: Seen | None) -> int:
        """Count the fields of a symbol; how many were missed."""
        counts, total = self.counts, len(want.ours)
        missed = [key for key in want.ours if key not in known.said]
        is_changed = before is None or before.text != seen.text
        counts.symbols["new" if before is None else self._change(before, seen) if is_changed else "unchanged"] += 1
        places = ("changed",) if is_changed else ()
        for where in ("touched", *places, *(("functions",) if isinstance(want.facts, FunctionFacts) else ())):
            counts.fields[where] += total
            counts.hits[where] += total - len(missed)
        for key, one in known.said.items():
            counts.tiers[f"touched {known.traces[key][:2]}"] += 1
            self._hold(key, one, seen)
        for key in missed:
            reason = self._reason(want, known, key, (seen, before))
            counts.missed[reason, key.kind.value] += 1
        return len(missed)

    def _change(self, before: Seen, seen: Seen) -> str:
        """What a change of a symbol's text is: of all that it means, or of its form or of other symbols in it."""
        first, now = self.evidence_of(before.place), self.evidence_of(seen.place)
        if first is None or now is None:
            return "changed, not seen by Python"
        return "changed in meaning" if is_outdated(first, now, "summary") else "changed in form"

    def _hold(self, key: FieldKey, said: Said, seen: Seen) -> None:
        """Hold a text that is served against the code that it was said of."""
        origin = self._places[int(said.by)]
        if origin.blob == seen.place.blob and origin.path == seen.place.path:
            return
        first, now = self.evidence_of(origin), self.evidence_of(seen.place)
        name = label(key.kind.value, key.name)
        self.counts.held += 1
        if first is None or now is None or name not in now:
            self.counts.unheld += 1
        elif is_outdated(first, now, name):
            self.counts.false.append(f"{name}: said of {':'.join(origin)}, served for {':'.join(seen.place)}")

    def _reason(self, want: Want, known: Recalled, key: FieldKey, versions: tuple[Seen, Seen | None]) -> str:
        """Why nobody knew a field."""
        now, before = versions
        if known.traces[key] != "not in the cache":
            return "refused for this code"
        if before is None:
            return "a new symbol"
        first, second = self.evidence_of(before.place), self.evidence_of(now.place)
        name = label(key.kind.value, key.name)
        if first is None or second is None:
            return "Python cannot parse it"
        if name not in first and key.kind is not FieldKind.SUMMARY:
            return "a new field"
        if name in second and is_outdated(first, second, name):
            return "its code changed"
        place = want.keys.fields[key].key
        return "its text spoke of more" if place in self._spoke_of_more else "what it calls or stands in changed"

    def _text_keys(self, job: Job, want: Want, seen: Seen) -> None:
        """Count what keys of the symbol's text would have had."""
        for name, digest in ((TEXT, seen.text), (BARE, seen.bare)):
            if digest in self._known[name]:
                self.counts.text_hits[name] += len(want.ours)
                continue
            self._known[name].add(digest)
            self._call(name, job, want, seen)

    async def _keep(self, job: Job, want: Want, known: Recalled, seen: Seen) -> None:
        """Ask for what is missing, and keep what is said."""
        missing = [key for key in want.ours if key not in known.said]
        if not missing and not known.is_new:
            return
        said = dict(known.said)
        if missing:
            self._call("ours", job, want, seen, known)
            self._places.append(seen.place)
            said |= _said(job, want, missing, str(len(self._places) - 1))
        for key in missing:
            if want.keys.fields[key].speaks_of_more(said[key].text):
                self._spoke_of_more.add(want.keys.fields[key].key)
                self.counts.symbols["texts that speak of more"] += 1
        self.counts.symbols["texts"] += len(missing)
        await self._tiers.keep(entries_of(want, said, STAMP))

    def _call(self, name: str, job: Job, want: Want, seen: Seen, known: Recalled = NOTHING) -> None:
        """Count a call of a provider; for one of so many symbols, the tokens of its prompt and answer.

        It is the same symbols for all keys, or ratios would be those of other code.
        """
        counts = self.counts
        if int.from_bytes(seen.text[:4], "big") % self.one_prompt_of == 0:
            framing = VIEW.framing(job.settings, Neighbourhood())
            asked = estimate_of((request_of(job, want, framing, known),))
            counts.tokens[name] += asked.tokens_in + asked.tokens_out
        counts.calls[name] += 1
        counts.calls[f"{name}, functions"] += isinstance(want.facts, FunctionFacts)

    def _workspace(self, missed: int) -> None:
        """Look for all symbols of the workspace as they are now; `missed` of their fields nobody knew before."""
        counts = self.counts
        counts.hits["workspace"] -= missed
        for file in self._files.values():
            for one in file.values():
                counts.fields["workspace"] += one.fields
                entry, tier = self._scan.get(one.whole), "L1"
                if entry is None:
                    entry, tier = self._tiers.memory.get(one.whole) or _entry(self._disk, one.whole), "L3"
                    if entry is None:
                        continue
                    self._scan.put(one.whole, entry)
                counts.tiers[f"workspace {tier}"] += one.fields
                counts.hits["workspace"] += one.fields

    def _evidence_of(self, place: Place) -> Evidence | None:
        found = self._nodes(place.blob)
        node = found(place.path) if found is not None else None
        return evidence(*node) if node is not None else None

    def _nodes_of(self, blob: str):  # type: ignore[no-untyped-def]
        with warnings.catch_warnings(action="ignore"):
            try:
                return finder(ast.parse(self.repository.blob(blob) or b""))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return None


def _entry(disk: Disk, key: bytes):  # type: ignore[no-untyped-def]
    from glossator.cache.entries import decoded

    return decoded(disk[key]) if key in disk else None


def _job(raw: bytes | None, path: str) -> Job | None:
    """What the symbols of a file share; None for one that is not worked on."""
    if raw is None:
        return None
    try:
        text, encoding = decode(raw)
    except SourceError:
        return None
    document = Document(path, text)
    if document.declined:
        return None
    return Job(ContextReader(Outline(document)), Settings(), Style.GOOGLE, encoding=encoding.name)


def _seen(job: Job, want: Want, place: Place) -> Seen:
    entry = job.reader.outline.entry(want.path)
    assert entry is not None
    text, span = job.reader.outline.document.text, entry.symbol.span
    inner = [entry, *(one for one in job.reader.outline.entries.values() if _is_within(one, entry))]
    docs = sorted(one.symbol.docstring.span for one in inner if one.symbol.docstring is not None)
    pieces, at = [], span.start
    for doc in docs:
        pieces.append(text[at : doc.start].rstrip())
        at = doc.end
    bare = b"\n".join((*pieces, text[at : span.end]))
    whole = text[span.start : span.end]
    digests = (hashlib.blake2b(one, digest_size=16).digest() for one in (whole, bare))
    return Seen(want.keys.whole.key, len(want.ours), *digests, place)


def _is_within(one: Entry, entry: Entry) -> bool:
    """Whether an entry is below another."""
    return one.path != entry.path and (entry.owner is None or one.path.startswith(entry.path + "."))


def _said(job: Job, want: Want, missing: Sequence[FieldKey], by: str) -> dict[FieldKey, Said]:
    """What is said of fields: what people say there, else what the embedded provider does; judged as any answer is."""
    entry = job.reader.outline.entry(want.path)
    assert entry is not None
    docstring = entry.symbol.docstring
    written = _texts(content_of(docstring).text) if docstring is not None else {}
    texts = {key: written.get(key) or want.ours[key] for key in missing}
    about = About(want.facts, Anything(), room=want.room)
    verdicts = judged(texts, about, want).items()
    return {key: Said(one.text, "" if one.reason is None else one.reason.value, by) for key, one in verdicts}


def _texts(text: str) -> dict[FieldKey, str]:
    """The texts of a docstring, by the fields that they fill."""
    doc: Doc = parse(text, detect(text) or Style.GOOGLE).doc
    found = {FieldKey(FieldKind.SUMMARY): doc.summary}
    for kind, fields in (
        (FieldKind.PARAMETER, doc.parameters),
        (FieldKind.RAISE, doc.raises),
        (FieldKind.ATTRIBUTE, doc.attributes),
    ):
        found |= {FieldKey(kind, one.name): one.description for one in fields}
    if doc.returns is not None:
        found[FieldKey(FieldKind.RETURNS)] = doc.returns.description
    if doc.yields is not None:
        found[FieldKey(FieldKind.YIELDS)] = doc.yields.description
    return found

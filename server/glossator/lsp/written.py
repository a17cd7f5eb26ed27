"""What a run with a model wrote, and what the user is told about whose words they are."""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from glossator.config.keys import EMBEDDED
from glossator.docstring.literal import content_of
from glossator.documenter import DraftSummary, digest_of, path_of
from glossator.engine.answers import Answer
from glossator.lsp.wire import Json
from glossator.model import Draft, FieldKey, Symbol
from glossator.syntax.document import Document

FEW: Final = 3  # fields that can be named one by one
MAX_REMEMBERED: Final = 16_384  # symbols: a large workspace


@dataclass(frozen=True, slots=True)
class Written:
    """The drafts of a run with `model`, all of them with edits for `document`, and what was answered, by symbol."""

    model: str
    document: Document
    drafts: tuple[Draft, ...]
    answers: Mapping[str, Answer]

    @property
    def outcome(self) -> str:
        """In a line: how many texts are whose."""
        return outcome_of(Counter(origin for draft in self.drafts for origin in draft.origins.values()))

    @property
    def failure(self) -> str:
        """Why a provider gave nothing for some symbols; "" where none failed."""
        failed = [answer.error for answer in self.answers.values() if answer.error]
        if not failed:
            return ""
        count = f"{len(failed)} of {len(self.answers)} symbols"
        return f"{count} have embedded text, since the provider failed: {failed[0]}"

    @property
    def refusal(self) -> str:
        """Which of the model's texts were refused, and why; "" where none was."""
        refused = [
            (key.label if len(self.drafts) == 1 else f"{draft.symbol.path}: {key.label}", reason)
            for draft in self.drafts
            for key, reason in self._refused(draft).items()
            if key in draft.origins
        ]
        if not refused:
            return ""
        if len(refused) <= FEW:
            why = ", ".join(f"{label} ({reason})" for label, reason in refused)
        else:
            why = ", ".join(f"{n} {reason}" for reason, n in Counter(reason for _, reason in refused).most_common())
        return f"{len(refused)} texts of {self.model} were refused, the embedded provider's stand in their place: {why}"

    def as_json(self) -> Json:
        """Whose each new text is, and why it is not the model's."""
        return {"model": self.model, "symbols": [self._symbol(draft) for draft in self.drafts]}

    def _symbol(self, draft: Draft) -> Json:
        answer = self.answers.get(draft.symbol.path)
        return {
            "path": draft.symbol.path,
            "origin": draft.origin,
            "fields": {key.label: origin for key, origin in draft.origins.items()},
            "refused": {key.label: reason for key, reason in self._refused(draft).items()},
            "error": answer.error if answer is not None else "",
        }

    def _refused(self, draft: Draft) -> Mapping[FieldKey, str]:
        answer = self.answers.get(draft.symbol.path)
        return answer.refused if answer is not None else {}


def outcome_of(origins: Counter[str]) -> str:
    """In a line: how many new texts are whose."""
    if not origins:
        return "done, no new texts"
    return "texts: " + ", ".join(f"{count} by {who(name)}" for name, count in origins.most_common())


class Remembered:
    """Whose the texts are that models wrote in this conversation, for as long as they stand as they were written."""

    def __init__(self) -> None:
        """Nothing is known."""
        self._origins: OrderedDict[tuple[str, str, str], Mapping[str, str]] = OrderedDict()

    def note(self, written: Written) -> None:
        """Remember a run, whether or not its edits will be applied: what does not stand there is not asked for."""
        path = path_of(written.document.uri)
        for draft in written.drafts:
            origins = {key.label: origin for key, origin in draft.origins.items()}
            self._keep((path, draft.symbol.path, digest_of(draft.text)), origins)

    def note_file(self, path: str, drafts: Iterable[DraftSummary]) -> None:
        """Remember what was written into the file at a path, likewise."""
        for draft in drafts:
            if draft.origins:
                self._keep((path, draft.name, draft.digest), dict(draft.origins))

    def origins(self, uri: str, symbol: Symbol) -> Mapping[str, str]:
        """The origin of each field of a symbol's docstring that was written here, by label; of others nothing."""
        if symbol.docstring is None:
            return {}
        digest = digest_of(content_of(symbol.docstring).text)
        return self._origins.get((path_of(uri), symbol.path, digest), {})

    def _keep(self, place: tuple[str, str, str], origins: Mapping[str, str]) -> None:
        # Interned, since thousands of symbols have the same few labels and origins.
        self._origins[place] = {sys.intern(label): sys.intern(origin) for label, origin in origins.items()}
        if len(self._origins) > MAX_REMEMBERED:
            self._origins.popitem(last=False)


def who(origin: str) -> str:
    """What people call an origin."""
    return "the embedded provider" if origin == EMBEDDED else origin

"""What a run comes to: where the fields are from, and how much they say beside the embedded texts and people's own.

trivial summaries   summaries without a word that the path of the function does not say (`docstring.quality.says_more`)
useful parameters   parameter descriptions with a word that neither the parameter's name, nor its type, nor its default
                    says; of people's docstrings only described parameters are read, and all parameters count
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from asking import Field, Outcome

from glossator.docstring.quality import says_more
from glossator.docstring.styles import detect, parse
from glossator.model import FieldKind

Text = Callable[[Field], str]


def table(outcomes: Sequence[Outcome], provider: str) -> str:
    """All figures of a run, a line each."""
    fields = [one for outcome in outcomes for one in outcome.fields]
    refused = Counter(one.refused for one in fields if one.refused)
    models = sum(one.is_models for one in fields)
    kept = [(one, outcome.error) for outcome in outcomes for one in outcome.fields if not one.is_models]
    unanswered = sum(bool(error) and not one.refused for one, error in kept)
    better = sum(not error and not one.refused for one, error in kept)
    usage = [outcome.usage for outcome in outcomes]
    calls, tokens = sum(one.calls for one in usage), sum(one.tokens for one in usage)
    unsound = sum(bool(outcome.findings) for outcome in outcomes)
    unfit = sum(len(outcome.unfit) for outcome in outcomes)
    lines = [
        f"functions {len(outcomes)}, fields {len(fields)}, calls {calls}, tokens {tokens:,}",
        f"seconds a function, in all its calls: median {_median([outcome.seconds for outcome in outcomes]):.1f}",
        "",
        f"{'fields from ' + provider:34} {_share(models, len(fields))}",
        f"{'the embedded text says more':34} {_share(better, len(fields))}",
        f"{'no answer':34} {_share(unanswered, len(fields))}",
        f"{'refused':34} {_share(sum(refused.values()), len(fields))}",
        *(f"  {reason:32} {_share(count, len(fields))}" for reason, count in refused.most_common()),
        "",
        f"{'':34} {provider:>9} {'embedded':>9} {'people':>9}",
        _row("trivial summaries", _trivial(outcomes, _theirs), _trivial(outcomes, _ours), _trivial_people(outcomes)),
        _row("useful parameters", _useful(fields, _theirs), _useful(fields, _ours), _useful_people(outcomes)),
        "",
        f"functions whose docstring disagrees with the code: {unsound}",
        f"shown texts of the model that a second look refuses: {unfit}",
        f"functions without any answer: {sum(bool(outcome.error) for outcome in outcomes)}",
    ]
    return "\n".join(lines)


def transcript(outcomes: Sequence[Outcome]) -> str:
    """Each function as it was shown, the replies, and the fields with their origins: to be read."""
    return "\n\n".join(_told(number, outcome) for number, outcome in enumerate(outcomes, 1))


def as_json(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Each field with its origin."""
    return {
        f"{outcome.sample.file.name}:{outcome.sample.path}": [
            {"field": f"{one.key.kind.value} {one.key.name}".strip(), "text": one.text, "origin": one.origin}
            | ({"refused": one.refused} if one.refused else {})
            for one in outcome.fields
        ]
        for outcome in outcomes
    }


def files(outcomes: Sequence[Outcome], folder: Path) -> None:
    """Write each file for other judges: `before`, and with one docstring by `model`, `embedded` and `people`."""
    for number, outcome in enumerate(outcomes):
        texts = {
            "before": outcome.sample.stripped,
            "model": outcome.written,
            "embedded": outcome.embedded,
            "people": outcome.sample.documented,
        }
        for by, text in texts.items():
            place = folder / by / f"{number:03}_{outcome.sample.file.name}"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text)


def _told(number: int, outcome: Outcome) -> str:
    lines = [f"=== {number} {outcome.sample.file.name} {outcome.sample.path} {outcome.error}", outcome.code]
    lines += [f"reply: {reply}" for reply in outcome.replies]
    for one in outcome.fields:
        mark = "M" if one.is_models else f"refused:{one.refused}" if one.refused else "ours"
        lines.append(f"[{mark}] {one.key.kind.value} {one.key.name}: {one.text}")
    return "\n".join(
        (*lines, *(f"finding: {one}" for one in outcome.findings), *(f"unfit: {one}" for one in outcome.unfit))
    )


def _theirs(one: Field) -> str:
    return one.text


def _ours(one: Field) -> str:
    return one.ours


def _trivial(outcomes: Sequence[Outcome], text: Text) -> float:
    summaries = [one for outcome in outcomes for one in outcome.fields if one.key.kind is FieldKind.SUMMARY]
    return sum(not says_more(text(one), one.names) for one in summaries) / max(len(summaries), 1)


def _useful(fields: Sequence[Field], text: Text) -> float:
    parameters = [one for one in fields if one.key.kind is FieldKind.PARAMETER]
    return sum(says_more(text(one), one.names) for one in parameters) / max(len(parameters), 1)


def _trivial_people(outcomes: Sequence[Outcome]) -> float:
    first = [(outcome.sample.human.strip().partition("\n")[0], outcome.sample.path) for outcome in outcomes]
    return sum(not says_more(text, path) for text, path in first) / max(len(first), 1)


def _useful_people(outcomes: Sequence[Outcome]) -> float:
    useful = total = 0
    for outcome in outcomes:
        style = detect(outcome.sample.human)
        read = parse(outcome.sample.human, style).doc.parameters if style is not None else ()
        said = {one.name.lstrip("*"): one.description for one in read}
        for one in outcome.fields:
            if one.key.kind is FieldKind.PARAMETER:
                total += 1
                useful += says_more(said.get(one.key.name.lstrip("*"), ""), one.names)
    return useful / max(total, 1)


def _row(title: str, *shares: float) -> str:
    return f"{title:34} " + " ".join(f"{100 * share:8.1f}%" for share in shares)


def _share(count: int, of: int) -> str:
    return f"{count:5} {100 * count / max(of, 1):5.1f}%"


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0

"""The table: kinds of change in rows, tools in columns, totals below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from cases import HARMFUL, HARMLESS, Case
from repair import CHECKS, Repair
from score import Outcome, Score, score

_TOTALS = ("recall", "precision", "right_family")
Results = Mapping[str, Sequence[Outcome]]


def table(results: Results, cases: Sequence[Case]) -> str:
    """Recall for each harmful kind, wrongly found cases for each harmless one, then the totals."""
    count = Counter(case.kind for case in cases)
    rows = [["recall", "cases", *results]]
    rows += [[kind, str(count[kind]), *(_share(_of(f, kind).recall) for f in results.values())] for kind in HARMFUL]
    rows += [[], ["new findings on harmless changes", "cases", *results]]
    rows += [[kind, str(count[kind]), *(str(_of(f, kind).false) for f in results.values())] for kind in HARMLESS]
    for title, chosen in _groups(results, cases):
        scores = [score(found) for found in chosen.values()]
        size = sum(len(found) for found in chosen.values()) // max(len(chosen), 1)
        rows += [[], [title, str(size), *results]]
        for name in _TOTALS:
            rows.append([name.replace("_", " "), "", *(_share(getattr(s, name)) for s in scores)])
        rows.append(["cases with new findings elsewhere", "", *(str(s.elsewhere) for s in scores)])
        rows.append(["cases with findings before the change", "", *(str(s.loud) for s in scores)])
    return rendered(rows)


def repair_table(repairs: Sequence[Repair]) -> str:
    """What could be mended of each kind, and the share of cases in which each check holds."""
    rows = [["repair", "cases", "found", "fixable", "true now", *CHECKS]]
    for kind in (*HARMFUL, *HARMLESS, "all"):
        chosen = [r for r in repairs if kind in (r.case.kind, "all")]
        if not chosen:
            continue
        counts = [sum(getattr(r, name) for r in chosen) for name in ("was_found", "was_fixable", "is_true_now")]
        shares = [sum(check not in r.failed for r in chosen) / len(chosen) for check in CHECKS]
        rows.append([kind, str(len(chosen)), *map(str, counts), *map(_share, shares)])
    return rendered(rows)


def repair_json(repairs: Sequence[Repair]) -> dict[str, object]:
    """The shares of all checks, and each case."""
    size = max(len(repairs), 1)
    return {
        "shares": {check: sum(check not in r.failed for r in repairs) / size for check in CHECKS},
        "cases": {
            r.case.id: {
                "kind": r.case.kind,
                "was_found": r.was_found,
                "was_fixable": r.was_fixable,
                "is_true_now": r.is_true_now,
                "failed": r.failed,
            }
            for r in repairs
        },
    }


def spoiled(repairs: Sequence[Repair]) -> list[str]:
    """One line for each case in which a check does not hold."""
    failed = [r for r in repairs if r.failed]
    return [
        f"{r.case.after.path}:{r.case.after.first}: {r.case.kind} {r.case.symbol}: {', '.join(r.failed)}"
        for r in failed
    ]


def as_json(results: Results, header: Sequence[str]) -> dict[str, object]:
    """All counts and shares, and what each tool said about each case."""
    tools = {}
    for tool, found in results.items():
        kinds = {kind: _numbers(_of(found, kind)) for kind in (*HARMFUL, *HARMLESS)}
        said = {o.case.id: {"codes": o.codes, "is_right": o.is_right, "elsewhere": o.elsewhere} for o in found}
        tools[tool] = {"total": _numbers(score(found)), "kinds": kinds, "cases": said}
    return {"header": list(header), "tools": tools}


def misses(found: Sequence[Outcome]) -> list[str]:
    """One line for each case that a tool does not find, or finds wrongly."""
    lines = []
    for o in found:
        if o.is_right if o.case.is_harmful else not o.codes:
            continue
        place = f"{o.case.after.path}:{o.case.after.first}"
        names = ", ".join(o.case.names)
        lines.append(f"{place}: {o.case.kind} ({names}) in {o.case.module} {o.case.symbol}: {' '.join(o.codes) or '-'}")
    return lines


def rendered(rows: Sequence[Sequence[str]]) -> str:
    """Rows as aligned text; an empty row is an empty line."""
    widths = [max(len(row[column]) for row in rows if len(row) > column) for column in range(max(map(len, rows)))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(w) if not n else cell.rjust(w) for n, (cell, w) in enumerate(zip(row, widths, strict=False))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _groups(results: Results, cases: Sequence[Case]) -> list[tuple[str, Results]]:
    """All outcomes, then those of each style."""
    styles = sorted({case.style for case in cases})
    of_styles = [
        (s, {tool: [o for o in found if o.case.style == s] for tool, found in results.items()}) for s in styles
    ]
    return [("all styles", results), *of_styles]


def _of(found: Sequence[Outcome], kind: str) -> Score:
    return score([o for o in found if o.case.kind == kind])


def _numbers(one: Score) -> dict[str, float | None]:
    return {**asdict(one), **{name: getattr(one, name) for name in _TOTALS}}


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"

"""Replay a repository's past, and count what the cache has: `python tests/benchmarks/history.py REPOSITORY`.

    python tests/benchmarks/history.py REPOSITORY [--commits N] [--every N] [--prompts N] [--json] [--by-message]

At each commit of the first-parent line (the last N, of these each N-th) all symbols of the Python files that it
touches are asked for, then all of the workspace. The first commit fills the cache and is counted apart. Beside it
stand two keys as other tools have them, for the whole doc: a digest of the symbol's source, with and without
docstrings; they are given the same symbols, fields and prompts. What is real here and what stands for something else:
see `replay`. Links between files are off: keys are made without an index, so that what a file calls of others is not in
them.

Calls are symbols of which something was missing. Tokens are those of prompts and of about what answers take: real
prompts for one of N symbols (default 10), times N. A false hit is a text that was served where Python's own `ast`
says that what it depends on has changed; `held` counts the texts that were held against it. --by-message has the calls
for each message of a commit, for histories that were made (`histories`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[0] / "support"), str(HERE.parents[1] / "server")]

from replay import BARE, TEXT, Counts, Replay  # noqa: E402
from repository import Repository, chosen  # noqa: E402

GOALS = {"workspace": 0.99, "touched": 0.93}
NEW = ("a new symbol", "a new field", "its code changed", "Python cannot parse it")


def main(arguments: list[str] | None = None) -> int:
    """Replay a repository and print what was counted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("repository", type=Path)
    parser.add_argument("--commits", type=int, help="the last so many (default: all)")
    parser.add_argument("--every", type=int, default=1, help="of these, each so many'th (default 1)")
    parser.add_argument("--prompts", type=int, default=10, help="make one prompt of so many (default 10)")
    parser.add_argument("--json", action="store_true", help="print all counts")
    parser.add_argument("--by-message", action="store_true", help="add the calls by the messages of commits")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    with Repository(options.repository) as repository:
        found = list(chosen(repository.commits(), options.commits, options.every))
        first, counts, calls = asyncio.run(replayed(Replay(repository, options.prompts), found))
        report = reported(first, counts, options.prompts) | {"blobs_missing": len(repository.missing)}
        if options.by_message:
            report["by_message"] = by_message(repository, calls)
    report["seconds"] = round(time.monotonic() - started)
    print(json.dumps(report, indent=1) if options.json else rendered(report))
    return 0


async def replayed(replay: Replay, commits: list[str]) -> tuple[Counts, Counts, dict[str, int]]:
    """What was counted at the first commit, and at all others; the calls of each."""
    first, calls = Counts(), dict[str, int]()
    for number, commit in enumerate(commits):
        before = replay.counts.calls["ours"]
        await replay.commit(commit)
        calls[commit] = replay.counts.calls["ours"] - before
        if number == 0:
            first, replay.counts = replay.counts, Counts()
        elif number % 100 == 0:
            print(f"{number} of {len(commits)} commits", file=sys.stderr, flush=True)
    return first, replay.counts, calls


def by_message(repository: Repository, calls: Mapping[str, int]) -> dict[str, list[int]]:
    """The calls of commits, by their messages."""
    found: dict[str, list[int]] = {}
    for commit, count in calls.items():
        found.setdefault(repository.message(commit), []).append(count)
    return found


def reported(first: Counts, counts: Counts, one_prompt_of: int) -> dict[str, object]:
    """The figures."""
    fields, hits = counts.fields, counts.hits
    by_reason: dict[str, int] = {}
    by_kind: dict[str, dict[str, int]] = {}
    for (reason, kind), count in sorted(counts.missed.items(), key=lambda one: -one[1]):
        by_reason[reason] = by_reason.get(reason, 0) + count
        by_kind.setdefault(reason, {})[kind] = count
    must = sum(by_reason.get(reason, 0) for reason in NEW)
    return {
        "commits": counts.commits,
        "first_commit": {"fields": first.fields["touched"], "calls": dict(first.calls)},
        "fields": dict(fields),
        "hit_rates": {where: hits[where] / max(1, fields[where]) for where in fields},
        "ceiling_touched": 1 - must / max(1, fields["touched"]),
        "text_hit_rates": {key: counts.text_hits[key] / max(1, fields["touched"]) for key in (TEXT, BARE)},
        "tiers": dict(counts.tiers),
        "symbols": dict(counts.symbols),
        "missed": dict(sorted(by_reason.items(), key=lambda one: -one[1])),
        "missed_by_kind": by_kind,
        "calls": {key: counts.calls[key] for key in ("ours", TEXT, BARE)},
        "calls_for_functions": {key: counts.calls[f"{key}, functions"] for key in ("ours", TEXT, BARE)},
        "tokens": {key: counts.tokens[key] * one_prompt_of for key in ("ours", TEXT, BARE)},
        "held": counts.held,
        "held_by_nobody": counts.unheld,
        "false_hits": len(counts.false) + len(first.false),
        "false": (counts.false + first.false)[:20],
    }


def rendered(report: Mapping[str, object]) -> str:
    """The figures as lines."""
    rates, fields, text = report["hit_rates"], report["fields"], report["text_hit_rates"]
    calls, tokens, symbols = report["calls"], report["tokens"], report["symbols"]
    assert isinstance(rates, dict)
    assert isinstance(fields, dict)
    assert isinstance(text, dict)
    assert isinstance(calls, dict)
    assert isinstance(tokens, dict)
    assert isinstance(symbols, dict)
    lines = [
        f"{report['commits']} commits after the first, {report['seconds']} s; blobs missing: {report['blobs_missing']}"
    ]
    for where in ("workspace", "touched", "functions", "changed"):
        goal = f" (goal {GOALS[where]:.0%})" if where in GOALS else ""
        lines.append(f"fields hit, {where}: {rates.get(where, 1):.2%} of {fields.get(where, 0):,}{goal}")
    lines.append(f"  of touched, what is not new to Python: {report['ceiling_touched']:.2%}")
    lines += [f"  of touched, by a digest of the {key}: {text[key]:.2%}" for key in (TEXT, BARE)]
    lines.append(f"fields by tier: {_counted(report['tiers'])}")
    lines.append(f"symbols of touched files: {_counted(symbols)}")
    lines.append(f"fields missed: {_counted(report['missed'])}")
    functions = report["calls_for_functions"]
    assert isinstance(functions, dict)
    for name, found in (("calls", calls), ("calls for functions", functions), ("tokens", tokens)):
        ratios = ", ".join(
            f"{found[key]:,} by {key} ({found['ours'] / max(1, found[key]):.2f})" for key in (TEXT, BARE)
        )
        lines.append(f"{name}: {found['ours']:,}; {ratios}; goal 0.5")
    unseen = report["held_by_nobody"]
    lines.append(f"false hits: {report['false_hits']} of {report['held']:,} held ({unseen:,} not seen by Python)")
    false = report["false"]
    assert isinstance(false, list)
    return "\n".join([*lines, *(f"  {one}" for one in false)])


def _counted(found: object) -> str:
    assert isinstance(found, dict)
    return ", ".join(f"{name} {count:,}" for name, count in found.items())


if __name__ == "__main__":
    sys.exit(main())

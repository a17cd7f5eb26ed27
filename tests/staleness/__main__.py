"""Measure how well tools find docstrings that went stale, and how well ours mends them: `python tests/staleness`.

    python tests/staleness [--per-kind 150] [--seed 1] [--tools ours,pydoclint,ruff,docsig] [--json FILE]
    python tests/staleness --write FOLDER       only lay the cases down, with a truth.json
    python tests/staleness --repair             run `glossator write --only stale` over the changed files
    python tests/staleness --speed              time a check of the standard library beside ruff and pydoclint

Functions of installed packages (or of --corpus) get one known change each. `make staleness` installs what this needs.
"""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import report
import speed
from cases import KINDS, Case, Options, write
from checkers import ToolError, Tools, described, run_all
from repair import repaired
from score import outcomes

ROOT = Path(__file__).parents[2]
STYLES = ("google", "numpy", "sphinx", "epytext")
TOOLS = ("ours", "pydoclint", "ruff", "docsig")


def main(arguments: list[str] | None = None) -> int:
    """Make the cases, run what was asked for and print what came out; the exit status is 0 if all could be run."""
    options = parsed(arguments)
    if options.speed:
        print(speed.measured(shlex.split(options.ours), options.peers))
        return 0
    with tempfile.TemporaryDirectory(prefix="glossator-staleness-") as temporary:
        folder = options.write or Path(temporary).resolve()
        cases = write(options.corpus, folder, options.cases)
        print(counted(cases), end="\n\n")
        if options.write or not cases:
            return 0 if cases else 2
        try:
            (mended if options.repair else measured)(options, folder, cases)
        except ToolError as error:
            print(f"staleness: {error}", file=sys.stderr)
            return 2
    return 0


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    """The options; `cases` holds those that say what cases to make."""
    parser = argparse.ArgumentParser(prog="python tests/staleness", description=(__doc__ or "").split("\n\n")[0])
    peers = ROOT / ".venv-peers"
    beside = Path(sys.executable).parent / "glossator"
    parser.add_argument("--corpus", type=Path, default=peers / "subjects", help="folder of documented Python files")
    parser.add_argument("--per-kind", type=int, default=150, help="cases of each kind of change (default 150)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--styles", type=_listed(STYLES), default=STYLES[:3], help=f"of {', '.join(STYLES)}")
    parser.add_argument("--kinds", type=_listed(KINDS), default=KINDS, help=f"of {', '.join(KINDS)}")
    parser.add_argument("--lone", action="store_true", help="files with one function each, not whole modules")
    parser.add_argument("--tools", type=_listed(TOOLS), default=TOOLS, help=f"of {', '.join(TOOLS)}")
    parser.add_argument("--ours", default=str(beside), help="our command (default: glossator beside this Python)")
    parser.add_argument("--peers", type=Path, default=peers / "bin", help="folder of the peers' programs")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="only write the cases there")
    parser.add_argument("--repair", action="store_true", help="mend the changed files and look at the outcome")
    parser.add_argument("--speed", action="store_true", help="only time a check of the standard library beside peers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--misses", metavar="TOOL", help="list what this tool does not find, or wrongly")
    options = parser.parse_args(arguments)
    if not options.corpus.is_dir():
        parser.error(f"no corpus in {options.corpus}: make staleness installs one")
    if options.write and options.write.exists():
        shutil.rmtree(options.write)
    options.cases = Options(options.per_kind, options.seed, options.styles, options.kinds, options.lone)
    return options


def measured(options: argparse.Namespace, folder: Path, cases: Sequence[Case]) -> None:
    """Run the tools and print their table."""
    tools = Tools(options.ours, options.peers, options.tools)
    header = described(tools)
    found = run_all(tools, folder, options.styles)
    results = {tool: outcomes(tool, found, cases) for tool in options.tools}
    print("\n".join(header), end="\n\n")
    print(report.table(results, cases))
    if options.misses:
        print("", *report.misses(results[options.misses]), sep="\n")
    if options.json:
        options.json.write_text(json.dumps(report.as_json(results, header), indent=1) + "\n")


def mended(options: argparse.Namespace, folder: Path, cases: Sequence[Case]) -> None:
    """Repair the changed files and print what held."""
    repairs = repaired(options.ours, folder, cases)
    print(report.repair_table(repairs))
    print("", *report.spoiled(repairs), sep="\n")
    if options.json:
        options.json.write_text(json.dumps(report.repair_json(repairs), indent=1) + "\n")


def counted(cases: Sequence[Case]) -> str:
    """How many cases there are of each kind and style."""
    styles = sorted({case.style for case in cases})
    count = Counter((case.kind, case.style) for case in cases)
    rows = [["cases", *styles], *([kind, *(str(count[kind, s]) for s in styles)] for kind in KINDS)]
    packages = Counter(case.package for case in cases)
    return f"{report.rendered(rows)}\n\npackages: {', '.join(f'{p} {n}' for p, n in sorted(packages.items()))}"


def _listed(known: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    """Reader of a list with commas, of known words only."""

    def read(text: str) -> tuple[str, ...]:
        chosen = tuple(part.strip() for part in text.split(","))
        if unknown := set(chosen) - set(known):
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}")
        return chosen

    return read


if __name__ == "__main__":
    sys.exit(main())

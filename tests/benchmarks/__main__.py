"""Measure Glossator beside its floors, in one run: `python tests/benchmarks` (or `make bench`).

    python tests/benchmarks [--only start,requests,throughput,memory,parts,privacy,prompts,closing,similarity,reuse,
                             shared,monitoring,alongside]
                            [--rounds 2] [-n 100] [--entries 10000] [--quick]
                            [--files 1000] [--edits 20000] [--modes baseline,standard,enhanced,performance]

Prints one table: figure, Glossator's value (with its quartiles, or the extremes of the rounds), the floor's in the same
run, their ratio, the goal, and whether it is reached. The servers take turns (floor, Glossator, Ruff, floor, ...), so
that ratios hold on a noisy machine; absolute times hold only for an idle one. The exit status is 0 if it could be
measured.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "server")]

import alongside  # noqa: E402
import closing  # noqa: E402
import memory  # noqa: E402
import monitoring  # noqa: E402
import parts  # noqa: E402
import privacy  # noqa: E402
import prompts  # noqa: E402
import reuse  # noqa: E402
import servers  # noqa: E402
import similarity  # noqa: E402
import throughput  # noqa: E402
from samples import LARGE  # noqa: E402
from table import Row, machine, rendered  # noqa: E402

from glossator.config import MODES  # noqa: E402

SECTIONS = (
    "start",
    "requests",
    "throughput",
    "memory",
    "parts",
    "privacy",
    "prompts",
    "closing",
    "similarity",
    "reuse",
    "shared",
    "monitoring",
    "alongside",
)


def main(arguments: list[str] | None = None) -> int:
    """Run the chosen sections and print their table."""
    options = parsed(arguments)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="glossator-bench-") as folder:
        for section in options.only:
            progress(section)
            rows += MEASURED[section](options, Path(folder).resolve())
    lines = LARGE.read_bytes().count(b"\n")
    print(f"{machine()}; the large file has {lines:,} lines", end="\n\n")
    print(rendered(rows))
    missed = [row.figure for row in rows if row.is_reached is False]
    print(f"\n{sum(row.is_reached is True for row in rows)} goals reached, {len(missed)} missed")
    return 0


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(prog="python tests/benchmarks", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--only", default=",".join(SECTIONS), help=f"sections: {', '.join(SECTIONS)}")
    parser.add_argument("--rounds", type=int, default=2, help="turns of each server (default 2)")
    parser.add_argument("-n", type=int, default=100, help="keystrokes of each kind and round (default 100)")
    parser.add_argument("--starts", type=int, default=5, help="starts of each server and round (default 5)")
    parser.add_argument("--files", type=int, default=1000, help="open files for the memory figures (default 1000)")
    parser.add_argument("--edits", type=int, default=20_000, help="edits for the memory figures (default 20000)")
    parser.add_argument("--modes", default=",".join(MODES), help="modes for the memory figures (default: all)")
    parser.add_argument("--entries", default="10000", help="sizes of the indexes behind L2 (default 10000)")
    parser.add_argument("--quick", action="store_true", help="one short round, to see that it runs")
    options = parser.parse_args(arguments)
    options.only = options.only.split(",")
    if unknown := set(options.only) - set(SECTIONS):
        parser.error(f"unknown section: {', '.join(sorted(unknown))}")
    if options.quick:
        options.rounds, options.n, options.starts, options.files = 1, 10, 1, 10
    return options


def start_rows(options: argparse.Namespace, root: Path) -> list[Row]:
    """Start-up of each server."""
    found = {target.name: target for target in servers.targets() if target.name != "ruff"}
    servers.compile_checkout()
    bare = servers.bare_python(options.starts)
    for _ in range(options.rounds * options.starts):
        for target in found.values():
            servers.measure_start(target, root / "start")
    return servers.start_rows(found, bare)


def request_rows(options: argparse.Namespace, root: Path) -> list[Row]:
    """Keystrokes and requests."""
    found = {target.name: target for target in servers.targets()}
    for _ in range(options.rounds):
        for target in found.values():
            servers.measure_requests(target, root / "requests", options.n)
    for target in found.values():
        progress(f"  {target.name}: {target.failure or 'fine'}")
    return servers.request_rows(found)


def throughput_rows(options: argparse.Namespace, root: Path) -> list[Row]:
    """The command line."""
    return throughput.throughput_rows(root, options.rounds)


def memory_rows(options: argparse.Namespace, root: Path) -> list[Row]:
    """Memory of the server in each mode, of the command line, and over many edits."""
    modes = options.modes.split(",")
    rows = memory.mode_rows(root / "memory", options.files, modes)
    rows += memory.workspace_rows(root / "workspace", 10 * options.files)
    rows += memory.write_rows(root / "memory", 10 * options.files)
    return rows + memory.growth_rows(root / "memory", options.edits if not options.quick else 20)


def part_rows(options: argparse.Namespace, _root: Path) -> list[Row]:
    """The parts in this process."""
    return parts.part_rows(5 if options.quick else 25)


def privacy_rows(options: argparse.Namespace, _root: Path) -> list[Row]:
    """What is done to source before a remote provider sees it."""
    return privacy.privacy_rows(2 if options.quick else 10)


def prompt_rows(options: argparse.Namespace, _root: Path) -> list[Row]:
    """What making prompts shorter saves."""
    return prompts.prompt_rows(("json",)) if options.quick else prompts.prompt_rows()


def closing_rows(options: argparse.Namespace, root: Path) -> list[Row]:
    """How soon a model's stream is closed."""
    return closing.closing_rows(root / "closing", 2 if options.quick else 15)


def shared_rows(options: argparse.Namespace, root: Path) -> list[Row]:
    """A look-up in the shared tier, where redis and a server are installed."""
    import shared_tier

    return shared_tier.shared_rows(root, 15 if not options.quick else 2)


def monitoring_rows(options: argparse.Namespace, _root: Path) -> list[Row]:
    """What watching costs."""
    return monitoring.monitoring_rows(2 if options.quick else 15)


def similarity_rows(options: argparse.Namespace, _root: Path) -> list[Row]:
    """The indexes behind L2."""
    if options.quick:
        return similarity.similarity_rows([1000], 400, 1)
    return similarity.similarity_rows([int(size) for size in options.entries.split(",")], 10_000, 150)


MEASURED = {
    "start": start_rows,
    "requests": request_rows,
    "throughput": throughput_rows,
    "memory": memory_rows,
    "parts": part_rows,
    "privacy": privacy_rows,
    "prompts": prompt_rows,
    "closing": closing_rows,
    "similarity": similarity_rows,
    "reuse": lambda options, root: reuse.reuse_rows(root, options.rounds),
    "shared": shared_rows,
    "alongside": lambda options, root: alongside.alongside_rows(root, 20 if options.quick else 3 * options.n),
    "monitoring": monitoring_rows,
}


def progress(text: str) -> None:
    """Say on stderr what is being measured."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

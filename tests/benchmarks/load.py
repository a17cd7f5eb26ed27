"""Put a load on Glossator and set its figures beside the older generator's: `make bench-seed`.

    python tests/benchmarks/load.py [--only SECTION,... of those below] [--documents 100] [--faults 0.05]
                                     [--median-s 1.0] [--seed 1] [--rounds 2] [--quick]

A provider stands in a process of its own and is asked over real HTTP; an answer takes half a second to two seconds, as
in the older report, lognormal. Prints two tables: each row of that report with its figure, ours, and how many times
better that is; and how near cold runs come to what is possible with these latencies. The exit status is 0 if all could
be measured and each goal is reached, else 1; with --quick, which proves nothing, 0.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support"), str(HERE.parents[1] / "server")]

import load_floors  # noqa: E402
import load_rows  # noqa: E402
import older  # noqa: E402
import page_rows  # noqa: E402
from load_rows import Options  # noqa: E402
from load_server import Load  # noqa: E402
from older import Compared  # noqa: E402
from servers import compile_checkout  # noqa: E402
from supply import Supply  # noqa: E402
from table import HEADER, Row, machine, rendered  # noqa: E402


def target_rows(options: Options) -> list[Row]:
    """The report's target, 248,000 documents a minute at 99% hits: rows of `make bench`, taken in this run."""
    from pipeline import pipeline_rows

    return [] if options.is_quick else pipeline_rows(options.fresh("pipeline"), 1)


COMPARED: Mapping[str, Callable[[Options], list[Compared]]] = {
    "single": load_rows.single_rows,
    "batches": load_rows.batch_rows,
    "sustained": load_rows.sustained_rows,
    "modes": load_rows.mode_rows,
    "contexts": load_rows.context_rows,
    "pages": page_rows.page_rows,
}
BY_FLOORS: Mapping[str, Callable[[Options], list[Row]]] = {
    "page": page_rows.page_floor_rows,
    "schedule": load_floors.schedule_rows,
    "throughput": load_floors.throughput_rows,
    "pipeline": target_rows,
}
SECTIONS = (*COMPARED, *BY_FLOORS)


def main(arguments: list[str] | None = None) -> int:
    """Run the chosen sections and print their tables."""
    given = parsed(arguments)
    compared: list[Compared] = []
    rows: list[Row] = []
    compile_checkout()
    with tempfile.TemporaryDirectory(prefix="glossator-load-") as folder:
        options = Options(
            Supply(given.seed),
            Load(median_s=given.median_s, fault_rate=given.faults, seed=given.seed),
            Path(folder).resolve(),
            given.documents or (20 if given.quick else 100),
            1 if given.quick else given.rounds,
            given.quick,
        )
        for section in given.only:
            print(section, file=sys.stderr, flush=True)
            if section in COMPARED:
                compared += COMPARED[section](options)
            else:
                rows += BY_FLOORS[section](options)
    print(machine(), end="\n\n")
    for table, header in ((compared, older.HEADER), (rows, HEADER)):
        if table:
            print(rendered(table, header), end="\n\n")
    missed = [one for one in (*compared, *rows) if one.is_reached is False]
    print(f"{sum(one.is_reached is True for one in (*compared, *rows))} goals reached, {len(missed)} missed")
    return 1 if missed and not given.quick else 0


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--only", default=",".join(SECTIONS), help=f"sections: {', '.join(SECTIONS)}")
    parser.add_argument("--documents", type=int, help="of the largest batch (default 100; quick: 20)")
    parser.add_argument("--faults", type=float, default=0.0, help="the share of requests that fail (default 0)")
    parser.add_argument("--median-s", type=float, default=1.0, help="what an answer takes (default 1.0)")
    parser.add_argument("--seed", type=int, default=1, help="decides files, latencies and faults (default 1)")
    parser.add_argument("--rounds", type=int, default=2, help="of the throughput (default 2)")
    parser.add_argument("--quick", action="store_true", help="fewer and smaller runs, to see that it works")
    options = parser.parse_args(arguments)
    options.only = options.only.split(",")
    if unknown := set(options.only) - set(SECTIONS):
        parser.error(f"unknown section: {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    sys.exit(main())

"""Measure how well tools find docstrings that went stale: `python tests/staleness`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from cases import KINDS, Options, write  # noqa: E402

ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", type=Path, default=ROOT / ".venv-peers" / "subjects")
    parser.add_argument("--per-kind", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--styles", default="google,numpy,sphinx")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--lone", action="store_true")
    parser.add_argument("--write", type=Path)
    o = parser.parse_args()
    cases = write(o.corpus, o.write, Options(o.per_kind, o.seed, tuple(o.styles.split(",")), tuple(o.kinds.split(",")), o.lone))
    count = Counter((case.kind, case.style) for case in cases)
    for kind in KINDS:
        print(kind, {style: count[kind, style] for style in o.styles.split(",")})
    return 0


if __name__ == "__main__":
    sys.exit(main())

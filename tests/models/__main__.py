"""Measure what a model's docstrings are worth: `python tests/models`.

    python tests/models [--functions 200] [--seed 1] [--provider local] [--transcript FILE] [--json FILE]
                        [--files FOLDER]

Functions of the standard library lose their docstrings and are documented anew. Without --provider it is the model of
this machine, whose weights are looked for as the tests do; another provider is one of your settings. `report` says how
each figure is defined.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).parent))

import report
import weights
from asking import documented
from sample import LIBRARY, sampled

from glossator.config import CacheSettings, Settings, Sources, load
from glossator.errors import GlossatorError
from glossator.providers.models import DEFAULT, Library


def main() -> int:
    """Draw, ask, print; 0 if the model could be asked, else 2."""
    options = _parsed()
    with tempfile.TemporaryDirectory(prefix="glossator-models-") as temporary:
        try:
            settings = _settings(options.provider, Path(temporary))
            samples = sampled(options.functions, options.seed, options.corpus)
            outcomes = asyncio.run(documented(samples, settings))
        except (GlossatorError, weights.NotHere) as error:
            print(f"models: {error}", file=sys.stderr)
            return 2
    print(report.table(outcomes, options.provider))
    if options.transcript:
        options.transcript.write_text(report.transcript(outcomes) + "\n")
    if options.files:
        report.files(outcomes, options.files)
    if options.json:
        options.json.write_text(json.dumps(report.as_json(outcomes), indent=1) + "\n")
    return 0 if outcomes else 2


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python tests/models", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--functions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, default=LIBRARY, help="folder of documented Python files")
    parser.add_argument("--provider", default="local", help="one of your settings (default: local)")
    parser.add_argument("--transcript", type=Path, metavar="FILE", help="write code, replies and fields there, to read")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all fields there")
    parser.add_argument(
        "--files",
        type=Path,
        metavar="FOLDER",
        help="write the files without docstrings, and as each one documented them",
    )
    return parser.parse_args()


def _settings(provider: str, folder: Path) -> Settings:
    """The user's settings with one provider; for the local one, with a folder of its own that holds the weights."""
    settings = replace(load(Sources(environment=os.environ)).settings, provider=(provider,))
    if provider != "local":
        return settings
    Library(folder / "models").adopt(DEFAULT, weights.weights())
    return replace(settings, cache=CacheSettings(folder=str(folder)))


if __name__ == "__main__":
    sys.exit(main())

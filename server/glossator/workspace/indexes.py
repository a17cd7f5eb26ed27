"""The indexes of the projects whose files are open: read in the background, asked at any time."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from glossator.workspace.index import Index, Neighbourhood
from glossator.workspace.pace import Pace
from glossator.workspace.project import IndexReader, project_root


class Indexes:
    """What projects say about their open files. `read` may run in another thread, one at a time; `take` its result.

    Until a project was read, it says nothing.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._current: Mapping[str, Index] = MappingProxyType({})
        self._readers: dict[Path, IndexReader] = {}
        self._stopped = threading.Event()

    def about(self, path: str) -> Neighbourhood:
        """What the project of a file says about it, as it was when it was last read."""
        index = self._current.get(os.path.dirname(os.path.abspath(path)))
        return index.about(path) if index is not None else Neighbourhood()

    def read(
        self, paths: Sequence[str], exclude: tuple[str, ...] = (), linked: Collection[str] = ()
    ) -> Mapping[str, Index]:
        """The indexes of the projects of these files, by the folders of the files. Blocks while it reads the disk.

        After half a second of work it takes a tenth of one core, so that large projects take a while.

        What the patterns of `exclude` (the user's `privacy.exclude`) have is not read. For the files of `linked`
        prompts will be made.
        """
        folders: defaultdict[Path, set[str]] = defaultdict(set)
        targets: defaultdict[Path, list[str]] = defaultdict(list)
        for path in map(os.path.abspath, paths):
            root = project_root(Path(path))
            folders[root].add(os.path.dirname(path))
            targets[root].append(path)
        linked_files = set(map(os.path.abspath, linked))
        pace = Pace(self._stopped)
        found: dict[str, Index] = {}
        for root in targets:
            reader = self._readers.setdefault(root, IndexReader(root, lambda: not self._stopped.is_set()))
            reader.exclude, reader.step = exclude, pace.step
            reader.has_links = not linked_files.isdisjoint(targets[root])
            found.update(dict.fromkeys(folders[root], reader.read(sorted(targets[root]), pace.map)))
        for root in self._readers.keys() - targets.keys():
            del self._readers[root]
        return found

    def take(self, found: Mapping[str, Index]) -> bool:
        """Answer from these from now on; whether they say anything else than before."""
        is_new = found != self._current
        self._current = found
        return is_new

    def stop(self) -> None:
        """Have a reading in another thread end soon."""
        self._stopped.set()

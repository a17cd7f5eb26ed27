"""A git repository's past, read from its objects: nothing is checked out, and nothing is fetched."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

ENVIRONMENT = {"GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
FILES = ("100644", "100755")


class Repository:
    """The commits, trees and blobs of a repository; blobs that are not there are counted in `missing`."""

    def __init__(self, folder: Path) -> None:
        """Start one git that hands out objects."""
        self._git = ("git", "-C", str(folder), "-c", "safe.directory=*")
        self._environment = {**os.environ, **ENVIRONMENT}
        self._objects = subprocess.Popen(
            [*self._git, "cat-file", "--batch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._environment,
        )
        self.missing: set[str] = set()

    def __enter__(self) -> Repository:
        """Close it at the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop git."""
        self._objects.communicate()

    def commits(self, reference: str = "HEAD") -> list[str]:
        """The commits of the first-parent line, the oldest first."""
        return self._run("rev-list", "--first-parent", "--reverse", reference).decode().split()

    def message(self, commit: str) -> str:
        """The first line of a commit's message."""
        return self._run("log", "-1", "--format=%s", commit).decode("utf-8", "replace").strip()

    def python_files(self, commit: str) -> dict[str, str]:
        """The blobs of a commit's Python files, by their paths."""
        found: dict[str, str] = {}
        for line in self._run("ls-tree", "-r", "-z", commit).split(b"\0"):
            about, _, path = line.partition(b"\t")
            if path.endswith(b".py") and about[:6].decode() in FILES:
                found[path.decode("utf-8", "replace")] = about.split()[2].decode()
        return found

    def blob(self, name: str) -> bytes | None:
        """What is in a blob; None where the repository does not have it."""
        assert self._objects.stdin is not None
        assert self._objects.stdout is not None
        self._objects.stdin.write(f"{name}\n".encode())
        self._objects.stdin.flush()
        header = self._objects.stdout.readline().split()
        if len(header) != 3:
            self.missing.add(name)
            return None
        return self._objects.stdout.read(int(header[2]) + 1)[:-1]

    def _run(self, *arguments: str) -> bytes:
        return subprocess.run([*self._git, *arguments], env=self._environment, capture_output=True, check=True).stdout


def chosen(commits: list[str], last: int | None, every: int) -> Iterable[str]:
    """The last so many of some commits, of these each so many'th; the newest is among them."""
    some = commits[-last:] if last else commits
    return some[(len(some) - 1) % every :: every]

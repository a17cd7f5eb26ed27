"""What files were at a commit of their git repository.

The working tree is compared with the commit itself, as `git diff COMMIT` does. Git reads objects and the index for us,
and never the working tree: to compare that, it would run the filters which a repository's own settings name. Monitors,
hooks, differs and transports that they name are not run either: nothing in a repository starts a program through us.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Final

from glossator.errors import ConfigError, SourceError

TIMEOUT_S: Final = 60
# A file over this is not worked on (`Document.declined`), so what it was does not matter.
MAX_BYTES: Final = 5_000_000
CHUNK_BYTES: Final = 1 << 20
QUIET: Final = ("--no-pager", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
RENAMES: Final = (
    *("diff", "--cached", "--name-status", "-M", "-z", "--diff-filter=R", "--no-relative"),
    *("--no-ext-diff", "--no-textconv", "--ignore-submodules=all"),
)
# A hook's environment speaks of the repository that it runs for; we find each file's own.
OF_ANOTHER: Final = frozenset(
    (
        *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE"),
        *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_EXTERNAL_DIFF"),
    )
)
# Objects that a partial clone lacks are not fetched: we open no connection, and a transport is a program.
OURS: Final = (
    *(("GIT_OPTIONAL_LOCKS", "0"), ("GIT_TERMINAL_PROMPT", "0"), ("LC_ALL", "C")),
    *(("GIT_NO_LAZY_FETCH", "1"), ("GIT_ALLOW_PROTOCOL", "")),
)


@dataclass(slots=True)
class _Repository:
    """A repository's files at the commit: the blobs by name, and the old names of those that were renamed since."""

    program: str
    root: str
    blobs: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    reader: subprocess.Popen[bytes] | None = None

    def previous(self, name: str, raw: bytes) -> bytes:
        """What the file was that now holds `raw`."""
        blob = self.blobs.get(name) or self.blobs.get(self.renamed.get(name, ""))
        if blob is None:
            return b""
        return raw if _is_blob(raw, blob) else self._read(blob)

    def _read(self, blob: str) -> bytes:
        if self.reader is None:
            pipe = subprocess.PIPE
            words = _words(self.program, self.root, "cat-file", "--batch")
            self.reader = subprocess.Popen(
                words, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=_environment()
            )
        try:
            found = _ask(self.reader, blob)
        except (OSError, ValueError):  # it died, as it does where fetching would be needed; the next file gets another
            self.close()
            found = None
        if found is None:
            raise SourceError("what it was cannot be read from git; in a partial clone, fetch it first")
        return found

    def close(self) -> None:
        """End the process; not by closing its input, which worker processes may have inherited."""
        reader, self.reader = self.reader, None
        if reader is not None:
            reader.kill()
            with contextlib.suppress(OSError), reader:  # closes the pipes and waits; what is unsent does not matter
                pass


class Commit:
    """The files of a commit. Owns a process for each repository, so close it: `with Commit(...) as history`."""

    def __init__(self, ref: str, files: Iterable[Path]) -> None:
        """Find the repositories of the files, and in each the commit that `ref` names. Reads no file's content yet.

        Raises ConfigError without git, outside of a repository, and for a name that names no commit.
        """
        self._by_folder: dict[str, _Repository] = {}
        self._repositories: dict[str, _Repository] = {}
        _require_name(ref)
        for file in files:
            folder = os.path.dirname(os.path.realpath(file))
            if folder not in self._by_folder:
                self._by_folder[folder] = self._repository(folder, ref)

    def previous(self, file: Path, raw: bytes) -> bytes:
        """What a file was that now holds `raw`; empty if it did not exist, or was larger than 5 MB.

        It is one of the files that this was made for. Raises SourceError if git cannot tell.
        """
        real = os.path.realpath(file)
        repository = self._by_folder[os.path.dirname(real)]
        return repository.previous(os.path.relpath(real, repository.root).replace(os.sep, "/"), raw)

    def lacks(self, folder: Path, suffixes: tuple[str, ...]) -> bool:
        """Whether files with these suffixes are gone that the commit has beneath the folder of one of its files."""
        real = os.path.realpath(folder)
        repository = self._by_folder[real]
        prefix = os.path.relpath(real, repository.root).replace(os.sep, "/")
        inside = (name for name in repository.blobs if prefix == "." or name.startswith(f"{prefix}/"))
        return any(name.endswith(suffixes) and not os.path.lexists(f"{repository.root}/{name}") for name in inside)

    def _repository(self, folder: str, ref: str) -> _Repository:
        holder = next((str(one) for one in (Path(folder), *Path(folder).parents) if (one / ".git").exists()), None)
        if holder is None:
            raise ConfigError(f"{folder}: is in no git repository, leave out --diff-base or make one there")
        if holder not in self._repositories:
            self._repositories[holder] = _open(_program(), holder, ref)
        return self._repositories[holder]

    def __enter__(self) -> Commit:
        """The history itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes."""
        for repository in self._repositories.values():
            repository.close()


def _require_name(ref: str) -> None:
    if not ref or ref.startswith("-") or not ref.isprintable():
        raise ConfigError(f"--diff-base {ref!r}: is no name of a commit, give a branch, a tag or a commit's number")


def _program() -> str:
    """The path of git, from the absolute folders of PATH: a repository may hold a program of this name."""
    name = "git.exe" if os.name == "nt" else "git"
    for folder in os.get_exec_path():
        path = os.path.join(folder, name)
        if os.path.isabs(folder) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    raise ConfigError("--diff-base needs git, and there is none in PATH: install it, or leave out --diff-base")


def _open(program: str, folder: str, ref: str) -> _Repository:
    """The repository that holds a folder, with what its commit `ref` holds."""
    top = _run(_words(program, folder, "rev-parse", "--show-toplevel"), f"{folder}: git cannot read the repository")
    root = os.path.realpath(os.fsdecode(top.removesuffix(b"\n")))
    unknown = (
        f"{root}: has no commit called {ref!r}, fetch it first (a clone that is shallow, as in many continuous "
        "integrations, lacks most of them: fetch-depth: 0)"
    )
    commit = _run(_words(program, root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}"), unknown)
    number = commit.decode("ascii").strip()
    failed = f"{root}: git cannot list the files of {ref!r}"
    blobs = _blobs(_run(_words(program, root, "ls-tree", "-r", "-z", "--full-tree", number), failed))
    renamed = _renamed(_run(_words(program, root, *RENAMES, number, "--"), failed))
    return _Repository(program, root, blobs, renamed)


def _words(program: str, root: str, *arguments: str) -> list[str]:
    return [program, "-C", root, *QUIET, *arguments]


def _environment() -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in OF_ANOTHER}
    return inherited | dict(OURS)


def _run(words: list[str], failure: str) -> bytes:
    """What git prints; raises ConfigError with `failure` and git's own words if it fails."""
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, env=_environment(), timeout=TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigError(f"{failure} ({type(error).__name__})") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ConfigError(f"{failure} ({said[0]})" if said else failure)
    return done.stdout


def _blobs(listed: bytes) -> dict[str, str]:
    """The regular files of `ls-tree -z`, lines of "MODE TYPE NUMBER<tab>NAME": links and submodules are none."""
    found = {}
    for line in filter(None, listed.split(b"\0")):
        entry, _, name = line.partition(b"\t")
        mode, _, number = entry.split(b" ")
        if mode.startswith(b"100"):
            found[os.fsdecode(name)] = number.decode("ascii")
    return found


def _renamed(listed: bytes) -> dict[str, str]:
    """Old names by new ones, from "R100", old and new name in turn."""
    words = [os.fsdecode(word) for word in listed.split(b"\0")]
    return dict(zip(words[2::3], words[1::3], strict=False))


def _is_blob(raw: bytes, number: str) -> bool:
    """Whether a blob of this number holds these bytes: git numbers them so."""
    kind = "sha1" if len(number) == 40 else "sha256"
    return hashlib.new(kind, b"blob %d\0%b" % (len(raw), raw), usedforsecurity=False).hexdigest() == number


def _ask(reader: subprocess.Popen[bytes], blob: str) -> bytes | None:
    """A blob from `cat-file --batch`; None if it is not there. Raises ValueError if the process does not answer."""
    assert reader.stdin is not None
    assert reader.stdout is not None
    reader.stdin.write(f"{blob}\n".encode("ascii"))
    reader.stdin.flush()
    words = reader.stdout.readline().split()
    if words[1:] == [b"missing"]:
        return None
    if len(words) != 3:
        raise ValueError("no answer")
    return _take(reader.stdout, int(words[2]))


def _take(stream: IO[bytes], size: int) -> bytes:
    """The next `size` bytes, empty if they are too many, without the line feed that ends them."""
    pieces, left = [], size + 1
    while left:
        piece = stream.read(min(left, CHUNK_BYTES))
        if not piece:
            raise ValueError("the answer breaks off")
        left -= len(piece)
        if size <= MAX_BYTES:
            pieces.append(piece)
    return b"".join(pieces)[:size]

"""Keeps the code that attrs generates for lsprotocol's 400 classes, and dataclasses for ours, for the next start.

Compiling is more than half of lsprotocol's import (floor_pygls.py --cached: 292 ms to `initialize`, 193 ms with it),
and a third of ours. What is kept is what a .pyc file keeps, and is trusted as one is: only from a file and a folder
that are the user's own and that nobody else can read or write. Whatever is wrong with them, the code is compiled as
ever. The source is the key: other versions of attrs or lsprotocol miss.
"""

from __future__ import annotations

import marshal
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import CodeType

MAX_BYTES = 32 << 20


def code_file(environment: os._Environ[str] | dict[str, str]) -> Path:
    """Where the code is kept: in `$GLOSSATOR_CACHE_FOLDER`, else in the user's cache folder."""
    named = environment.get("GLOSSATOR_CACHE_FOLDER")
    base = environment.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = Path(named) if named else Path(base, "glossator")
    return folder / f"generated-{sys.implementation.cache_tag}.bin"


@contextmanager
def remembered_code(file: Path) -> Iterator[None]:
    """While this is open, only what `file` does not hold is compiled for classes; what was compiled is added to it."""
    import dataclasses

    import attr._make as make

    known = _load(file) if os.name == "posix" else {}
    size = len(known)

    def remember(source: str, filename: str, mode: str) -> CodeType:
        code = known.get(source)
        if code is None:
            code = known[source] = compile(source, filename, mode)
        return code

    def run(source: str, *scopes: dict[str, object]) -> None:
        exec(remember(source, "<string>", "exec"), *scopes)  # noqa: S102 - what dataclasses would have run

    # A name in the module goes before the built-in one: nothing of attrs or dataclasses is replaced, and if they ever
    # compile elsewhere, nothing is found and nothing breaks.
    vars(make)["compile"] = remember
    vars(dataclasses)["exec"] = run
    try:
        yield
    finally:
        del vars(make)["compile"], vars(dataclasses)["exec"]
    if os.name == "posix" and len(known) != size:
        _save(file, known)


def _load(file: Path) -> dict[str, CodeType]:
    """The kept code; empty where there is none, or none that can be trusted."""
    try:
        _require_own(os.lstat(file.parent))
        with open(os.open(file, os.O_RDONLY | os.O_NOFOLLOW), "rb") as stream:
            _require_own(os.fstat(stream.fileno()))
            known = marshal.loads(stream.read(MAX_BYTES))  # noqa: S302 - the user's own, as checked
    except (OSError, ValueError, EOFError, TypeError):
        return {}
    return known if isinstance(known, dict) else {}


def _require_own(found: os.stat_result) -> None:
    """Raise PermissionError for what is not the user's own, or writable by others."""
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise PermissionError("not the user's own")


def _save(file: Path, known: dict[str, CodeType]) -> None:
    """Write the file anew, whole or not at all; a start that cannot is only slower."""
    new = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _require_own(os.lstat(file.parent))
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as stream:
            marshal.dump(known, stream)
        new.replace(file)
    except OSError:  # a full disk, say
        with suppress(OSError):
            new.unlink()

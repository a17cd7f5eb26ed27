"""Models for the provider `local`: which are known, which have weights here, and whether these are the right ones.

Weights are files of the format GGUF. Beside each lies a note (`NAME.json`): the digest that was found, and the file's
size, time and inode at that moment, so that no start reads half a gigabyte again. Nothing here opens a connection.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from glossator.config.keys import MODEL_NAME
from glossator.config.settings import LocalSettings
from glossator.errors import ConfigError, Refused, SourceError

logger = logging.getLogger(__name__)

MAGIC: Final = b"GGUF"
_HUB: Final = (
    "https://huggingface.co/Qwen/Qwen2.5-Coder-{}-Instruct-GGUF/resolve/{}/qwen2.5-coder-{}-instruct-q4_k_m.gguf"
)


@dataclass(frozen=True, slots=True)
class Model:
    """A model: its name, and the one file that holds it.

    `url` is "" for a model that the user brought. It names a revision, not a branch: another file would fail its
    digest.
    """

    name: str
    size_bytes: int
    licence: str
    sha256: str
    url: str = ""


# Sizes and digests: the 0.5b from the file itself; the others as the hub's interface gives them, and as several public
# repositories that pin these files have them.
MODELS: Final[Mapping[str, Model]] = MappingProxyType(
    {
        model.name: model
        for model in (
            Model(
                "qwen2.5-coder-0.5b",
                491_400_064,
                "Apache-2.0",
                "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
                _HUB.format("0.5B", "ebb2015119c907b064c512bf053e945850b5875f", "0.5b"),
            ),
            Model(
                "qwen2.5-coder-1.5b",
                1_117_320_768,
                "Apache-2.0",
                "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
                _HUB.format("1.5B", "f86cb2c1fa58255f8052cc32aeede1b7482d4361", "1.5b"),
            ),
            Model(
                "qwen2.5-coder-3b",
                2_104_932_800,
                "Qwen-Research (not for commercial use)",
                "724fb256bec1ff062b2f65e4569e871ad2e95ab2a3989723d1769c54294730b7",
                _HUB.format("3B", "f74adce6aa16316c625447af059dbebe4983757c", "3b"),
            ),
            Model(
                "qwen2.5-coder-7b",
                4_683_073_536,
                "Apache-2.0",
                "509287f78cb4d4cf6b3843734733b914b2c158e43e22a7f4bf5e963800894d3c",
                _HUB.format("7B", "13fb94bfda8c8cf22497dc57b78f391a9acb426a", "7b"),
            ),
        )
    }
)
DEFAULT: Final = LocalSettings().model


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it was when its digest was found."""

    sha256: str
    size_bytes: int
    mtime_ns: int
    inode: int
    licence: str


class Library:
    """The folder with the weights, `table` being what can be had without bringing a file."""

    def __init__(self, folder: Path, table: Mapping[str, Model] = MODELS) -> None:
        """Look when asked; the folder need not exist."""
        self.folder = folder
        self._table = table

    def known(self) -> tuple[Model, ...]:
        """The models of the table, then those that the user brought."""
        return (*self._table.values(), *self._brought())

    def find(self, name: str) -> Model:
        """The model called `name`; raises ConfigError where there is none."""
        for model in self.known():
            if model.name == name:
                return model
        names = ", ".join(model.name for model in self.known())
        raise ConfigError(f"no model is called {name!r}, known are {names}; one of your own needs --from FILE")

    def path(self, name: str) -> Path:
        """Where the weights of a model are, or would be."""
        return self.folder / f"{name}.gguf"

    def part(self, name: str) -> Path:
        """Where a download lies that has not ended."""
        return self.folder / f"{name}.gguf.partial"

    def has(self, name: str) -> bool:
        """Whether there are weights, whatever their digest."""
        return self.path(name).is_file()

    def is_right(self, model: Model) -> bool:
        """Whether the weights have the model's digest; raises SourceError where they cannot be read.

        Cost: reads the file if it is not the one that was read last, about a second a gigabyte.
        """
        path = self.path(model.name)
        seen = self._note(model.name)
        stamp = _stamp(path)
        if seen is None or (seen.size_bytes, seen.mtime_ns, seen.inode) != stamp:
            licence = seen.licence if seen else model.licence
            seen = _Seen(digest(path), *stamp, licence)
            if seen.sha256 == model.sha256:  # a note of another file would stand for a model that the user brought
                self._write_note(model.name, seen)
        return seen.sha256 == model.sha256

    def require(self, name: str) -> None:
        """Raise Refused where there are no weights of a model."""
        if not self.has(name):
            raise Refused(f"the weights of {name} are not here: glossator model pull {name}")

    def weights(self, name: str) -> Path:
        """The file of a model, with the digest that it must have.

        Raises Refused where it is not there, and where it is another one: that is set aside, and never loaded.
        """
        model = self.find(name)
        self.require(name)
        if not self.is_right(model):
            aside = self._set_aside(self.path(name))
            raise Refused(f"the weights of {name} have a wrong digest and are now {aside}: glossator model pull {name}")
        return self.path(name)

    def accept(self, model: Model) -> Path:
        """The part as the model's weights, if it has the right digest; else it is set aside, and SourceError raised."""
        part = self.part(model.name)
        if digest(part) != model.sha256:
            aside = self._set_aside(part)
            raise SourceError(f"the file has a wrong digest, is not {model.name}, and was put aside: {aside}")
        return self._keep(model, part)

    def adopt(self, name: str, source: Path) -> Path:
        """The file `source` as the weights of a model, linked if it can be, else copied.

        A name of the table wants the table's digest; any other becomes a model of the user's, with the digest that the
        file has now. Raises ConfigError for a wrong name, SourceError for a wrong file.
        """
        if not re.fullmatch(MODEL_NAME, name):
            raise ConfigError(f"not a name for a model: {name!r} (small letters, digits, dots, dashes, underscores)")
        _require_gguf(source)
        found = digest(source)
        model = self._table.get(name) or Model(name, _stamp(source)[0], "unknown", found)
        if found != model.sha256:
            raise SourceError(f"{source} is not {name}: its digest is another one")
        part = self.part(name)
        self.prepare()
        try:
            part.unlink(missing_ok=True)
            try:
                os.link(source.resolve(), part)
            except OSError:  # another file system, or one without links
                require_space(self.folder, model.size_bytes)
                shutil.copyfile(source, part)
                part.chmod(0o600)
                return self.accept(model)  # a copy is another file
        except OSError as error:
            raise SourceError(f"{source} cannot be taken over ({error.strerror})") from error
        return self._keep(model, part)

    def remove(self, name: str) -> int | None:
        """Delete all that is here of a model; how many bytes that frees, None where there was nothing."""
        self.find(name)
        freed: int | None = None
        for path in self._files(name):
            try:
                found = path.stat()
                path.unlink()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise SourceError(f"{path} cannot be removed ({error.strerror})") from error
            # Of a file that was linked here, and stands elsewhere as well, no byte is freed.
            freed = (freed or 0) + (found.st_size if found.st_nlink == 1 else 0)
        return freed

    def prepare(self) -> None:
        """Make the folder, for the user alone."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SourceError(f"{self.folder} cannot be made ({error.strerror})") from error

    def _files(self, name: str) -> tuple[Path, ...]:
        path, part = self.path(name), self.part(name)
        asides = (path.with_name(f"{path.name}.wrong"), part.with_name(f"{part.name}.wrong"))
        return path, part, part.with_name(f"{part.name}.tag"), self._note_path(name), *asides

    def _keep(self, model: Model, part: Path) -> Path:
        path = self.path(model.name)
        part.replace(path)
        self._write_note(model.name, _Seen(model.sha256, *_stamp(path), model.licence))
        part.with_name(f"{part.name}.tag").unlink(missing_ok=True)
        return path

    def _set_aside(self, path: Path) -> Path:
        aside = path.with_name(f"{path.name}.wrong")
        path.replace(aside)
        return aside

    def _brought(self) -> Iterator[Model]:
        """The models that only their notes know."""
        for path in sorted(self.folder.glob("*.json")):
            name = path.name.removesuffix(".json")
            if name not in self._table and re.fullmatch(MODEL_NAME, name) and (seen := self._note(name)):
                yield Model(name, seen.size_bytes, seen.licence, seen.sha256)

    def _note_path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _note(self, name: str) -> _Seen | None:
        """What was found at the last look; None where nobody looked, or the note is broken."""
        try:
            fields: dict[str, Any] = json.loads(self._note_path(name).read_bytes())
            seen = _Seen(**fields)
        except (OSError, ValueError, TypeError):
            return None
        texts, numbers = (seen.sha256, seen.licence), (seen.size_bytes, seen.mtime_ns, seen.inode)
        is_whole = all(isinstance(one, str) for one in texts) and all(isinstance(one, int) for one in numbers)
        return seen if is_whole else None

    def _write_note(self, name: str, seen: _Seen) -> None:
        path = self._note_path(name)
        temporary = path.with_suffix(".json.tmp")
        try:
            temporary.write_text(json.dumps(asdict(seen)), "utf-8")
            temporary.replace(path)
        except OSError as error:  # the weights are right all the same, only the next look will be long
            logger.warning("event=note-not-written model=%s reason=%s", name, error.strerror)


def digest(path: Path) -> str:
    """The sha256 of a file, in hexadecimal; raises SourceError if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror})") from error


def _require_gguf(path: Path) -> None:
    if not path.is_file():  # opening a pipe would wait for a writer
        raise SourceError(f"{path} is no file")
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise SourceError(f"{path} is no GGUF file")


def require_space(folder: Path, size_bytes: int) -> None:
    """Raise SourceError where the disk would be full, or nearly."""
    free = shutil.disk_usage(folder).free
    if free < size_bytes + SPARE_BYTES:
        need, have = (size_bytes + SPARE_BYTES) >> 20, free >> 20
        raise SourceError(f"the disk has {have} MiB free and {need} MiB are needed, in {folder}")


SPARE_BYTES: Final = 256 << 20  # a disk that is full to the last byte breaks other programs


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror})") from error
    return found.st_size, found.st_mtime_ns, found.st_ino

"""Opens pages: reads a package, finds the template of the kind that is wanted, and decides what stands where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from glossator.docstring.pages.templates import Templates
from glossator.documenter.pages.apart import FileRead, Reading, SourceFile
from glossator.documenter.pages.layout import ITEM_BLOCKS, Layout, folder, single
from glossator.documenter.pages.material import Material
from glossator.documenter.pages.project import PageProject
from glossator.documenter.pages.sections import Book
from glossator.documenter.pages.writing import Sources
from glossator.engine.executor import Lost, Pool, run
from glossator.errors import ConfigError, SourceError, Superseded
from glossator.syntax.package import Package
from glossator.workspace.files import Patterns
from glossator.workspace.packages import PackageFiles, package_around, package_of
from glossator.workspace.project import project_root
from glossator.workspace.write import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glossator.config import Settings
    from glossator.docstring.pages.templates import PageTemplate
    from glossator.syntax.surface import Surface

MODULE_KIND: Final = "module"
MAX_TEMPLATE_BYTES: Final = 200_000
IN_PROCESS_BYTES: Final = 150_000  # starting processes takes as long as reading this much source
SUFFIX: Final = ".md.j2"
INSTALLED: Final = ("site-packages", "dist-packages")
DECLARING: Final = ("pyproject.toml", "setup.cfg", "setup.py")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which pages are wanted: their kind, the module, package or repository that they are about, and where they go.

    `name` is the name of the page's file; with `is_folder`, there is a page for each module.
    """

    kind: str
    path: Path
    name: str = "page.md"
    is_folder: bool = False


@dataclass(slots=True)
class Opened:
    """Pages that can be filled, and what could not be read for them: paths and reasons."""

    book: Book
    sources: Sources
    skipped: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FromDisk:
    """How a file of source is read: its bytes, not more than so many; `is_wanted` says whether anybody still waits."""

    read: Callable[[Path, int], bytes] = read_file
    is_wanted: Callable[[], bool] = lambda: True


FROM_DISK: Final = FromDisk()


def open_pages(wish: Wish, settings: Settings, pool: Pool, how: FromDisk = FROM_DISK) -> Opened:
    """Read what pages are made from. Blocks while it reads the disk.

    Raises ConfigError for a kind or a template that cannot be used, SourceError for a path without any code, Superseded
    where nobody waits for it any more.
    """
    files = files_of(wish, settings)
    root = project_root(files.files[0].path)
    template = _template(wish.kind, tuple(own_templates(settings, root).items()))
    read = read_files(files, settings, pool, how)
    if not read.files:
        raise SourceError(f"{wish.path}: no code that can be read")
    package = Package(files.name, read.surfaces)
    material = Material(package, {key: blank for one in read.files for key, blank in one.blanks.items()})
    main = _main(wish, package)
    layout = _layout(wish, template.blocks, package, main)
    extra = PageProject(described_root(wish.path), package, read.sources)
    book = Book(material, layout, template, main, {"project": extra}, bool(read.skipped))
    return Opened(book, Sources(read.sources, settings, str(root)), read.skipped)


@lru_cache(maxsize=16)
def _template(kind: str, own: tuple[tuple[str, str], ...]) -> PageTemplate:
    """The template of a kind, with a project's own: compiling one takes longer than making a page with it."""
    return Templates(dict(own)).page(kind)


def files_of(wish: Wish, settings: Settings) -> PackageFiles:
    """The files that pages are about: for one module, those of its package. Raises SourceError if there are none."""
    patterns = Patterns(project_root(wish.path / "__init__.py"), settings.include, settings.exclude)
    return package_around(wish.path, patterns) if wish.kind == MODULE_KIND else package_of(wish.path, patterns)


def _main(wish: Wish, package: Package) -> str:
    """The module that a page of one module is about: the package's own, or the one that was named."""
    named = wish.path.resolve()
    for name, surface in package.modules.items():
        if Path(surface.file).resolve() == named:
            return name
    return package.name if package.name in package.modules else next(iter(package.modules))


def _layout(wish: Wish, blocks: tuple[str, ...], package: Package, main: str) -> Layout:
    modules = [name for name in package.modules if name in package.public_modules] or [main]
    if not wish.is_folder:
        return single(package, blocks, wish.name, modules)
    if not any(one in ITEM_BLOCKS for one in blocks):
        raise ConfigError(f"a page of kind {wish.kind!r} is one file: name a file, not a folder")
    return folder(package, blocks, modules)


class Read(NamedTuple):
    """The files of a package by their modules, what each shows, and why others could not be read, by their paths."""

    sources: Mapping[str, SourceFile]
    files: tuple[FileRead, ...]
    skipped: dict[str, str]

    @property
    def surfaces(self) -> dict[str, Surface]:
        """What the modules offer, by their names."""
        return {one.surface.name: one.surface for one in self.files if one.surface is not None}


def read_files(files: PackageFiles, settings: Settings, pool: Pool, how: FromDisk = FROM_DISK) -> Read:
    """Read the files of a package; in worker processes, where there is much to read."""
    skipped: dict[str, str] = {}
    sources = dict(_sources(files, settings, (skipped, how)))
    found: list[FileRead] = []
    if sum(len(file.raw) for file in sources.values()) < IN_PROCESS_BYTES:
        pool = Pool(1)
    for file, read in zip(sources.values(), run(Reading(settings), sources.values(), pool), strict=True):
        if not how.is_wanted():
            raise Superseded("Nobody waits for these pages any more.")
        if isinstance(read, Lost) or read.error:
            skipped[file.path] = read.reason if isinstance(read, Lost) else read.error
        else:
            found.append(read)
    return Read(sources, tuple(found), skipped)


def _sources(
    files: PackageFiles, settings: Settings, given: tuple[dict[str, str], FromDisk]
) -> Iterator[tuple[str, SourceFile]]:
    limit, (skipped, how) = settings.max_file_kb << 10, given
    for file in files.files:
        path = file.twin or file.path
        try:
            stub = (how.read(file.path, limit), str(file.path)) if file.twin is not None else ()
            yield file.name, SourceFile(how.read(path, limit), file.name, str(path), file.is_package, *stub)
        except SourceError as error:
            skipped[str(path)] = str(error)


def described_root(path: Path) -> Path:
    """The folder whose files say what a package is part of: the nearest that declares a project; else its own."""
    path = path.resolve()
    for around in (path, *path.parents):
        if around.name in INSTALLED:
            break
        if any((around / one).is_file() for one in DECLARING):
            return around
    return path


def own_templates(settings: Settings, root: Path) -> Mapping[str, str]:
    """The templates of a project's own folder, by name. Raises ConfigError for one that cannot be read."""
    place = (root / settings.pages.templates).resolve()
    if not place.is_relative_to(root.resolve()):
        raise ConfigError(f"pages.templates: {settings.pages.templates} lies outside of the project")
    if not place.is_dir():
        return {}
    found = {}
    for path in sorted(place.glob(f"*{SUFFIX}")):
        try:
            found[path.name] = read_file(path, MAX_TEMPLATE_BYTES).decode("utf-8")
        except (SourceError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: {error}") from error
    return found

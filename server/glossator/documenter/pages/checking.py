"""What is not true any more on a page: sections that are stale (GLS401), links and names that lead nowhere (GLS402).

Nobody is asked: a section says by its marker what it was made of, and that is compared with what it would be made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from glossator.docstring.check import is_wanted
from glossator.docstring.codes import CODES
from glossator.docstring.pages.markers import unfenced_lines
from glossator.docstring.pages.reading import PageText, Reference
from glossator.docstring.pages.regions import Regions, parse
from glossator.documenter.files import PlacedFinding
from glossator.documenter.pages.existing import wish_of
from glossator.documenter.pages.naming import is_gone
from glossator.documenter.pages.opening import Opened, Wish, open_pages
from glossator.documenter.pages.targets import Targets
from glossator.documenter.pages.work import PageWork, work_on
from glossator.engine.executor import Pool
from glossator.errors import ConfigError, SourceError

if TYPE_CHECKING:
    from glossator.config import Settings

STALE: Final = "GLS401"
NOWHERE: Final = "GLS402"
HEAD: Final = "<!-- glossator:page"
PAGE: Final = "<page>"
API: Final = "api"
INDEX: Final = "index.md"
ANY: Final = "page.md"  # a page that is alone does not depend on its own name
ALONE: Final = Pool(1)


def check_page(path: Path, text: str, settings: Settings, pool: Pool = ALONE) -> tuple[PlacedFinding, ...]:
    """The findings on a page that holds `text`, in its order; those of `settings` alone, and of no comment's.

    Blocks while it reads the package; nobody is asked. What cannot be read is a finding.
    """
    return PageChecks(lambda _: settings, pool).check(path, text, settings)


class PageChecks:
    """Checks pages; what several are made from is read once. Not for long: it does not see later changes."""

    def __init__(self, settings_of: Callable[[Path], Settings], pool: Pool = ALONE) -> None:
        """`settings_of` gives those of a folder of sources, with which pages are made of them."""
        self._settings_of = settings_of
        self._pool = pool
        self._opened: dict[Wish, Opened | str] = {}
        self._targets = Targets()

    def check(self, path: Path, text: str, settings: Settings) -> tuple[PlacedFinding, ...]:
        """As `check_page`."""
        checked = _Checked(path, PageText(text), parse(text))
        opened = self._behind(checked)
        wants_stale = is_wanted(STALE, settings.select, settings.ignore)
        wants_nowhere = is_wanted(NOWHERE, settings.select, settings.ignore)
        found = [*(checked.stale(opened) if wants_stale else ())]
        if wants_nowhere:
            found += checked.dead_links(self._targets)
            found += checked.dead_names(opened) if isinstance(opened, Opened) else ()
        shown = (one for one in found if not checked.page.hides(one.line, one.code))
        return tuple(sorted(shown, key=lambda one: (one.line, one.column, one.message)))

    def sources(self, path: Path, text: str) -> tuple[Path, ...]:
        """The files that all of a page is made from; none where more of the project may stand on it."""
        checked = _Checked(path, PageText(text), parse(text))
        opened, said = self._behind(checked), checked.regions.page
        if not isinstance(opened, Opened) or said is None or said.get("kind") != API:
            return ()
        files = opened.sources.files.values()
        return tuple(Path(one) for file in files for one in (file.path, file.stub_path) if one)

    def _behind(self, checked: _Checked) -> Opened | str | None:
        """What a page is made from; a text says why that is not known, None that the page says nothing of it."""
        if checked.regions.page is None:
            return None
        try:
            wish, _ = wish_of(checked.path, checked.regions.page)
        except SourceError as error:
            return str(error).removeprefix(f"{checked.path}: ")
        key = wish if wish.is_folder else replace(wish, name=ANY)
        if key not in self._opened:
            folder = wish.path if wish.path.is_dir() else wish.path.parent
            try:
                self._opened[key] = open_pages(key, self._settings_of(folder), self._pool)
            except (ConfigError, SourceError) as error:
                self._opened[key] = f"what the page is made from cannot be read: {error}"
        return self._opened[key]


class _Checked(NamedTuple):
    """A page that is checked."""

    path: Path
    page: PageText
    regions: Regions

    def stale(self, opened: Opened | str | None) -> Iterator[PlacedFinding]:
        """Sections that are not what they would be today, and markers that are damaged."""
        for problem in self.regions.problems:
            yield self._at_line(problem.line, problem.message, problem.id)
        if isinstance(opened, str):
            yield self._at_head(opened)
        elif opened is not None:
            yield from self._compared(opened)

    def _compared(self, opened: Opened) -> Iterator[PlacedFinding]:
        files = {file.name: file for file in opened.book.layout.files}
        is_folder = self.regions.page is not None and self.regions.page.get("folder") == "yes"
        file = files.get(self.path.name) if is_folder else next(iter(files.values()), None)
        if file is None and opened.book.is_partial:
            return  # its code may be what cannot be read
        if file is None:
            yield self._at_head("nothing in the code stands for this page any more: take the file away")
            return
        if is_folder and file.name == INDEX:
            missing = [name for name in files if not (self.path.parent / name).exists()]
            for name in missing:
                yield self._at_head(f"the page `{name}` is not there", is_fixable=True)
        yield from self._sections(work_on(opened.book, file, self.page.text))

    def _sections(self, work: PageWork) -> Iterator[PlacedFinding]:
        damaged = {problem.id for problem in self.regions.problems}
        for one in work.stale:
            region = work.regions.get(one.id)
            if region is not None:
                yield self._at_line(
                    region.line, f"section `{one.id}` is stale: what it shows has changed", one.id, fixable=True
                )
            elif one.id not in damaged:
                yield self._at_head(f"section `{one.id}` is not there", one.id, is_fixable=True)
        for one in work.changed_by_hand:
            message = f"section `{one.id}` is stale, and was changed by hand"
            yield self._at_line(work.regions[one.id].line, message, one.id)
        for name in work.gone:
            region, message = work.regions[name], f"section `{name}` is about nothing that is there"
            yield self._at_line(region.line, message, name, fixable=region.is_intact)

    def dead_links(self, targets: Targets) -> Iterator[PlacedFinding]:
        """Links to files and headings that are not there."""
        for link in self.page.links:
            fault = targets.fault(link.text, self.path, self.page)
            if fault:
                yield self._at(link, fault)

    def dead_names(self, opened: Opened) -> Iterator[PlacedFinding]:
        """Names of the package that it does not have."""
        package = opened.book.material.package
        for name in self.page.names(package.name):
            if is_gone(package, name.text, is_called=self.page.is_called(name)):
                yield self._at(name, f"`{name.text}` does not exist")

    def _at(self, reference: Reference, message: str) -> PlacedFinding:
        start, end = self.page.place(reference.start), self.page.place(reference.end)
        around = (one.id for one in self.regions.regions if one.span[0] <= reference.start < one.span[1])
        return _finding(NOWHERE, message, next(around, PAGE), (*start, *end), is_fixable=False)

    def _at_head(self, message: str, symbol: str = PAGE, *, is_fixable: bool = False) -> PlacedFinding:
        """A finding on the line that says how the page is made."""
        return self._at_line(self._head, message, symbol, fixable=is_fixable)

    @property
    def _head(self) -> int:
        heads = (start for start, _, line in unfenced_lines(self.page.text) if HEAD in line)
        return self.page.place(next(heads, 0))[0]

    def _at_line(self, line: int, message: str, symbol: str, *, fixable: bool = False) -> PlacedFinding:
        place = (line, 1, line, self.page.line_end(line))
        return _finding(STALE, message, symbol or PAGE, place, is_fixable=fixable)


def _finding(
    code: str, message: str, symbol: str, place: tuple[int, int, int, int], *, is_fixable: bool
) -> PlacedFinding:
    return PlacedFinding(code, message, symbol, *place, CODES[code].severity.value, is_fixable)

"""What is to be done on each page: which sections are true as they stand, which have to be filled, and the new text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glossator.docstring.pages.reading import PageText
from glossator.docstring.pages.regions import Merged, Region, SectionText, merged, page_line, parse
from glossator.documenter.pages.material import tokens_in

if TYPE_CHECKING:
    from glossator.documenter.pages.layout import PageFile
    from glossator.documenter.pages.sections import Book, Section


@dataclass(frozen=True, slots=True)
class PageWork:
    """One page: what stands there (`before`, "" for nothing), and the sections that belong there.

    With `is_forced`, all sections are filled anew, also those that people changed. Where `is_partial`, some code could
    not be read, so that nobody knows whether a section of the page is of nothing any more. `anchors` are those of all
    pages that are made together, by their files.
    """

    file: PageFile
    before: str
    sections: tuple[Section, ...]
    regions: Mapping[str, Region]
    is_forced: bool = False
    is_partial: bool = False
    anchors: Mapping[str, Collection[str]] = field(default_factory=dict)

    @property
    def stale(self) -> tuple[Section, ...]:
        """The sections that are not there, or not true any more; those that people changed are theirs."""
        return tuple(one for one in self.sections if self.is_forced or self._is_stale(one))

    def _is_stale(self, section: Section) -> bool:
        region = self.regions.get(section.id)
        if region is None or not region.is_intact:
            return region is None
        return region.facts != section.facts or self._has_lost_links(region, section)

    def _has_lost_links(self, region: Region, section: Section) -> bool:
        """Whether a text that was generated links to a heading of these pages that is not there any more.

        What it shows otherwise is in the section's facts; which names could be linked is not.
        """
        if not tokens_in(section.skeleton):
            return False
        for link in PageText(region.text).links:
            file, mark, slug = link.text.partition("#")
            slugs = self.anchors.get(file or self.file.name)
            if mark and slugs is not None and slug not in slugs and f"({link.text})" not in section.skeleton:
                return True
        return False

    @property
    def changed_by_hand(self) -> tuple[Section, ...]:
        """The sections whose text people changed, and which are not true any more as far as anybody can tell."""
        found = ((one, self.regions.get(one.id)) for one in self.sections)
        return tuple(
            one
            for one, region in found
            if region is not None and not region.is_intact and region.facts != one.facts and not self.is_forced
        )

    @property
    def gone(self) -> tuple[str, ...]:
        """The ids of sections on the page that nothing stands for any more."""
        wanted = {one.id for one in self.sections}
        return () if self.is_partial else tuple(one for one in self.regions if one not in wanted)

    @property
    def is_done(self) -> bool:
        """Whether the page would not change."""
        return bool(self.before) and not self.stale and not any(self.regions[one].is_intact for one in self.gone)

    def after(self, texts: Mapping[str, str], made: Mapping[str, str]) -> Merged:
        """The page with new texts of sections, by their ids; `made` says in its head how it is made.

        A section that was to be filled and has no text stays as it is; it is left out where it was not there.
        """
        stale = {one.id for one in self.stale}
        sections = [
            SectionText(one.id, one.facts, texts.get(one.id))
            for one in self.sections
            if one.id in texts or one.id in self.regions or one.id not in stale
        ]
        wanted = {one.id for one in sections} | set(self.gone)
        sections += [SectionText(one.id, one.facts, None) for one in self.regions.values() if one.id not in wanted]
        return merged(self._headed(made), sections, is_forced=self.is_forced)

    def _headed(self, made: Mapping[str, str]) -> str:
        """What stands on the page, with a line that says how it is made behind the text of one that has no sections."""
        if self.regions or parse(self.before).page is not None:
            return self.before
        gap = "" if not self.before else "\n" if self.before.endswith("\n") else "\n\n"
        return f"{self.before}{gap}{page_line(made)}\n"


def works(book: Book, before: Mapping[str, str], *, is_forced: bool = False) -> Iterator[PageWork]:
    """What is to be done on each page of a book; `before` are the pages that are there, by the names of their files."""
    for file in book.layout.files:
        yield work_on(book, file, before.get(file.name, ""), is_forced=is_forced)


def work_on(book: Book, file: PageFile, before: str, *, is_forced: bool = False) -> PageWork:
    """What is to be done on one page of a book, which holds `before` now."""
    regions = {one.id: one for one in parse(before).regions}
    return PageWork(file, before, tuple(book.sections(file)), regions, is_forced, book.is_partial, book.layout.slugs)


def to_fill(pages: Sequence[PageWork]) -> tuple[Section, ...]:
    """The sections of all pages that have to be filled."""
    return tuple(one for page in pages for one in page.stale)

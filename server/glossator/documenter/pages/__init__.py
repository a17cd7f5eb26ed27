"""Pages: documents of several sections, from code that is understood already.

    open_pages(wish) -> Opened          what a package shows, and the template of the kind that is wanted
    works(book, before) -> PageWork     which sections are true as they stand, and which have to be filled
    check_page(path, text, settings)    what is not true any more on it, links and names that lead nowhere among it
    Writer.fill(sections)               docs that nobody wrote are made as `write` makes them; side by side
    PageWork.after(texts) -> Merged     the page with the new texts; all else is as it was, byte for byte

All structure comes from source, and all prose from docstrings: people's, or drafts of those that are missing. There is
no other generated text.
"""

from __future__ import annotations

from glossator.documenter.pages.checking import PageChecks, check_page
from glossator.documenter.pages.existing import made_by, read_page, said_in
from glossator.documenter.pages.opening import FromDisk, Opened, Wish, open_pages
from glossator.documenter.pages.work import PageWork, to_fill, works
from glossator.documenter.pages.writing import Writer

__all__ = [
    "FromDisk",
    "Opened",
    "PageChecks",
    "PageWork",
    "Wish",
    "Writer",
    "check_page",
    "made_by",
    "open_pages",
    "read_page",
    "said_in",
    "to_fill",
    "works",
]

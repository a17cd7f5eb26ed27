"""Requests for the symbols of a source, as a provider of this machine would get them."""

from __future__ import annotations

import os
from dataclasses import replace

from glossator.config import Settings
from glossator.documenter import FileOptions, requests_of
from glossator.documenter.view import View
from glossator.engine.requests import Request
from glossator.model import Disclosure
from glossator.syntax.calls import Links
from glossator.workspace.index import Index, Neighbourhood

NEAR = View(Disclosure(True, True), True)


def requests(source: str, only: str = "missing", view: View = NEAR, **framing: object) -> dict[str, Request]:
    """What is asked for each symbol of a file `m.py`, by its path; `framing` changes how prompts are made."""
    settings = Settings()
    made = replace(view.framing(settings, Neighbourhood()), **framing)
    found = requests_of(source.encode(), "m.py", FileOptions(settings, only=only), made)
    return {one.path: one for one in found}


def requests_linked(source: str, links: Links, view: View = NEAR) -> dict[str, Request]:
    """The same for a file of which other files say this."""
    settings = Settings()
    options = FileOptions(settings, index=Index(links={os.path.abspath("m.py"): links}))
    found = requests_of(source.encode(), "m.py", options, view.framing(settings, Neighbourhood()))
    return {one.path: one for one in found}

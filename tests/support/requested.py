"""Requests for the symbols of a source, as a provider of this machine would get them."""

from __future__ import annotations

from dataclasses import replace

from glossator.config import Settings
from glossator.documenter import FileOptions, requests_of
from glossator.documenter.generation import View
from glossator.engine.requests import Request
from glossator.model import Disclosure
from glossator.workspace.index import Neighbourhood

NEAR = View(Disclosure(True, True), True)


def requests(source: str, only: str = "missing", view: View = NEAR, **framing: object) -> dict[str, Request]:
    """What is asked for each symbol of a file `m.py`, by its path; `framing` changes how prompts are made."""
    settings = Settings()
    made = replace(view.framing(settings, Neighbourhood()), **framing)
    found = requests_of(source.encode(), "m.py", FileOptions(settings, only=only), made)
    return {one.path: one for one in found}

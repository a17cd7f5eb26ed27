"""What providers may see of source, and how much of it: what a prompt shows follows from where it goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

from glossator.config import Settings
from glossator.documenter.opening import Opened, opened
from glossator.documenter.seen import is_shown
from glossator.documenter.small import is_small
from glossator.engine.prompts import Framing
from glossator.errors import ConfigError
from glossator.model import Disclosure
from glossator.syntax.masking import masked
from glossator.workspace.index import Neighbourhood

NEAR_TOKENS: Final = 1200  # of code in a prompt for a model of this machine, which takes its time to read
FAR_TOKENS: Final = 3000


@dataclass(frozen=True, slots=True)
class View:
    """What the providers of some settings may see, and how much of it: a pool sees what its strictest member may."""

    disclosure: Disclosure
    is_near: bool
    exclude: tuple[str, ...] = ()
    is_small: bool = False

    def framing(self, settings: Settings, about: Neighbourhood) -> Framing:
        """How prompts for them are made, for a file of which a project says this."""
        return Framing(
            lru_cache(maxsize=64)(partial(shown, self)),
            NEAR_TOKENS if self.is_near else FAR_TOKENS,
            settings.language,
            {name: shown_prose(self, text) for name, text in about.described.items()},
            purpose=shown_prose(self, about.purpose),
            names_files=self.is_near,
            is_small=self.is_small,
        )

    def allows(self, path: str) -> bool:
        """Whether the source of a file may be sent at all."""
        return is_shown(path, self.exclude)


def shown(view: View, source: str) -> str:
    """Source as providers see it: masked, and without what looks like a secret; whole, where it stays here."""
    if view.is_near:
        return masked(source, view.disclosure)
    from glossator.providers.redaction import redacted

    return redacted(masked(source, view.disclosure))


def shown_prose(view: View, text: str) -> str:
    """A text that people wrote to be read, as providers see it."""
    if view.is_near:
        return text
    from glossator.providers.redaction import redacted

    return redacted(text)


def view_of(members: Iterable[Opened], settings: Settings) -> View:
    """What these providers may see together."""
    is_near, privacy = all(one.is_loopback for one in members), settings.privacy
    disclosure = Disclosure(True, True) if is_near else Disclosure(privacy.literals, privacy.comments)
    return View(disclosure, is_near, privacy.exclude, any(is_small(one.model) for one in members))


def view_for(settings: Settings) -> View | None:
    """What the chosen providers may see, before they are opened; None where they cannot be used."""
    try:
        return view_of(opened(settings), settings)
    except ConfigError:
        return None

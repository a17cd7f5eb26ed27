"""Page templates: the user's own in front of the built-in ones, in a sandbox that bounds time and size.

A page template consists of blocks: each renders one section of a page. `{% extends "builtin/api.md.j2" %}` overrides
single blocks. What a template prints is escaped unless it is `Markdown`. This is the only owner of jinja2, which is
imported when the first template is made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from glossator.docstring.pages.markdown import Markdown
from glossator.errors import ConfigError

if TYPE_CHECKING:
    from jinja2 import Template

    from glossator.docstring.pages.templates.sandbox import Sandbox

__all__ = ["PageTemplate", "Templates"]

BUILTIN: Final = "builtin/"
_SUFFIX: Final = ".md.j2"
_KIND: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_MAX_ANCESTORS: Final = 10


class Templates:
    """The templates that there are: names to sources of the user's, and those that come with the package."""

    def __init__(self, user: Mapping[str, str] | None = None) -> None:
        """Take the user's templates, by the names of their files ("api.md.j2"); they are compiled on first use."""
        self._user = {name: source for name, source in (user or {}).items() if not name.startswith(BUILTIN)}

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of pages, sorted; templates whose names begin with `_` are parts of others."""
        names = {name.removeprefix(BUILTIN) for name in self._sources if name.endswith(_SUFFIX)}
        return tuple(sorted(kind for name in names if _KIND.fullmatch(kind := name.removesuffix(_SUFFIX))))

    def page(self, kind: str) -> PageTemplate:
        """The template of a kind of page: the user's where there is one. Raises ConfigError."""
        name = f"{kind}{_SUFFIX}"
        name = name if name in self._sources else BUILTIN + name
        if not _KIND.fullmatch(kind) or name not in self._sources:
            raise ConfigError(
                f"there is no page template {kind}{_SUFFIX}; there are: {', '.join(self.kinds) or 'none'}"
            )
        chain = self._chain(name)
        return PageTemplate(kind, self._sandbox, self._sandbox.template(name), _sections(chain))

    def _chain(self, name: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        """The blocks of a template and of those that it extends, the root first: outer ones, and all."""
        chain: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
        seen: list[str] = []
        following: str | None = name
        while following is not None:
            if following in seen or len(seen) == _MAX_ANCESTORS:
                raise ConfigError(f"{name}: the templates extend each other: {', '.join([*seen, following])}")
            seen.append(following)
            outline = self._sandbox.outline(following)
            chain.insert(0, (outline.outer, outline.all))
            following = outline.parent
        return chain

    @cached_property
    def _sources(self) -> dict[str, str]:
        return {**self._user, **_builtin_sources()}

    @cached_property
    def _sandbox(self) -> Sandbox:
        from glossator.docstring.pages.templates.sandbox import Sandbox

        return Sandbox(self._sources)


class PageTemplate:
    """One kind of page; `blocks` are the names of its sections, in the order of the source."""

    def __init__(self, kind: str, sandbox: Sandbox, template: Template, blocks: tuple[str, ...]) -> None:
        """Take a compiled template; `Templates.page` makes them."""
        self.kind = kind
        self.blocks = blocks
        self._sandbox = sandbox
        self._template = template

    def render(self, block: str, data: Mapping[str, Any]) -> Markdown:
        """One section, without blank lines at its edges.

        Raises ConfigError, with file and line, where the template is wrong or takes more than it may.
        """
        if block not in self.blocks:
            raise ConfigError(f"the page template {self.kind} has no block {block}; it has: {', '.join(self.blocks)}")
        return Markdown(self._sandbox.rendered(self._template, block, data).strip("\n"))


def _sections(chain: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> tuple[str, ...]:
    """The blocks that are sections: the root's outer ones, then those that only its heirs have."""
    sections: list[str] = []
    known: set[str] = set()
    for outer, all_blocks in chain:
        sections += [name for name in outer if name not in known]
        known.update(all_blocks)
    return tuple(sections)


def _builtin_sources() -> dict[str, str]:
    """The templates that come with the package."""
    from importlib import resources

    folder = resources.files("glossator.docstring.pages").joinpath("builtin")
    if not folder.is_dir():
        return {}
    files = [file for file in folder.iterdir() if file.name.endswith(".j2")]
    return {f"{BUILTIN}{file.name}": file.read_text("utf-8") for file in files}

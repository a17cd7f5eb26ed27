"""A package as templates see it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Final

from glossator.docstring.pages.markdown import Markdown, code
from glossator.docstring.pages.mermaid import import_graph

if TYPE_CHECKING:
    from glossator.documenter.pages.modules import PageModule
    from glossator.syntax.package import Package

MAX_MODULES: Final = 40  # of a diagram: more cannot be read


class PagePackage:
    """A package: its modules as this page shows them, and its diagrams."""

    def __init__(self, package: Package, module: Callable[[str], PageModule], names: tuple[str, ...]) -> None:
        """Show these modules of a package; `module` gives one."""
        self._package = package
        self._module = module
        self._names = names
        self.name: str = package.name

    @property
    def title(self) -> Markdown:
        """Its name as code."""
        return code(self.name)

    @cached_property
    def modules(self) -> tuple[PageModule, ...]:
        """The modules that the pages describe."""
        return tuple(self._module(one) for one in self._names)

    @property
    def root(self) -> PageModule | None:
        """The module of the package itself; None for a namespace without one."""
        return self._module(self.name) if self.name in self._package.modules else None

    @property
    def imports(self) -> Markdown:
        """A diagram of which of its modules import which others; "" where none does."""
        return import_graph(self._package.import_edges(), MAX_MODULES)

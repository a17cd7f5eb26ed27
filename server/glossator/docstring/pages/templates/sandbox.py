"""jinja2, set up so that no template can crash, hang or reach out, and that errors name file and line.

Source: https://jinja.palletsprojects.com/en/stable/sandbox/, which bounds attributes but neither time nor memory.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from jinja2 import BaseLoader, Environment, StrictUndefined, Template, TemplateNotFound, nodes, pass_eval_context
from jinja2.exceptions import TemplateError, TemplateSyntaxError
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from markupsafe import Markup

from glossator.docstring.pages.templates.bounds import Outline, bounded, outline_of
from glossator.docstring.pages.templates.budget import Spending, TooMuch, current
from glossator.docstring.pages.templates.filters import (
    FILTERS,
    OWN_FILTERS,
    TESTS,
    concatenated,
    markdown_of,
)
from glossator.errors import ConfigError

_MAX_SOURCE: Final = 64 << 10  # jinja2 takes about a second for the worst of them
_MAX_RANGE: Final = 10_000
_MAX_NUMBER: Final = 1 << 63
# What expressions in templates raise; errors of ours (in what they are given) are of other classes.
_WRONG: Final = (
    TemplateError,
    TooMuch,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
    MemoryError,
    SyntaxError,
)
_SEQUENCES: Final = (str, bytes, list, tuple, set, frozenset, int, float)
_ADDRESS: Final = re.compile(r" at 0x[0-9a-f]+")


class Sandbox:
    """Templates by name, compiled when they are first used."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        """Take all sources that templates may reach."""
        self._environment = _Bounded(_Sources(sources))

    def template(self, name: str) -> Template:
        """A compiled template. Raises ConfigError."""
        try:
            return self._environment.get_template(name)
        except _WRONG as error:
            _translate(error, name)

    def outline(self, name: str) -> Outline:
        """The blocks of a template, and the one that it extends. Raises ConfigError."""
        try:
            source = self._environment.sources.get_source(self._environment, name)[0]
            return outline_of(self._environment.plain_tree(source, name), name)
        except _WRONG as error:
            _translate(error, name)

    def rendered(self, template: Template, block: str, data: Mapping[str, Any]) -> str:
        """The text of a block. Raises ConfigError."""
        with Spending():
            try:
                context = template.new_context(dict(data))
                # Runs what stands outside of blocks: macros, imports, settings, and those of extended templates.
                for _ in template.root_render_func(context):
                    pass
                return "".join(context.blocks[block][0](context))
            except _WRONG as error:
                _translate(error, template.name or block)


class _Sources(BaseLoader):
    """Templates from a mapping, of a bounded size."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, None]:
        source = self._sources.get(template)
        if source is None:
            raise TemplateNotFound(template, f"there is no template {template}")
        if len(source) > _MAX_SOURCE:
            raise TooMuch(f"has more than {_MAX_SOURCE:,} characters")
        return source, template, None


class _Bounded(ImmutableSandboxedEnvironment):
    """The environment of all templates."""

    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%", "**"))

    def __init__(self, sources: _Sources) -> None:
        """Take away all that jinja2 offers but what is on our lists."""
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            finalize=_shown,
            autoescape=True,  # what macros return is told from plain text by this alone
            optimized=False,
            loader=sources,
            cache_size=-1,
            auto_reload=False,
        )
        self.sources = sources
        self.filters = {**FILTERS, **OWN_FILTERS}
        self.tests = {name: test for name, test in self.tests.items() if name in TESTS}
        self.globals = {"range": _range, "namespace": Namespace}

    def plain_tree(self, source: str, name: str) -> nodes.Template:
        """The tree of a template as it was written."""
        return super()._parse(source, name, name)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        name = name or "template"
        return bounded(self.plain_tree(source, name), self, name)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Refuse all methods of texts (filters take their place), and what begins with an underscore."""
        return not isinstance(obj, (str, bytes)) and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """Leave no way around the line above: jinja2 hands out `format` before it asks, and that makes gigabytes."""

    def is_safe_callable(self, obj: Any) -> bool:
        """Refuse classes, and methods of texts, lists and numbers."""
        if isinstance(obj, type):
            return obj is Namespace
        return not isinstance(getattr(obj, "__self__", None), _SEQUENCES) and super().is_safe_callable(obj)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Count each call."""
        current().spend(1)
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Numbers that stay small; `+` also joins texts, as `~` does."""
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return concatenated((left, right))
        if operator == "**" or not (isinstance(left, (int, float)) and isinstance(right, (int, float))):
            raise TypeError(f"{type(left).__name__} {operator} {type(right).__name__} is not possible in templates")
        result = super().call_binop(context, operator, left, right)
        if abs(result) > _MAX_NUMBER:
            raise TooMuch("makes a number that is too large")
        return result


@pass_eval_context  # also keeps jinja2 from calling this at compile time
def _shown(_: EvalContext, value: object) -> Markup:
    """What a template prints: escaped where it is no Markdown."""
    return Markup(markdown_of(value))  # noqa: S704 - jinja2's mark for "escaped already", no HTML is made of it


def _range(*bounds: int) -> range:
    """A range of a bounded size."""
    numbers = range(*bounds)
    if abs(numbers.stop) > _MAX_NUMBER or len(numbers) > _MAX_RANGE:
        raise TooMuch(f"makes a range of more than {_MAX_RANGE:,} numbers")
    return numbers


def _translate(error: BaseException, name: str) -> NoReturn:
    """Raise the ConfigError for an error, with the place that it came from."""
    if isinstance(error, TemplateSyntaxError):
        raise ConfigError(f"{error.name or name}, line {error.lineno}: {error.message}") from error
    place, line = _place(error, name)
    where = f"{place}, line {line}" if line else place
    raise ConfigError(f"{where}: {_said(error)}") from error


def _said(error: BaseException) -> str:
    """What an error says; without addresses in memory, which differ from run to run."""
    if isinstance(error, RecursionError):
        return "templates or macros call each other without end, or nest too deeply"
    if isinstance(error, MemoryError):
        return "takes too much memory, or nests too deeply"
    text = str(error.message if isinstance(error, TemplateError) else error)
    return _ADDRESS.sub("", text)[:500] or type(error).__name__


def _place(error: BaseException, name: str) -> tuple[str, int]:
    """The innermost template and line that an error passed through."""
    place, line = name, 0
    trace = error.__traceback__
    while trace is not None:
        template = trace.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            place, line = template.name or name, template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return place, line

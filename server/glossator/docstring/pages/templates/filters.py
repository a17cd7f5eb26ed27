"""What templates may do with values: filters by white list, each within the budget.

Texts that a template made itself (macros, `{% set %}` blocks) are `Markup` to jinja2; here they count as `Markdown`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, Final

from jinja2 import Environment, Undefined, pass_environment
from markupsafe import Markup

from glossator.docstring.pages import markdown
from glossator.docstring.pages.markdown import Markdown
from glossator.docstring.pages.templates.budget import TooMuch, current

_SCALARS = (str, int, float, type(None), Undefined)
_SHOWN: Final = 8  # steps; what is shown takes longest
_MAX_ITEMS: Final = 100_000
_MAX_DEPTH: Final = 4


def text_of(value: object) -> str:
    """A value as text: `Markdown` if it was that, a plain text otherwise; only texts and numbers can be shown."""
    if isinstance(value, Markdown):
        return value
    if isinstance(value, Markup):
        return Markdown(value)
    if value is None:
        return Markdown()
    if isinstance(value, (str, int, float, Undefined)):
        return str(value)
    raise TypeError(f"a {type(value).__name__} cannot be shown: show its parts, or join them")


def markdown_of(value: object) -> Markdown:
    """A value as Markdown, escaped where it is not Markdown already; takes from the budget."""
    text = text_of(value)
    current().spend(_SHOWN, len(text))
    return Markdown(text) if isinstance(value, int) and value >= 0 else markdown.escaped(text)


def concatenated(parts: Iterable[object]) -> Markdown:
    """Values one after the other, each escaped where it is no Markdown (`~` and `+`)."""
    texts = [text_of(part) for part in parts]
    current().spend(len(texts), sum(map(len, texts)))
    # Two plain texts are escaped as one: what is harmless in each may mean something together.
    whole: list[Markdown] = []
    run: list[str] = []
    for text in texts:
        if not isinstance(text, Markdown):
            run.append(text)
            continue
        if run:
            whole.append(_escaped("".join(run), bool(whole)))
            run = []
        whole.append(text)
    if run:
        whole.append(_escaped("".join(run), bool(whole)))
    return Markdown("".join(whole))


def _escaped(text: str, is_within: bool) -> Markdown:
    return markdown.escaped_within(text) if is_within else markdown.escaped_start(text)


def listed(value: object, cost: int = 1) -> list[Any]:
    """All items of something, each taken from the budget."""
    if isinstance(value, Undefined):
        return list(value)
    if not isinstance(value, Iterable) or isinstance(value, str):
        raise TypeError(f"a {type(value).__name__} is no list")
    items = list(islice(value, _MAX_ITEMS + 1))
    if len(items) > _MAX_ITEMS:
        raise TooMuch(f"goes through more than {_MAX_ITEMS:,} items")
    current().spend(1 + len(items) * cost)
    return items


def contained(value: Any) -> Any:
    """A list, tuple or mapping that a template made, if it is no deeper than ours are."""
    _measure(value, _MAX_DEPTH)
    return value


def _measure(value: object, depth: int) -> None:
    """Walk through containers within the budget: lists of lists of the same lists grow without end."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if not isinstance(value, (list, tuple)):
        return
    if depth == 0:
        raise TooMuch("nests lists too deeply")
    current().spend(1 + len(value))
    for item in value:
        _measure(item, depth - 1)


def scalar(value: Any) -> Any:
    """A value that can be compared in no time."""
    if isinstance(value, _SCALARS) or not isinstance(value, (list, tuple, Mapping, set, frozenset)):
        return value
    raise TypeError(f"a {type(value).__name__} cannot be compared: compare its length or its parts")


def spent(steps: int, characters: int = 0) -> str:
    """Take from the budget; nothing is shown for it."""
    current().spend(steps, characters)
    return ""


def _plain(change: Callable[[str], str]) -> Callable[[object], str]:
    """A filter that changes a plain text."""

    def changed(value: object) -> str:
        text = text_of(value)
        current().spend(1, len(text))
        return change(str(text))

    return changed


def _replaced(value: object, old: str, new: str) -> str:
    text, old, new = str(text_of(value)), str(text_of(old)), str(text_of(new))
    current().spend(1, len(text) + (text.count(old) * len(new)))
    return text.replace(old, new)


def _join(value: object, separator: str = "", attribute: str | None = None) -> Markdown:
    """Items escaped and joined; a separator of blanks and line ends is taken as it is."""
    items = [markdown_of(item) for item in listed(value)]
    between = text_of(separator)
    if not isinstance(between, Markdown) and between.strip():
        between = markdown.escaped_within(between)
    current().spend(1, len(items) * len(between))
    return Markdown(between.join(items))


def _indented(value: object, width: int = 4) -> Markdown:
    """Lines behind the first one, indented."""
    text = markdown_of(value)
    pad = " " * min(max(int(width), 0), 40)
    current().spend(1, text.count("\n") * len(pad))
    return Markdown(text.replace("\n", f"\n{pad}").replace(f"\n{pad}\n", "\n\n"))


def _fenced(value: object, language: str = "") -> Markdown:
    text = text_of(value)
    current().spend(1, len(text))
    return markdown.fenced(text, str(text_of(language)))


def _link(value: object, target: object) -> Markdown:
    return markdown.link(markdown_of(value), str(text_of(target)) if target else "")


def _first(value: object) -> Any:
    items = listed(value)
    return items[0] if items else ""


def _last(value: object) -> Any:
    items = listed(value)
    return items[-1] if items else ""


def _length(value: object) -> int:
    return len(text_of(value)) if isinstance(value, str) else len(listed(value))


def _default(value: Any, default: object = "", is_falsy: bool = False) -> Any:
    return default if isinstance(value, Undefined) or (is_falsy and not value) else value


def _attribute(environment: Environment, item: object, name: object) -> Any:
    value = environment.getattr(item, str(name))
    if isinstance(value, Undefined):
        str(value)  # says what is missing
    return value


@pass_environment
def _sorted(environment: Environment, value: object, attribute: str | None = None, reverse: bool = False) -> list[Any]:
    """Items by their texts or numbers, or by those of an attribute; letters count as small ones."""
    items = listed(value, 8)

    def key(item: object) -> Any:
        found = scalar(_attribute(environment, item, attribute) if attribute else item)
        return found.lower() if isinstance(found, str) else found

    return sorted(items, key=key, reverse=bool(reverse))


@pass_environment
def _mapped(environment: Environment, value: object, attribute: str) -> list[Any]:
    return [_attribute(environment, item, attribute) for item in listed(value)]


@pass_environment
def _selected(environment: Environment, value: object, attribute: str) -> list[Any]:
    return [item for item in listed(value) if _attribute(environment, item, attribute)]


@pass_environment
def _rejected(environment: Environment, value: object, attribute: str) -> list[Any]:
    return [item for item in listed(value) if not _attribute(environment, item, attribute)]


def _items(value: object) -> list[tuple[Any, Any]]:
    if not isinstance(value, Mapping):
        raise TypeError(f"a {type(value).__name__} has no items")
    return listed(value.items())


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "capitalize": _plain(str.capitalize),
    "cell": lambda value: markdown.cell(markdown_of(value)),
    "code": _plain(markdown.code),
    "count": _length,
    "default": _default,
    "escape": markdown_of,
    "fenced": _fenced,
    "first": _first,
    "indent": _indented,
    "items": _items,
    "join": _join,
    "last": _last,
    "length": _length,
    "link": _link,
    "list": listed,
    "lower": _plain(str.lower),
    "map": _mapped,
    "rejectattr": _rejected,
    "replace": _replaced,
    "reverse": lambda value: listed(value)[::-1],
    "selectattr": _selected,
    "sort": _sorted,
    "string": _plain(str),
    "trim": _plain(str.strip),
    "upper": _plain(str.upper),
}
# What `bounds` puts into templates; no template can name these.
OWN_FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "_concatenated": concatenated,
    "_contained": contained,
    "_listed": listed,
    "_scalar": scalar,
    "_spent": spent,
}
TESTS: Final = frozenset(
    "boolean defined even false float integer iterable mapping none number odd sequence string true undefined".split()
)

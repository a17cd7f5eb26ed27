"""What an expression is known to stand for, without anything being run.

Values are Python's own constants, tuples, lists and dicts of them, and the classes here. `UNKNOWN` is everything else.
"""

from __future__ import annotations

import ast
import enum
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

MAX_TEXT: Final = 20_000  # characters of a text that is put together, and items of a list
_SIMPLE_PERCENT: Final = re.compile(r"%(?:[sdr%]|\(\w+\)[sdr])")
_SIMPLE_FIELD: Final = re.compile(r"\{\{|\}\}|\{\w*\}")
_PLAIN: Final = (str, int, float, bool, bytes, type(None))


class Unknown(enum.Enum):
    """The value of what cannot be read for certain."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class Named:
    """Something of another module, or a built-in, by its absolute name: `argparse.SUPPRESS`, `pathlib.Path`, `int`."""

    name: str


@dataclass(eq=False, slots=True)
class Scope:
    """The names of a module, function or class, and of what stands around it."""

    names: dict[str, object] = field(default_factory=dict)
    outer: Scope | None = None
    is_class: bool = False
    owner: str = ""  # the path of the definition
    package: str = ""  # the absolute name of the package that relative imports start from

    def find(self, name: str) -> object | None:
        """What a name stands for here; None where nothing binds it."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names and (scope is self or not scope.is_class):
                return _boxed(scope.names[name])
            scope = scope.outer
        return None

    def child(self, name: str, *, is_class: bool = False) -> Scope:
        """The scope of a definition in this one."""
        return Scope({}, self, is_class, f"{self.owner}.{name}".lstrip("."), self.package)


class Box(NamedTuple):
    """A value that was found."""

    value: object


def _boxed(value: object) -> Box:
    return Box(value)


@dataclass(eq=False, slots=True)
class Function:
    """A function that the file defines; `receiver` is the object that it is bound to."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    scope: Scope
    path: str
    receiver: object | None = None
    is_wrapped: bool = False  # by a decorator of which nothing is known
    attached: list[object] = field(default_factory=list)  # what decorators declared, the lowest first

    def bound_to(self, receiver: object) -> Function:
        """This function as a method of an object."""
        return Function(self.node, self.scope, self.path, receiver, self.is_wrapped, self.attached)


@dataclass(eq=False, slots=True)
class Class:
    """A class that the file defines."""

    node: ast.ClassDef
    scope: Scope
    bases: tuple[object, ...]

    def find(self, name: str) -> Box | None:
        """An attribute of the class or of its bases in the file."""
        pending: list[object] = [self]
        seen: set[int] = set()
        while pending:
            one = pending.pop(0)
            if isinstance(one, Class) and id(one) not in seen:
                seen.add(id(one))
                if name in one.scope.names:
                    return Box(one.scope.names[name])
                pending.extend(one.bases)
        return None

    def base_names(self) -> frozenset[str]:
        """The names of the bases that other modules define, also those of bases in the file."""
        found: set[str] = set()
        pending: list[object] = [self]
        seen: set[int] = set()
        while pending:
            one = pending.pop()
            if isinstance(one, Named):
                found.add(one.name)
            elif isinstance(one, Class) and id(one) not in seen:
                seen.add(id(one))
                pending.extend(one.bases)
        return frozenset(found)


@dataclass(eq=False, slots=True)
class Instance:
    """An object of a class of the file."""

    of: Class
    attributes: dict[str, object] = field(default_factory=dict)


class Bound(NamedTuple):
    """A method of a value or of a declared object."""

    receiver: object
    name: str


@dataclass(frozen=True, slots=True)
class Given:
    """The arguments of a call. Where they are not `is_whole`, there may be more of them."""

    values: tuple[object, ...]
    names: Mapping[str, object]
    is_whole: bool
    line: int
    are_values_whole: bool = True  # whether more positional ones may be among `values`

    def get(self, name: str, position: int = -1, default: object = None) -> object:
        """The value of a parameter by its name or position; its default where it is not given for certain."""
        if name in self.names:
            return self.names[name]
        if 0 <= position < len(self.values) and self.are_values_whole:
            return self.values[position]
        return default if self.is_whole else UNKNOWN

    def text(self, name: str, position: int = -1) -> str:
        """The text of a parameter, "" for anything else."""
        value = self.get(name, position)
        return value if isinstance(value, str) else ""


def docstring_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """The docstring of a function, None where there is none."""
    return ast.get_docstring(node)


class Declared:
    """An object of a library for command lines; its state follows what the code does with it."""

    __slots__ = ()

    def invoke(self, method: str, given: Given) -> object:
        """What a method gives that is called."""
        return UNKNOWN

    def assign(self, name: str, value: object) -> None:
        """Take the assignment of an attribute."""

    def attribute(self, name: str) -> object:
        """The value of an attribute that is no method; UNKNOWN for methods."""
        return UNKNOWN


class Decorator(Declared):
    """One that may stand behind an @."""

    __slots__ = ()

    def decorate(self, function: object) -> object:
        """What the name of the function stands for then."""
        return function


def is_plain(value: object) -> bool:
    """Whether a value is a constant, or holds nothing but constants."""
    if isinstance(value, tuple | list):
        return all(is_plain(one) for one in value)
    if isinstance(value, dict):
        return all(is_plain(one) for pair in value.items() for one in pair)
    return isinstance(value, _PLAIN)


def truth(value: object) -> bool | None:
    """Whether a value counts as true; None where that is not known."""
    if isinstance(value, Unknown):
        return None
    if isinstance(value, Named):
        return False if value.name in ("typing.TYPE_CHECKING", "typing_extensions.TYPE_CHECKING") else None
    return bool(value) if isinstance(value, (*_PLAIN, tuple, list, dict)) else True


def text_of(value: object) -> str | None:
    """A value as one would type it; None where it is not known."""
    if isinstance(value, tuple | list):
        parts = [text_of(one) for one in value]
        return " ".join(part for part in parts if part is not None) if parts and None not in parts else None
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) else None


def formatted(template: str, values: object) -> object:
    """`template % values`, where the template has nothing but %s, %d and %r."""
    rest = _SIMPLE_PERCENT.sub("", template)
    if "%" in rest or not is_plain(values):
        return UNKNOWN
    try:
        return bounded(template % (tuple(values) if isinstance(values, tuple) else values))
    except (TypeError, ValueError, KeyError):
        return UNKNOWN


def bounded(value: object) -> object:
    """A text or list, UNKNOWN where it is too long."""
    return UNKNOWN if isinstance(value, str | bytes | tuple | list | dict) and len(value) > MAX_TEXT else value


_TEXT_METHODS: Final = frozenset(
    "capitalize casefold lower lstrip removeprefix removesuffix rstrip split splitlines strip swapcase title upper "
    "partition rpartition rsplit startswith endswith isupper islower".split()
)
_DICT_METHODS: Final = frozenset("items keys values get".split())


def method_of(receiver: object, name: str, given: Given) -> object:
    """What a method of a constant gives, of those that cannot grow it without bound."""
    arguments = given.values
    if not given.is_whole or not is_plain(arguments) or not all(is_plain(one) for one in given.names.values()):
        return UNKNOWN
    try:
        if isinstance(receiver, str):
            return _of_text(receiver, name, arguments, given.names)
        if isinstance(receiver, dict) and name in _DICT_METHODS:
            found = getattr(receiver, name)(*arguments)
            return found if name == "get" else list(found)
        if isinstance(receiver, list | tuple) and name in ("index", "count", "copy"):
            return getattr(receiver, name)(*arguments)
    except (TypeError, ValueError, KeyError, IndexError):
        return UNKNOWN
    return UNKNOWN


def _of_text(text: str, name: str, arguments: tuple[object, ...], names: Mapping[str, object]) -> object:
    if name in _TEXT_METHODS:
        found = getattr(text, name)(*arguments, **names)
        return list(found) if isinstance(found, list) else found
    if name == "replace" and all(isinstance(one, str) for one in arguments) and len(arguments) == 2:
        old, new = str(arguments[0]), str(arguments[1])
        return text.replace(old, new) if (text.count(old) + 1) * len(new) + len(text) <= MAX_TEXT else UNKNOWN
    if name == "join" and len(arguments) == 1 and isinstance(arguments[0], list | tuple | dict):
        parts = [one for one in arguments[0] if isinstance(one, str)]
        size = sum(map(len, parts)) + len(text) * len(parts)
        return text.join(parts) if len(parts) == len(arguments[0]) and size <= MAX_TEXT else UNKNOWN
    if name == "format" and not re.sub(r"[^{}]", "", _SIMPLE_FIELD.sub("", text)):
        return bounded(text.format(*arguments, **names))
    return UNKNOWN


def _dedent(value: object) -> object:
    return textwrap.dedent(value) if isinstance(value, str) else UNKNOWN


def _cleaned(value: object) -> object:
    import inspect

    return inspect.cleandoc(value) if isinstance(value, str) else UNKNOWN


def _items(value: object) -> object:
    return list(value) if isinstance(value, tuple | list | dict) else UNKNOWN


def _sorted(value: object) -> object:
    items = _items(value)
    return sorted(items) if isinstance(items, list) and all(isinstance(one, str) for one in items) else UNKNOWN


def _tuple(value: object) -> object:
    items = _items(value)
    return tuple(items) if isinstance(items, list) else UNKNOWN


def _str(value: object) -> object:
    return str(value) if isinstance(value, str | int) else UNKNOWN


def _len(value: object) -> object:
    return len(value) if isinstance(value, str | tuple | list | dict) else UNKNOWN


def _enumerated(value: object) -> object:
    items = _items(value)
    return list(enumerate(items)) if isinstance(items, list) else UNKNOWN


def _same(value: object) -> object:
    return value if isinstance(value, str) else UNKNOWN


# Functions of one argument that give the same for the same, and take no longer for more.
FUNCTIONS: Final[Mapping[str, Callable[[object], object]]] = {
    "textwrap.dedent": _dedent,
    "inspect.cleandoc": _cleaned,
    "list": _items,
    "tuple": _tuple,
    "sorted": _sorted,
    "str": _str,
    "len": _len,
    "enumerate": _enumerated,
    "gettext.gettext": _same,
}

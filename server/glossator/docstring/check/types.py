"""Whether the type that a docstring names and an annotation contradict each other.

Both are read as alternatives ("int or None", `str | Path`), each of them a name with arguments. They contradict only if
every alternative of both is known and no pair of them can mean one thing: a name that is not in the tables below may be
an alias of anything. A wider or narrower word for the same ("sequence" for `list`, "float" for `int`) is no
contradiction, nor is `None` on one side only.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

# What people write for a type, in lower case -> its name.
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        **{name: name for name in ("int", "float", "complex", "str", "bytes", "bytearray", "bool", "list", "tuple")},
        **{name: name for name in ("set", "frozenset", "dict", "none", "range", "slice", "memoryview", "iterable")},
        **{name: name for name in ("iterator", "generator", "sequence", "mapping", "collection", "number")},
        **dict.fromkeys(("integer", "ints", "integers"), "int"),
        **dict.fromkeys(("string", "strings", "strs", "text", "unicode", "basestring"), "str"),
        **dict.fromkeys(("boolean", "booleans", "bools"), "bool"),
        **dict.fromkeys(("double", "floats"), "float"),
        **dict.fromkeys(("numbers", "numeric", "real", "number.number", "numbers.number", "numbers.real"), "number"),
        **dict.fromkeys(("lists",), "list"),
        **dict.fromkeys(("tuples", "namedtuple"), "tuple"),
        **dict.fromkeys(("dicts", "dictionary", "dictionaries", "ordereddict", "defaultdict", "counter"), "dict"),
        **dict.fromkeys(("sets",), "set"),
        **dict.fromkeys(("nonetype", "nothing"), "none"),
        **dict.fromkeys(("callable", "callables", "function", "func", "method"), "callable"),
        **dict.fromkeys(("iterables",), "iterable"),
        **dict.fromkeys(("asynciterator", "asyncgenerator", "iterators"), "iterator"),
        **dict.fromkeys(("asynciterable",), "iterable"),
        **dict.fromkeys(("mutablesequence", "sequences"), "sequence"),
        **dict.fromkeys(("mutablemapping", "mappings"), "mapping"),
        **dict.fromkeys(("abstractset", "mutableset"), "set"),
        **dict.fromkeys(("path", "pathlib.path", "purepath"), "path"),
        **dict.fromkeys(("datetime", "datetime.datetime"), "datetime"),
        **dict.fromkeys(("timedelta", "datetime.timedelta"), "timedelta"),
        **dict.fromkeys(("decimal", "decimal.decimal"), "decimal"),
        **dict.fromkeys(("uuid", "uuid.uuid"), "uuid"),
    }
)
_ANYTHING = frozenset(("any", "object", "typing.any"))
# What a wider word may stand for.
_NARROWER: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "number": frozenset(("int", "float", "complex", "bool", "decimal")),
        "float": frozenset(("int", "bool")),
        "complex": frozenset(("int", "float", "bool")),
        "int": frozenset(("bool",)),
        "datetime": frozenset(()),
        "iterable": frozenset(
            "list tuple set frozenset dict str bytes bytearray range memoryview iterator generator sequence mapping "
            "collection".split()
        ),
        "iterator": frozenset(("generator",)),
        "sequence": frozenset("list tuple str bytes bytearray range memoryview".split()),
        "collection": frozenset("list tuple set frozenset dict str bytes bytearray range sequence mapping".split()),
        "mapping": frozenset(("dict",)),
        "set": frozenset(("frozenset",)),
        "bytes": frozenset(("bytearray", "memoryview")),
        "callable": frozenset(("type",)),
    }
)
_ROLE = re.compile(r":[\w:]+:(?=`)|[`~]")
_OPTIONAL = re.compile(r"^(?:typing\.)?(?:Optional|Union|Annotated|Final|ClassVar|InitVar|Required|NotRequired)$")
_TAIL = re.compile(r",? *\(?\b(?:optional|required|keyword[- ]only|default\b|defaults\b).*$", re.IGNORECASE)
_OF = re.compile(r"^(?P<head>[\w.]+?)s? of (?:(?:the|a|an|all) )?(?P<item>[\w.]+)$", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:an?|the) ", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*(?:\||,|\bor\b|/)\s*")
MAX_LENGTH = 300


class Kind(NamedTuple):
    """One alternative: a name of the tables ("" where nothing is known of it), and the types in its brackets."""

    name: str
    arguments: tuple[tuple[Kind, ...], ...] = ()


def contradicts(documented: str, annotation: str) -> bool:
    """Whether a documented type and an annotation cannot both be right."""
    if documented.startswith(annotation):
        return False  # also where that is in quotes, or too long to be read
    said, true = documented_kinds(documented), annotated_kinds(annotation)
    return bool(said) and bool(true) and _exclude(said, true)


def type_end(documented: str) -> int:
    """How many characters of a documented type are the type: ", optional" and what follows does not belong to it."""
    match = _TAIL.search(documented[:MAX_LENGTH])
    return match.start() if match else len(documented)


def shown(annotation: str) -> str:
    """An annotation as a docstring shows it: without the quotes of a forward reference."""
    is_quoted = annotation[:1] in ("'", '"') and annotation[-1:] == annotation[:1] and len(annotation) > 1
    return annotation[1:-1] if is_quoted and annotation.count(annotation[0]) == 2 else annotation


def yielded_type(annotation: str) -> str:
    """What `Iterator[T]`, `Iterable[T]` or `Generator[T, ...]` yields; "" if the annotation does not say."""
    match = re.match(r"^(?:\w+\.)*(?:Async)?(?:Iterator|Iterable|Generator)\[(.*)\]$", annotation)
    if not match:
        return ""
    return next(iter(_split(match.group(1), ",")), "")


def _exclude(said: tuple[Kind, ...], true: tuple[Kind, ...]) -> bool:
    """Whether no alternative of one side can be one of the other."""
    said, true = _without_none(said), _without_none(true)
    return not any(_may_be(one, other) for one in said for other in true)


def _without_none(kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
    return tuple(kind for kind in kinds if kind.name != "none") or kinds


def _may_be(said: Kind, true: Kind) -> bool:
    if not said.name or not true.name:
        return True
    if said.name != true.name:
        # `float` in the docstring may be `int` in the annotation, which takes less. The other way round it may not.
        is_abstract = true.name in ("iterable", "sequence", "collection", "mapping", "number", "iterator")
        narrower = said.name in _NARROWER.get(true.name, ()) and is_abstract
        return narrower or true.name in _NARROWER.get(said.name, ())
    if len(said.arguments) != len(true.arguments):
        return True
    return not any(_exclude(one, other) for one, other in zip(said.arguments, true.arguments, strict=True))


def _kind(name: str, arguments: tuple[tuple[Kind, ...], ...] = ()) -> Kind:
    return Kind(_WORDS.get(name.lower(), _WORDS.get(name.rpartition(".")[2].lower(), "")), arguments)


@lru_cache(maxsize=1024)
def documented_kinds(text: str) -> tuple[Kind, ...]:
    """The alternatives that a documented type names; empty where it is no type that can be read."""
    text = _ROLE.sub("", text[: type_end(text)]).strip().rstrip(".")
    if not text or len(text) > MAX_LENGTH:
        return ()
    text = text.strip("()") if text.startswith("(") and text.endswith(")") and "," not in text else text
    found: list[Kind] = []
    for part in _parts(text):
        found += _documented(_ARTICLE.sub("", part))
    return tuple(found)


def _documented(part: str) -> Iterable[Kind]:
    if part.startswith("{") and part.endswith("}"):
        return annotated_kinds(f"Literal[{part[1:-1]}]")
    if part[:1] in "'\"" or part[:1].isdigit():
        # A word in quotes is a choice, or a forward reference to what is known.
        meant = annotated_kinds(part) if part[:1] in "'\"" else ()
        return (*annotated_kinds(f"Literal[{part}]"), *(kind for kind in meant if kind.name))
    if "[" in part:
        return annotated_kinds(part) or (Kind(""),)
    if match := _OF.match(part):
        head = _kind(match["head"])
        takes_one = head.name in ("list", "set", "frozenset", "iterable", "sequence", "iterator", "collection")
        return (Kind(head.name, (documented_kinds(match["item"]),) if takes_one else ()),)
    if part.lower() in _ANYTHING or not re.fullmatch(r"[\w.]+", part):
        return (Kind(""),)
    return (_kind(part),)


def _parts(text: str) -> Iterator[str]:
    """The alternatives of a documented type; separators in brackets and quotes part nothing."""
    depth = start = 0
    position = 0
    while position < len(text):
        character = text[position]
        depth += (character in "[({") - (character in "])}")
        match = _SEPARATOR.match(text, position) if depth == 0 else None
        if match and match.end() > position:
            if text[start:position].strip():
                yield text[start:position].strip()
            position = start = match.end()
            continue
        position += 1
    if text[start:].strip():
        yield text[start:].strip()


@lru_cache(maxsize=1024)
def annotated_kinds(text: str) -> tuple[Kind, ...]:
    """The alternatives of an annotation; empty where it cannot be parsed."""
    if not text or len(text) > MAX_LENGTH:
        return ()
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(_annotated(tree))


def _annotated(node: ast.expr) -> Iterator[Kind]:
    if isinstance(node, ast.Constant):
        if node.value is None:
            yield Kind("none")
        elif isinstance(node.value, str):
            yield from annotated_kinds(node.value)
        else:
            yield Kind("")
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _annotated(node.left)
        yield from _annotated(node.right)
    elif isinstance(node, ast.Subscript):
        yield from _subscript(node)
    else:
        yield _kind(_dotted(node))


def _subscript(node: ast.Subscript) -> Iterator[Kind]:
    name = _dotted(node.value)
    inner = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
    last = name.rpartition(".")[2]
    if last == "Literal":
        values = [one.value for one in inner if isinstance(one, ast.Constant)]
        yield from (Kind(_WORDS.get(type(value).__name__.lower(), "")) for value in values)
    elif _OPTIONAL.match(last):
        yield from (kind for one in (inner if last == "Union" else inner[:1]) for kind in _annotated(one))
        if last == "Optional":
            yield Kind("none")
    else:
        yield _kind(name, tuple(tuple(_annotated(one)) for one in inner))


def _dotted(node: ast.expr) -> str:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join(reversed([*names, node.id])) if isinstance(node, ast.Name) else ""


def _split(text: str, separator: str) -> Iterator[str]:
    depth = start = 0
    for index, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if character == separator and depth == 0:
            yield text[start:index]
            start = index + 1
    yield text[start:]

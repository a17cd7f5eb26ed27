"""Diagrams as Mermaid: who imports whom, and which classes there are. Bounded; what is left out is said.

Nodes have names of our own, and names of the code stand in quoted labels, so that none is a word of Mermaid's.

Source: https://mermaid.js.org/syntax/flowchart.html, https://mermaid.js.org/syntax/classDiagram.html.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from glossator.docstring.pages.markdown import Markdown, fenced, paragraphs, plain

_SPECIAL: Final = re.compile(r"[^\w .,/-]")
_NOT_MEMBER: Final = re.compile(r"\W")
_MAX_NAME: Final = 80
_MAX_MEMBERS: Final = 12
_EDGES_PER_NODE: Final = 4

Class = tuple[str, tuple[str, ...], tuple[str, ...]]


def import_graph(edges: Iterable[tuple[str, str]], limit: int) -> Markdown:
    """Who imports whom, as (importer, imported); at most `limit` modules, those with most edges first.

    Nothing where there are no edges.
    """
    distinct = sorted({(importer, imported) for importer, imported in edges if importer != imported})
    degrees = Counter(name for edge in distinct for name in edge)
    shown = _most(degrees, limit)
    lines = [edge for edge in distinct if edge[0] in shown and edge[1] in shown]
    kept = lines[: limit * _EDGES_PER_NODE]
    if not kept:
        return Markdown()
    names = {name: f"m{number}" for number, name in enumerate(sorted({name for edge in kept for name in edge}))}
    nodes = [f'    {node}["{_label(name)}"]' for name, node in names.items()]
    arrows = [f"    {names[importer]} --> {names[imported]}" for importer, imported in kept]
    return _diagram(
        ["flowchart LR", *nodes, *arrows],
        [
            _count(len(degrees) - len(names), "module", "modules"),
            _count(len(lines) - len(kept), "import between these", "imports between these"),
        ],
    )


def class_diagram(classes: Iterable[Class], limit: int) -> Markdown:
    """Classes with their bases and members, at most `limit`; members that end with `()` are methods.

    Bases that are not among the classes are boxes without members. Nothing where there are no classes.
    """
    distinct: dict[str, Class] = {}
    for each in classes:
        distinct.setdefault(each[0], each)
    # Those with relatives are what a diagram is for.
    degrees = Counter(dict.fromkeys(distinct, 1))
    degrees.update(base for _, bases, _ in distinct.values() for base in {*bases} if base in distinct)
    degrees.update({name: len({*bases}) for name, bases, _ in distinct.values()})
    shown = _most(degrees, limit)
    kept = [each for name, each in distinct.items() if name in shown]
    if not kept:
        return Markdown()
    boxes = [name for name, _, _ in kept]
    outside = dict.fromkeys(base for _, bases, _ in kept for base in bases if base not in distinct)
    boxes += list(outside)[: max(limit, 1)]
    names = {name: f"c{number}" for number, name in enumerate(boxes)}
    lines = ["classDiagram"]
    hidden = 0
    for name, _, members in kept:
        lines += _box(names[name], name, members)
        hidden += max(len(members) - _MAX_MEMBERS, 0)
    lines += [f'    class {names[base]}["{_label(base)}"]' for base in boxes[len(kept) :]]
    for name, bases, _ in kept:
        lines += [f"    {names[base]} <|-- {names[name]}" for base in dict.fromkeys(bases) if base in names]
    return _diagram(lines, [_count(len(distinct) - len(kept), "class", "classes"), _count(hidden, "member", "members")])


def _most(degrees: Counter[str], limit: int) -> frozenset[str]:
    """The names with most edges; of equal ones, those that sort first."""
    order = sorted(degrees, key=lambda name: (-degrees[name], name))
    return frozenset(order[: max(limit, 0)])


def _box(node: str, name: str, members: Sequence[str]) -> list[str]:
    """One class with as many of its members as a box holds."""
    lines = [f'    class {node}["{_label(name)}"] {{', *map(_member, members[:_MAX_MEMBERS]), "    }"]
    return lines if len(lines) > 2 else [lines[0].removesuffix(" {")]


def _member(member: str) -> str:
    """A member's line; what is no name is not worth a syntax error."""
    name = _NOT_MEMBER.sub("_", plain(member.removesuffix("()")))[:_MAX_NAME]
    return f"        {name}()" if member.endswith("()") else f"        {name}"


def _label(name: str) -> str:
    """A name between quotes: what may mean something to Mermaid stands as a number."""
    return _SPECIAL.sub(lambda match: f"#{ord(match[0])};", plain(name)[:_MAX_NAME]) or "#32;"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} more {one if number == 1 else many}" if number > 0 else ""


def _diagram(lines: Iterable[str], hidden: Iterable[str]) -> Markdown:
    """A fenced diagram, and what is not in it."""
    left_out = [each for each in hidden if each]
    note = f"Not shown: {', '.join(left_out)}." if left_out else ""
    return paragraphs([fenced("\n".join(lines), "mermaid"), note])

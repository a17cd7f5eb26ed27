"""Templates rewritten so that all they do is counted, and what cannot be bounded is refused.

Each body that may run more than once begins with its own cost; lists, comparisons and joins of texts go through
filters of ours. A time limit would be simpler, but what a page says must not depend on the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeVar

from jinja2 import Environment, TemplateAssertionError, nodes
from jinja2.visitor import NodeTransformer

from glossator.docstring.pages.templates.filters import FILTERS, TESTS

_Body = TypeVar("_Body", nodes.For, nodes.Macro, nodes.CallBlock, nodes.Block, nodes.Template)
_KEPT_OUTSIDE: Final = (
    nodes.Extends,
    nodes.Import,
    nodes.FromImport,
    nodes.Macro,
    nodes.Assign,
    nodes.AssignBlock,
)


@dataclass(frozen=True, slots=True)
class Outline:
    """The blocks of a template (those outside of all others, and all of them), and the template that it extends."""

    outer: tuple[str, ...]
    all: tuple[str, ...]
    parent: str | None


def outline_of(tree: nodes.Template, name: str) -> Outline:
    """What a page template consists of; raises TemplateAssertionError where it is no page."""
    outer = tuple(node.name for node in tree.body if isinstance(node, nodes.Block))
    parents = [node for node in tree.body if isinstance(node, nodes.Extends)]
    if len(parents) > 1:
        raise TemplateAssertionError("a template extends one other", parents[1].lineno, name)
    parent = parents[0].template if parents else None
    if parent is not None and not (isinstance(parent, nodes.Const) and isinstance(parent.value, str)):
        raise TemplateAssertionError("the name of the extended template stands in quotes", parent.lineno, name)
    blocks = tuple(block.name for block in tree.find_all(nodes.Block))
    return Outline(outer, blocks, parent.value if isinstance(parent, nodes.Const) else None)


def bounded(tree: nodes.Template, environment: Environment, name: str) -> nodes.Template:
    """The tree of a template with its costs in it; raises TemplateAssertionError for what is not allowed."""
    if any(tree.find(kind) is not None for kind in (nodes.Block, nodes.Extends)):
        tree.body = _page_body(tree.body, name)
    _Bounds(name).visit(tree)
    tree.set_environment(environment)
    return tree


def _page_body(body: Sequence[nodes.Node], name: str) -> list[nodes.Node]:
    """The body of a page template: its blocks are compiled, and run only when they are asked for."""
    blocks = [node for node in body if isinstance(node, nodes.Block)]
    rest = [node for node in body if not isinstance(node, nodes.Block)]
    for node in rest:
        if isinstance(node, nodes.Output) and _is_blank(node):
            continue
        if not isinstance(node, _KEPT_OUTSIDE):
            message = "text outside of blocks belongs to no section: put it into a block"
            raise TemplateAssertionError(message, node.lineno, name)
        if node.find(nodes.Block) is not None:
            raise TemplateAssertionError("a block stands outside of all else or in another block", node.lineno, name)
    kept: list[nodes.Node] = [node for node in rest if isinstance(node, _KEPT_OUTSIDE)]
    if not blocks:
        return kept
    line = blocks[0].lineno
    return [*kept, nodes.If(nodes.Const(False, lineno=line), list(blocks), [], [], lineno=line)]


def _is_blank(node: nodes.Output) -> bool:
    return all(isinstance(part, nodes.TemplateData) and not part.data.strip() for part in node.nodes)


class _Bounds(NodeTransformer):
    """Puts costs into a tree."""

    def __init__(self, name: str) -> None:
        self._name = name

    def _refuse(self, node: nodes.Node, message: str) -> NoReturn:
        raise TemplateAssertionError(message, node.lineno, self._name)

    def _costed(self, node: _Body) -> _Body:
        """A node whose body begins with its cost."""
        steps, characters = _cost(node.body)
        self.generic_visit(node)
        spent = _filter("_spent", nodes.Const(steps, lineno=node.lineno), nodes.Const(characters, lineno=node.lineno))
        node.body.insert(0, nodes.ExprStmt(spent, lineno=node.lineno))
        return node

    def visit_For(self, node: nodes.For) -> nodes.Node:
        if node.recursive:
            self._refuse(node, "loops cannot be recursive: use a macro")
        cost = 1 + (_cost([node.test])[0] if node.test else 0)
        self._costed(node)
        assert isinstance(node.iter, nodes.Expr)
        node.iter = _filter("_listed", node.iter, nodes.Const(cost, lineno=node.lineno))
        return node

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:
        return self._costed(node)

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:
        return self._costed(node)

    def visit_Block(self, node: nodes.Block) -> nodes.Node:
        return self._costed(node)

    def visit_Template(self, node: nodes.Template) -> nodes.Node:
        return self._costed(node)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        parts = [self.visit(part) for part in node.nodes]
        return _filter("_concatenated", nodes.List(parts, lineno=node.lineno))

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:
        self.generic_visit(node)
        node.expr = _filter("_scalar", node.expr)
        for operand in node.ops:
            if operand.op not in ("in", "notin"):
                operand.expr = _filter("_scalar", operand.expr)
        return node

    def visit_List(self, node: nodes.List) -> nodes.Node:
        self.generic_visit(node)
        return _filter("_contained", node)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:
        self.generic_visit(node)
        return _filter("_contained", node)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:
        self.generic_visit(node)
        return node if node.ctx == "store" else _filter("_contained", node)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            self._refuse(node, "calls take no lists of arguments (* and **)")
        self.generic_visit(node)
        return node

    def visit_Filter(self, node: nodes.Filter) -> nodes.Node:
        if node.name not in FILTERS:
            self._refuse(node, f"there is no filter {node.name}; there are: {', '.join(FILTERS)}")
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            self._refuse(node, "filters take no lists of arguments (* and **)")
        self.generic_visit(node)
        return node

    def visit_Test(self, node: nodes.Test) -> nodes.Node:
        if node.name not in TESTS:
            self._refuse(node, f"there is no test {node.name}; there are: {', '.join(sorted(TESTS))}")
        self.generic_visit(node)
        return node

    def visit_Name(self, node: nodes.Name) -> nodes.Node:
        if node.name in ("varargs", "kwargs"):
            self._refuse(node, f"{node.name} is not there: name the arguments of the macro")
        return node

    def visit_ScopedEvalContextModifier(self, node: nodes.Node) -> nodes.Node:
        self._refuse(node, "texts are always escaped; what is Markdown already stays as it is")


def _filter(name: str, value: nodes.Expr, *arguments: nodes.Expr) -> nodes.Filter:
    """A value through a filter of ours."""
    return nodes.Filter(value, name, list(arguments), [], None, None, lineno=value.lineno)


def _cost(body: Sequence[nodes.Node]) -> tuple[int, int]:
    """Nodes and characters of a body, each counted once."""
    steps = characters = 0
    waiting: list[Any] = list(body)
    while waiting:
        node = waiting.pop()
        steps += 1
        if isinstance(node, nodes.TemplateData):
            characters += len(node.data)
        waiting.extend(node.iter_child_nodes())
    return steps, characters

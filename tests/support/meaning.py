"""What each field of a documentation must not outlive, as Python's own `ast` sees it: an oracle for the cache's keys.

It shares no code with the keys. `evidence` has two values for each field of a function or class: one in which locals
and parameters have numbers, by the order in which they appear, and one in which they have their names. A text that was
written for one version may stand in another where one of them is equal (it means the same under the same names, or
after a consistent renaming), and where both differ it must not. Fields have labels here: "summary", "returns",
"yields", "param:size", "raises:ValueError", "attribute:size".

The keys depend on more than this, on what is called above all: they may miss where the evidence is equal.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from copy import deepcopy

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_MARK = re.compile("⟪(.*?)·(\\d+)⟫")

Values = Mapping[str, Hashable]
Evidence = Mapping[str, tuple[Hashable, Hashable]]


def evidence(node: ast.AST, owner: ast.ClassDef | None = None) -> Evidence:
    """The evidence for each field of a function, class or module; of a function in a class, `owner` is that class."""
    if isinstance(node, FUNCTIONS):
        return _both(_Function(node, owner))
    return _of_class(node) if isinstance(node, ast.ClassDef) else _of_module(node)


def outdated(before: Evidence, after: Evidence) -> frozenset[str]:
    """The fields of `after` for which nothing may be taken that was said of `before`."""
    return frozenset(label for label in after if is_outdated(before, after, label))


def is_outdated(before: Evidence, after: Evidence, label: str) -> bool:
    """Whether what was said of a field of `before` may not stand in `after`."""
    if label not in before:
        return True
    return all(one != other for one, other in zip(before[label], after[label], strict=True))


def bare(node: ast.AST) -> ast.AST:
    """A copy without any docstrings."""
    node = deepcopy(node)
    for one in ast.walk(node):
        if isinstance(one, (*DEFINITIONS, ast.Module)) and ast.get_docstring(one, clean=False) is not None:
            one.body = one.body[1:] or [ast.Pass()]
    return node


def parameters(function: FunctionNode) -> list[ast.arg]:
    """The parameters in their order."""
    found = function.args
    stars = [found.vararg] if found.vararg else [], [found.kwarg] if found.kwarg else []
    return [*found.posonlyargs, *found.args, *stars[0], *found.kwonlyargs, *stars[1]]


def own(body: Iterable[ast.AST], *kinds: type[ast.AST]) -> list[ast.AST]:
    """The nodes of these kinds beneath some statements, without what is in functions and classes there."""
    found, queue = [], list(body)
    while queue:
        node = queue.pop(0)
        found += [node] if isinstance(node, kinds) else []
        if not isinstance(node, (*DEFINITIONS, ast.Lambda)):
            queue += ast.iter_child_nodes(node)
    return found


class _Function:
    """A function whose locals have marks for names: the name, and the number of the scope that binds it."""

    def __init__(self, node: FunctionNode, owner: ast.ClassDef | None) -> None:
        node = bare(node)
        self.node = node
        self.owner = owner
        _Marking().function(node, [])
        ranks = dict.fromkeys(mark[0] for mark in _MARK.finditer(ast.dump(node)))
        self.ranks = {mark: number for number, mark in enumerate(ranks)}
        self.parameters = parameters(node)
        self.has_numbers = True

    def values(self) -> Values:
        """The values of all fields, with numbers for locals or with their names."""
        owner = self.owner
        bases = tuple(map(ast.dump, owner.bases)) if owner is not None else ()
        about = (self.node.name, owner.name if owner is not None else "")
        found: dict[str, Hashable] = {"summary": (about, bases, self._numbered([ast.dump(self.node)]))}
        found |= {f"param:{_plain(one.arg)}": (about, self._parameter(one)) for one in self.parameters}
        given = [one for one in self._placed() if isinstance(one[0], ast.Return)]
        yielded = [one for one in self._placed() if _yields(one[0])]
        result = (about, ast.dump(self.node.returns) if self.node.returns is not None else "")
        label = "yields" if yielded else "returns"
        found[label] = (result, self._result(yielded or given))
        return found | {f"raises:{name}": self._raised(name) for name in self._exceptions()}

    def _numbered(self, pieces: list[str]) -> tuple[str, ...]:
        """Pieces with numbers for locals: by the order in the whole function, as far as they are in the pieces."""
        if not self.has_numbers:
            return tuple(map(_plain, pieces))
        met = {mark[0] for piece in pieces for mark in _MARK.finditer(piece)}
        numbers = {mark: f"<{number}>" for number, mark in enumerate(sorted(met, key=self.ranks.__getitem__))}
        return tuple(_MARK.sub(lambda mark: numbers[mark[0]], piece) for piece in pieces)

    def _parameter(self, one: ast.arg) -> Hashable:
        """Its declaration, and the statements that mention its name."""
        declared = [ast.dump(one), *(ast.dump(value) for value in self._default(one))]
        name = _plain(one.arg)
        uses = [head for statement in _statements(self.node) if f"⟪{name}·" in (head := header(statement))]
        numbered = self._numbered([*declared, *uses])
        return numbered[: len(declared)], frozenset(Counter(numbered[len(declared) :]).items())

    def _default(self, one: ast.arg) -> Iterator[ast.expr]:
        found = self.node.args
        positional = [*found.posonlyargs, *found.args]
        pairs = [*zip(positional[::-1], found.defaults[::-1], strict=False)]
        pairs += zip(found.kwonlyargs, found.kw_defaults, strict=True)
        return (value for parameter, value in pairs if parameter is one and value is not None)

    def _placed(self) -> list[tuple[ast.stmt, list[str]]]:
        """The function's own statements, each with the headers of those around it and the branches it is in."""
        return list(_placed(self.node.body, []))

    def _result(self, places: list[tuple[ast.stmt, list[str]]]) -> Hashable:
        """The statements that give a result with those around them, and those that mention their locals.

        Of a function that is returned, all of it.
        """
        taken = {_plain(one.arg) for one in self.parameters}
        heads = [header(one) for one, _ in places]
        names = {mark[0] for head in heads for mark in _MARK.finditer(head) if mark[1] not in taken}
        pieces = [piece for one, around in places for piece in (*around, header(one))]
        for one in _statements(self.node):
            is_returned = isinstance(one, DEFINITIONS) and one.name in names
            head = ast.dump(one) if is_returned else header(one)
            pieces += [head] if any(name in head for name in names) else []
        return self._numbered(pieces)

    def _exceptions(self) -> set[str]:
        raised = (one.exc for one in own(self.node.body, ast.Raise) if one.exc is not None)
        texts = (ast.unparse(one.func if isinstance(one, ast.Call) else one) for one in raised)
        return {text for text in texts if "⟪" not in text and text.replace(".", "").isidentifier()}

    def _raised(self, name: str) -> Hashable:
        places = [(one, around) for one, around in self._placed() if isinstance(one, ast.Raise)]
        last = name.rpartition(".")[2]
        meant = [(one, around) for one, around in places if f"'{last}'" in ast.dump(one)]
        return self._numbered([piece for one, around in meant for piece in (*around, header(one))])


def _both(function: _Function) -> Evidence:
    numbered = function.values()
    function.has_numbers = False
    named = function.values()
    return {label: (numbered[label], named[label]) for label in numbered}


class _Marking:
    """Puts marks in the place of locals, by Python's scoping rules; a scope is a number with the names bound in it."""

    def __init__(self) -> None:
        self._count = 0

    def function(self, node: FunctionNode | ast.Lambda, scopes: list[tuple[int, set[str]]]) -> None:
        """Mark a function whose surroundings have these scopes."""
        outer = [*getattr(node, "decorator_list", ()), *node.args.defaults, *node.args.kw_defaults]
        outer += [one.annotation for one in parameters(node)] + [getattr(node, "returns", None)]
        for one in filter(None, outer):
            self.marked(one, scopes)
        body = node.body if isinstance(node.body, list) else [node.body]
        inner = [*scopes, (self._number(), {one.arg for one in parameters(node)} | _bound(body))]
        for one in parameters(node):
            one.arg = _mark(one.arg, inner)
        for one in body:
            self.marked(one, inner)

    def marked(self, node: ast.AST, scopes: list[tuple[int, set[str]]]) -> None:
        """Mark a node and what is in it."""
        if isinstance(node, (*FUNCTIONS, ast.Lambda)):
            if not isinstance(node, ast.Lambda):
                node.name = _mark(node.name, scopes)
            return self.function(node, scopes)
        if isinstance(node, COMPREHENSIONS):
            targets = [one.target for one in node.generators]
            scopes = [*scopes, (self._number(), _bound(targets))]
        if isinstance(node, ast.ClassDef):
            node.name = _mark(node.name, scopes)
            # What a class body binds is nobody's local: in it, names like these mean the attributes.
            scopes = [(number, names - _bound(node.body)) for number, names in scopes]
        for name in ("id", "name", "asname", "rest"):
            value = getattr(node, name, None)
            is_name = isinstance(value, str) and not isinstance(node, (*DEFINITIONS, ast.alias))
            if is_name or (name == "asname" and value):
                setattr(node, name, _mark(value, scopes))
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            node.names = [_mark(one, scopes) for one in node.names]
        for child in ast.iter_child_nodes(node):
            self.marked(child, scopes)
        return None

    def _number(self) -> int:
        self._count += 1
        return self._count


def _mark(name: str, scopes: list[tuple[int, set[str]]]) -> str:
    found = next((number for number, names in reversed(scopes) if name in names), None)
    return name if found is None else f"⟪{name}·{found}⟫"


def _plain(name: str) -> str:
    return _MARK.sub(r"\1", name)


def _bound(body: Iterable[ast.AST]) -> set[str]:
    """The names that statements bind in the scope that they stand in."""
    found, free, queue = set(), set(), list(body)
    while queue:
        node = queue.pop()
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            free.update(node.names)
        if isinstance(node, DEFINITIONS):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.partition(".")[0])
        else:
            found |= {name for name in (getattr(node, "name", None), getattr(node, "rest", None)) if name}
        if isinstance(node, COMPREHENSIONS):
            queue += (one.target for one in ast.walk(node) if isinstance(one, ast.NamedExpr))
        elif not isinstance(node, (*DEFINITIONS, ast.Lambda)):
            queue += ast.iter_child_nodes(node)
    return found - free


def header(statement: ast.stmt) -> str:
    """A statement without the blocks in it."""
    fields = []
    for name, value in ast.iter_fields(statement):
        parts = value if isinstance(value, list) else [value]
        shown = [one for one in parts if not isinstance(one, (ast.stmt, ast.ExceptHandler, ast.match_case))]
        fields += [f"{name}={ast.dump(one) if isinstance(one, ast.AST) else one!r}" for one in shown]
    return f"{type(statement).__name__}({', '.join(fields)})"


def _statements(function: FunctionNode) -> Iterator[ast.stmt]:
    """All statements in a function, in the order in which they stand."""
    queue: list[ast.AST] = list(function.body)
    while queue:
        node = queue.pop(0)
        if isinstance(node, ast.stmt):
            yield node
        queue[:0] = ast.iter_child_nodes(node)


def _placed(body: Iterable[ast.stmt], around: list[str]) -> Iterator[tuple[ast.stmt, list[str]]]:
    for one in body:
        yield one, around
        if isinstance(one, DEFINITIONS):
            continue
        for name in ("body", "orelse", "finalbody"):
            yield from _placed(getattr(one, name, ()), [*around, header(one), name])
        for handler in getattr(one, "handlers", ()):
            caught = ast.dump(handler.type) if handler.type is not None else ""
            yield from _placed(handler.body, [*around, "except", caught])
        for case in getattr(one, "cases", ()):
            guard = ast.dump(case.guard) if case.guard is not None else ""
            yield from _placed(case.body, [*around, header(one), ast.dump(case.pattern), guard])


def _yields(statement: ast.stmt) -> bool:
    """Whether a `yield` stands in a statement itself."""
    if isinstance(statement, DEFINITIONS):
        return False
    parts = (one for one in ast.iter_child_nodes(statement) if isinstance(one, ast.expr))
    return bool(own(parts, ast.Yield, ast.YieldFrom))


def _of_class(node: ast.ClassDef) -> Evidence:
    """Of a class: its header, own statements and the signatures of its methods; and what `__init__` says."""
    node = bare(node)
    members = [one for one in node.body if isinstance(one, DEFINITIONS)]
    statements = [ast.dump(one) for one in node.body if not isinstance(one, (*DEFINITIONS, ast.Pass))]
    head = (node.name, *map(ast.dump, (*node.bases, *node.keywords, *node.decorator_list)))
    found: dict[str, Hashable] = {"summary": (head, tuple(statements), tuple(map(_signature, members)))}
    for one in node.body:
        targets = one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AnnAssign) else ()
        if len(targets) == 1 and isinstance(targets[0], ast.Name):
            found[f"attribute:{targets[0].id}"] = (node.name, ast.dump(one))
    for init in (one for one in members if isinstance(one, FUNCTIONS) and one.name == "__init__"):
        inner = _both(_Function(init, node))
        of_init = {label: value for label, value in inner.items() if label.startswith(("param:", "raises:"))}
        return {label: (value, value) for label, value in found.items()} | of_init
    return {label: (value, value) for label, value in found.items()}


def _of_module(node: ast.AST) -> Evidence:
    """Of a module: its simple statements, and the signatures of its definitions."""
    body = bare(node).body
    simple = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Import, ast.ImportFrom, ast.Expr)
    statements = tuple(ast.dump(one) for one in body if isinstance(one, simple))
    value = (statements, tuple(_signature(one) for one in body if isinstance(one, DEFINITIONS)))
    return {"summary": (value, value)}


def _signature(node: ast.AST) -> Hashable:
    return node.name, ast.dump(node.args) if isinstance(node, FUNCTIONS) else tuple(map(ast.dump, node.bases))


Finder = Callable[[str], tuple[ast.AST, ast.ClassDef | None] | None]


def finder(tree: ast.Module) -> Finder:
    """What finds the node of a path (`Class.method`, `name#2` for a second definition), and the class around it."""
    known: dict[str, tuple[ast.AST, ast.ClassDef | None]] = {"<module>": (tree, None)}

    def note(body: Iterable[ast.AST], prefix: str, owner: ast.ClassDef | None) -> None:
        for node in body:
            if not isinstance(node, DEFINITIONS):
                note(ast.iter_child_nodes(node), prefix, owner)
                continue
            path, number = f"{prefix}{node.name}", 2
            while path in known:
                path, number = f"{prefix}{node.name}#{number}", number + 1
            known[path] = node, owner
            note(node.body, f"{path}.", node if isinstance(node, ast.ClassDef) else None)

    note(tree.body, "", None)
    return known.get


def label(kind: str, name: str) -> str:
    """The label of a field: of its kind, as the model names it, and its name."""
    if kind == "parameter":
        return f"param:{name.lstrip('*')}"
    if kind == "raise":
        return f"raises:{name}"
    return f"attribute:{name}" if kind == "attribute" else kind

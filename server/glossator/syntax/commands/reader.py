"""Follows what the code of one file does with the objects of a library for command lines, without running any of it.

Statements are gone through in their order, calls of the file's own functions are followed, loops over constants are
unrolled. What happens only under a condition that is not known is gone through *in doubt*: objects that were made
before do not take what they are told then (`is_in_doubt`).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Final

from glossator.syntax.commands.calls import Frame, changing_names, relevant_names
from glossator.syntax.commands.expressions import combined, unpacked, value_of
from glossator.syntax.commands.following import Following, only
from glossator.syntax.commands.parsing import parsed
from glossator.syntax.commands.values import (
    UNKNOWN,
    Bound,
    Class,
    Declared,
    Decorator,
    Function,
    Instance,
    Named,
    Scope,
    is_plain,
    truth,
)
from glossator.syntax.document import Document

MAX_TURNS: Final = 100  # of a loop


class Flow(Enum):
    """Where a block of statements leads to."""

    NEXT = "next"
    LEAVES_LOOP = "break or continue"
    RETURNS = "return"
    ENDS = "raise"


class Reader(Following):
    """One file's code, followed."""

    __slots__ = ()

    def read_other(self, document: Document, module: str) -> Scope | None:
        """The names of another module, None where it cannot be parsed."""
        tree = None if document.declined else parsed(document.text)
        if tree is None:
            return None
        before, self.conditions = self.conditions, ()
        is_package = document.uri.endswith(("/__init__.py", "/__init__.pyi"))
        scope = self.read_module(tree, module if is_package else module.rpartition(".")[0])
        self.conditions = before
        return scope

    def read_module(self, tree: ast.Module, package: str = "") -> Scope:
        """Go through a module; its names, as they are in the end."""
        self.relevant |= relevant_names(tree, self.words)
        self.changing |= changing_names(tree)
        scope = Scope({"__doc__": ast.get_docstring(tree, clean=False)}, package=package)
        self.frames.append(Frame(tree))
        self._block(tree.body, scope)
        self.frames.pop()
        return scope

    def go_through(self, statements: Sequence[ast.stmt], scope: Scope) -> object:
        """Follow statements in their order."""
        return self._block(statements, scope)

    def _block(self, statements: Sequence[ast.stmt], scope: Scope) -> Flow:
        for statement in statements:
            self.spend()
            handle = _STATEMENTS.get(type(statement))
            flow = handle(self, statement, scope) if handle is not None else Flow.NEXT
            if flow is not Flow.NEXT:
                return flow
        return Flow.NEXT

    def _in_doubt(self, statements: Sequence[ast.stmt], scope: Scope) -> Flow:
        """Go through statements that may not be reached; names that get another value there are unknown after."""
        before, names = self.conditions, dict(scope.names)
        self.conditions_met += 1
        self.conditions = (*before, self.conditions_met)
        flow = self._block(statements, scope)
        self.conditions = before
        changed = {name for name, value in scope.names.items() if names.get(name, UNKNOWN) is not value}
        if flow in (Flow.NEXT, Flow.LEAVES_LOOP):
            scope.names.update(dict.fromkeys(changed, UNKNOWN))
        else:
            scope.names.clear()
            scope.names.update(names)
        return flow

    def _doubt_the_rest(self) -> None:
        """What follows in this function is reached only where nothing left it before."""
        self.conditions_met += 1
        self.conditions = (*self.conditions, -self.conditions_met)

    def _if(self, node: ast.If, scope: Scope) -> Flow:
        is_true = truth(value_of(self, node.test, scope))
        if is_true is not None:
            return self._block(node.body if is_true else node.orelse, scope)
        flow = self._certain_branch(node, scope)
        return self._one_of([node.body, node.orelse], scope) if flow is None else flow

    def _certain_branch(self, node: ast.If, scope: Scope) -> Flow | None:
        """Go through both branches, where one ends the program: then the other one is certain."""
        if _ends_program(node.body):
            self._in_doubt(node.body, scope)
            return self._block(node.orelse, scope)
        if _ends_program(node.orelse):
            flow = self._block(node.body, scope)
            self._in_doubt(node.orelse, scope)
            return flow
        return None

    def _one_of(self, branches: Sequence[Sequence[ast.stmt]], scope: Scope) -> Flow:
        flows = [self._in_doubt(branch, scope) for branch in branches]
        going_on = [flow for flow in flows if flow is not Flow.ENDS]
        if not going_on:
            return Flow.ENDS
        if Flow.NEXT not in going_on:
            return going_on[0]
        if len(set(going_on)) > 1:
            self._doubt_the_rest()
        return Flow.NEXT

    def _loop(self, node: ast.For | ast.AsyncFor, scope: Scope) -> Flow:
        items = value_of(self, node.iter, scope)
        if isinstance(items, dict):
            items = list(items)
        if not isinstance(items, tuple | list) or len(items) > MAX_TURNS:
            self._assign(node.target, UNKNOWN, scope)
            return self._repeated(node, scope)
        before = self.conditions
        for item in items:
            self._assign(node.target, item, scope)
            flow = self._block(node.body, scope)
            if flow in (Flow.RETURNS, Flow.ENDS):
                return flow
            if flow is Flow.LEAVES_LOOP:
                self._doubt_the_rest()  # `break` or `continue`: which of both is not looked at
        is_left = any(isinstance(one, ast.Return) for one in ast.walk(node))
        if not is_left:
            self.conditions = before
        return self._block(node.orelse, scope)

    def _repeated(self, node: ast.For | ast.AsyncFor | ast.While, scope: Scope) -> Flow:
        if self._in_doubt(node.body, scope) is Flow.RETURNS:
            self._doubt_the_rest()
        self._in_doubt(node.orelse, scope)
        return Flow.NEXT

    def _try(self, node: ast.Try, scope: Scope) -> Flow:
        flow = self._block(node.body, scope)
        if flow is Flow.NEXT:
            flow = self._block(node.orelse, scope)
        if any(self._in_doubt(one.body, scope) is Flow.RETURNS for one in node.handlers):
            self._doubt_the_rest()
        last = self._block(node.finalbody, scope)
        return last if last is not Flow.NEXT else flow

    def _with(self, node: ast.With | ast.AsyncWith, scope: Scope) -> Flow:
        for item in node.items:
            value = value_of(self, item.context_expr, scope)
            if item.optional_vars is not None:
                self._assign(item.optional_vars, value if isinstance(value, Declared) else UNKNOWN, scope)
        return self._block(node.body, scope)

    def _match(self, node: ast.Match, scope: Scope) -> Flow:
        value_of(self, node.subject, scope)
        return self._one_of([*(case.body for case in node.cases), []], scope)

    def _return(self, node: ast.Return, scope: Scope) -> Flow:
        self.frames[-1].give(value_of(self, node.value, scope))
        return Flow.RETURNS

    def _expression(self, node: ast.Expr, scope: Scope) -> Flow:
        called = value_of(self, node.value.func, scope) if isinstance(node.value, ast.Call) else None
        if called in (Named("sys.exit"), Named("exit"), Named("quit")):
            return Flow.ENDS
        value_of(self, node.value, scope)
        return Flow.NEXT

    def _assigned(self, node: ast.Assign, scope: Scope) -> Flow:
        value = value_of(self, node.value, scope)
        for target in node.targets:
            self._assign(target, value, scope)
        return Flow.NEXT

    def _annotated(self, node: ast.AnnAssign, scope: Scope) -> Flow:
        if node.value is not None:
            self._assign(node.target, value_of(self, node.value, scope), scope)
        return Flow.NEXT

    def _augmented(self, node: ast.AugAssign, scope: Scope) -> Flow:
        left = value_of(self, node.target, scope)
        self._assign(node.target, combined(node.op, left, value_of(self, node.value, scope)), scope)
        return Flow.NEXT

    def _assign(self, target: ast.expr, value: object, scope: Scope) -> None:
        if isinstance(target, ast.Name):
            scope.names[target.id] = UNKNOWN if target.id in self.changing and is_plain(value) else value
        elif isinstance(target, ast.Tuple | ast.List):
            has_star = any(isinstance(one, ast.Starred) for one in target.elts)
            values = unpacked(UNKNOWN if has_star else value, len(target.elts))
            for one, part in zip(target.elts, values, strict=True):
                self._assign(one, part, scope)
        elif isinstance(target, ast.Starred):
            self._assign(target.value, UNKNOWN, scope)
        elif isinstance(target, ast.Attribute):
            self._assign_attribute(value_of(self, target.value, scope), target.attr, value)

    def _assign_attribute(self, receiver: object, name: str, value: object) -> None:
        if isinstance(receiver, Instance):
            known = name in receiver.attributes
            is_certain = not any(one > 0 for one in self.conditions) or not known
            receiver.attributes[name] = value if is_certain or is_plain(value) is False else UNKNOWN
        elif isinstance(receiver, Declared):
            receiver.assign(name, value)

    def _deleted(self, node: ast.Delete, scope: Scope) -> Flow:
        for target in node.targets:
            self._assign(target, UNKNOWN, scope)
        return Flow.NEXT

    # -- definitions

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Flow:
        outer = scope.outer if scope.is_class and scope.outer is not None else scope
        function: object = Function(node, outer, f"{scope.owner}.{node.name}".lstrip("."))
        for one in reversed(node.decorator_list):
            decorator = value_of(self, one, scope)
            function = self._decorated(function, decorator)
        scope.names[node.name] = function
        return Flow.NEXT

    def _decorated(self, function: object, decorator: object) -> object:
        """What stands for a function below a decorator; of an unknown one, that it may call the function otherwise."""
        if isinstance(decorator, Decorator):
            return decorator.decorate(function)
        if isinstance(decorator, Named) and decorator.name in self.library:
            return self.library[decorator.name](self, only(function))
        if isinstance(decorator, Bound) and isinstance(decorator.receiver, Declared):
            return self.invoke(decorator, only(function))
        if not isinstance(function, Function) or decorator in _HARMLESS:
            return function
        found = self.follow(decorator, only(function)) if isinstance(decorator, Function) else UNKNOWN
        if found is function or isinstance(found, Declared):
            return found
        function.is_wrapped = True
        return function

    def _class(self, node: ast.ClassDef, scope: Scope) -> Flow:
        own = scope.child(node.name, is_class=True)
        bases = tuple(value_of(self, one, scope) for one in node.bases)
        self._block(node.body, own)
        scope.names[node.name] = Class(node, own, bases)
        return Flow.NEXT

    def _import(self, node: ast.Import, scope: Scope) -> Flow:
        for alias in node.names:
            root = alias.name.partition(".")[0]
            scope.names[alias.asname or root] = Named(alias.name if alias.asname else root)
        return Flow.NEXT

    def _import_from(self, node: ast.ImportFrom, scope: Scope) -> Flow:
        module = "." * node.level + (node.module or "")
        if node.level and scope.package:
            parts = scope.package.split(".")
            above = parts[: len(parts) - node.level + 1]
            module = ".".join([*above, *([node.module] if node.module else [])]) if above else module
        for alias in node.names:
            name = f"{module}{'' if module.endswith('.') else '.'}{alias.name}"
            scope.names[alias.asname or alias.name] = Named(name)
        return Flow.NEXT


_HARMLESS: Final = (Named("functools.cache"), Named("functools.lru_cache"), Named("staticmethod"), Named("property"))


def _ends_program(statements: Sequence[ast.stmt]) -> bool:
    last = statements[-1] if statements else None
    called = last.value.func if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) else None
    is_exit = isinstance(called, ast.Attribute) and called.attr == "exit"
    return isinstance(last, ast.Raise) or is_exit


def _ends(_: Reader, __: ast.stmt, ___: Scope) -> Flow:
    return Flow.ENDS


def _leaves(_: Reader, __: ast.stmt, ___: Scope) -> Flow:
    return Flow.LEAVES_LOOP


# ruff: noqa: SLF001
_STATEMENTS: Final[Mapping[type[ast.stmt], Callable[[Reader, Any, Scope], Flow]]] = {
    ast.If: Reader._if,
    ast.For: Reader._loop,
    ast.AsyncFor: Reader._loop,
    ast.While: Reader._repeated,
    ast.Try: Reader._try,
    ast.With: Reader._with,
    ast.AsyncWith: Reader._with,
    ast.Match: Reader._match,
    ast.Return: Reader._return,
    ast.Raise: _ends,
    ast.Break: _leaves,
    ast.Continue: _leaves,
    ast.Expr: Reader._expression,
    ast.Assign: Reader._assigned,
    ast.AnnAssign: Reader._annotated,
    ast.AugAssign: Reader._augmented,
    ast.Delete: Reader._deleted,
    ast.FunctionDef: Reader._function,
    ast.AsyncFunctionDef: Reader._function,
    ast.ClassDef: Reader._class,
    ast.Import: Reader._import,
    ast.ImportFrom: Reader._import_from,
}

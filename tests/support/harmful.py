"""Changes to what a function or class means. Each changes a node in place, and raises LookupError where it cannot."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterable
from typing import TypeVar

from meaning import FUNCTIONS, FunctionNode, own, parameters

Chance = random.Random
Node = TypeVar("Node")

OPPOSITE = {
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
NEARBY = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.FloorDiv,
    ast.FloorDiv: ast.Mod,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitXor,
    ast.LShift: ast.RShift,
}


def negated_condition(node: FunctionNode, chance: Chance) -> None:
    found = one_of(of(node, ast.If, ast.While, ast.IfExp, ast.Assert), chance)
    test = found.test
    is_not = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    found.test = test.operand if is_not else ast.UnaryOp(ast.Not(), test)


def other_comparison(node: FunctionNode, chance: Chance) -> None:
    found = one_of(of(node, ast.Compare), chance)
    place = chance.randrange(len(found.ops))
    kind = type(found.ops[place])
    found.ops[place] = chance.choice((OPPOSITE[kind], NEARBY.get(kind, OPPOSITE[kind])))()


def other_operator(node: FunctionNode, chance: Chance) -> None:
    found = one_of((one for one in of(node, ast.BinOp, ast.AugAssign) if type(one.op) in OPERATORS), chance)
    found.op = OPERATORS[type(found.op)]()


def and_for_or(node: FunctionNode, chance: Chance) -> None:
    found = one_of(of(node, ast.BoolOp), chance)
    found.op = ast.And() if isinstance(found.op, ast.Or) else ast.Or()


def operands_swapped(node: FunctionNode, chance: Chance) -> None:
    kinds = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod)
    found = one_of((one for one in of(node, ast.BinOp) if isinstance(one.op, kinds)), chance)
    found.left, found.right = found.right, found.left


def other_literal(node: FunctionNode, chance: Chance) -> None:
    kinds = (bool, int, float, str, bytes)
    inner = (one for part in node.body for one in of(part, ast.Constant) if isinstance(one.value, kinds))
    found = one_of(inner, chance)
    found.value = another(found.value)


def other_default(node: FunctionNode, chance: Chance) -> None:
    given = [one for one in (*node.args.defaults, *node.args.kw_defaults) if isinstance(one, ast.Constant)]
    found = one_of(given, chance)
    found.value = another(found.value)


def default_taken_away(node: FunctionNode, chance: Chance) -> None:
    one_of(node.args.defaults, chance)
    node.args.defaults.pop(0)


def other_callee(node: FunctionNode, chance: Chance) -> None:
    calls = [one for one in of(node, ast.Call) if isinstance(one.func, (ast.Name, ast.Attribute))]
    found = one_of(calls, chance)
    rename_called(found, chance.choice([f"{called(found)}_all", *map(called, calls)]))


def other_attribute(node: FunctionNode, chance: Chance) -> None:
    one_of(of(node, ast.Attribute), chance).attr += "_2"


def arguments_swapped(node: FunctionNode, chance: Chance) -> None:
    found = one_of((one for one in of(node, ast.Call) if len(one.args) > 1), chance)
    place = chance.randrange(len(found.args) - 1)
    found.args[place : place + 2] = found.args[place : place + 2][::-1]


def keyword_taken_away(node: FunctionNode, chance: Chance) -> None:
    found = one_of((one for one in of(node, ast.Call) if one.keywords), chance)
    found.keywords.pop(chance.randrange(len(found.keywords)))


def parameter_added(node: FunctionNode, _chance: Chance) -> None:
    if any(one.arg == "dry" for one in parameters(node)):
        raise LookupError
    node.args.kwonlyargs.append(ast.arg("dry"))
    node.args.kw_defaults.append(ast.Constant(value=False))


def parameters_swapped(node: FunctionNode, chance: Chance) -> None:
    found = node.args.args
    places = [place for place in range(1, len(found) - 1) if found[place].arg not in ("self", "cls")]
    place = one_of(places, chance)
    found[place : place + 2] = found[place : place + 2][::-1]


def other_annotation(node: FunctionNode, chance: Chance) -> None:
    found = one_of((one for one in parameters(node) if one.annotation is not None), chance)
    found.annotation = ast.Subscript(ast.Name("tuple", ast.Load()), found.annotation, ast.Load())


def other_result_type(node: FunctionNode, _chance: Chance) -> None:
    if node.returns is None:
        raise LookupError
    node.returns = ast.BinOp(node.returns, ast.BitOr(), ast.Name("bytes", ast.Load()))


def other_exception(node: FunctionNode, chance: Chance) -> None:
    raised = (one.exc for one in of(node, ast.Raise) if one.exc is not None)
    names = (one.func if isinstance(one, ast.Call) else one for one in raised)
    found = one_of((one for one in names if isinstance(one, ast.Name)), chance)
    found.id = "ArithmeticError" if found.id != "ArithmeticError" else "ReferenceError"


def other_caught(node: FunctionNode, chance: Chance) -> None:
    found = one_of((one for one in of(node, ast.ExceptHandler) if isinstance(one.type, ast.Name)), chance)
    found.type = ast.Name("ReferenceError", ast.Load())


def statement_taken_away(node: FunctionNode, chance: Chance) -> None:
    block = one_of(blocks(node), chance)
    kinds = (ast.Expr, ast.AugAssign, ast.Raise, ast.If, ast.Delete, ast.Assign, ast.For)
    block.remove(one_of((one for one in block if isinstance(one, kinds)), chance))


def statements_swapped(node: FunctionNode, chance: Chance) -> None:
    block = one_of(blocks(node), chance)
    place = chance.randrange(len(block) - 1)
    block[place : place + 2] = block[place : place + 2][::-1]


def statement_guarded(node: FunctionNode, chance: Chance) -> None:
    block = one_of(blocks(node), chance)
    place = chance.randrange(len(block))
    block[place] = ast.If(ast.Name("DEBUG", ast.Load()), [block[place]], [])


def other_result(node: FunctionNode, chance: Chance) -> None:
    found = one_of((one for one in own(node.body, ast.Return) if one.value is not None), chance)
    wrapped = ast.List([found.value], ast.Load())
    found.value = chance.choice((ast.Constant(value=None), wrapped, ast.UnaryOp(ast.Not(), found.value)))


def early_return(node: FunctionNode, _chance: Chance) -> None:
    node.body.insert(0, ast.If(ast.Name("DISABLED", ast.Load()), [ast.Return(ast.Constant(value=None))], []))


def branches_swapped(node: FunctionNode, chance: Chance) -> None:
    found = one_of((one for one in of(node, ast.If, ast.IfExp) if one.orelse), chance)
    found.body, found.orelse = found.orelse, found.body


def break_for_continue(node: FunctionNode, chance: Chance) -> None:
    block = one_of((one for one in blocks(node, 1) if isinstance(one[-1], (ast.Break, ast.Continue))), chance)
    block[-1] = ast.Continue() if isinstance(block[-1], ast.Break) else ast.Break()


def bounds_swapped(node: FunctionNode, chance: Chance) -> None:
    found = one_of(of(node, ast.Slice), chance)
    found.lower, found.upper = found.upper, found.lower


def made_global(node: FunctionNode, chance: Chance) -> None:
    taken = {one.arg for one in parameters(node)}
    stored = {one.id for one in own(node.body, ast.Name) if isinstance(one.ctx, ast.Store)}
    if own(node.body, ast.Global, ast.Nonlocal):
        raise LookupError
    node.body.insert(0, ast.Global([one_of(sorted(stored - taken), chance)]))


def other_variable(node: FunctionNode, chance: Chance) -> None:
    names = sorted({one.arg for one in parameters(node)})
    used = [one for part in node.body for one in of(part, ast.Name) if isinstance(one.ctx, ast.Load)]
    found = one_of((one for one in used if one.id in names), chance)
    found.id = one_of((name for name in names if name != found.id), chance)


def decorated(node: FunctionNode | ast.ClassDef, _chance: Chance) -> None:
    node.decorator_list.insert(0, ast.Name("retried", ast.Load()))


def awaited(node: FunctionNode, _chance: Chance) -> ast.AsyncFunctionDef:
    if isinstance(node, ast.AsyncFunctionDef):
        raise LookupError
    return ast.AsyncFunctionDef(**dict(ast.iter_fields(node)))


MEANT: tuple[Callable[..., ast.AST | None], ...] = (
    *(negated_condition, other_comparison, other_operator, and_for_or, operands_swapped, other_literal, other_default),
    *(default_taken_away, other_callee, other_attribute, arguments_swapped, keyword_taken_away, parameter_added),
    *(parameters_swapped, other_annotation, other_result_type, other_exception, other_caught, statement_taken_away),
    *(statements_swapped, statement_guarded, other_result, early_return, branches_swapped, break_for_continue),
    *(bounds_swapped, made_global, other_variable, decorated, awaited),
)


def other_base(node: ast.ClassDef, _chance: Chance) -> None:
    node.bases = [ast.Name("Foundation", ast.Load()), *node.bases[1:]]


def method_signature(node: ast.ClassDef, chance: Chance) -> None:
    parameter_added(one_of((one for one in node.body if isinstance(one, FUNCTIONS)), chance), chance)


def method_taken_away(node: ast.ClassDef, chance: Chance) -> None:
    node.body.remove(one_of((one for one in node.body if isinstance(one, FUNCTIONS)), chance))


def other_attribute_value(node: ast.ClassDef, chance: Chance) -> None:
    found = one_of((one for one in node.body if isinstance(one, ast.Assign)), chance)
    found.value = ast.Tuple([found.value], ast.Load())


def initializer_changed(node: ast.ClassDef, chance: Chance) -> None:
    init = one_of((one for one in node.body if isinstance(one, FUNCTIONS) and one.name == "__init__"), chance)
    chance.choice((other_default, other_exception, other_variable, parameter_added, early_return))(init, chance)


OF_CLASSES = (other_base, decorated, method_signature, method_taken_away, other_attribute_value, initializer_changed)


def of(node: ast.AST, *kinds: type[ast.AST]) -> list[ast.AST]:
    """The nodes of these kinds in a node, itself among them."""
    return [one for one in ast.walk(node) if isinstance(one, kinds)]


def one_of(found: Iterable[Node], chance: Chance) -> Node:
    """Any of them. Raises LookupError where there is none."""
    found = list(found)
    if not found:
        raise LookupError
    return chance.choice(found)


def blocks(node: ast.AST, least: int = 2) -> list[list[ast.stmt]]:
    """The lists of statements in a node that have at least so many."""
    found = (getattr(one, name, None) for one in ast.walk(node) for name in ("body", "orelse", "finalbody"))
    return [one for one in found if isinstance(one, list) and len(one) >= least]


def another(value: object) -> object:
    """Another value of the same type."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}s"
        case bytes():
            return value + b"s"
    return 0


def called(call: ast.Call) -> str:
    """The last part of what is called."""
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr


def rename_called(call: ast.Call, name: str) -> None:
    """Call another function, or another method of the same object."""
    setattr(call.func, "id" if isinstance(call.func, ast.Name) else "attr", name)

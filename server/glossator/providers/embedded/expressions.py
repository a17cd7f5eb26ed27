"""Expressions in words: what a returned or yielded value is, by the code that makes it.

What has no phrase of its own is quoted where it is short, and left out where it is not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace

from glossator.model import Context, FunctionFacts, Parameter
from glossator.providers.embedded.calculations import operation
from glossator.providers.embedded.callees import CONNECTION
from glossator.providers.embedded.conditions import MAX_CODE, code, condition, is_quotable, parsed, short, spelt
from glossator.providers.embedded.named_calls import made_by
from glossator.providers.embedded.phrasing import is_module, listed, passed_through, quoted
from glossator.providers.embedded.tables import flat, nested
from glossator.providers.embedded.words import (
    definite,
    gerund,
    is_plural,
    name_phrase,
    object_words,
    participle,
    phrase,
    split,
    verb_of,
)


def expression_phrase(text: str, context: Context) -> str:
    """An expression in words; "" where it is too long."""
    tree = parsed(text)
    if tree is None or len(text) > 3 * MAX_CODE:
        return ""
    writer = PHRASES.get(type(tree))
    said = writer(tree, context) if writer else ""
    return said or (f"{code(text)}" if is_quotable(text) else "")


def _function(context: Context) -> FunctionFacts:
    """The function whose expressions are told."""
    assert isinstance(context.facts, FunctionFacts)
    return context.facts


def _name(node: ast.expr, context: Context) -> str:
    assert isinstance(node, ast.Name)
    facts = _function(context)
    if node.id == facts.receiver:
        owner = name_phrase(context.owner.name) if context.owner is not None and facts.receiver == "self" else ""
        return f"the {owner} itself, so that calls can be chained" if owner else "the class itself"
    parameter = next((parameter for parameter in facts.parameters if parameter.name == node.id), None)
    if parameter is not None:
        return _given_back(parameter, facts)
    if node.id == "NotImplemented":
        return "``NotImplemented``"
    if node.id.isupper() and node.id not in facts.assigned and _is_constant(node.id, context):
        return code(node.id)
    noun = name_phrase(node.id)
    is_general = node.id in GENERAL_NAMES or len(node.id) < 3
    assigned = facts.assigned.get(node.id, "")
    if (
        assigned
        and assigned not in ("[]", "{}", "None", "''", '""', "set()", "list()", "dict()", "0")
        and node.id not in NAME.findall(assigned)
    ):
        said = expression_phrase(assigned, replace(context, facts=replace(facts, assigned={})))
        if is_general:
            return said or _made_of(facts)
        return (
            f"the {noun}, {said}"
            if said and not said.startswith(f"the {noun}") and len(said) < 90
            else said or definite(noun)
        )
    if is_quotable(source := facts.gathered.get(node.id, "")):
        gathered = "what is" if is_general else f"{definite(noun)} that {'are' if is_plural(noun) else 'is'}"
        return f"{gathered} gathered from {quoted(source)}"
    return _made_of(facts) if is_general else f"{definite(noun)}{_depending(facts)}"


def _is_constant(name: str, context: Context) -> bool:
    """Whether a module assigns a name."""
    return context.module is not None and any(one.name == name for one in context.module.constants)


def _depending(facts: FunctionFacts) -> str:
    """What a result is for: the first parameter that the body uses; "" without one."""
    used = (p.name for p in facts.parameters if p.uses and not p.starred.startswith("*"))
    first = next(used, "")
    return f" for {code(first)}" if first else ""


NAME = re.compile(r"\w+")
GENERAL_NAMES = frozenset(["result", "ret", "res", "rv", "retval", "rc", "out", "value", "val", "data"])


def _given_back(parameter: Parameter, facts: FunctionFacts) -> str:
    """A parameter that is returned: as it is, changed, or what was made of it."""
    if parameter.name in facts.mutated:
        return f"{code(parameter.name)}, changed in place"
    rebinds = [use for use in parameter.uses if use.verb == "rebind"]
    if len(rebinds) == 1 and not rebinds[0].role and (through := passed_through(rebinds[0].other, parameter.name)):
        return f"{code(parameter.name)} as {quoted(through[0])} leaves it"
    if any(use.verb in ("rebind", "fallback") for use in parameter.uses):
        return f"{code(parameter.name)}, as it is in the end"
    return f"{code(parameter.name)} itself"


def _made_of(facts: FunctionFacts) -> str:
    """What a result of a general name is: the object that the function's name tells."""
    words = split(facts.name)
    verb = verb_of(words)
    rest = phrase(object_words(words[1:] if verb else words))
    if not rest:
        given = [code(parameter.name) for parameter in facts.parameters[:2]]
        outcome = f"the outcome of {gerund(verb)}" if verb else "the outcome for" if given else "the outcome"
        return f"{outcome} {listed(given)}" if given else outcome
    return (
        f"{definite(rest)}, {participle(verb)}"
        if verb and verb not in ("get", "return", "find", "compute")
        else definite(rest)
    )


def _attribute(node: ast.expr, context: Context) -> str:
    assert isinstance(node, ast.Attribute)
    noun = name_phrase(node.attr)
    if isinstance(node.value, ast.Name) and node.value.id == _function(context).receiver:
        owner = context.owner
        if noun == node.attr and owner is not None:
            return f"the {code(node.attr)} of {definite(name_phrase(owner.name))}"
        kept = f" that {'are' if is_plural(noun) else 'is'} kept in {code(node.attr)}" if is_quotable(node.attr) else ""
        return f"{definite(noun)}{kept}"
    return f"{definite(noun)} of {code(short(node.value))}" if is_quotable(short(node.value)) else ""


def _call(node: ast.expr, context: Context) -> str:
    assert isinstance(node, ast.Call)
    name = spelt(node.func)
    if name in CASTS and is_module(name, context) and len(node.args) == CAST_ARGUMENTS:
        return expression_phrase(spelt(node.args[1]), context)  # at run time it gives its second argument
    spans = [code(short(argument)) for argument in node.args]
    if all(is_quotable(span[2:-2]) for span in spans):
        values = dict(enumerate(spans))
        pattern = flat("results").get(name) if name not in context.callees else None
        is_plain = not any(isinstance(one, (ast.GeneratorExp, ast.ListComp, ast.Starred)) for one in node.args)
        if pattern and is_plain and (len(spans) == 1 or name not in ONE_ONLY):
            return _filled(pattern, values, spans)
        pattern = flat("method_results").get(node.func.attr) if isinstance(node.func, ast.Attribute) else None
        if pattern and is_plain and isinstance(node.func, ast.Attribute) and _is_method(node, context):
            said = _filled(pattern, {0: code(short(node.func.value)), **{i + 1: s for i, s in values.items()}}, spans)
            if said:
                return said
    if isinstance(node.func, (ast.Name, ast.Attribute)):
        return _followed(node, name, context) or made_by(node, name, _function(context).name)
    return ""


CASTS = ("typing.cast", "typing_extensions.cast")  # no bare `cast`: ctypes and SQLAlchemy have one of their own
CAST_ARGUMENTS = 2
ONE_ONLY = frozenset(("iter", "type", "strip", "lstrip", "rstrip"))  # with more arguments they do other things


def _is_method(node: ast.Call, context: Context) -> bool:
    """Whether a call is one of an object's method, with the arguments that the table knows; no module's function."""
    assert isinstance(node.func, ast.Attribute)
    owner = short(node.func.value)
    if node.func.attr == "get" and CONNECTION.search(owner):
        return False
    known = (node.func.attr not in ONE_ONLY or not node.args) and spelt(node.func) not in nested("functions")
    return known and is_quotable(owner) and not is_module(owner, context) and spelt(node.func) not in context.callees


def _followed(node: ast.Call, name: str, context: Context) -> str:
    """What a called function of this document returns, where that needs none of its own names."""
    callee = context.callees.get(name)
    texts = [text for text in callee.returned if text != "None"] if callee is not None else []
    if callee is None or len(texts) != 1 or name.rsplit(".", 1)[-1].lstrip("_")[:1].isupper():
        return ""
    tree = parsed(texts[0])
    own = {parameter.name for parameter in callee.parameters}
    if tree is None or any(
        isinstance(one, ast.Name) and (one.id in own or one.id != callee.receiver) for one in ast.walk(tree)
    ):
        return ""
    said = expression_phrase(texts[0], replace(context, facts=callee, callees={}))
    shown = spelt(node)
    return (
        f"{said}, through {quoted(shown if is_quotable(shown) else name)}"
        if said and len(said) < 70 and is_quotable(name)
        else ""
    )


def _filled(pattern: str, values: dict[int, str], spans: list[str]) -> str:
    needed = {int(n) for n in re.findall(r"\{(\d)\}", pattern)}
    if not needed <= set(values):
        return ""
    return pattern.format(*(values.get(i, "") for i in range(4)), args=listed(spans) if spans else "")


ITEMS = {"0": "first", "1": "second", "-1": "last"}


def _subscript(node: ast.expr, context: Context) -> str:
    assert isinstance(node, ast.Subscript)
    container = short(node.value)
    if not is_quotable(container):
        return ""
    if isinstance(node.slice, ast.Slice):
        return f"a part of {code(container)}"
    key = short(node.slice)
    if key in ITEMS:
        return f"the {ITEMS[key]} item of {code(container)}"
    return f"the entry of {code(container)} at {code(key)}" if is_quotable(key) else ""


def _whether(node: ast.expr, context: Context) -> str:
    clause = condition(spelt(node))
    return f"whether {clause}" if clause else ""


def _boolean(node: ast.expr, context: Context) -> str:
    assert isinstance(node, ast.BoolOp)
    if isinstance(node.op, ast.Or) and not any(isinstance(value, (ast.Compare, ast.UnaryOp)) for value in node.values):
        shown = [code(short(value)) for value in node.values]
        return (
            f"{shown[0]}, or where that is empty {shown[1]}"
            if len(shown) == 2 and all(is_quotable(s[2:-2]) for s in shown)
            else ""
        )
    if all(isinstance(value, (ast.Compare, ast.UnaryOp, ast.Call)) for value in node.values):
        return _whether(node, context)
    return ""


def _not(node: ast.expr, context: Context) -> str:
    assert isinstance(node, ast.UnaryOp)
    return _whether(node, context) if isinstance(node.op, ast.Not) else ""


def _conditional(node: ast.expr, context: Context) -> str:
    assert isinstance(node, ast.IfExp)
    clause = condition(spelt(node.test))
    first, second = short(node.body), short(node.orelse)
    return (
        f"{code(first)} if {clause}, else {code(second)}"
        if clause and is_quotable(first) and is_quotable(second)
        else ""
    )


def _tuple(node: ast.expr, context: Context) -> str:
    assert isinstance(node, ast.Tuple)
    spans = [code(short(element)) for element in node.elts]
    if not spans:
        return "an empty tuple"
    nouns = [
        name_phrase(short(element).rsplit(".", 1)[-1])
        for element in node.elts
        if isinstance(element, (ast.Name, ast.Attribute))
    ]
    if len(nouns) == len(spans) <= 4 and all(len(noun) > 2 for noun in nouns) and len(set(nouns)) == len(nouns):
        return f"{listed([definite(noun) if i == 0 else noun for i, noun in enumerate(nouns)])} as a tuple"
    return (
        f"a tuple of {listed(spans)}"
        if len(spans) <= 5 and all(is_quotable(span[2:-2]) for span in spans)
        else "a tuple"
        if any(isinstance(element, ast.Starred) for element in node.elts)
        else f"a tuple of {len(spans)} items"
    )


def _list(node: ast.expr, context: Context) -> str:
    assert isinstance(node, ast.List)
    return "an empty list" if not node.elts else ""


def _dict(node: ast.expr, context: Context) -> str:
    assert isinstance(node, ast.Dict)
    keys = [spelt(key) for key in node.keys if isinstance(key, ast.Constant)]
    if None in node.keys:
        return "a dictionary"
    if not node.keys:
        return "an empty dictionary"
    return (
        f"a dictionary with {listed([code(key) for key in keys])}"
        if len(keys) == len(node.keys) <= 5
        else f"a dictionary of {len(node.keys)} entries"
    )


def _comprehension(node: ast.expr, context: Context) -> str:
    assert isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp))
    source = short(node.generators[0].iter)
    kind = {
        ast.ListComp: "a list",
        ast.SetComp: "a set",
        ast.GeneratorExp: "a generator",
        ast.DictComp: "a dictionary",
    }[type(node)]
    element = f"{short(node.key)}: {short(node.value)}" if isinstance(node, ast.DictComp) else short(node.elt)
    target = short(node.generators[0].target)
    chosen = " that pass a test" if any(one.ifs for one in node.generators) else ""
    if len(node.generators) > 1:
        return f"{kind} made from what is in {code(source)}" if is_quotable(source) else kind
    if not is_quotable(source):
        return kind + (f" with {code(element)} for each item" if is_quotable(element) else "")
    if element == target:
        return f"{kind} of the items of {code(source)}{chosen}"
    return (
        f"{kind} with {code(element)} for each {code(target)} in {code(source)}{chosen}"
        if is_quotable(element)
        else f"{kind} made from the items of {code(source)}{chosen}"
    )


def _formatted(node: ast.expr, context: Context) -> str:
    assert isinstance(node, ast.JoinedStr)
    text = spelt(node)
    if is_quotable(text) and "{" in text:
        return f"the text {code(text)}"
    shown = [short(part.value) for part in node.values if isinstance(part, ast.FormattedValue)]
    if 0 < len(shown) < 4 and all(map(is_quotable, shown)):
        return f"a text with {listed([code(one) for one in dict.fromkeys(shown)])} filled in"
    return "a text with values filled in"


def _constant(node: ast.expr, context: Context) -> str:
    text = spelt(node)
    return code(text) if is_quotable(text) else "a fixed text"


def _awaited(node: ast.expr, context: Context) -> str:
    assert isinstance(node, ast.Await)
    return expression_phrase(spelt(node.value), context)


def _lambda(node: ast.expr, context: Context) -> str:
    return "a function"


PHRASES: dict[type[ast.expr], Callable[[ast.expr, Context], str]] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Subscript: _subscript,
    ast.Compare: _whether,
    ast.BoolOp: _boolean,
    ast.UnaryOp: _not,
    ast.IfExp: _conditional,
    ast.Tuple: _tuple,
    ast.List: _list,
    ast.Dict: _dict,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.JoinedStr: _formatted,
    ast.Constant: _constant,
    ast.Await: _awaited,
    ast.Lambda: _lambda,
    ast.BinOp: operation,
}

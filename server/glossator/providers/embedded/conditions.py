"""Conditions in English: "n < 0" becomes "``n`` is negative", "not isinstance(x, str)" "``x`` is no ``str``".

The text is parsed with `ast`; what has no phrase of its own is quoted as it stands, so nothing is said that the code
does not say.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from glossator.providers.embedded.words import is_plural, name_phrase, split, verb_of

MAX_CODE = 56
UNQUOTABLE = re.compile(
    r"[`…\\]|\"\"\"|_(?:summary|description|desc|type|name|returns?)_|[\[<{](?:summary|description|desc|type)[\]>}]|TODO|FIXME|TBD|XXX|DESCRIPTION|SUMMARY|PARAM\b|\{\{"
)

SWAPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "is less than", ast.LtE: "is at most", ast.Gt: "is greater than", ast.GtE: "is at least", ast.Eq: "equals",
    ast.NotEq: "differs from", ast.Is: "is", ast.IsNot: "is not", ast.In: "is in", ast.NotIn: "is not in",
}  # fmt: skip
SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "is negative", ast.LtE: "is not positive", ast.Gt: "is positive", ast.GtE: "is not negative",
    ast.Eq: "is zero", ast.NotEq: "is not zero",
}  # fmt: skip
SIZES: dict[type[ast.cmpop], str] = {
    ast.Eq: "has", ast.NotEq: "does not have", ast.Lt: "has fewer than", ast.LtE: "has at most",
    ast.Gt: "has more than", ast.GtE: "has at least",
}  # fmt: skip
TESTS = {
    "startswith": ("starts with", "does not start with"),
    "endswith": ("ends with", "does not end with"),
    "isdigit": ("has digits only", "does not have digits only"),
    "isalpha": ("has letters only", "does not have letters only"),
    "isalnum": ("has letters and digits only", "does not have letters and digits only"),
    "isidentifier": ("is an identifier", "is no identifier"),
    "isspace": ("is white space", "is not white space"),
    "isupper": ("is in upper case", "is not in upper case"),
    "islower": ("is in lower case", "is not in lower case"),
    "exists": ("exists", "does not exist"),
    "is_dir": ("is a directory", "is no directory"),
    "is_file": ("is a file", "is no file"),
    "is_absolute": ("is an absolute path", "is no absolute path"),
    "done": ("is done", "is not done"),
    "cancelled": ("is cancelled", "is not cancelled"),
    "is_set": ("is set", "is not set"),
    "locked": ("is locked", "is not locked"),
}
FUNCTIONS = {
    "callable": ("is callable", "is not callable"),
    "os.path.exists": ("exists", "does not exist"),
    "os.path.isdir": ("is a directory", "is no directory"),
    "os.path.isfile": ("is a file", "is no file"),
    "os.path.isabs": ("is an absolute path", "is no absolute path"),
    "os.path.islink": ("is a symbolic link", "is no symbolic link"),
    "any": ("has a true item", "has no true item"),
    "all": ("has true items only", "has an item that is not true"),
    "math.isnan": ("is NaN", "is not NaN"),
    "math.isinf": ("is infinite", "is not infinite"),
}


def code(text: str) -> str:
    """Source as a code span."""
    return f"``{text}``" if "`" not in text else text.replace("`", "'")


def is_quotable(text: str) -> bool:
    """Whether source is short and plain enough to stand in a sentence, and would not be taken for a placeholder."""
    return 0 < len(text) <= MAX_CODE and not UNQUOTABLE.search(text)


@lru_cache(maxsize=2048)
def parsed(text: str) -> ast.expr | None:
    """The tree of an expression; None if it is none (cut, or newer syntax)."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def spelt(node: ast.expr) -> str:
    """An expression's source as `ast.unparse` writes it; for dotted names, which most are, at a tenth of its price."""
    names = []
    inner = node
    while isinstance(inner, ast.Attribute):
        names.append(inner.attr)
        inner = inner.value
    if not isinstance(inner, ast.Name):
        return ast.unparse(node)
    return ".".join((inner.id, *reversed(names)))


def short(node: ast.expr) -> str:
    """An expression's source, the receiver's attributes without `self.`."""
    text = spelt(node)
    return text.removeprefix("self.") if isinstance(node, ast.Attribute) else text


def span(node: ast.expr) -> str:
    """An expression as a code span."""
    return code(short(node))


def condition(text: str, *, negated: bool = False) -> str:
    """A condition as a clause that follows "if"; "" where it is too long to be told."""
    tree = parsed(text)
    if tree is None or len(text) > 3 * MAX_CODE:
        return ""
    clause = _clause(tree, negated)
    return clause if len(clause) <= 2 * MAX_CODE else ""


def _clause(node: ast.expr, negated: bool) -> str:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _clause(node.operand, not negated)
    if isinstance(node, ast.BoolOp):
        word = "and" if isinstance(node.op, ast.And) != negated else "or"
        parts = [_clause(value, negated) for value in node.values]
        if len(parts) > 3 or not all(parts) or any(isinstance(_positive(value), ast.BoolOp) for value in node.values):
            return _quoted(node, negated)
        return f" {word} ".join(parts) if len(parts) == 2 else f"{', '.join(parts[:-1])} {word} {parts[-1]}"
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _comparison(node.left, node.ops[0], node.comparators[0], negated)
    if isinstance(node, ast.Call):
        return _call(node, negated) or _quoted(node, negated)
    if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
        return _truth(node, negated)
    if isinstance(node, ast.NamedExpr):
        return _clause(node.value, negated)
    return _quoted(node, negated)


def _positive(node: ast.expr) -> ast.expr:
    """An expression without the negations around it."""
    while isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        node = node.operand
    return node


QUESTIONS = re.compile(r"^_*(?:is|has|have|can|should|was|are|do|does|no|allow|use|with|needs)_")


def _truth(node: ast.expr, negated: bool) -> str:
    """A value as a condition: several things are empty or not, anything else is set or not."""
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    if is_plural(name) and not QUESTIONS.match(name) and not verb_of(split(name)):
        return f"{span(node)} is {'empty' if negated else 'not empty'}"
    return f"{span(node)} is {'not set' if negated else 'set'}"


def _quoted(node: ast.expr, negated: bool) -> str:
    text = spelt(node)
    return f"{code(text)} {'does not hold' if negated else 'holds'}" if is_quotable(text) else ""


def _comparison(left: ast.expr, operator: ast.cmpop, right: ast.expr, negated: bool) -> str:
    kind = SWAPPED[type(operator)] if negated else type(operator)
    if not (is_quotable(short(left)) and is_quotable(short(right))):
        return ""
    if isinstance(left, ast.Call) and isinstance(left.func, ast.Name) and left.func.id == "len" and len(left.args) == 1:
        return _size(left.args[0], kind, right)
    if isinstance(right, ast.Constant) and (told := _with_constant(left, kind, right.value)):
        return told
    if kind in (ast.In, ast.NotIn) and (told := _membership(left, right, kind is ast.In)):
        return told
    return f"{span(left)} {COMPARISONS[kind]} {span(right)}"


def _with_constant(left: ast.expr, kind: type[ast.cmpop], value: object) -> str:
    """Comparisons with 0, None and empty texts."""
    if type(value) is int and value == 0 and kind in SIGNS:
        return f"{span(left)} {SIGNS[kind]}"
    if value is None:
        return f"{span(left)} is {'not ' if kind in (ast.IsNot, ast.NotEq) else ''}``None``"
    if isinstance(value, str | bytes) and not value and kind in (ast.Eq, ast.NotEq):
        return f"{span(left)} is {'not ' if kind is ast.NotEq else ''}empty"
    return ""


def _membership(left: ast.expr, right: ast.expr, is_in: bool) -> str:
    """`x in (a, b)` and `"a" in x`."""
    is_plain = isinstance(right, (ast.Tuple, ast.List, ast.Set)) and not any(
        isinstance(one, ast.Starred) for one in right.elts
    )
    if is_plain and isinstance(right, (ast.Tuple, ast.List, ast.Set)) and 1 < len(right.elts) <= 4:
        spans = [span(element) for element in right.elts]
        return f"{span(left)} is {either(spans) if is_in else neither(spans)}"
    if isinstance(left, ast.Constant):
        return f"{span(right)} {'contains' if is_in else 'does not contain'} {span(left)}"
    return ""


def either(spans: list[str]) -> str:
    """Items joined by "or"."""
    return f"{', '.join(spans[:-1])} or {spans[-1]}" if len(spans) > 1 else spans[0]


def neither(spans: list[str]) -> str:
    """Items joined by "nor"."""
    return (
        f"neither {spans[0]} nor {spans[1]}" if len(spans) == 2 else f"none of {', '.join(spans[:-1])} and {spans[-1]}"
    )


def _size(sized: ast.expr, kind: type[ast.cmpop], right: ast.expr) -> str:
    subject = span(sized)
    if isinstance(right, ast.Constant) and right.value in (0, 1):
        is_empty = (right.value == 0 and kind in (ast.Eq, ast.LtE)) or (right.value == 1 and kind is ast.Lt)
        is_filled = (right.value == 0 and kind in (ast.NotEq, ast.Gt)) or (right.value == 1 and kind is ast.GtE)
        if is_empty or is_filled:
            return f"{subject} is {'empty' if is_empty else 'not empty'}"
    if kind not in SIZES:
        return f"the length of {subject} {COMPARISONS[kind]} {span(right)}"
    unit = "item" if isinstance(right, ast.Constant) and right.value == 1 else "items"
    return f"{subject} {SIZES[kind]} {span(right)} {unit}"


def _call(node: ast.Call, negated: bool) -> str:
    name = spelt(node.func)
    arguments = node.args
    if name == "isinstance" and len(arguments) == 2:
        return _instance(arguments[0], arguments[1], negated)
    if name == "issubclass" and len(arguments) == 2:
        return f"{span(arguments[0])} is {'no' if negated else 'a'} subclass of {span(arguments[1])}"
    if name == "hasattr" and len(arguments) == 2 and isinstance(arguments[1], ast.Constant):
        return f"{span(arguments[0])} has {'no' if negated else 'an'} attribute {code(str(arguments[1].value))}"
    if name in ("any", "all") and len(arguments) == 1 and isinstance(arguments[0], ast.GeneratorExp):
        return _for_items(arguments[0], name, negated)
    if len(arguments) == 1 and not node.keywords and (asked := _asked(name, arguments[0], negated)):
        return asked
    if name in FUNCTIONS and len(arguments) == 1 and is_quotable(short(arguments[0])):
        return f"{span(arguments[0])} {FUNCTIONS[name][negated]}"
    if isinstance(node.func, ast.Attribute) and node.func.attr in TESTS and len(arguments) <= 1 and not node.keywords:
        subject, phrase = node.func.value, TESTS[node.func.attr][negated]
        tail = f" {span(arguments[0])}" if arguments else ""
        takes_one = node.func.attr in ("startswith", "endswith")
        if is_quotable(short(subject)) and takes_one == bool(arguments):
            return f"{span(subject)} {phrase}{tail}"
    return ""


def _for_items(node: ast.GeneratorExp, name: str, negated: bool) -> str:
    """`any(...)` and `all(...)` over the items of something."""
    test, source, target = spelt(node.elt), short(node.generators[0].iter), spelt(node.generators[0].target)
    if not (is_quotable(test) and is_quotable(source)) or node.generators[0].ifs or len(node.generators) > 1:
        return ""
    items = f"{code(target)} in {code(source)}"
    if name == "any":
        return f"{code(test)} holds for {'no' if negated else 'some'} {items}"
    return f"{code(test)} does not hold for some {items}" if negated else f"{code(test)} holds for all {items}"


RELATIONS = ("_of", "_to", "_in", "_for", "_by", "_with", "_from", "_on", "_at", "_as", "_than")


def _asked(name: str, argument: ast.expr, negated: bool) -> str:
    """`is_iterable(x)`: "``x`` is iterable"."""
    last = name.rsplit(".", 1)[-1]
    if not last.startswith(("is_", "has_")) or not is_quotable(short(argument)) or len(last) < 6:
        return ""
    owner = name.rpartition(".")[0]
    if owner not in ("", "self", "cls") or (owner and last.startswith("has_")) or last.endswith(RELATIONS):
        return ""  # what the object is or has, not what the argument does
    verb, words = last.split("_", 1)
    told = name_phrase(words)
    if verb == "is":
        return f"{span(argument)} is {'not ' if negated else ''}{told}"
    return f"{span(argument)} has {'no ' if negated else ''}{told}"


def _instance(subject: ast.expr, types: ast.expr, negated: bool) -> str:
    elements = types.elts if isinstance(types, ast.Tuple) else [types]
    spans = [span(element) for element in elements]
    if not spans or len(spans) > 4 or not is_quotable(short(subject)):
        return ""
    if len(spans) == 1:
        return f"{span(subject)} is {'not an' if negated else 'an'} instance of {spans[0]}"
    return f"{span(subject)} is {neither(spans) if negated else either(spans)}"

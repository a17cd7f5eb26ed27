"""What kind of thing a text says a value is, held against what the code shows of it.

`claims` refuses what an annotation or a literal contradicts. Where neither is there, models guess: "A list of names"
for whatever a callee gives. Such a word needs a trace: a returned value that has this form, or nothing that is done
with the parameter which such a value could not do.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from glossator.docstring.check.types import contradicts, documented_kinds
from glossator.docstring.validate.verdict import About, Reason, Refusal
from glossator.model import FieldKey, FieldKind, FunctionFacts, Parameter, Use

_FORMS: Final[Mapping[type[ast.expr], str]] = MappingProxyType(
    {
        ast.Tuple: "tuple",
        ast.List: "list",
        ast.ListComp: "list",
        ast.Dict: "dict",
        ast.DictComp: "dict",
        ast.Set: "set",
        ast.SetComp: "set",
        ast.JoinedStr: "str",
        ast.Compare: "bool",
        ast.GeneratorExp: "generator",
        ast.Lambda: "callable",
    }
)
_CONSTRUCTORS: Final = MappingProxyType(
    {
        **{
            name: name for name in ("list", "dict", "tuple", "set", "frozenset", "str", "int", "float", "bool", "bytes")
        },
        **dict.fromkeys(("sorted",), "list"),
        **dict.fromkeys(("len", "sum", "ord", "hash", "id", "round"), "int"),
        **dict.fromkeys(("repr", "chr", "hex", "bin", "oct", "ascii", "format", "input"), "str"),
        **dict.fromkeys(("isinstance", "issubclass", "callable", "hasattr", "any", "all"), "bool"),
        **dict.fromkeys(("iter", "map", "filter", "zip", "enumerate", "reversed"), "iterator"),
        **dict.fromkeys(("defaultdict", "OrderedDict", "Counter", "vars"), "dict"),
    }
)
_METHODS: Final = MappingProxyType(
    {
        **dict.fromkeys(("split", "rsplit", "splitlines", "readlines", "findall", "tolist"), "list"),
        **dict.fromkeys(
            "join format strip lstrip rstrip lower upper title replace capitalize decode hexdigest isoformat strftime "
            "getvalue zfill ljust rjust center".split(),
            "str | bytes",
        ),
        **dict.fromkeys(("encode", "digest", "tobytes"), "bytes"),
        **dict.fromkeys(("partition", "rpartition", "groups", "as_integer_ratio"), "tuple"),
        **dict.fromkeys(("groupdict",), "dict"),
        **dict.fromkeys(("startswith", "endswith", "isdigit", "isalpha", "is_file", "is_dir", "exists"), "bool"),
        **dict.fromkeys(("count", "index", "find", "bit_length"), "int"),
    }
)
_TYPES: Final[Mapping[str, type]] = MappingProxyType(
    {one.__name__: one for one in (str, bytes, int, float, bool, list, dict, tuple, set, frozenset)}
)
_DEEPEST: Final = 4
_NAME_DEPTH: Final = 2  # of these for a name: names that are given one another have many orders
_LONGEST: Final = 2_000  # characters of an expression that is looked at
_TYPE: Final = re.compile(
    r"^(?:An?\s+|The\s+)?(?P<type>strings?|str|integer|int|float|list|tuple|dict(?:ionary)?|(?:frozen)?set(?=\s+of))\b"
    r"(?!\s+(?:or|and)\b)",
    re.IGNORECASE,
)
# "Return a list of names", "Convert it to a dictionary".
_MADE: Final = re.compile(
    r"(?:^(?:Return|Get|Generate|Create|Build|Retrieve|Produce|Make|Yield|Collect|Compute)s?\s+(?:an?|the)"
    r"|\b(?:in)?to\s+an?|\bas\s+an?)\s+(?:new\s+)?(?P<type>list|tuple|dict(?:ionary)?|(?:frozen)?set)\b"
    r"(?=\s+(?:of|containing|with|that|from)\b|\.?$)"
)
_SWITCH: Final = re.compile(
    r"^(?:Whether\b|If\s+`*(?:true|set|enabled|specified)\b|`*True`*\s+(?:if|to)\b)", re.IGNORECASE
)
_NEGATIVE_NAME: Final = re.compile(r"_*(?:quiet|silent|no_|not_|skip|ignore|disable|suppress|exclude|omit|without)")
_NEGATIVE: Final = re.compile(
    r"\b(?:no|nor|not|nothing|without|never|none|only|less|fewer|instead|(?:skip|ignor|suppress|disabl|exclud|omit|avoid|quiet|silen"
    r"|prevent|hid|drop|discard|reduc|leav|stop|remov|filter|pass)\w*)\b",
    re.IGNORECASE,
)
_ONE: Final = re.compile(
    r"^(?:The\s+|An?\s+)?(?:\w+\s+)?(?:index|position|count|offset|callback|function|flag|timeout|number)\b(?!s)"
    r"(?!\s+of\s+\w+s\b)",
    re.IGNORECASE,
)
_OUTCOME: Final = re.compile(
    r"\b(?:results?|outcome|value|whatever|what|returns?|returned|calls?|callback|function)\b", re.IGNORECASE
)
_STRING: Final = re.compile(r"^(?:The\s+|An?\s+)?(?:\w+\s+){0,2}string\b(?!\s+of\b)", re.IGNORECASE)
_OF_NUMBERS: Final = frozenset(("&", "|", "^", ">>", "<<", "-", "/", "//", "**"))
_FUNCTION: Final = re.compile(
    r"func|decorat|wrap|call|class|type|handl|closure|method|factory|lambda|object|version|predicate", re.IGNORECASE
)
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_PAIRS: Final = (
    "rel abso|enc decod|encod decod|dec encod|decod encod|add remov|add delet|remov add|read writ|writ read|load sav|"
    "sav load|dump load|load dump|push pop|pop push|open clos|clos open|start stop|stop start|compress decompress|"
    "lock unlock|unlock lock|escap unescap|unescap escap|quot unquot|unquot quot|pack unpack|unpack pack|max minim|"
    "min maxim|first last|last first|enabl disabl|disabl enabl|import export|export import|lower upper|upper lower|"
    "serializ deserializ|deserializ serializ|parent child|child parent|before after|after before|left right|right left|"
    "mount unmount|install uninstall|uninstall install|register unregister|unregister register|bind unbind|unbind bind"
)
_OPPOSITES: Final = tuple((one, other) for one, _, other in (pair.partition(" ") for pair in _PAIRS.split("|")))
_CHECKS: Final = re.compile(r"^(?:Checks?|Determines?|Tests?|Tells?)\s+(?:if|whether)\b")
_MAY_BE_TRUTH: Final = re.compile(r"bool|int")
_TRUTH_NAME: Final = re.compile(r"_*(?:is|has|can|should|are|was|needs|supports|uses|allows|in)_?|.*(?:ed|able|ing)$")
_ERROR: Final = re.compile(r"^(?:The\s+|An?\s+)?(?:\w+\s+)?(?:error|exception)\b", re.IGNORECASE)
_ERROR_NAME: Final = re.compile(r"err|exc|warn|fault|fail|code|reason|status|\be\b", re.IGNORECASE)


def returned_kinds(function: FunctionFacts) -> Iterator[str]:
    """The type of each value that is returned or yielded, as far as its form shows it; "" where it does not."""
    values = function.yielded if function.is_generator else function.returned
    for value in values:
        if value not in ("None", ""):
            yield kind_of(value, function.results)


def kind_of(value: str, results: Mapping[str, tuple[str, ...]], deep: int = _DEEPEST) -> str:
    """The type that an expression's form shows, "" where it shows none; `results` has what names are given."""
    if len(value) > _LONGEST:
        return ""
    try:
        form = ast.parse(value, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return _kind(form, results, deep)


def _kind(form: ast.expr, results: Mapping[str, tuple[str, ...]], deep: int) -> str:
    if deep <= 0:
        return ""
    if isinstance(form, ast.Constant):
        return type(form.value).__name__ if form.value is not None else ""
    if isinstance(form, ast.Name) and form.id in results:
        others = {name: values for name, values in results.items() if name != form.id}
        return _either(kind_of(value, others, deep - _NAME_DEPTH) for value in results[form.id])
    if isinstance(form, ast.Call):
        return _called(form.func)
    if isinstance(form, ast.UnaryOp) and isinstance(form.op, ast.Not):
        return "bool"
    if isinstance(form, ast.IfExp | ast.BoolOp):
        parts = [form.body, form.orelse] if isinstance(form, ast.IfExp) else form.values
        return _either(_kind(part, results, deep - 1) for part in parts)
    if isinstance(form, ast.BinOp) and isinstance(form.op, ast.Add | ast.Mod):
        left = _kind(form.left, results, deep - 1)
        return left or (_kind(form.right, results, deep - 1) if isinstance(form.op, ast.Add) else "")
    return _FORMS.get(type(form), "")


def _either(kinds: Iterable[str]) -> str:
    """The types of alternatives together; "" where one of them is not known."""
    found = dict.fromkeys(kinds)
    return " | ".join(found) if all(found) else ""


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return _CONSTRUCTORS.get(function.id, "")
    return _METHODS.get(function.attr, "") if isinstance(function, ast.Attribute) else ""


def is_unshown(said: str, function: FunctionFacts) -> bool:
    """Whether nothing that is returned or yielded shows the type that a text says it has."""
    kinds = list(returned_kinds(function))
    return bool(kinds) and not any(kind and not contradicts(said, kind) for kind in kinds)


def is_another(said: str, function: FunctionFacts) -> bool:
    """Whether all that is returned shows its type, and none has the one that a text says."""
    return is_unshown(said, function) and all(returned_kinds(function))


def shape_faults(key: FieldKey, text: str, about: About) -> Iterator[Refusal]:
    """The refusals of a text that says of a value, or of a function's result, what it cannot be or nothing shows."""
    function = about.function
    if key.kind in (FieldKind.PARAMETER, FieldKind.ATTRIBUTE):
        parameter = about.parameter(key.name)
        if parameter is not None:
            yield from _of_parameter(parameter, text)
    elif key.kind is FieldKind.SUMMARY and function is about.facts and function is not None:
        yield from _of_summary(text, function)
        yield from _of_name(text, function.name)
    elif key.kind is FieldKind.RETURNS and function is not None:
        yield from _of_result(text, function)


def _of_parameter(parameter: Parameter, text: str) -> Iterator[Refusal]:
    if _SWITCH.match(text):
        if _NEGATIVE_NAME.match(parameter.name) and not _NEGATIVE.search(text):
            yield Refusal(Reason.NO_EVIDENCE, f"Say what is left out if `{parameter.name}` is set.")
        if _is_filled_in(parameter):
            yield Refusal(Reason.NO_EVIDENCE, f"Nothing shows that `{parameter.name}` is true or false.")
    if _ONE.match(text) and any(_is_of_several(use) for use in parameter.uses) and not _is_checked(parameter):
        yield Refusal(Reason.TYPE, f"`{parameter.name}` has several items.")
    if parameter.annotation or _is_checked(parameter):
        return
    if _STRING.match(text) and any(use.verb == "binary" and use.place in _OF_NUMBERS for use in parameter.uses):
        yield Refusal(Reason.TYPE, f"`{parameter.name}` is a number.")
    said = _TYPE.match(text)
    if said:
        has = _TYPES[_named(said["type"])]
        missing = [use.other for use in parameter.uses if use.verb == "method" and not hasattr(has, use.other)]
        if missing:
            yield Refusal(Reason.TYPE, f"A {has.__name__} has no `{missing[0]}`.")


def _named(word: str) -> str:
    """The name of the type that a word of the patterns stands for."""
    return documented_kinds(word)[0].name


def _of_summary(text: str, function: FunctionFacts) -> Iterator[Refusal]:
    found = _MADE.search(text)
    if found:
        said = _named(found["type"])
        if function.is_generator or (not function.returns and is_another(said, function)):
            yield Refusal(Reason.NO_EVIDENCE, f"The code does not show a {said} as its result.")
    if _CHECKS.match(text) and not function.returns and _is_no_truth(function):
        yield Refusal(Reason.RETURNS, "Its result is neither true nor false.")


def _of_result(text: str, function: FunctionFacts) -> Iterator[Refusal]:
    values = [value for value in function.returned if value not in ("None", "")]
    if _ERROR.match(text) and not any(_ERROR_NAME.search(value) for value in values):
        yield Refusal(Reason.RETURNS, "It does not return an error.")
    if values and not _FUNCTION.search(text) and all(value in function.defined for value in values):
        yield Refusal(Reason.RETURNS, f"It returns `{values[0]}`, which it defines.")
    if values and _is_given(values, function) and not _OUTCOME.search(text):
        yield Refusal(Reason.RETURNS, f"It returns what `{values[0].partition('(')[0]}` returns.")
    yield from _of_name(text, function.name)


def _is_given(values: list[str], function: FunctionFacts) -> bool:
    """Whether all that is returned comes from calls of parameters, of which nobody knows what they give."""
    names = {one.name for one in function.parameters}
    return all(value.removeprefix("await ").partition("(")[0] in names and "(" in value for value in values)


def _of_name(text: str, name: str) -> Iterator[Refusal]:
    """Of two opposites one is in the name, and the other one in the text."""
    words, said = f" {' '.join(_words(name))} ", f" {' '.join(_words(text))} "
    for ours, theirs in _OPPOSITES:
        if f" {ours}" in words and f" {theirs}" in said and f" {ours}" not in said and f" {theirs}" not in words:
            yield Refusal(Reason.KIND, f"`{name}` is not about what begins with {theirs!r}.")


def _words(text: str) -> list[str]:
    return [found[0].lower() for found in _WORD.finditer(text)]


def _is_no_truth(function: FunctionFacts) -> bool:
    """Whether no value of a function tells of a yes or no."""
    kinds = list(returned_kinds(function))
    if function.is_property:
        return bool(kinds) and not any(kinds) and not _TRUTH_NAME.match(function.name)
    return bool(kinds) and all(kinds) and not any(_MAY_BE_TRUTH.search(kind) for kind in kinds)


def _is_filled_in(parameter: Parameter) -> bool:
    """Whether another value than a truth takes the place of None."""
    if parameter.annotation or parameter.default != "None":
        return False
    values = [use.other for use in parameter.uses if use.verb in ("fallback", "rebind") and use.other]
    return any(value not in ("True", "False", "None") and kind_of(value, {}) != "bool" for value in values)


def _is_of_several(use: Use) -> bool:
    return use.verb in ("item", "iterate", "unpack") or (use.verb == "call" and use.other == "len")


def _is_checked(parameter: Parameter) -> bool:
    """Whether its type is looked at, or another value takes its place: then what is done is done with some values."""
    return any(use.verb in ("isinstance", "rebind", "fallback") for use in parameter.uses)

"""Changes of what a parameter may be: its default, or its type, each of which the docstring names."""

from __future__ import annotations

import ast
import random
import re

from changing import Change, argument_of, default_of
from reading import Entry
from splicing import Splice
from subjects import Subject

_DEFAULT = re.compile(r"(?i)\bdefault(?:s|ed)?\b(?:\s+value)?(?:\s+(?:is|to|of)\b)?(?:\s*[:=])?\s*")
_LITERAL = re.compile(
    r"""(?P<tick>`{0,2})(?P<literal>"[^"\n`]*"|'[^'\n`]*'|-?\d+(?:\.\d+)?(?:e-?\d+)?|True|False|None|\w+(?=`))(?P=tick)"""
    r"""(?=\s|$|[.,;)\]](?:\s|$|[.,;)\]]))(?!\s+(?:if|for|when|unless|or|and|in|with|which|on|but|as)\b)"""
)
_CONTRADICTING = {
    "int": "str",
    "float": "str",
    "str": "int",
    "bool": "str",
    "bytes": "int",
    "list": "dict",
    "dict": "list",
    "tuple": "dict",
    "set": "dict",
}

_UNANNOTATED_SHARE = 0.15


def default_changed(subject: Subject, r: random.Random) -> Change | None:
    """The default that a parameter's description names is another one in the signature."""
    candidates = []
    for entry in subject.doc.of("parameters"):
        default = _named_default(subject, entry)
        new = _another(default, entry) if default is not None else None
        if new is not None and default is not None:
            candidates.append((entry.names[0], default, new))
    if not candidates:
        return None
    name, default, new = r.choice(candidates)
    text = subject.module.text
    want = ast.dump(ast.parse(new, mode="eval").body)

    def holds(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        found = default_of(node, name)
        return found is not None and ast.dump(found) == want

    return Change((Splice(text.start(default), text.end(default), new),), (name,), holds)


def type_changed(subject: Subject, r: random.Random) -> Change | None:
    """The annotation of a parameter contradicts the plain built-in type that the docstring names for it."""
    candidates = []
    for entry in subject.doc.of("parameters"):
        named = _named_type(entry)
        argument = next((a for a in subject.plain if a.arg == entry.names[0]), None)
        if named is None or argument is None or len(entry.names) != 1:
            continue
        default = default_of(subject.node, argument.arg)
        is_optional = default is not None
        if is_optional and not (isinstance(default, ast.Constant) and default.value is None):
            continue  # the default would contradict the annotation
        if _fits(argument.annotation, named):
            candidates.append((argument, _CONTRADICTING[named] + (" | None" if is_optional else "")))
    # Most functions have no annotations, and tools that miss these were not silent before; so that annotations which
    # change are about half of the cases, only a part of the others serves.
    annotated = [candidate for candidate in candidates if candidate[0].annotation is not None]
    candidates = annotated or candidates * (r.random() < _UNANNOTATED_SHARE)
    if not candidates:
        return None
    argument, new = r.choice(candidates)
    text = subject.module.text
    if argument.annotation is not None:
        splice = Splice(text.start(argument.annotation), text.end(argument.annotation), new)
    else:
        splice = Splice(text.end(argument), text.end(argument), f": {new}")
    want = ast.dump(ast.parse(new, mode="eval").body)

    def holds(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        found = argument_of(node, argument.arg).annotation
        return found is not None and ast.dump(found) == want

    return Change((splice,), (argument.arg,), holds)


def _named_default(subject: Subject, entry: Entry) -> ast.expr | None:
    """The default in the signature, if it is a literal and the entry names just this one."""
    if len(entry.names) != 1 or entry.names[0] not in {a.arg for a in subject.plain}:
        return None
    default = default_of(subject.node, entry.names[0])
    said = f"{entry.type} ; {entry.text}"
    mentions = list(_DEFAULT.finditer(said))
    if default is None or len(mentions) != 1 or len(re.findall(r"(?i)default", said)) != 1:
        return None
    match = _LITERAL.match(said, mentions[0].end())
    if match is None:
        return None
    try:
        value = ast.literal_eval(default)
        written = match["literal"]
        named = ast.literal_eval(written) if _is_literal(written) else written
    except ValueError:
        return None
    return default if type(named) is type(value) and named == value else None


def _is_literal(written: str) -> bool:
    return written[0] in "\"'-0123456789" or written in ("True", "False", "None")


def _another(default: ast.expr, entry: Entry) -> str | None:
    """Another literal of the same kind, which the entry does not mention."""
    value = ast.literal_eval(default)
    if value is None:
        kinds = {"str": '"auto"', "int": "12", "float": "0.75", "bool": "False"}
        new = next((text for kind, text in kinds.items() if re.search(rf"\b{kind}\b", entry.type)), "")
    elif isinstance(value, bool):
        new = str(not value)
    elif isinstance(value, (int, float)):
        new = repr(value * 3 + 7)
    else:
        new = '"' + (str(value) + "_other" if value else "other") + '"'
    said = re.sub(r"\w*[a-z]\w*\((.*)\)", r"\1", f"{entry.type} {entry.text}")
    # A description of what True and False do names both: there, only the word after "default" counts.
    is_mentioned = not isinstance(value, bool) and bool(
        re.search(rf"(?<!\w){re.escape(new.strip(chr(34)))}(?!\w)", said)
    )
    return new if new and not is_mentioned else None


def _named_type(entry: Entry) -> str | None:
    """The built-in type of an entry, if that is all that it says about the type."""
    said = (
        re.sub(r"(?i),?\s*\b(optional|required)\b|,?\s*\(?\bdefaults?\b.*", "", entry.type)
        .strip()
        .rstrip(",")
        .strip("`")
    )
    return said if said in _CONTRADICTING else None


def _fits(annotation: ast.expr | None, named: str) -> bool:
    """Whether there is no annotation, or one that says the same as the docstring."""
    if annotation is None:
        return True
    return ast.unparse(annotation).replace("typing.", "") in (named, f"Optional[{named}]", f"{named} | None")

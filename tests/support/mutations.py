"""Pairs of files that differ by one known change: what a cache may carry from one to the other, and what it must not.

Functions and classes of real files, as they stand there; each is changed in its meaning (`harmful`), in what surrounds
it, or in its form alone. What has to be written anew is found by Python's own `ast` (`meaning`).
"""

from __future__ import annotations

import ast
import random
import re
import textwrap
import tokenize
import warnings
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from harmful import MEANT, OF_CLASSES, called, of, one_of, parameter_added
from meaning import DEFINITIONS, FUNCTIONS, FunctionNode, evidence, finder, outdated, own, parameters

from glossator.syntax.facts import MAX_CALLS

LINES = range(3, 61)  # the functions that are taken
CLASS_LINES = 80
HARMFUL_OF_EACH, HARMLESS_OF_EACH = 5, 3
# Code that can see its own names; whoever calls one of these means them, so that no renaming is harmless.
SEEING = re.compile(r"\b(?:locals|vars|dir|eval|exec)\b")
PREFIX = "import os\nimport sys\n\nLIMIT = 10\n\n\ndef weigh(path):\n    return os.path.getsize(path) > LIMIT\n\n\n"
SUFFIX = "\n\nclass Unrelated:\n    weight = 3\n\n\nif __name__ == '__main__':\n    sys.exit(0)\n"


@dataclass(frozen=True)
class Pair:
    """A file before and after a change, and the path of the symbol that is looked at in both.

    `outdated` are the fields for which nothing may be taken from before (labels as in `meaning`); without any, both
    mean the same. `renamed` has the new names of parameters.
    """

    kind: str
    before: str
    after: str
    path: str
    after_path: str
    outdated: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_same(self) -> bool:
        """Whether both sides mean the same."""
        return not self.outdated


@dataclass(frozen=True)
class Subject:
    """A function or class as it stands in a file, in a file of its own: with the header of the class around it."""

    node: FunctionNode | ast.ClassDef
    owner: ast.ClassDef | None
    source: str

    @property
    def path(self) -> str:
        """The symbol's path."""
        return f"{self.owner.name}.{self.node.name}" if self.owner is not None else self.node.name

    def written(self, node: ast.AST) -> str:
        """The file with another node, laid out by Python."""
        text = ast.unparse(ast.fix_missing_locations(node)) + "\n"
        return text if self.owner is None else headed(self.owner) + textwrap.indent(text, "    ", bool)


def pairs(files: Iterable[Path], seed: int) -> Iterator[Pair]:
    """Pairs from all functions and classes of these files, several of each, in an order that the seed makes."""
    chance = random.Random(seed)
    pool = [one for file in files for one in subjects(file)]
    chance.shuffle(pool)
    for one in pool:
        yield from pairs_of(one, chance)


def pairs_of(subject: Subject, chance: random.Random) -> Iterator[Pair]:
    """Some pairs of one function or class."""
    kinds = MEANT if isinstance(subject.node, FUNCTIONS) else OF_CLASSES
    for kind in chance.sample(kinds, min(HARMFUL_OF_EACH, len(kinds))):
        yield from changed(subject, kind, chance)
    around = AROUND_FUNCTIONS if isinstance(subject.node, FUNCTIONS) else (class_renamed, method_body)
    forms = (*FORMS, *(RENAMINGS if isinstance(subject.node, FUNCTIONS) else ()))
    for make in (*chance.sample(around, 2), *chance.sample(forms, HARMLESS_OF_EACH)):
        try:
            pair = make(subject, chance)
            ast.parse(pair.after)
        except (LookupError, SyntaxError, tokenize.TokenError):
            continue
        if pair.before != pair.after:
            yield pair


def changed(subject: Subject, kind, chance: random.Random) -> Iterator[Pair]:
    """The pair of one change of meaning, where it can be made and Python sees a difference."""
    node = deepcopy(subject.node)
    try:
        node = kind(node, chance) or node
        after = subject.written(node)
        stale = outdated(seen(subject.source, subject.path), seen(after, subject.path))
    except (LookupError, SyntaxError, ValueError):
        return
    if stale:
        yield Pair(kind.__name__, subject.source, after, subject.path, subject.path, stale)


# What surrounds a symbol.


def class_renamed(subject: Subject, _chance: random.Random) -> Pair:
    source, path = subject.source, subject.path
    name = path.partition(".")[0]
    if subject.owner is None and isinstance(subject.node, FUNCTIONS):
        raise LookupError
    after = re.sub(rf"^class {name}\b", f"class Other{name}", source, count=1, flags=re.MULTILINE)
    return Pair("class_renamed", source, after, path, f"Other{path}", stale_of(source, after, path, f"Other{path}"))


def bases_changed(subject: Subject, _chance: random.Random) -> Pair:
    if subject.owner is None:
        raise LookupError
    owner = deepcopy(subject.owner)
    owner.bases = [ast.Name("Foundation", ast.Load()), *owner.bases]
    after = headed(owner) + subject.source.removeprefix(headed(subject.owner))
    return Pair("bases_changed", subject.source, after, subject.path, subject.path, frozenset(["summary"]))


def callee_signature(subject: Subject, chance: random.Random) -> Pair:
    """A function of the file that is called gets another parameter."""
    before, helper = with_helper(subject, chance)
    changed = deepcopy(helper)
    parameter_added(changed, chance)
    after = before.replace(ast.unparse(helper), ast.unparse(ast.fix_missing_locations(changed)))
    return Pair("callee_signature", before, after, subject.path, subject.path, frozenset(["summary"]))


def callee_raises(subject: Subject, chance: random.Random) -> Pair:
    """A function of the file that is called raises what it did not."""
    before, helper = with_helper(subject, chance)
    text = ast.unparse(helper)
    after = before.replace(text, text.replace("return unit", "raise ReferenceError(unit)"))
    return Pair("callee_raises", before, after, subject.path, subject.path, frozenset(["summary"]))


def callee_prose(subject: Subject, chance: random.Random) -> Pair:
    """A function of the file that is called gets another docstring and other code: harmless."""
    before, helper = with_helper(subject, chance)
    text = ast.unparse(helper)
    after = before.replace(
        text, text.replace("Weigh a unit.", "Say how heavy.").replace("return unit", "return unit * 2")
    )
    return Pair("callee_prose", before, after, subject.path, subject.path)


def with_helper(subject: Subject, chance: random.Random) -> tuple[str, ast.FunctionDef]:
    """The file with a function in it that the symbol calls, and that function."""
    bound = {one.id for one in of(subject.node, ast.Name) if isinstance(one.ctx, ast.Store)}
    bound |= {one.arg for one in of(subject.node, ast.arg)} | {one.name for one in of(subject.node, *DEFINITIONS)}
    bound |= {one.asname or one.name.partition(".")[0] for one in of(subject.node, ast.alias)} | {
        *subject.path.split(".")
    }
    calls = [one for one in own(subject.node.body, ast.Call) if isinstance(one.func, ast.Name)]
    # Of more calls than these a prompt shows no headers, so that no key has them.
    is_shown = len({ast.unparse(one.func) for one in of(subject.node, ast.Call)}) <= MAX_CALLS
    name = one_of(sorted({called(one) for one in calls} - bound) if is_shown else [], chance)
    text = f'def {name}(*unit, **rest):\n    """Weigh a unit."""\n    return unit'
    return f"{text}\n\n\n{subject.source}", ast.parse(text).body[0]


def method_body(subject: Subject, chance: random.Random) -> Pair:
    """Of a class, what a method other than `__init__` does: harmless, as long as no header changes."""
    node = deepcopy(subject.node)
    methods = (one for one in node.body if isinstance(one, FUNCTIONS) and one.name != "__init__")
    body = one_of(methods, chance).body
    body.insert(1 if isinstance(body[0], ast.Expr) else 0, ast.parse("counted = len(REGISTRY)").body[0])
    return Pair("method_body", subject.source, subject.written(node), subject.path, subject.path)


AROUND_FUNCTIONS = (class_renamed, bases_changed, callee_signature, callee_raises, callee_prose)


# The form alone.


def same(kind: str, subject: Subject, after: str, renamed: Mapping[str, str] | None = None) -> Pair:
    """A pair that means the same."""
    return Pair(kind, subject.source, after, subject.path, subject.path, renamed=renamed or {})


def laid_out_anew(subject: Subject, _chance: random.Random) -> Pair:
    """Python's own layout: no comments, other quotes and brackets."""
    return same("laid_out_anew", subject, subject.written(subject.node))


def commented(subject: Subject, chance: random.Random) -> Pair:
    """Comments and empty lines before statements, and behind lines."""
    lines = subject.source.split("\n")
    # A comment further left than a decorator, before what it decorates, is an error to tree-sitter.
    plain = [one for one in of(ast.parse(subject.source), ast.stmt) if not getattr(one, "decorator_list", ())]
    starts = {one.lineno for one in plain}
    ends = {one.end_lineno for one in of(ast.parse(subject.source), ast.stmt) if not hasattr(one, "body")}
    inside = within_texts(subject.source)
    out = []
    for number, line in enumerate(lines, 1):
        if number in starts and number not in inside and chance.random() < 0.3:
            out += ["", " " * chance.randrange(9) + "# " + chance.choice(("why so?", "raise ValueError", "x = 1"))]
        is_end = number in ends and number + 1 not in inside and not line.rstrip().endswith("\\")
        out.append(f"{line}  # {chance.choice(('sic', 'noqa'))}" if is_end and chance.random() < 0.2 else line)
    return checked(same("commented", subject, "\n".join(out)))


def indented_otherwise(subject: Subject, _chance: random.Random) -> Pair:
    """Three columns for four, and brackets over several lines."""
    source, inside = subject.source, within_texts(subject.source)
    lines = [
        line if number in inside else " " * ((len(line) - len(line.lstrip(" "))) * 3 // 4) + line.lstrip(" ")
        for number, line in enumerate(source.split("\n"), 1)
    ]
    text = "\n".join(lines)
    return checked(same("indented_otherwise", subject, re.sub(r"\((?=\w)", "(\n\n          ", text, count=1)))


def quoted_otherwise(subject: Subject, _chance: random.Random) -> Pair:
    """Other quotes around plain strings."""
    out = []
    for token in tokenize.generate_tokens(StringIO(subject.source).readline):
        text = token.string
        is_plain = token.type == tokenize.STRING and text[0] in "'\"" and text[:3] not in ("'''", '"""')
        if is_plain and not {"'", '"', "\\"} & set(text[1:-1]):
            other = "'" if text[0] == '"' else '"'
            text = f"{other}{text[1:-1]}{other}"
        out.append(token._replace(string=text))
    return checked(same("quoted_otherwise", subject, tokenize.untokenize(out)))


def docstring_changed(subject: Subject, _chance: random.Random) -> Pair:
    """Another docstring, or the first one."""
    node = deepcopy(subject.node)
    doc = ast.Expr(ast.Constant("Weigh the candles.\n\nArgs:\n    nothing: at all."))
    node.body[: 1 if ast.get_docstring(node, clean=False) is not None else 0] = [doc]
    return same("docstring_changed", subject, subject.written(node))


def moved(subject: Subject, _chance: random.Random) -> Pair:
    """Other code around it in the file."""
    return same("moved", subject, PREFIX + subject.source + SUFFIX)


def local_renamed(subject: Subject, chance: random.Random) -> Pair:
    stored = {one.id for one in of(subject.node, ast.Name) if isinstance(one.ctx, ast.Store)}
    old = one_of(sorted(stored - {one.arg for one in of(subject.node, ast.arg)}), chance)
    return renamed("local_renamed", subject, old, chance.choice(("candle", "x_9", "lantern_")))


def parameter_renamed(subject: Subject, chance: random.Random) -> Pair:
    names = [one.arg for one in parameters(subject.node) if one.arg not in ("self", "cls", "_")]
    old = one_of(names, chance)
    return renamed("parameter_renamed", subject, old, chance.choice((f"{old.rstrip('_')}_given", "candle")))


def renamed(kind: str, subject: Subject, old: str, new: str) -> Pair:
    """The pair in which a name of the function's own is another."""
    node, text = deepcopy(subject.node), ast.unparse(subject.node)
    inner = (ast.Global, ast.Nonlocal, ast.Lambda, *DEFINITIONS)
    is_clear = len(of(node, *inner)) == 1 and not SEEING.search(text) and not re.search(rf"\b{new}\b", text)
    # A name that begins with two underscores is another one in a class.
    if not is_clear or re.search(rf"[.\"']{old}\b|\b{old}=", text) or old.startswith("__") or of(node, ast.Import):
        raise LookupError
    for one in (*parameters(node), *(inner for part in node.body for inner in ast.walk(part))):
        for name in ("id", "arg", "name", "asname", "rest"):
            is_own = not isinstance(one, (ast.keyword, *DEFINITIONS, ast.alias)) or name == "asname"
            if is_own and getattr(one, name, None) == old:
                setattr(one, name, new)
    is_parameter = any(one.arg == old for one in parameters(subject.node))
    return same(kind, subject, subject.written(node), {old: new} if is_parameter else {})


FORMS = (laid_out_anew, commented, indented_otherwise, quoted_otherwise, docstring_changed, moved)
RENAMINGS = (local_renamed, parameter_renamed)


def seen(source: str, path: str):
    """What Python's `ast` says of a symbol. Raises LookupError where it is not there."""
    found = finder(ast.parse(source))(path)
    if found is None:
        raise LookupError
    return evidence(*found)


def stale_of(before: str, after: str, path: str, after_path: str) -> frozenset[str]:
    """The fields that a change outdates."""
    return outdated(seen(before, path), seen(after, after_path))


def checked(pair: Pair) -> Pair:
    """A pair whose sides are equal trees. Raises LookupError for another."""
    if ast.dump(ast.parse(pair.before)) != ast.dump(ast.parse(pair.after)):
        raise LookupError
    return pair


def within_texts(source: str) -> set[int]:
    """The lines that begin within a string."""
    found = of(ast.parse(source), ast.Constant, ast.JoinedStr)
    return {line for one in found for line in range(one.lineno + 1, (one.end_lineno or one.lineno) + 1)}


def headed(owner: ast.ClassDef) -> str:
    """The header of a class in a line."""
    bases = ", ".join(map(ast.unparse, owner.bases))
    return f"class {owner.name}({bases}):\n" if bases else f"class {owner.name}:\n"


def subjects(file: Path) -> Iterator[Subject]:
    """The functions and classes of a file that pairs are made of; none of a file that cannot be parsed."""
    try:
        with warnings.catch_warnings(action="ignore"):
            found = list(subjects_in(file.read_text(encoding="utf-8")))
    except (SyntaxError, ValueError):
        return
    yield from found


def subjects_in(source: str) -> Iterator[Subject]:
    """Those of a source text. Raises SyntaxError or ValueError for one that cannot be parsed."""
    tree, lines = ast.parse(source), source.split("\n")
    if {"\r", "\f", "\t"} & set(source):
        return
    for owner in of(tree, ast.Module, ast.ClassDef):
        inner = owner if isinstance(owner, ast.ClassDef) else None
        for node in owner.body:
            first = min([one.lineno for one in getattr(node, "decorator_list", ())], default=getattr(node, "lineno", 0))
            length = (getattr(node, "end_lineno", None) or 0) - first + 1
            is_class = isinstance(node, ast.ClassDef) and inner is None and length <= CLASS_LINES
            if not is_class and not (isinstance(node, FUNCTIONS) and length in LINES):
                continue
            text = "\n".join(lines[first - 1 : node.end_lineno]) + "\n"
            made = Subject(node, inner, headed(inner) + text if inner is not None else text)
            if _parses(made):
                yield made


def _parses(subject: Subject) -> bool:
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(subject.source)
    except SyntaxError:
        return False
    found = finder(tree)(subject.path)
    return found is not None and ast.dump(found[0]) == ast.dump(subject.node)

"""Changes to real functions: those of meaning show in both fingerprints, those of form or of local names do not."""

import ast
import copy
import io
import random
import tokenize
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glossator.syntax.document import Document
from glossator.syntax.fingerprint import Fingerprints, fingerprints

LIBRARY = Path(ast.__file__).parent
MODULES = ["configparser", "contextlib", "csv", "dataclasses", "json/decoder", "shutil"]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = (*FUNCTIONS, ast.Lambda, ast.ClassDef, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
WATCHERS = {"locals", "vars", "dir", "eval", "exec"}


def functions_of(module: str) -> list[ast.FunctionDef]:
    """Functions without docstrings, as they come back from their own text."""
    with warnings.catch_warnings(action="ignore"):
        tree = ast.parse((LIBRARY / f"{module}.py").read_bytes())
    found = [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]
    for node in ast.walk(tree):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return found


def digests(source: str) -> Fingerprints:
    document = Document("file:///x.py", source.encode("utf-8", "surrogatepass"))
    node = document.root.named_child(0)
    assert node is not None
    return fingerprints(node, document.text)


def negate(function, pick):
    node = pick(ast.If, ast.While, ast.IfExp)
    node.test = ast.UnaryOp(ast.Not(), node.test)


def compare(function, pick):
    node = pick(ast.Compare)
    node.ops[0] = ast.Lt() if not isinstance(node.ops[0], ast.Lt) else ast.GtE()


def reorder_operands(function, pick):
    node = pick(ast.BinOp)
    node.left, node.right = node.right, node.left


def regroup(function, pick):
    node = pick(ast.BoolOp)
    if len(node.values) == 2:
        node.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
    else:
        node.values = [node.values[0], ast.BoolOp(node.op, node.values[1:])]


def literal(function, pick):
    node = pick(ast.Constant)
    node.value = [node.value] if node.value is None else (node.value, 1)
    node.value = repr(node.value)


def attribute(function, pick):
    pick(ast.Attribute).attr += "_"


def free_name(function, pick):
    pick(ast.Call).func = ast.Name("another_function", ast.Load())


def swap_arguments(function, pick):
    node = pick(ast.Call)
    node.args = node.args[::-1]


def wrap_arguments(function, pick):
    node = pick(ast.Call)
    node.args = [ast.Tuple(node.args, ast.Load())]


def drop_statement(function, pick):
    node = pick(ast.If, ast.For, ast.While, ast.With, ast.FunctionDef)
    node.body = node.body[1:] or [ast.Break()]


def swap_branches(function, pick):
    node = pick(ast.If)
    node.body, node.orelse = node.orelse or [ast.Pass()], node.body


def move_out(function, pick):
    node = pick(ast.If, ast.For, ast.While)
    if not node.orelse:
        node.orelse = [ast.Continue()]
    else:
        node.body, node.orelse = node.body + node.orelse, []


def exception(function, pick):
    pick(ast.Raise).exc = ast.Name("OtherError", ast.Load())


def returned(function, pick):
    node = pick(ast.Return)
    node.value = ast.Yield(node.value)


def bound_step(function, pick):
    node = pick(ast.Slice)
    node.lower, node.upper, node.step = node.upper, node.step, node.lower


def new_parameter(function, pick):
    function.args.kwonlyargs.append(ast.arg("another_parameter"))
    function.args.kw_defaults.append(None)


def annotate(function, pick):
    pick(ast.arg).annotation = ast.Name("SomeType", ast.Load())


def make_async(function, pick):
    pick(ast.comprehension).is_async ^= 1


def star(function, pick):
    node = pick(ast.Call)
    node.args = [*node.args, ast.Starred(ast.Name("rest", ast.Load()), ast.Load())]


CHANGES = [
    *[negate, compare, reorder_operands, regroup, literal, attribute, free_name, swap_arguments, wrap_arguments, star],
    *[drop_statement, swap_branches, move_out, exception, returned, bound_step, new_parameter, annotate, make_async],
]
SAMPLES = [function for module in ("argparse", "dataclasses", "shutil", "typing") for function in functions_of(module)]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_of_meaning_shows_in_both_fingerprints(change):
    chance = random.Random(change.__name__)
    compared = 0
    for function in chance.sample(SAMPLES, len(SAMPLES)):
        if compared == 30:
            break
        changed = copy.deepcopy(function)

        def pick(*kinds, root=changed):
            return chance.choice([node for node in ast.walk(root) if isinstance(node, kinds)])

        try:
            change(changed, pick)
            before, after = ast.unparse(function), ast.unparse(changed)
            with warnings.catch_warnings(action="ignore"):
                if ast.dump(ast.parse(before)) == ast.dump(ast.parse(after)):
                    continue
        except (IndexError, SyntaxError, ValueError):
            continue
        old, new = digests(before), digests(after)
        assert old.exact != new.exact, after
        assert old.alpha != new.alpha, after
        compared += 1
    assert compared > 2


def names_in(*parts: ast.AST | None) -> set[str]:
    return {node.id for part in parts if part for node in ast.walk(part) if isinstance(node, ast.Name)}


def kept_names(function: ast.FunctionDef, nodes: list[ast.AST]) -> set[str]:
    """Names that are read outside of the function, or that others may see."""
    arguments = function.args
    kept = names_in(*function.decorator_list, *arguments.defaults, *arguments.kw_defaults, function.returns)
    for node in nodes:
        if isinstance(node, ast.arg):
            kept |= names_in(node.annotation)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            kept |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
            kept.add(node.name)
        elif isinstance(node, ast.Call):
            kept |= {keyword.arg for keyword in node.keywords if keyword.arg}
    return kept


def local_names(function: ast.FunctionDef) -> dict[str, list[ast.Name | ast.arg]]:
    """All uses of the names that belong to this function alone; nothing for functions with scopes inside."""
    nodes = [node for part in [*function.body, function.args] for node in ast.walk(part)]
    if any(isinstance(node, (*SCOPES, ast.Global, ast.Nonlocal)) for node in nodes):
        return {}
    uses: dict[str, list[ast.Name | ast.arg]] = {}
    for node in nodes:
        if isinstance(node, (ast.Name, ast.arg)):
            uses.setdefault(node.id if isinstance(node, ast.Name) else node.arg, []).append(node)
    bound = {name for name in uses if any(not isinstance(getattr(node, "ctx", None), ast.Load) for node in uses[name])}
    if WATCHERS & uses.keys():
        return {}
    return {name: uses[name] for name in bound - kept_names(function, nodes) if not name.startswith("__")}


def rename(node: ast.Name | ast.arg, new: str) -> None:
    if isinstance(node, ast.arg):
        node.arg = new
    else:
        node.id = new


@pytest.mark.parametrize("module", MODULES)
def test_only_a_consistent_renaming_keeps_the_alpha_fingerprint(module):
    renamed = 0
    for function in functions_of(module):
        before = digests(ast.unparse(function))
        for name, uses in local_names(function).items():
            for use in uses:
                rename(use, "quite_new")
            everywhere = digests(ast.unparse(function))
            assert everywhere.alpha == before.alpha, (function.name, name)
            assert everywhere.exact != before.exact
            if len(uses) > 1:
                rename(uses[-1], name)
                assert digests(ast.unparse(function)).alpha != before.alpha, (function.name, name)
            for use in uses:
                rename(use, name)
            renamed += 1
    assert renamed > 5


SOURCES = [ast.unparse(function) for module in ("shutil", "csv", "enum") for function in functions_of(module)][::4]


@st.composite
def laid_out(draw, source: str) -> str:
    """The same tokens with other blanks, line breaks inside brackets, comments, blank lines and indentation."""
    width = draw(st.sampled_from([1, 2, 3, 8]))
    gaps = draw(st.randoms(use_true_random=False))
    lines, line, depth, level = [], "", 0, 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.INDENT:
            level += 1
        elif token.type == tokenize.DEDENT:
            level -= 1
        elif token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
            lines += [line + gaps.choice(["", "  ", "  # a remark"])] if line else []
            lines += gaps.choice([[], [], ["", "# another"]])
            line = ""
        elif token.type not in (tokenize.NL, tokenize.COMMENT):
            line = line or " " * (width * level)
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.string, 0)
            # Deeper than the statement: the grammar takes another line for its end, even inside brackets.
            deeper = "\n" + " " * (width * level + 1)
            breaks = [deeper, f"  # why{deeper}", f"\n{deeper}"] if depth else [" ", f" \\{deeper}"]
            line += token.string + gaps.choice(["", *breaks] if token.string in "()[]{}.," else [" ", *breaks])
    return "\n".join(lines) + "\n"


@given(st.sampled_from(SOURCES).flatmap(lambda source: st.tuples(st.just(source), laid_out(source))))
@settings(max_examples=150, deadline=None)
def test_layout_does_not_count(pair):
    source, other = pair
    assert digests(source) == digests(other.lstrip())

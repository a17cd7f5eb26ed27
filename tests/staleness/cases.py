"""Cases: functions of a corpus with one known change each, in balance between styles and packages.

`write` lays them down as before/STYLE/NAME.py and after/STYLE/NAME.py with a truth.json beside them:

    {"cases": [{"id", "kind", "is_harmful", "family", "style", "package", "module", "symbol", "names",
                "before": {"path", "first", "last"}, "after": {"path", "first", "last"}, "has_raises_section"}]}

Several cases of one module share its `before`. Lines count from 1, decorators are among a function's.
"""

from __future__ import annotations

import ast
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import harmless
import of_parameters
import of_raises
import of_results
import of_values
from changing import Change, Changer
from splicing import FunctionNode, docstring_node, first_line, last_line, spliced
from subjects import Subject, definitions, line_range, modules, parsed, subjects

HARMFUL: Mapping[str, tuple[str, Changer]] = {
    "parameter added": ("parameters", of_parameters.added),
    "parameter removed": ("parameters", of_parameters.removed),
    "parameter renamed": ("parameters", of_parameters.renamed),
    "parameters swapped": ("order", of_parameters.swapped),
    "return added": ("result", of_results.return_added),
    "return dropped": ("result", of_results.return_dropped),
    "return to yield": ("result", of_results.return_to_yield),
    "raise added": ("raises", of_raises.added),
    "raise removed": ("raises", of_raises.removed),
    "raise changed": ("raises", of_raises.changed),
    "default changed": ("default", of_values.default_changed),
    "type changed": ("type", of_values.type_changed),
}
HARMLESS: Mapping[str, Changer] = {
    "local renamed": harmless.local_renamed,
    "layout changed": harmless.layout_changed,
    "comments added": harmless.comments_added,
    "body edited": harmless.body_edited,
}
KINDS = (*HARMFUL, *HARMLESS)


@dataclass(frozen=True, slots=True)
class Side:
    """A file of a case, and the lines of its function."""

    path: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Case:
    """One changed function; `names` are what the change concerns, `family` is what findings should be about."""

    id: str
    kind: str
    is_harmful: bool
    family: str
    style: str
    package: str
    module: str
    symbol: str
    names: tuple[str, ...]
    has_raises_section: bool
    before: Side
    after: Side


@dataclass(frozen=True, slots=True)
class Options:
    """What to make: how many cases a kind, of which styles and kinds; lone functions, or whole modules."""

    per_kind: int = 150
    seed: int = 1
    styles: tuple[str, ...] = ("google", "numpy", "sphinx")
    kinds: tuple[str, ...] = KINDS
    is_lone: bool = False


@dataclass(frozen=True, slots=True)
class _Changed:
    """A subject with the text after its change."""

    subject: Subject
    change: Change
    text: str
    node: FunctionNode


def write(corpus: Path, folder: Path, options: Options) -> list[Case]:
    """Make the cases of a corpus and lay them down in a folder."""
    every = [subject for module in modules(corpus) for subject in subjects(module)]
    by_style = {style: [s for s in every if s.doc.style == style] for style in options.styles}
    cases = []
    for kind in options.kinds:
        r = random.Random(f"{options.seed} {kind}")
        for number, changed in enumerate(_chosen(by_style, kind, options.per_kind, r)):
            identity = f"{re.sub(r'[^a-z]+', '_', kind)}_{number:04}"
            cases.append(_laid_down(folder, identity, kind, (changed, options.is_lone)))
    (folder / "truth.json").write_text(json.dumps({"cases": [asdict(case) for case in cases]}, indent=1))
    return cases


def read_truth(folder: Path) -> list[Case]:
    """The cases that `write` left in a folder."""
    found = json.loads((folder / "truth.json").read_text())["cases"]
    return [
        Case(**{**c, "names": tuple(c["names"]), "before": Side(**c["before"]), "after": Side(**c["after"])})
        for c in found
    ]


def _chosen(by_style: Mapping[str, list[Subject]], kind: str, count: int, r: random.Random) -> Iterator[_Changed]:
    """Changed functions: the styles take turns, and within a style the packages."""
    queues = [_attempts(_interleaved(found, r), kind, r) for found in by_style.values()]
    while queues and count:
        for queue in list(queues):
            changed = next(queue, None)
            if changed is None:
                queues.remove(queue)
            elif count:
                count -= 1
                yield changed


def _interleaved(found: Iterable[Subject], r: random.Random) -> Iterator[Subject]:
    """Subjects in random order, packages in turn."""
    by_package: dict[str, list[Subject]] = defaultdict(list)
    for subject in found:
        by_package[subject.module.package].append(subject)
    for group in by_package.values():
        r.shuffle(group)
    while by_package:
        for package in list(by_package):
            yield by_package[package].pop()
            if not by_package[package]:
                del by_package[package]


def _attempts(found: Iterator[Subject], kind: str, r: random.Random) -> Iterator[_Changed]:
    """Changes of a kind that could be made and that hold what they promise."""
    changer = HARMFUL[kind][1] if kind in HARMFUL else HARMLESS[kind]
    for subject in found:
        change = changer(subject, r)
        changed = _applied(subject, change) if change else None
        if changed is not None:
            yield changed


def _applied(subject: Subject, change: Change) -> _Changed | None:
    """The change made; None if the text is then not what it should be."""
    text = spliced(subject.module.text.text, change.splices)
    tree = parsed(text)
    if tree is None or text == subject.module.text.text or _docstrings(tree) != _docstrings(subject.module.tree):
        return None
    found = [node for symbol, node, _ in definitions(tree) if symbol == subject.symbol]
    if len(found) != 1 or not change.holds(found[0]) or not _is_alone(subject, tree, found[0]):
        return None
    return _Changed(subject, change, text, found[0])


def _is_alone(subject: Subject, tree: ast.Module, node: FunctionNode) -> bool:
    """Whether everything but this one function means what it meant."""
    before = [(symbol, ast.dump(n)) for symbol, n, _ in definitions(subject.module.tree) if n is not subject.node]
    after = [(symbol, ast.dump(n)) for symbol, n, _ in definitions(tree) if n is not node]
    return before == after and len(subject.module.tree.body) == len(tree.body)


def _docstrings(tree: ast.Module) -> list[object]:
    """All docstrings as they are."""
    nodes = (docstring_node(node) for node in ast.walk(tree))
    return [node.value for node in nodes if node is not None]


def _laid_down(folder: Path, identity: str, kind: str, what: tuple[_Changed, bool]) -> Case:
    """Write the two files of a case."""
    changed, is_lone = what
    subject = changed.subject
    style = subject.doc.style
    name = re.sub(r"\W+", "_", subject.module.name.removesuffix(".py"))
    before = f"before/{style}/{identity if is_lone else name}.py"
    after = f"after/{style}/{identity}.py"
    whole = (subject.module.text.text, subject.node), (changed.text, changed.node)
    texts = [_alone(subject, text, node) if is_lone else (text, *line_range(node)) for text, node in whole]
    sides = []
    for path, (text, first, last) in zip((before, after), texts, strict=True):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
        sides.append(Side(path, first, last))
    return Case(
        id=identity,
        kind=kind,
        is_harmful=kind in HARMFUL,
        family=HARMFUL[kind][0] if kind in HARMFUL else "",
        style=style,
        package=subject.module.package,
        module=subject.module.name,
        symbol=subject.symbol if not is_lone else subject.symbol.split(".", max(subject.symbol.count(".") - 1, 0))[-1],
        names=changed.change.names,
        has_raises_section=bool(subject.doc.of("raises")),
        before=sides[0],
        after=sides[1],
    )


def _alone(subject: Subject, text: str, node: FunctionNode) -> tuple[str, int, int]:
    """A file with the module's imports and one function, and the function's first and last line in it."""
    module, owner = subject.module, subject.owner
    first, last = line_range(node)
    lines = text.split("\n")[first - 1 : last]
    imports = [node for node in module.tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    head = [row for node in imports for row in module.text.lines[first_line(node) - 1 : last_line(node)]]
    head = [*head, "", ""] if head else []
    if owner is not None:
        bases = f"({', '.join(ast.unparse(base) for base in owner.bases)})" if owner.bases else ""
        margin = " " * owner.col_offset
        # A class within a class keeps the depth of its lines: what is around it only has to be something.
        head += ["if True:"] * bool(margin) + [f"{margin}class {owner.name}{bases}:", ""]
    return "\n".join([*head, *lines, ""]), len(head) + 1, len(head) + len(lines)

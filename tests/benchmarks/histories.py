"""Make a git history of a package: `python tests/benchmarks/histories.py FOLDER REPOSITORY [--commits N] [--seed N]`.

The Python files of a folder are the first commit; each one after it is one change, and its message says of which kind:
those that people make without changing what anything means (reformat, comment, rename a local, revert, switch to an
older state and back), and those that do. Equal folders and seeds give equal histories, by `git fast-import`.
"""

from __future__ import annotations

import argparse
import ast
import random
import subprocess
import sys
import tokenize
import warnings
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "support")]

import harmful  # noqa: E402
from mutations import Subject, headed, local_renamed, parameter_renamed, subjects_in  # noqa: E402

Tree = dict[str, str]
Change = Callable[[Tree, random.Random], Tree]
START = 1_700_000_000  # seconds since 1970-01-01; each commit is an hour later
TRIES = 50
BODY = (harmful.other_literal, harmful.statement_guarded, harmful.negated_condition, harmful.other_callee)
NEW = """\
def {name}(values, limit={number}):
    '''Keep what is small.'''
    return [one for one in values if one < limit]
"""


def reformatted(tree: Tree, chance: random.Random) -> Tree:
    """A file as Python would write it, which takes comments away."""
    path = chance.choice(sorted(tree))
    return tree | {path: ast.unparse(ast.parse(tree[path])) + "\n"}


def commented(tree: Tree, chance: random.Random) -> Tree:
    """A comment above a definition."""
    path, node, _ = _function(tree, chance)
    lines = tree[path].split("\n")
    lines.insert(_first(node) - 1, " " * node.col_offset + f"# Part {chance.randrange(99)} of the work.")
    return tree | {path: "\n".join(lines)}


def with_local_renamed(tree: Tree, chance: random.Random) -> Tree:
    """Another name for a local."""
    path, node, subject = _function(tree, chance)
    return tree | {path: _put(tree[path], node, subject, local_renamed(subject, chance).after)}


def with_parameter_renamed(tree: Tree, chance: random.Random) -> Tree:
    """Another name for a parameter; whoever names it in a call is not looked for."""
    path, node, subject = _function(tree, chance)
    return tree | {path: _put(tree[path], node, subject, parameter_renamed(subject, chance).after)}


def with_body_changed(tree: Tree, chance: random.Random) -> Tree:
    """Other code in a function."""
    return _mutated(tree, chance.choice(BODY), chance)


def with_signature_changed(tree: Tree, chance: random.Random) -> Tree:
    """A parameter more."""
    return _mutated(tree, harmful.parameter_added, chance)


def with_function(tree: Tree, chance: random.Random) -> Tree:
    """A new function at the end of a file."""
    path, number = chance.choice(sorted(tree)), chance.randrange(10_000)
    return tree | {path: f"{tree[path].rstrip()}\n\n\n{NEW.format(name=f'keep_{number}', number=number)}"}


def with_function_moved(tree: Tree, chance: random.Random) -> Tree:
    """A function in another file; its imports are not looked for."""
    path, node, _ = _function(tree, chance)
    other = chance.choice(sorted(tree.keys() - {path}) or [path])
    if node.col_offset or other == path:
        raise LookupError
    lines = tree[path].split("\n")
    moved = "\n".join(lines[_first(node) - 1 : node.end_lineno])
    del lines[_first(node) - 1 : node.end_lineno]
    return tree | {path: "\n".join(lines), other: f"{tree[other].rstrip()}\n\n\n{moved}\n"}


CHANGES: dict[str, Change] = {
    "reformat": reformatted,
    "comment": commented,
    "rename a local": with_local_renamed,
    "rename a parameter": with_parameter_renamed,
    "change a body": with_body_changed,
    "change a signature": with_signature_changed,
    "add a function": with_function,
    "move a function": with_function_moved,
}
WEIGHTS = (2, 2, 2, 1, 4, 1, 2, 1)
BACK = ("revert", "switch to an older state", "switch back")
HARMLESS = ("reformat", "comment", "rename a local", *BACK)


def history(tree: Tree, commits: int, seed: int) -> Iterator[tuple[str, Tree]]:
    """So many states of some files, each with the kind of change that led to it."""
    chance = random.Random(seed)
    states = [tree]
    yield "import", tree
    while len(states) < commits:
        kind = chance.choices((*CHANGES, *BACK[:2]), (*WEIGHTS, 1, 1))[0]
        if kind in CHANGES:
            new = [(kind, _changed(states[-1], CHANGES[kind], chance))]
        elif kind == "revert":
            new = [(kind, states[-2] if len(states) > 1 else tree)]
        else:
            new = [(kind, chance.choice(states)), ("switch back", states[-1])]
        for name, state in new:
            if state != states[-1]:
                states.append(state)
                yield name, state


def write(states: Iterator[tuple[str, Tree]], repository: Path) -> None:
    """Make a bare repository of these states."""
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", repository], check=True)
    command = ["git", "-C", str(repository), "fast-import", "--quiet"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as git:
        assert git.stdin is not None
        before: Tree = {}
        for number, (kind, tree) in enumerate(states):
            who = f"committer Ada <ada@example.org> {START + 3600 * number} +0000"
            git.stdin.write(f"commit refs/heads/main\n{who}\n{_data(kind)}".encode())
            for path in sorted(before.keys() - tree.keys()):
                git.stdin.write(f"D {path}\n".encode())
            for path, text in tree.items():
                if before.get(path) != text:
                    git.stdin.write(f"M 100644 inline {path}\n{_data(text)}".encode())
            before = tree
    if git.returncode:
        raise RuntimeError(f"git fast-import ended with {git.returncode}")


def files_in(folder: Path) -> Tree:
    """The Python files of a folder that Python can parse."""
    found: Tree = {}
    for path in sorted(folder.rglob("*.py")):
        try:
            with warnings.catch_warnings(action="ignore"):
                text = path.read_text(encoding="utf-8")
                ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        found[path.relative_to(folder).as_posix()] = text
    return found


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"


def _changed(tree: Tree, change: Change, chance: random.Random) -> Tree:
    """The files after a change; as they were, where none of some tries finds a place for it."""
    for _ in range(TRIES):
        try:
            after = change(tree, chance)
            for path in after.keys() - {path for path in tree if tree[path] == after.get(path)}:
                ast.parse(after[path])
        except (LookupError, SyntaxError, tokenize.TokenError):
            continue
        return after
    return tree


def _function(tree: Tree, chance: random.Random) -> tuple[str, ast.FunctionDef, Subject]:
    """Any function of any file; one of a nested class is none, since its lines are indented further."""
    path = chance.choice(sorted(tree))
    found = [one for one in subjects_in(tree[path]) if not isinstance(one.node, ast.ClassDef)]
    subject = harmful.one_of([one for one in found if one.node.col_offset in (0, 4)], chance)
    return path, subject.node, subject


def _mutated(tree: Tree, change: Callable[..., ast.AST | None], chance: random.Random) -> Tree:
    path, node, subject = _function(tree, chance)
    other = deepcopy(subject.node)
    other = change(other, chance) or other
    return tree | {path: _put(tree[path], node, subject, subject.written(other))}


def _put(source: str, node: ast.FunctionDef, subject: Subject, text: str) -> str:
    """A file with another text for a function; `text` has the header of its class before it."""
    if subject.owner is not None:
        text = text.removeprefix(headed(subject.owner))
    lines = source.split("\n")
    lines[_first(node) - 1 : node.end_lineno] = text.rstrip("\n").split("\n")
    return "\n".join(lines)


def _first(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(one.lineno for one in node.decorator_list)])


def main(arguments: list[str] | None = None) -> int:
    """Make a repository."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--commits", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    write(history(files_in(options.folder), options.commits, options.seed), options.repository)
    return 0


if __name__ == "__main__":
    sys.exit(main())

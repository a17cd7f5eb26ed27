"""Changes that no docstring has to follow: layout, comments, names of local variables, statements without results."""

from __future__ import annotations

import ast
import random
import tokenize
from io import StringIO

from changing import Change, fresh_name, hides_names, insertion, renaming, words
from splicing import FunctionNode, Splice, first_line
from subjects import Subject

_COMMENTS = (
    "# The order matters here.",
    "# See the tracker: this used to raise ValueError.",
    "# Returns early for the common case.",
    "# default: 5, but callers always pass one",
    "# Fast path; measured twice.",
    "# strict (bool): not supported yet",
)
_STATEMENTS = (
    "_unused = 1",
    "_started = str({})",
    "_seen = [{}]",
    'print("at work")',
    'import logging\nlogging.getLogger(__name__).debug("at work on %r", {})',
    "_limit = 10\n_limit += 1",
)
_NEW = ("current_value", "found_item", "pending", "scratch", "chunk_now", "working_copy")


def local_renamed(subject: Subject, r: random.Random) -> Change | None:
    """A local variable has another name."""
    node = subject.node
    arguments = {a.arg for a in ast.walk(node) if isinstance(a, ast.arg)}
    stored = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    inner = {n.name for n in ast.walk(node) if isinstance(n, FunctionNode)}
    imported = {
        a.asname or a.name for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom) for a in n.names
    }
    candidates = sorted(stored - arguments - words(subject) - inner - imported)
    if not candidates or hides_names(subject):
        return None
    old, new = r.choice(candidates), fresh_name(subject, r, _NEW)
    splices = renaming(subject, old, new) if new else None
    if not splices or new is None:
        return None
    want = ast.dump(node).replace(f"id='{old}'", f"id='{new}'")
    return Change(tuple(splices), (), lambda changed: ast.dump(changed) == want)


def layout_changed(subject: Subject, r: random.Random) -> Change | None:
    """The signature is wrapped in another way, or blank lines stand between statements."""
    want = ast.dump(subject.node)
    splices = list(_rewrapped(subject)) if r.random() < 0.6 else []
    if not splices:
        chosen = r.sample(subject.body[1:], min(2, len(subject.body) - 1))
        splices = [splice for statement in chosen if (splice := insertion(subject, statement, ["", ""]))]
    return Change(tuple(splices), (), lambda changed: ast.dump(changed) == want) if splices else None


def comments_added(subject: Subject, r: random.Random) -> Change | None:
    """Comments stand before some statements, and behind one."""
    want = ast.dump(subject.node)
    places = [n for s in subject.body for n in ast.walk(s) if isinstance(n, ast.stmt)]
    chosen = {first_line(n): n for n in r.sample(places, min(3, len(places)))}.values()
    splices = [splice for n in chosen if (splice := insertion(subject, n, [r.choice(_COMMENTS)]))]
    return Change(tuple(splices), (), lambda changed: ast.dump(changed) == want) if splices else None


def body_edited(subject: Subject, r: random.Random) -> Change | None:
    """A statement is added that changes neither the signature nor what is returned or raised."""
    statement = r.choice(subject.body)
    names = [a.arg for a in subject.plain] or ["None"]
    added = r.choice(_STATEMENTS).format(r.choice(names))
    if any(name in subject.module.text.text for name in ("_unused", "_started", "_seen", "_limit")):
        return None
    splice = insertion(subject, statement, added.split("\n"))
    count = len(subject.node.body) + len(added.split("\n"))
    return Change((splice,), (), lambda changed: len(changed.body) == count) if splice else None


def _rewrapped(subject: Subject) -> list[Splice]:
    """The parameters on lines of their own; nothing if they already take more than one line."""
    text = subject.module.text
    node = subject.node
    row = text.lines[node.lineno - 1]
    if not row.rstrip().endswith(":") or not subject.plain:
        return []
    start = text.line_start(node.lineno)
    brackets = _brackets(row)
    if brackets is None:
        return []
    first, last = brackets
    indent = " " * (node.col_offset + 8)
    comma = "" if node.args.kwarg or node.args.vararg or row[:last].rstrip().endswith(",") else ","
    return [
        Splice(start + first + 1, start + first + 1, f"\n{indent}"),
        Splice(start + last, start + last, f"{comma}\n{' ' * node.col_offset}"),
    ]


def _brackets(row: str) -> tuple[int, int] | None:
    """Columns of the brackets around the parameters, if both are in the row."""
    depth = 0
    first = None
    try:
        for token in tokenize.generate_tokens(StringIO(row.strip() + " pass\n").readline):
            column = token.start[1] + len(row) - len(row.lstrip())
            if token.type == tokenize.OP and token.string in "([{":
                first = column if first is None else first
                depth += 1
            elif token.type == tokenize.OP and token.string in ")]}":
                depth -= 1
                if depth == 0 and first is not None:
                    return first, column
    except (tokenize.TokenError, IndentationError):
        return None
    return None

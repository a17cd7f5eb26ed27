"""Changes of a signature: a parameter is added, removed or renamed, or two change places."""

from __future__ import annotations

import ast
import itertools
import random

from changing import Change, argument_of, default_of, fresh_name, hides_names, insertion, names_at, renaming, words
from splicing import FunctionNode, Splice
from subjects import Subject

_NEW = ("strict", "retries", "fallback", "tolerance", "audience", "prefix_only", "max_items", "owner_id", "quiet_mode")
_VALUES = {"bool": "False", "int": "0", "str": '""'}


def added(subject: Subject, r: random.Random) -> Change | None:
    """A new parameter that the docstring does not know, though it knows all others."""
    new = fresh_name(subject, r, _NEW)
    arguments = subject.node.args
    if new is None or not subject.doc.parameters or not subject.is_complete:
        return None
    annotation = r.choice(sorted(_VALUES))
    typed = f"{new}: {annotation}" if any(a.annotation for a in subject.plain) else new
    with_default = f"{typed} = {_VALUES[annotation]}" if typed != new else f"{new}={_VALUES[annotation]}"
    text = subject.module.text
    if arguments.kwonlyargs:
        place = text.start(arguments.kwonlyargs[0])
        splice = Splice(place, place, f"{typed}, " if r.random() < 0.5 else f"{with_default}, ")
    elif arguments.vararg or arguments.kwarg or not arguments.args:
        return _before_others(subject, r, (new, typed))
    elif r.random() < 0.3 and (plain := _without_default(subject)):
        argument = r.choice(plain)
        splice = Splice(text.start(argument), text.start(argument), f"{typed}, ")
    else:
        last = arguments.args[-1]
        place = text.end(default_of(subject.node, last.arg) or last)
        splice = Splice(place, place, f", {with_default}")
    return Change((splice,), (new,), lambda node: _is_added(subject.node, node, new))


def removed(subject: Subject, r: random.Random) -> Change | None:
    """A documented parameter is gone; where the body uses it, it has become a local variable."""
    if not subject.is_consistent or subject.node.args.kwarg:
        return None  # what **kwargs takes may be documented by name
    candidates = [a for a in subject.plain if a.arg in subject.doc.parameters]
    if not candidates or hides_names(subject):
        return None
    victim = r.choice(candidates)
    cut = _cut(subject, victim)
    default = default_of(subject.node, victim.arg)
    if cut is None:
        return None
    splices = [cut]
    if any(isinstance(n, ast.Name) and n.id == victim.arg for s in subject.body for n in ast.walk(s)):
        value = subject.module.text.of(default) if default is not None else "None"
        line = insertion(subject, subject.body[0], [f"{victim.arg} = {value}"])
        if line is None or "\n" in value:
            return None
        splices.append(line)
    want = [name for name in names_at(subject.node) if name != victim.arg]
    return Change(tuple(splices), (victim.arg,), lambda node: names_at(node) == want)


def renamed(subject: Subject, r: random.Random) -> Change | None:
    """A documented parameter has another name, in the signature and the body."""
    if not subject.is_complete or hides_names(subject):
        return None
    candidates = [a for a in subject.plain if a.arg in subject.doc.parameters]
    if not candidates:
        return None
    argument = r.choice(candidates)
    old = argument.arg
    stem = old.strip("_")
    new = fresh_name(subject, r, (f"{stem}_value", f"new_{stem}", f"{stem}_or_none", f"given_{stem}", *_NEW[:3]))
    splices = renaming(subject, old, new or "")
    if new is None or splices is None or new in words(subject):
        return None
    start = subject.module.text.start(argument)
    splices = [s for s in splices if s.start != start]
    want = [new if name == old else name for name in names_at(subject.node)]
    return Change((*splices, Splice(start, start + len(old), new)), (old, new), lambda node: names_at(node) == want)


def swapped(subject: Subject, r: random.Random) -> Change | None:
    """Two positional parameters have changed places, with their annotations and defaults."""
    positional = [a for a in subject.node.args.args if a.arg != subject.receiver]
    order = [a.arg for a in subject.plain]
    if not subject.is_complete or [n for n in subject.doc.parameters if n in order] != order:
        return None
    if any(len(entry.names) != 1 for entry in subject.doc.of("parameters")):
        return None
    groups = [
        [a for a in positional if (default_of(subject.node, a.arg) is None) is wanted] for wanted in (True, False)
    ]
    pairs = [pair for group in groups for pair in itertools.pairwise(group)]
    if not pairs:
        return None
    first, second = r.choice(pairs)
    text = subject.module.text.text
    spans = [_span(subject, first), _span(subject, second)]
    parts = [text[start:end] for start, end in spans]
    splices = (Splice(*spans[0], parts[1]), Splice(*spans[1], parts[0]))
    exchanged = {first.arg: second.arg, second.arg: first.arg}
    want = [exchanged.get(name, name) for name in names_at(subject.node)]
    kept = [_meaning(subject.node, name) for name in (first.arg, second.arg)]
    return Change(
        splices,
        (first.arg, second.arg),
        lambda node: names_at(node) == want and kept == [_meaning(node, name) for name in (first.arg, second.arg)],
    )


def _before_others(subject: Subject, r: random.Random, new: tuple[str, str]) -> Change | None:
    """A parameter without default before the one it is put at: only where all that follow allow it."""
    plain = _without_default(subject)
    if not plain:
        return None
    name, typed = new
    start = subject.module.text.start(r.choice(plain))
    return Change((Splice(start, start, f"{typed}, "),), (name,), lambda node: _is_added(subject.node, node, name))


def _without_default(subject: Subject) -> list[ast.arg]:
    arguments = [a for a in subject.node.args.args if a.arg != subject.receiver]
    return [a for a in arguments if default_of(subject.node, a.arg) is None]


def _is_added(before: FunctionNode, after: FunctionNode, name: str) -> bool:
    return names_at(before) == [n for n in names_at(after) if n != name] and names_at(after).count(name) == 1


def _meaning(node: FunctionNode, name: str) -> tuple[str, str]:
    """Annotation and default of a parameter."""
    annotation, default = argument_of(node, name).annotation, default_of(node, name)
    return (ast.dump(annotation) if annotation else "", ast.dump(default) if default else "")


def _span(subject: Subject, argument: ast.arg) -> tuple[int, int]:
    """From a parameter's name to the end of its default."""
    text = subject.module.text
    return text.start(argument), text.end(default_of(subject.node, argument.arg) or argument)


def _cut(subject: Subject, victim: ast.arg) -> Splice | None:
    """The parameter with the comma that only it needs."""
    arguments = subject.node.args
    text = subject.module.text
    group = arguments.kwonlyargs if victim in arguments.kwonlyargs else [*arguments.posonlyargs, *arguments.args]
    index = group.index(victim)
    start, end = _span(subject, victim)
    if index + 1 < len(group):
        return Splice(start, text.start(group[index + 1]), "")
    if index:
        return Splice(_span(subject, group[index - 1])[1], end, "")
    rest = text.text[end : text.start(subject.node.body[0])]
    comma = len(rest) - len(rest.lstrip())
    if rest.lstrip().startswith(","):
        return Splice(start, end + comma + 1, "")
    return Splice(start, end, "") if rest.lstrip().startswith(")") else None

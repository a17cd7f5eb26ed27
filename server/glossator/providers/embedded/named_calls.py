"""Calls of what no table knows: what they give, by the names of what is called."""

from __future__ import annotations

import ast

from glossator.providers.embedded.conditions import code, is_quotable, short, spelt
from glossator.providers.embedded.phrasing import listed, quoted
from glossator.providers.embedded.tables import vocabulary
from glossator.providers.embedded.words import PREPOSITIONS, gerund, participle, phrase, question_phrase, split, verb_of

TREATING = vocabulary("treating")


def made_by(node: ast.Call, name: str, around: str) -> str:
    """A class's instance, or what a named function gives; `around` is the name of the function that calls it."""
    last = name.rsplit(".", 1)[-1]
    if not is_quotable(name):
        return ""
    if last.isupper() and "_" in last:  # a macro in C: `stat.S_ISLNK`
        return f"what {quoted(spelt(node)) or code(name)} returns"
    if last.lstrip("_")[:1].isupper():
        given = [code(short(argument)) for argument in node.args if not isinstance(argument, ast.Starred)]
        made = f"a new {code(last)}" if last != around else f"another {code(last)}"
        return (
            f"{made} for {listed(given[:3])}" if given and all(is_quotable(span[2:-2]) for span in given[:3]) else made
        )
    if name in ("cls", "type(self)", "self.__class__"):
        return "a new instance of the class"
    shown = spelt(node)
    return _outcome(split(last), quoted(shown if is_quotable(shown) else name))


def _outcome(words: tuple[str, ...], shown: str) -> str:
    """What a named function gives, by its name: "the header from ``parse_header(line)``"."""
    verb = verb_of(words)
    rest = phrase(words[1:]) if verb else phrase(words)
    question = question_phrase(words)
    if question:
        return f"whether it {question}, by {shown}"
    if verb and not rest:
        return f"the outcome of {gerund(verb)} with {shown}"
    if len(rest) < 3 or words[1 if verb else 0].lower() in PREPOSITIONS or words == ("next",) or verb in TREATING:
        return f"what {shown} returns"
    if verb in ("get", "find", "read", "fetch", "return", "compute", "load", "lookup", "look up", "") or not verb:
        return f"the {rest} from {shown}"
    return f"the {rest}, {participle(verb)} by {shown}"

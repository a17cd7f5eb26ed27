"""What a function returns, in a few words for its summary."""

from __future__ import annotations

import builtins
import re

from glossator.model import Context, FunctionFacts
from glossator.providers.embedded.conditions import code
from glossator.providers.embedded.expressions import expression_phrase
from glossator.providers.embedded.words import is_plural

FIXED = frozenset(("None", "True", "False", "self", "NotImplemented"))


def returned_phrase(context: Context, facts: FunctionFacts) -> str:
    """What a function returns, where one expression says it; "" where none does."""
    texts = [text for text in facts.returned if text not in FIXED]
    if len(texts) != 1 or facts.is_generator:
        return ""
    said = expression_phrase(texts[0], context) or _constructed(texts[0])
    if (match := KEPT.match(said)) and is_plural(match.group(1)):
        said = said.replace(" that is kept", " that are kept", 1)
    vague = (
        re.fullmatch(r"the [a-z ]+", said) is not None
        or said.endswith((", computed", ", done", "from ``list``"))
        or (" itself" in said and "," not in said)
        or ", as " in said
        or "outcome of" in said
        or ":" in re.sub(r"``.*?``", "", said)
    )
    return "" if vague or said.startswith("what ") or tells_locals(said, texts[0], context, facts) else said


SPAN = re.compile(r"``(\w+)[^`]*``")
PLAIN_NAME = re.compile(r"(?<![\w.'\"])\w+(?![\w'\"=(])")  # no attribute, keyword, callee or text


BUILTINS = frozenset(dir(builtins))


def tells_locals(said: str, text: str, context: Context, facts: FunctionFacts) -> bool:
    """Whether a phrase shows a local name, which the reader of a docstring does not know."""
    for root in SPAN.findall(said):
        if not root.isidentifier() or root in BUILTINS or root[:1].isupper() or root in facts.name:
            continue
        if root == facts.receiver or any(root == one.name for one in facts.parameters):
            continue
        if root not in PLAIN_NAME.findall(text):
            continue
        module = context.module
        names = () if module is None else (*module.functions, *(one.name for one in module.constants), *module.imports)
        if root not in names:
            return True
    return False


KEPT = re.compile(r"^the ([\w /-]+) that is kept in ")


def _constructed(text: str) -> str:
    """An instance that is made with too many arguments to tell."""
    match = re.match(r"^((?:\w+\.)?[A-Z]\w*[a-z]\w*)\(", text)
    return f"a new {code(match.group(1))}" if match else ""

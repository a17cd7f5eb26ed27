"""A field's text in the form in which it is shown: one line, a capital, a full stop, and nothing twice.

Models say more than they are asked for: quotes around the answer, the name of the parameter in front, a type,
"Returns". What the docstring's structure says anyway is taken off, where it agrees with the facts; what does not agree
stays, and is refused by the rules.
"""

from __future__ import annotations

import json
import re
from typing import Final

from glossator.docstring.check.types import contradicts
from glossator.docstring.validate.verdict import About, limit
from glossator.model import FieldKey, FieldKind

_ROUNDS: Final = 8
_FEWEST_BLANKS: Final = 2  # of a clause that is a sentence by itself
_QUOTES: Final = {'"': '"', "'": "'", "“": "”", "‘": "’", "`": "`", "«": "»"}
_MARK: Final = re.compile(r"^(?:[-*•+]|\d{1,2}[.)]) +(?=\S)")
_TITLE: Final = {
    FieldKind.SUMMARY: r"summary|docstring|description",
    FieldKind.DESCRIPTION: r"description|details",
    FieldKind.PARAMETER: r"args?|arguments?|param(?:eter)?s?|description",
    FieldKind.ATTRIBUTE: r"attributes?|attr|field|description",
    FieldKind.RETURNS: r"returns?|return value|description",
    FieldKind.YIELDS: r"yields?|description",
    FieldKind.RAISE: r"raises?|description",
}
_LEAD: Final = {kind: re.compile(rf"^:?(?:{words})\s*:\s+", re.IGNORECASE) for kind, words in _TITLE.items()}
_PARAM: Final = r"^[:@]?(?:param(?:eter)?|arg(?:ument)?|attribute|the parameter)\s+(?=[`*\w])"
_TYPE: Final = re.compile(r"^\((?P<round>[^()\n]{1,60})\)\s*[:–—-]?\s+(?=\S)")
_TYPE_COLON: Final = re.compile(
    r"^(?P<plain>(?:str|int|float|bool|bytes|list|dict|tuple|set|object|callable|None|string|integer|boolean|Any|"
    r"Optional|List|Dict|Tuple|Union)\b(?:\[[^\]\n]{1,50}\]+)?(?:, optional)?):\s+(?=\S)"
)
_RESULT: Final = {
    FieldKind.RETURNS: re.compile(
        r"^(?:It |This (?:function|method) |The (?:function|method) )?[Rr]eturns?\s+(?=\w|[`\"'])"
    ),
    FieldKind.YIELDS: re.compile(
        r"^(?:It |This (?:function|method) |The (?:function|method) )?[Yy]ields?\s+(?=\w|[`\"'])"
    ),
}
# "Method to read a file": what it does is said by the verb.
_IS_TO: Final = re.compile(r"^(?:An?\s+|The\s+)?(?:[Mm]ethod|[Ff]unction)\s+to\s+(?=[a-z]{2,}\s)")
_RAISED: Final = re.compile(
    r"^(?:(?:This (?:error|exception) is )?[Rr]aised|[Tt]hrown|[Rr]aises?)\s+(?=(?:if|when|for|on|by|in)\b)"
)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"'(])")
_SHORT_FOR: Final = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|resp|approx|incl|no|fig|al|[A-Z])|\d)\.$", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+(?:'\w+|-[^\W\d_]+)*(?=[\s,;)]|\.\s|\.?$)")
_ROLE: Final = re.compile(r":[a-zA-Z]+(?::[a-zA-Z]+)*:(?=`[^`])")
_BOLD: Final = re.compile(r"(?<![\w*])\*\*(?=[^*\s`])([^*\n]*[^*\s])\*\*(?![\w*])")
# A name in single backticks: other docstrings write double ones, which every style and editor shows as code.
_SINGLE: Final = re.compile(r"(?<!`)`(?!`)([^`\n]+)(?<!`)`(?!`)")
# The raise itself is what the field is about: "If it is empty, raise ParseError."
_RAISE_AT_END: Final = re.compile(
    r",?\s+(?:then\s+)?(?:raises?|throws?)\s+(?:an?\s+)?`*[\w.]+`*(?:\s+(?:error|exception))?\.?$"
)
_MARK_BEHIND: Final = re.compile("[:(–—-]")
_TILDE: Final = re.compile(r"(?<=`)~(?=\w)")
# No sentence without a full stop ends like this: it was cut.
_DANGLING: Final = re.compile(
    r"\b(?:the|an?|of|and|or|to|with|for|from|by|in|on|at|as|that|which|is|are|be|if|when|whether|than|its|their|into|"
    r"not|has|have|was|were|will|can|may|should|must)$"
)


# What is returned, which the docstring says elsewhere, and a small model mostly wrong.
_RESULT_CLAUSE: Final = re.compile(r"(?:,\s+(?:and\s+)?|\s+and\s+)return(?:s|ing)?\s+.*?(?=\.?$)")
# What is left of a clause that was cut after its first word: "Get the address, handling".
_BEGUN: Final = re.compile(r",\s+(?:and\s+|while\s+)?[a-z]+ing$")


def normalised(key: FieldKey, text: str, about: About) -> str | None:
    """The text as it is shown, which is its own normal form; None where it has none."""
    for _ in range(_ROUNDS):
        before, text = text, _once(key, text, about)
        if text == before:
            return text
    return None


def sentences(text: str) -> list[str]:
    """The sentences of one line."""
    found: list[str] = []
    for part in _SENTENCE.split(text):
        if found and _SHORT_FOR.search(found[-1]):
            found[-1] += " " + part
        else:
            found.append(part)
    return found


def _once(key: FieldKey, text: str, about: About) -> str:
    text = _unwrapped(text.strip())
    if key.kind is FieldKind.DESCRIPTION:
        text = "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    else:
        text = " ".join(text.split())
    text = _MARK.sub("", text) if key.kind is not FieldKind.DESCRIPTION else text
    text = _TILDE.sub("", _ROLE.sub("", text)) if "`" in text else text
    text = _BOLD.sub(r"\1", text) if "**" in text else text
    text = _without_heads(key, text, about)
    text = _whole_sentences(key, text, about)
    return _doubled(key, _finished(text), about)


def _doubled(key: FieldKey, text: str, about: About) -> str:
    """The text with names in double backticks; as it is where it then has no room."""
    if "`" not in text:
        return text
    doubled = _SINGLE.sub(r"``\1``", text)
    return doubled if len(doubled) <= limit(key, about.room) or len(text) > limit(key, about.room) + 1 else text


def _unwrapped(text: str) -> str:
    """The text that a JSON value or quotes hold."""
    if text[:1] in ("{", "[", '"') and len(text) > 1:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict) and len(value) == 1:
            value = next(iter(value.values()))
        elif isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, str):
            return value.strip()
    closing = _QUOTES.get(text[:1])
    bare = text.removesuffix(".") if closing else text
    if closing is None or len(bare) < 3 or not bare.endswith(closing) or " " not in bare:
        return text
    inner = bare[1:-1]
    return text if closing in inner or text[0] in inner else inner.strip()


def _without_heads(key: FieldKey, text: str, about: About) -> str:
    """The text without what the field's place says: its section, its name, its type."""
    text = _LEAD[key.kind].sub("", text, count=1)
    if key.kind is FieldKind.SUMMARY and about.function is about.facts:
        text = _IS_TO.sub("", text)
    own = key.name.rpartition(".")[2].lstrip("*")
    # To make a pattern of a name takes longer than all else here, and either of these needs a mark behind the name.
    if own and _MARK_BEHIND.search(text) and own.casefold() in text.casefold():
        name = re.escape(own)
        text = re.sub(_PARAM + rf"(?=[`*]*{name}\b[`*]*\s*[:(–—-])", "", text, flags=re.IGNORECASE)
        head = rf"^[`*]*(?:[\w.]+\.)?{name}[`*]*(?P<type>\s*\([^()\n]{{1,60}}\))?\s*(?::|\s[–—-])\s+(?=\S)"
        found = re.match(head, text)
        if found:
            text = (found["type"] or "").strip() + " " + text[found.end() :]
            text = text.strip()
    if key.kind is FieldKind.RAISE:
        name = re.escape(own) if own in text else "(?!)"
        text = re.sub(rf"^(?:[Rr]aises? (?:an? )?)?[`]*{name}[`]*(?: is raised)?\s+(?=(?:if|when)\b)", "", text)
        text = _RAISE_AT_END.sub("", _RAISED.sub("", text))
    text = _without_type(key, text, about)
    pattern = _RESULT.get(key.kind)
    return pattern.sub("", text, count=1) if pattern is not None else text


def _without_type(key: FieldKey, text: str, about: About) -> str:
    if key.kind in (FieldKind.SUMMARY, FieldKind.DESCRIPTION, FieldKind.RAISE):
        return text
    found = _TYPE.match(text) or _TYPE_COLON.match(text)
    if found is None:
        return text
    said = found[1]
    function = about.function
    parameter = about.parameter(key.name) if key.name else None
    annotation = parameter.annotation if parameter is not None else function.returns if function is not None else ""
    if not re.fullmatch(r"[\w.,\[\]| ]+", said) or (annotation and contradicts(said, annotation)):
        return text
    # A claim that it may be left out is for the rules to judge.
    if "optional" in said.lower() and parameter is not None and parameter.default is None:
        return text
    return text[found.end() :]


def _whole_sentences(key: FieldKey, text: str, about: About) -> str:
    """A summary's first sentence; of other texts that were cut, the sentences that are whole."""
    most = limit(key, about.room)
    # Blanks at the end of what was cut are gone.
    if "\n" in text or (len(text) < most - 2 and key.kind is not FieldKind.SUMMARY):
        return text
    parts = sentences(text)
    if key.kind is FieldKind.SUMMARY:
        text = _BEGUN.sub("", _whole_clause(parts[0], most)) if parts else text
        return _RESULT_CLAUSE.sub("", text) if about.is_small else text
    while len(parts) > 1 and (len(" ".join(parts)) > most or not parts[-1].endswith((".", "!", ")", "`"))):
        parts.pop()
    return " ".join(parts)


def _whole_clause(text: str, most: int) -> str:
    """A sentence that was cut at its length, as far as its last comma; any other as it is."""
    if len(text) < most - 2 or text.endswith((".", "!", ")")):
        return text
    clause = text.rpartition(",")[0]
    return clause if clause.count(" ") >= _FEWEST_BLANKS and clause.count("(") == clause.count(")") else text


def _finished(text: str) -> str:
    """The text with a capital and a full stop, where it has neither by itself."""
    word = _WORD.match(text)
    if word and word[0].islower():
        text = text[0].upper() + text[1:]
    if _DANGLING.search(text):
        return text
    if text and (text[-1].isalnum() or text[-1] in "_)]}`\"'”’%"):
        text += "."
    return text

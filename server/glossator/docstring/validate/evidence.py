"""Words that claim something which leaves a trace in the names of the code; without a trace they are a guess."""

from __future__ import annotations

import re
from typing import Final

from glossator.docstring.validate.verdict import About, Reason, Refusal

_CLAIMS: Final = re.compile(
    r"\b(?:(?P<threads>thread[- ]safe(?:ty|ly)?)|(?P<age>deprecated)"
    r"|(?P<waiting>asynchronous(?:ly)?|coroutine|awaitable)"
    r"|(?P<depth>recursive(?:ly)?)|(?P<memory>memoi[sz]e[sd]?|cached)|(?P<order>(?:in )?(?:sorted|ascending|descending|"
    r"alphabetical) order|sorted (?:list|tuple|by))|(?P<chance>random(?:ly)?)|(?P<secrecy>(?:en|de)crypt(?:s|ed|ion)?)"
    r"|(?P<parallel>in parallel|concurrently)"
    r"|(?P<errors>handl(?:es?|ing) (?:\w+ )?(?:errors?|exceptions?)(?!\s+(?:that|of|which)\b))"
    r"|(?P<praise>graceful(?:ly)?|efficient(?:ly)?|robust(?:ly)?|seamless(?:ly)?|effortless(?:ly)?|appropriately))\b",
    re.IGNORECASE,
)
# Not in "UTF-8", "RFC 2822", "Python 3.11", "v12", "1-based", "`x[10]`".
_NUMBER: Final = re.compile(
    r"(?<![\w.`'\"/:-])(?<!RFC )(?<!ISO )(?<!PEP )(?<!IEEE )(?<!Python )(?<!Windows )(?<!version )(?<!section )"
    r"(?<!base )"
    r"\d{1,9}(?![\w`'\"/:]|\.\d|-?bit)"
)
_SPELLED: Final = {word: str(number) for number, word in enumerate("zero one two three four five".split())}
_COMPARED: Final = re.compile(
    r"\b(?:less|smaller|fewer|lower|greater|more|larger|higher|bigger) than (zero|one|two|three|four|five)\b(?! of)",
    re.IGNORECASE,
)
_DIGITS: Final = re.compile(r"\d+")
_USUAL: Final = frozenset(("10", "12", "16", "24", "32", "60", "64", "100", "128", "256", "365", "1970"))
_TRACES: Final = {
    "threads": ("lock", "mutex", "thread", "atomic", "queue", "semaphore", "local"),
    "age": ("deprecat", "warn", "obsolete", "legacy", "compat"),
    "waiting": ("async", "await", "future", "task", "coro", "loop"),
    "depth": ("recurs", "walk", "glob", "tree", "nest", "deep", "visit", "child", "parent", "depth", "all"),
    "memory": ("cache", "memo", "lru", "store", "kept", "once", "save"),
    "order": ("sort", "order", "rank", "bisect", "insort", "heap", "rev", "alpha", "asc", "key", "range"),
    "chance": ("rand", "shuffle", "choice", "uuid", "seed", "secret", "sample", "nonce", "token", "jitter"),
    "secrecy": ("crypt", "cipher", "ssl", "tls", "key", "aes", "rsa", "secure", "pass", "pgp"),
    "errors": ("except", "error", "suppress", "fail", "warn"),
    "praise": ("graceful", "efficien", "robust", "seamless"),
    "parallel": ("parallel", "pool", "thread", "process", "concurr", "gather", "task", "executor", "worker", "async"),
}


def guess(text: str, about: About) -> Refusal | None:
    """The refusal of a text that claims what no name of the code shows."""
    number = _unknown_number(text, about)
    if number:
        return Refusal(Reason.NO_EVIDENCE, f"The number {number} does not stand in the code.")
    for found in _CLAIMS.finditer(text):
        if not _has_trace(found.lastgroup or "", about):
            return Refusal(Reason.NO_EVIDENCE, f'The code does not show "{found[0].lower()}".')
    if _COMPARED.search(text) and not any(_stands(found[1], about) for found in _COMPARED.finditer(text)):
        return Refusal(Reason.NO_EVIDENCE, "The code compares with another number.")
    return None


def _stands(word: str, about: About) -> bool:
    """Whether a number that a text spells stands in the code, as a figure or as a word."""
    return _SPELLED[word.lower()] in about.names or word.lower() in about.vocabulary


def _unknown_number(text: str, about: About) -> str:
    """A number that the code does not have, and that is none of a standard's name; "" if there is none."""
    for found in _NUMBER.finditer(text):
        number = found[0].lstrip("0") or "0"
        if len(number) < 2 or number in about.names or number in _USUAL:
            continue
        if not any(number in _DIGITS.findall(name) for name in about.vocabulary.split("\n")):
            return number
    return ""


def _has_trace(claim: str, about: About) -> bool:
    function = about.function
    if function is not None:
        if claim in ("waiting", "parallel") and (function.is_async or function.awaits):
            return True
        if claim == "depth" and any(call.rpartition(".")[2] == function.name for call in function.calls):
            return True
    vocabulary = about.vocabulary
    return any(trace in vocabulary for trace in _TRACES[claim])

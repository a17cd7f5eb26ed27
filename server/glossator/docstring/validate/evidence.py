"""Words that claim something which leaves a trace in the names of the code; without a trace they are a guess."""

from __future__ import annotations

import re
from typing import Final

from glossator.docstring.validate.verdict import About, Reason, Refusal

_CLAIMS: Final = re.compile(
    r"\b(?:(?P<threads>thread[- ]safe(?:ty|ly)?)|(?P<age>deprecated)|(?P<waiting>asynchronous(?:ly)?|coroutine|awaitable)"
    r"|(?P<depth>recursive(?:ly)?)|(?P<memory>memoi[sz]e[sd]?|cached)|(?P<order>(?:in )?(?:sorted|ascending|descending|"
    r"alphabetical) order|sorted (?:list|tuple|by))|(?P<chance>random(?:ly)?)|(?P<secrecy>(?:en|de)crypt(?:s|ed|ion)?)"
    r"|(?P<parallel>in parallel|concurrently))\b",
    re.IGNORECASE,
)
_TRACES: Final = {
    "threads": ("lock", "mutex", "thread", "atomic", "queue", "semaphore", "local"),
    "age": ("deprecat", "warn", "obsolete", "legacy", "compat"),
    "waiting": ("async", "await", "future", "task", "coro", "loop"),
    "depth": ("recurs", "walk", "glob", "tree", "nest", "deep", "visit", "child", "parent", "depth", "all"),
    "memory": ("cache", "memo", "lru", "store", "kept", "once", "save"),
    "order": ("sort", "order", "rank", "bisect", "insort", "heap", "rev", "alpha", "asc", "key", "range"),
    "chance": ("rand", "shuffle", "choice", "uuid", "seed", "secret", "sample", "nonce", "token", "jitter"),
    "secrecy": ("crypt", "cipher", "ssl", "tls", "key", "aes", "rsa", "secure", "pass", "pgp"),
    "parallel": ("parallel", "pool", "thread", "process", "concurr", "gather", "task", "executor", "worker", "async"),
}


def guess(text: str, about: About) -> Refusal | None:
    """The refusal of a text that claims what no name of the code shows."""
    for found in _CLAIMS.finditer(text):
        if not _has_trace(found.lastgroup or "", about):
            return Refusal(Reason.NO_EVIDENCE, f'The code does not show "{found[0].lower()}".')
    return None


def _has_trace(claim: str, about: About) -> bool:
    function = about.function
    if function is not None:
        if claim in ("waiting", "parallel") and (function.is_async or function.awaits):
            return True
        if claim == "depth" and any(call.rpartition(".")[2] == function.name for call in function.calls):
            return True
    vocabulary = about.vocabulary
    return any(trace in vocabulary for trace in _TRACES[claim])

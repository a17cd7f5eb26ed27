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
    r"|(?P<parallel>in parallel|concurrently)|(?P<readers>(?:more |human[- ]?)readable)"
    r"|(?P<writing>written|writ(?:es?|ing))|(?P<reading>reads?|reading)|(?P<making>creat(?:es?|ed|ing))"
    r"|(?P<removing>(?:delet|remov|eras)(?:es?|ed|ing))|(?P<sending>sen[dt]s?|sending|transmit\w*)"
    r"|(?P<searching>search(?:es|ed|ing)?)|(?P<compression>(?:de)?compress(?:es|ed|ing|ion)?)"
    r"|(?P<download>(?:down|up)load(?:s|ed|ing)?)|(?P<data>databases?)"
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
# Formats, protocols and codings: whoever names one knows which it is, or guesses.
_TERMS: Final = re.compile(
    r"\b(?:base64|JSON|XML|YAML|TOML|CSV|HTML|SQL|HTTPS?|S?FTP|SSH|SSL|TLS|TCP|UDP|SMTP|IMAP|MD5|SHA-?\d*|AES|RSA|HMAC|UUIDs?"
    r"|DNS|IPv[46]|UTC|GMT|UTF-?8|ASCII|Unicode|Latin-?1|hexadecimal|octal|PNG|JPEG|GIF|PDF|MIME|WSGI|RPC|OAuth2?|JWT)\b",
    re.IGNORECASE,
)
_ALSO_CALLED: Final = {
    "base64": ("b64",),
    "http": ("url", "request", "header", "cookie", "wsgi"),
    "https": ("ssl", "tls", "http"),
    "tls": ("ssl",),
    "ssl": ("tls",),
    "tcp": ("sock", "stream"),
    "udp": ("dgram", "datagram"),
    "uuids": ("uuid",),
    "dns": ("host", "domain", "addr"),
    "ipv4": ("ip", "inet"),
    "ipv6": ("ip", "inet"),
    "gmt": ("utc",),
    "utc": ("gmt", "zone"),
    "utf8": ("utf", "encod", "decod"),
    "unicode": ("str", "char", "utf", "text", "encod", "decod", "codec"),
    "ascii": ("encod", "decod", "char", "ord"),
    "hexadecimal": ("hex",),
    "octal": ("oct", "0o"),
    "jpeg": ("jpg", "jfif"),
    "sql": ("execute", "query"),
    "html": ("tag", "markup"),
    "xml": ("dom", "element", "sax", "tag"),
    "mime": ("mail", "message", "header", "content"),
    "rpc": ("remote", "dispatch"),
}
_SHORT: Final = 3
_MAKES: Final = re.compile(r"(?:^|\.)_*[A-Z]\w*[a-z]\w*$")
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
    "readers": ("read", "human", "pretty", "repr", "format", "text", "str", "display", "print"),
    "writing": (
        *("writ", "dump", "print", "out", "save", "log", "put", "append", "send", "emit", "flush", "stor", "serial"),
        *("encod", "export", "record", "copy"),
    ),
    "reading": ("read", "load", "open", "fetch", "recv", "receiv", "input", "scan", "peek", "next", "file", "stream"),
    "making": ("creat", "make", "new", "mk", "build", "init", "generat", "construct", "spawn", "factory", "alloc"),
    "removing": (
        *(
            "del",
            "remov",
            "rm",
            "unlink",
            "discard",
            "pop",
            "clear",
            "drop",
            "eras",
            "clean",
            "purge",
            "strip",
            "exclu",
        ),
        *("filter", "kill", "uninstall", "trim", "cut", "sub", "skip", "cancel", "without", "replace", "trunc"),
    ),
    "sending": (
        *("send", "sent", "post", "put", "writ", "request", "cmd", "command", "emit", "publish", "push", "connect"),
        *("mail", "upload", "dispatch", "signal", "msg", "message", "notify", "transmit", "reply", "respon"),
    ),
    "searching": (
        *("search", "find", "look", "match", "glob", "scan", "index", "walk", "locat", "query", "filter", "seek"),
        *("where", "path", "contain", "which"),
    ),
    "compression": ("compress", "zip", "gz", "deflat", "pack", "bz2", "lzma", "squeez"),
    "download": ("load", "url", "http", "fetch", "request", "retriev", "remote"),
    "data": ("db", "database", "sql", "query", "cursor", "table"),
    "parallel": ("parallel", "pool", "thread", "process", "concurr", "gather", "task", "executor", "worker", "async"),
}


def guess(text: str, about: About) -> Refusal | None:
    """The refusal of a text that claims what no name of the code shows."""
    number = _unknown_number(text, about)
    if number:
        return Refusal(Reason.NO_EVIDENCE, f"The number {number} does not stand in the code.")
    term = _unknown_term(text, about)
    if term:
        return Refusal(Reason.NO_EVIDENCE, f"The code does not show that it is about {term}.")
    for found in _CLAIMS.finditer(text):
        if not _has_trace(found.lastgroup or "", about):
            return Refusal(Reason.NO_EVIDENCE, f'The code does not show "{found[0].lower()}".')
    if _COMPARED.search(text) and not any(_stands(found[1], about) for found in _COMPARED.finditer(text)):
        return Refusal(Reason.NO_EVIDENCE, "The code compares with another number.")
    return None


def _unknown_term(text: str, about: About) -> str:
    """A format, a protocol or a coding that no name of the code has; "" if there is none."""
    for found in _TERMS.finditer(text):
        term = found[0].lower().replace("-", "")
        if not any(one in about.vocabulary for one in (term, *_ALSO_CALLED.get(term, ()))):
            return found[0]
    return ""


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


def _has(trace: str, vocabulary: str) -> bool:
    """Whether a name has this in it; a short one has to begin a word: "out" is not in "timeout"."""
    if len(trace) > _SHORT:
        return trace in vocabulary
    return re.search(rf"(?:\b|_|\d){re.escape(trace)}", vocabulary) is not None


def _has_trace(claim: str, about: About) -> bool:
    function = about.function
    if function is not None:
        if claim in ("waiting", "parallel") and (function.is_async or function.awaits):
            return True
        if claim == "depth" and any(call.rpartition(".")[2] == function.name for call in function.calls):
            return True
        if claim == "making" and any(_MAKES.search(call) for call in function.calls):
            return True
    vocabulary = about.vocabulary
    if claim == "depth":  # a name is no proof of what it says: `recursive_repr` prints what is recursive
        vocabulary = vocabulary.replace(about.facts.name.lower(), "")
    return any(_has(trace, vocabulary) for trace in _TRACES[claim])

"""Names as English: identifiers are split into words, abbreviations expanded, verbs and nouns told apart."""

from __future__ import annotations

import re
from functools import lru_cache

from glossator.providers.embedded.tables import flat, word_set

PIECE = re.compile(r"(?<![A-Za-z])[A-Z][A-Z][a-z]{3,}\d*|[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+|[^\W_]+")
UPPER = re.compile(r"^[A-Z][A-Z0-9]+$")
SILENT = re.compile(r"^(?:one\b|once|uni(?!n|m)|use|user|usa|uti|eu|URL|URI|UTF|UTC|UDP|UUID|U\b)", re.IGNORECASE)
INVARIABLE = frozenset(
    "access address alias always analysis args axis basis bias bus canvas class compress cross process progress status "
    "success focus gas glass has is its kwargs less loss mass miss os pass previous press radius series this was https "
    "iis syntaxis thus plus minus corpus".split()
)
MASS = frozenset(
    "access authentication background bytes code compression content context data debugging documentation feedback "
    "hardware help indentation information input I/O length memory metadata output progress software source state "
    "storage text time traffic space work logging markup whitespace padding caching support stuff handling parsing "
    "formatting nothing everything anything something quoting garbage".split()
)
# Words that must not be taken apart although both halves are words.
WHOLE = frozenset(
    "keyword password namespace timestamp database hostname username pathname timeout subset dataset offset checkout "
    "textarea layout output input header handler datetime deadlock typename fieldname namelist linesep newline website "
    "checkbutton radiobutton notebook bitmap filename database framework basename dirname codepage setuptools metatype "
    "metaclass subclass buffers sandbox dialog catalog sequence pointer keyboard linefeed tagname argname typecode "
    "wordlist userdata spinbox listbox combobox textwrap readonly itemgetter methodcaller sentence userinfo viewport".split()
)


@lru_cache(maxsize=8192)
def split(name: str) -> tuple[str, ...]:
    """The words of an identifier: `parseHTTPHeader_v2` gives parse, HTTP, Header, v2; `copytree` gives copy, tree."""
    return tuple(part for piece in PIECE.findall(name) for part in _parts(piece))


def _parts(piece: str) -> tuple[str, ...]:
    """A word that is written as one but consists of a verb and a noun, or of two nouns, as two; any other as it is."""
    if len(piece) <= 5 or not piece.islower() or piece in WHOLE or _is_known(piece):
        return (piece,)
    verbs, nouns = word_set("verbs"), word_set("nouns")
    for cut in range(3, len(piece) - 2):
        if piece[cut:] in nouns and (piece[:cut] in verbs or (cut > 3 and len(piece) - cut > 3 and piece[:cut] in nouns)):
            return piece[:cut], piece[cut:]
    return (piece,)


def _is_known(word: str) -> bool:
    return word in flat("abbreviations") or word in flat("verb_forms") or _is_verb(word)


PREFIXES = ("re", "un", "de", "pre", "dis")


def _is_verb(word: str) -> bool:
    verbs = word_set("verbs")
    return word in verbs or any(
        word.startswith(prefix) and word[len(prefix) :] in verbs and len(word) - len(prefix) > 2 for prefix in PREFIXES
    )


@lru_cache(maxsize=8192)
def expanded(word: str) -> str:
    """One word of a name as written in prose: abbreviations expanded, acronyms kept, the rest in lower case."""
    lower = word.lower()
    known = flat("abbreviations").get(lower)
    if known:
        return known
    return word if UPPER.match(word) and len(word) <= 5 else lower


def phrase(words: tuple[str, ...]) -> str:
    """Words of a name as a noun phrase without an article."""
    return " ".join(expanded(word) for word in words)


def name_phrase(name: str) -> str:
    """A whole name as a noun phrase without an article."""
    return phrase(split(name.lower() if "_" in name.strip("_") and name.isupper() else name))


def is_plural(noun: str) -> bool:
    """Whether a noun phrase is plural, by its last word's ending."""
    last = noun.rsplit(" ", 1)[-1].lower()
    return last.endswith("s") and not last.endswith(("ss", "us", "is")) and last not in INVARIABLE


@lru_cache(maxsize=4096)
def indefinite(span: str) -> str:
    """A code span with "a" or "an", by the sound of the name's last part: "an ``Environment``", "a ``http.Url``"."""
    words = split(span.strip("`_").rsplit(".", 1)[-1])
    return f"{'an' if words and starts_with_vowel(words[0]) else 'a'} {span}"


@lru_cache(maxsize=8192)
def article(noun: str) -> str:
    """A noun phrase with "a" or "an"; without one where it is plural or cannot be counted."""
    first, last = noun.split(" ", 1)[0], noun.rsplit(" ", 1)[-1]
    if not noun or is_plural(noun) or last in MASS or first in DETERMINERS:
        return noun
    return f"{'an' if starts_with_vowel(first) else 'a'} {noun}"


def starts_with_vowel(word: str) -> bool:
    """Whether "an" precedes a word."""
    if SILENT.match(word):
        return False
    if UPPER.match(word):
        return word[0] in "AEFHILMNORSX"
    return word[:1].lower() in "aeiou" or word.lower().startswith(("hour", "honest", "honor"))


def definite(noun: str) -> str:
    """A noun phrase with "the"."""
    return noun if noun.split(" ", 1)[0] in DETERMINERS else f"the {noun}"


DETERMINERS = frozenset("the a an all each no this that any some every its other one two".split())


def capital(text: str) -> str:
    """The text with its first letter in upper case; code spans stay."""
    return text[:1].upper() + text[1:] if not text.startswith("`") else text


# Verbs that are nouns as well, but more often verbs where they stand alone as the name of a function.
ALONE = frozenset(
    "copy stop start wait show hash format sort close cache join step flush view record search reset pause test scan "
    "control listen run trap walk wrap print display process echo transform translate match exit end post "
    "check label".split()
) - frozenset("cache step view record label test hash match end".split())


@lru_cache(maxsize=8192)
def verb_of(words: tuple[str, ...]) -> str:
    """The verb that a function's name starts with; "" if it starts with a noun.

    A word that is both counts as a verb where an object follows.
    """
    if not words:
        return ""
    first = words[0].lower()
    form = flat("verb_forms").get(first)
    if form:
        return form
    if not _is_verb(first) or (first in word_set("ambiguous") and len(words) == 1 and first not in ALONE):
        return ""
    return first


@lru_cache(maxsize=2048)
def third_person(verb: str) -> str:
    """The verb as in "it does": "parse" gives "parses", "set up" "sets up"."""
    head, _, rest = verb.partition(" ")
    if head.endswith(("s", "x", "z", "ch", "sh", "o")):
        head += "es"
    elif head.endswith("y") and head[-2:-1] not in "aeiou":
        head = head[:-1] + "ies"
    else:
        head += "s"
    return f"{head} {rest}" if rest else head


DOUBLED = frozenset(
    "begin cut drop fit forget get grab hit map plan plot pop prune put quit rub run scan set sit skip snap spin split stop "
    "strip swap tag tap trim trap unwrap wrap zip pad plug ship log dim".split()
)
IRREGULAR = {
    "begin": "begun", "bind": "bound", "break": "broken", "build": "built", "catch": "caught", "choose": "chosen", "cut": "cut", "draw": "drawn", "feed": "fed",
    "find": "found", "forget": "forgotten", "freeze": "frozen", "get": "obtained", "give": "given", "grow": "grown", "hide": "hidden", "hold": "held", "keep": "kept", "know": "known",
    "lay": "laid", "leave": "left", "let": "let", "make": "made", "put": "put", "quit": "quit", "read": "read", "run": "run", "rebuild": "rebuilt", "redo": "redone",
    "say": "said", "see": "seen", "seek": "sought", "send": "sent", "set": "set", "show": "shown", "shut": "shut", "split": "split", "take": "taken", "tell": "told", "throw": "thrown",
    "undo": "undone", "unwind": "unwound", "wake": "woken", "withdraw": "withdrawn", "write": "written", "overwrite": "overwritten", "spawn": "spawned", "do": "done", "go": "gone through", "reset": "reset", "unset": "unset", "cast": "cast",
    "override": "overridden", "rewrite": "rewritten", "overrun": "overrun", "think": "thought", "bring": "brought", "win": "won", "teach": "taught", "sort": "sorted", "come": "come", "become": "become", "run over": "run over",
}  # fmt: skip


@lru_cache(maxsize=2048)
def participle(verb: str) -> str:
    """The past participle: "parse" gives "parsed", "set up" "set up", "write" "written"."""
    head, _, rest = verb.partition(" ")
    if head in IRREGULAR:
        form = IRREGULAR[head]
    elif head.endswith("e"):
        form = head + "d"
    elif head.endswith("y") and head[-2:-1] not in "aeiou":
        form = head[:-1] + "ied"
    elif head in DOUBLED or head in ("refer", "transfer", "submit", "commit", "emit", "permit", "omit", "defer", "control", "cancel"):
        form = head + head[-1] + "ed" if head != "cancel" else "cancelled"
    else:
        form = head + "ed"
    return f"{form} {rest}" if rest else form


@lru_cache(maxsize=2048)
def gerund(verb: str) -> str:
    """The "-ing" form: "parse" gives "parsing", "set up" "setting up"."""
    head, _, rest = verb.partition(" ")
    if head.endswith("e") and not head.endswith(("ee", "ye", "oe")) and len(head) > 2:
        form = head[:-1] + "ing"
    elif head == "die":
        form = "dying"
    elif (head in DOUBLED and head != "ignore") or head in ("refer", "transfer", "submit", "commit", "emit", "permit", "omit", "defer", "control", "cancel", "reset", "unset", "forget"):
        form = head + head[-1] + "ing"
    else:
        form = head + "ing"
    return f"{form} {rest}" if rest else form


QUESTION_WORDS = frozenset("is are was has have had can could should must will does needs supports allows contains".split())

PREPOSITIONS = frozenset("from to in into of for with by at on as if until before after over under via per without when and or through out up down off all back".split())


def question_phrase(words: tuple[str, ...]) -> str:
    """A name that asks as a clause: `is_ready` gives "is ready"; "" for other names."""
    if len(words) > 1 and words[0].lower() in QUESTION_WORDS:
        return f"{words[0].lower()} {phrase(words[1:])}"
    return ""

"""Names as English: identifiers are split into words, abbreviations expanded, verbs and nouns told apart."""

from __future__ import annotations

import re
from functools import lru_cache

from glossator.providers.embedded.tables import flat, vocabulary, word_set

PIECE = re.compile(r"(?<![A-Za-z])[A-Z][A-Z][a-z]{2,}\d*|[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+|[^\W_]+")
UPPER = re.compile(r"^[A-Z][A-Z0-9]+$")
SILENT = re.compile(r"^(?:one\b|once|uni(?!n|m)|use|user|usa|uti|eu|URL|URI|UTF|UTC|UDP|UUID|U\b)", re.IGNORECASE)
INVARIABLE = vocabulary("invariable")
MASS = vocabulary("mass")
# Words that must not be taken apart although both halves are words.
WHOLE = vocabulary("whole")


@lru_cache(maxsize=8192)
def split(name: str) -> tuple[str, ...]:
    """The words of an identifier: `parseHTTPHeader_v2` gives parse, HTTP, Header, v2; `copytree` gives copy, tree."""
    return tuple(part for piece in PIECE.findall(TWO.sub(r"\1_2_", name)) for part in _parts(piece))


TWO = re.compile(r"\b([a-z]{3,})2(?=[a-z]{2})")  # `str2bytes` says what becomes what


def _parts(piece: str) -> tuple[str, ...]:
    """A word that is written as one but consists of a verb and a noun, or of two nouns, as two; any other as it is."""
    if len(piece) <= 5 or not piece.islower() or piece in WHOLE or _is_known(piece):
        return (piece,)
    verbs, nouns = word_set("verbs"), word_set("nouns")
    for cut in range(3, len(piece) - 2):
        if piece[cut:] in nouns and (
            piece[:cut] in verbs or (cut > 3 and len(piece) - cut > 3 and piece[:cut] in nouns)
        ):
            return piece[:cut], piece[cut:]
    return (piece,)


def _is_known(word: str) -> bool:
    return word in flat("abbreviations") or word in flat("verb_forms") or _is_verb(word)


PREFIXES = ("re", "un", "de", "pre", "dis")


@lru_cache(maxsize=8192)
def _is_verb(word: str) -> bool:
    verbs = word_set("verbs")
    if word.endswith(("ize", "ify", "ise")) and len(word) > 5 and word not in vocabulary("ize_nouns"):
        return True
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


def plural(noun: str) -> str:
    """A noun phrase in the plural."""
    if is_plural(noun):
        return noun
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}{'es' if noun.endswith(('s', 'x', 'ch', 'sh')) else 's'}"


@lru_cache(maxsize=4096)
def indefinite(span: str) -> str:
    """A code span with "a" or "an", by its sound: "an ``Environment``", "an ``HTTPError``", "a ``codecs.Codec``"."""
    words = split(span.strip("`_"))
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


def object_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """What a name's words behind its verb say that comes out: `to_dict` gives a dictionary, `by_name` no name."""
    first = words[0].lower() if words else ""
    if first in ("to", "as", "into"):
        return words[1:]
    return () if first in PREPOSITIONS and first != "all" else words


def definite(noun: str) -> str:
    """A noun phrase with "the"."""
    return noun if noun.split(" ", 1)[0] in DETERMINERS else f"the {noun}"


DETERMINERS = vocabulary("determiners")


def capital(text: str) -> str:
    """The text with its first letter in upper case; code spans stay."""
    return text[:1].upper() + text[1:] if not text.startswith("`") else text


# Verbs that are nouns as well, but more often verbs where they stand alone as the name of a function.
ALONE = vocabulary("alone")


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


DOUBLED = vocabulary("doubled")
IRREGULAR = flat("irregular")


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
    elif head in DOUBLED:
        form = head + head[-1] + "ed"
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
    elif head in DOUBLED:
        form = head + head[-1] + "ing"
    else:
        form = head + "ing"
    return f"{form} {rest}" if rest else form


QUESTION_WORDS = vocabulary("question_words")

PREPOSITIONS = vocabulary("prepositions")


def is_quality(word: str) -> bool:
    """Whether a word says how something is, and not what: "cached", "executable"."""
    return word.endswith(("ed", "able", "ible", "only", "ing", "ive", "ready", "done", "open", "valid"))


def flag(noun: str, owner: str) -> str:
    """A truth value's name as a clause about its owner: "Whether the client is closed", "Whether to follow links"."""
    words = tuple(noun.split())
    if words[0] in QUESTION_WORDS:
        return f"Whether {owner} {noun}"
    if is_quality(words[-1]):
        return f"Whether {owner} is {noun}"
    if verb_of(words):
        rest = " ".join(words[1:])
        return (
            f"Whether to {verb_of(words)} {rest if is_plural(rest) else definite(rest)}"
            if rest
            else f"Whether to {noun}"
        )
    return f"Whether {owner} has {article(noun)}"


CLAUSE = re.compile(r"(?:,| that| with| by| because| from| using| through| for| to| of) ")


def shortened(sentence: str, room: int) -> str:
    """A sentence without the last of its clauses, as many as it takes to fit; as it is where it has none."""
    while len(sentence) > room:
        cuts = [match.start() for match in CLAUSE.finditer(sentence) if sentence.count("``", 0, match.start()) % 2 == 0]
        if not cuts or cuts[-1] == 0:
            return sentence
        sentence = sentence[: cuts[-1]] + "."
    return sentence


def question_phrase(words: tuple[str, ...]) -> str:
    """A name that asks as a clause: `is_ready` gives "is ready"; "" for other names."""
    if len(words) > 1 and words[0].lower() in QUESTION_WORDS:
        return f"{words[0].lower()} {phrase(words[1:])}"
    return ""

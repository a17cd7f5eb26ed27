"""What is no description, whatever the code is: loops, echoes, talk, orders, gaps, other languages, pieces."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from glossator.docstring.quality import content_stems, is_placeholder
from glossator.docstring.validate.verdict import About, Reason, Refusal, limit
from glossator.model import FieldKey

_SPAN: Final = re.compile(r"``[^`\n]+``|`[^`\n]+`")
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_LETTERS: Final = re.compile(r"[^\W\d_]{2,}")
_TITLES: Final = (
    r"Args|Arguments|Parameters|Params|Returns?|Raises|Yields?|Attributes|Examples?|Keyword Args|Other Parameters|"
    r"See Also|References|Todo"
)
_SECTION: Final = re.compile(
    rf"(?:^|[\n.:;] ?)(?:{_TITLES}):(?=\s|$)|(?:^|\s)[:@](?:param|type|returns?|rtype|raises?|yields?|arg)\b[^:\n]*:|[-=~]{{4,}}"
)
_FIRST_PERSON: Final = re.compile(
    r"(?<![\w/.`'\"])(?:I(?=(?:['’](?:m|ll|ve|d))?\s+[a-z])|[Ww]e|[Oo]ur|[Mm]y|[Ll]et['’]s|[Ll]et\s+(?:us|me))(?![\w/.-])"
    r"|^(?:Sure|Certainly|Of course|Okay|OK|Yes|No|Hello|Hi|Thanks?|Sorry)\b[,.!:]|^Here(?:['’]s|\s+(?:is|are))\b"
    r"|\b[Aa]s\s+an\s+(?:AI|assistant|language)\b|\b(?:language model|AI (?:model|assistant)|chatbot)\b"
)
_PLACEHOLDER: Final = re.compile(
    r"\blorem\b|<[\w .-]+>|\[(?:insert|your|add|name)\b|\b(?:insert|your)\s+(?:text|description|summary)\b|\?\?\?|_{3,}"
    r"|^(?:the\s+|an?\s+)?(?:brief\s+|short\s+|one[- ]line\s+)?(?:description|summary|docstring|placeholder|explanation)"
    r"(?:\s+(?:of|for)\s+(?:the\s+)?[`*\w]+(?:\s+(?:parameter|argument|function|method|class|attribute))?)?\W*$"
    r"|^(?:n/?a|none|null|nil|unknown|undefined|string|text|value|blah|foo|bar|test|example|not (?:documented|specified))\W*$"
    r"|\bno (?:description|documentation|summary)\b",
    re.IGNORECASE,
)
_ORDER: Final = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.]{0,30}\b(?:previous|above|prior|earlier|instructions?|rules?|prompts?)\b"
    r"|\b(?:pip3?|npm|pnpm|yarn|brew|apt(?:-get)?|cargo|gem|conda)\s+(?:install|add|run|i)\b|\b(?:curl|wget)\s+(?:-|\w+[./:])"
    r"|\bsudo\s|\brm\s+-|\bchmod\s+[+\d]|\|\s*(?:ba)?sh\b|\bpowershell\b|\beval\(|\bos\.system\("
    r"|\b(?:please|kindly)\b|\bclick\s+(?:here|on|the)\b|\bvisit\s+(?:our|us|the|this|my)\b|\b(?:see|visit)\s+https?\b"
    r"|\byou\s+(?:must|should|need|have\s+to|are\s+(?:now|an?)|will|ought)\b"
    r"|\byour\s+(?:password|passphrase|credentials?|api\s+keys?|machine|computer|account|credit|system|files?|data|tokens?)\b"
    r"|\b(?:system|developer|user)\s+(?:prompt|message)\b|\binstructions?\s+(?:above|below|given)\b|\bsubscribe\b"
    r"|^(?:Write|Describe|Explain|Document|Answer|Reply|Respond|Summari[sz]e)\b[^.]*\b(?:docstring|description|sentence|JSON|words?|parameters?)\b"
    r"|(?<!\w)(?:Human|Assistant|User|System)\s*:",
    re.IGNORECASE,
)
_SAME_LETTER: Final = re.compile(r"([^\W\d_])\1{3,}|(\d)\2{5,}|([^\w\s`.])\3{3,}|\.{4,}|\b(\w\w?)(?:\4){4,}\b")
_SAME_WORD: Final = re.compile(r"\b(?!that\b|had\b|\d)(\w+)(?: \1\b|(?:[\s,;-]+\1\b){2,})", re.IGNORECASE)
_DIGITS: Final = re.compile(r"\d")
_ENDS_OPEN: Final = re.compile(
    r"(?:\b(?:the|an?|and|or|its|their|whether|e\.g|i\.e)|[,;:(\[{–—&/+=-])[.]?$|\.\.\.?$|…\.?$"
)
_FOREIGN: Final = frozenset(
    "der die das und ein eine einen oder mit für von ist wird nicht wenn zurück den dem des im auf als werden zum zur "
    "le la les une et ou avec pour de du est pas si dans sur qui que aux cette ce ces "
    "el los las un una y o con para del es no se por que en lo al como "
    "il lo gli uno e di per è non che della nel sono "
    "os um uma não com ao do da dos das em "
    "het een van en met voor niet wordt zijn naar".split()
)
_ENGLISH: Final = frozenset(
    "the a an of and or to with for from by in on at as that which is are be if when whether it its this not no into "
    "all any each one used returns return will has have given than then where whose how do does so".split()
)
_SCRIPTS: Final = {
    "ru": ("CYRILLIC",), "uk": ("CYRILLIC",), "bg": ("CYRILLIC",), "sr": ("CYRILLIC",), "be": ("CYRILLIC",),
    "el": ("GREEK",), "he": ("HEBREW",), "ar": ("ARABIC",), "fa": ("ARABIC",), "ur": ("ARABIC",), "th": ("THAI",),
    "hi": ("DEVANAGARI",), "bn": ("BENGALI",), "ta": ("TAMIL",), "ka": ("GEORGIAN",), "hy": ("ARMENIAN",),
    "zh": ("CJK", "IDEOGRAPHIC"), "ja": ("CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC", "HALFWIDTH"), "ko": ("HANGUL", "CJK"),
}  # fmt: skip
_EVERYWHERE: Final = (
    "LATIN",
    "MICRO",
    "DIGIT",
    "SUPERSCRIPT",
    "SUBSCRIPT",
    "DOUBLE-STRUCK",
    "GREEK",
    "MODIFIER",
    "COMBINING",
)
_ECHO_WORDS: Final = 6
_ECHO_SHORT: Final = 4


# Words that every program is described with: to say one of them is no echo.
_TRADE: Final = content_stems(
    """
    list lists number numbers file files open opened read written write name names position only how many each every found
    path without begin beginning appear size count same string text item items element entry key index line lines word
    words character letter first last next previous start end left right length line column order sort group part parts
    whole empty full current old new exist existing create make build remove delete add append insert change update copy
    move find search look match check test compare parse format convert load save store send receive print show display
    run execute call wait stop close keep hold take need must can pass fail error exception invalid valid wrong missing
    between before after above below inside outside from until than more less most least maximum minimum total single
    several pair field fields option options setting result results content contents output source target directory folder
    """
)


def prose_faults(key: FieldKey, text: str, about: About) -> Iterator[Refusal]:
    """The rules that a normalised text breaks as prose, whatever the code is."""
    bare = _SPAN.sub("`x`", text)
    if len(text) > limit(key, about.room) + 1:
        yield Refusal(Reason.TOO_LONG, f"Use at most {limit(key, about.room)} characters.")
    if not _LETTERS.search(text):
        yield Refusal(Reason.EMPTY, "Answer with a sentence.")
    if _SECTION.search(text):
        yield Refusal(Reason.SECTION, "Write the description only, without sections or fields.")
    if "?" in bare:
        yield Refusal(Reason.QUESTION, "Do not ask questions.")
    if is_placeholder(text) or _PLACEHOLDER.search(bare):
        yield Refusal(Reason.PLACEHOLDER, "Write the description itself, and no placeholder.")
    if _FIRST_PERSON.search(bare):
        yield Refusal(Reason.FIRST_PERSON, "Describe the code, without I or we and without talk about the answer.")
    if _ORDER.search(text):
        yield Refusal(Reason.ORDER, "Describe the code, and give the reader no orders.")
    yield from _broken(text, bare)
    if _is_loop(text):
        yield Refusal(Reason.REPETITION, "Do not repeat yourself.")
    if about.shown and (_is_echo(text, about.shown) or _leaks(text, about)):
        yield Refusal(Reason.ECHO, "Describe this code, and do not repeat the instructions or examples.")
    if _is_foreign(bare, about.language):
        yield Refusal(Reason.LANGUAGE, f"Write in the language with the code {about.language}.")


def _broken(text: str, bare: str) -> Iterator[Refusal]:
    is_open = _ENDS_OPEN.search(text) or text.count("`") % 2 or bare.count("(") != bare.count(")")
    if is_open or bare.count('"') % 2 or not text.endswith((".", "!", ")")):
        yield Refusal(Reason.CUT, "Finish the sentence, and make it shorter.")
    if text[:1] in "{[" and text[-2:-1] in "}]":
        yield Refusal(Reason.UNREADABLE, "Answer with plain text.")


def _is_loop(text: str) -> bool:
    if _SAME_LETTER.search(text) or _SAME_WORD.search(text):
        return True
    digits = len(_DIGITS.findall(text))
    if digits > 6 and digits * 2 > len(text):
        return True
    spans = _SPAN.findall(text)
    if len(spans) > 3 and max(Counter(spans).values()) > 3:
        return True
    words = [word.lower() for word in _WORD.findall(_SPAN.sub("", text))]
    return _repeats(words, 3, 3) or _repeats(words, 5, 2)


def _repeats(words: list[str], size: int, times: int) -> bool:
    if len(words) < size * times:
        return False
    runs = Counter(tuple(words[at : at + size]) for at in range(len(words) - size + 1))
    return max(runs.values()) >= times


def _is_echo(text: str, shown: tuple[str, ...]) -> bool:
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) < _ECHO_SHORT:
        return False
    told = _told(shown)
    size = min(_ECHO_WORDS, len(words))
    return any(f" {' '.join(words[at : at + size])} " in told for at in range(len(words) - size + 1))


def _leaks(text: str, about: About) -> bool:
    """Whether a word of the instructions or examples, and of no code that was shown, has come into a text."""
    leaked = content_stems(text) & _told_stems(about.shown)
    return bool(leaked) and not all(stem in about.vocabulary for stem in leaked)


@lru_cache(maxsize=16)
def _told(shown: tuple[str, ...]) -> str:
    return " \n ".join(f" {' '.join(word.lower() for word in _WORD.findall(text))} " for text in shown)


@lru_cache(maxsize=16)
def _told_stems(shown: tuple[str, ...]) -> frozenset[str]:
    return content_stems(" ".join(shown)) - _TRADE


def _is_foreign(text: str, language: str) -> bool:
    code = language.partition("-")[0].partition("_")[0].lower()
    if not text.isascii():
        scripts = _SCRIPTS.get(code, ()) + _EVERYWHERE
        letters = (one for one in text if not one.isascii() and one.isalpha())
        if not all(unicodedata.name(one, "").startswith(scripts) for one in letters):
            return True
    if code != "en":
        return False
    words = [word.lower() for word in _WORD.findall(text)]
    foreign = sum(word in _FOREIGN for word in words)
    return foreign >= 2 and foreign > sum(word in _ENGLISH for word in words)

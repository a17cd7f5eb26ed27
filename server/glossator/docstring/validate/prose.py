"""What is no description, whatever the code is: loops, echoes, talk, orders, gaps, other languages, pieces."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Final

from glossator.docstring.quality import is_placeholder
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
    rf"(?:^|[\n.:;] ?)(?:{_TITLES}):(?=\s|$)|[-=~]{{4,}}"
    r"|(?:^|\s)[:@](?:param|type|returns?|rtype|raises?|yields?|arg)\b[^:\n]*:"
)
_FIRST_PERSON: Final = re.compile(
    r"(?<![\w/.`'\"])(?:I(?=(?:['’](?:m|ll|ve|d))?\s+[a-z])|[Ww]e|[Oo]ur|[Mm]y|[Ll]et['’]s|[Ll]et\s+(?:us|me))(?![\w/.-])"
    r"|^(?:Sure|Certainly|Of course|Okay|OK|Yes|No|Hello|Hi|Thanks?|Sorry)\b[,.!:]|^Here(?:['’]s|\s+(?:is|are))\b"
    r"|\b[Aa]s\s+an\s+(?:AI|assistant|language)\b|\b(?:language model|AI (?:model|assistant)|chatbot)\b"
)
# The next two are for lower case.
_PLACEHOLDER: Final = re.compile(
    r"\blorem\b|<\w[\w .-]*>|\[(?:insert|your|add|name)\b|\b(?:insert|your)\s+(?:text|description|summary)\b|_{3,}"
    r"|^(?:the\s+|an?\s+)?(?:brief\s+|short\s+|one[- ]line\s+)?"
    r"(?:description|summary|docstring|placeholder|explanation)"
    r"(?:\s+(?:of|for)\s+(?:the\s+)?[`*\w]+(?:\s+(?:parameter|argument|function|method|class|attribute))?)?\W*$"
    r"|^(?:n/?a|none|null|nil|unknown|undefined|string|text|value|blah|foo|bar|test|example)\W*$"
    r"|^not (?:documented|specified)\W*$"
    r"|\bno (?:description|documentation|summary)\b",
)
_ORDER: Final = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.]{0,30}"
    r"\b(?:previous|above|prior|earlier|instructions?|rules?|prompts?)\b"
    r"|\b(?:pip3?|npm|pnpm|yarn|brew|apt(?:-get)?|cargo|gem|conda)\s+(?:install|add|run|i)\b"
    r"|\b(?:curl|wget)\s+(?:-|\w+[./:])|\bsudo\s+(?:-|apt|rm|pip|chmod|su\b)|\brm\s+-|\bchmod\s+[+\d]|\|\s*(?:ba)?sh\b|\bpowershell\b|\beval\("
    r"|\bos\.system\(|\b(?:please|kindly)\b|\bclick\s+(?:here|on|the)\b|\bvisit\s+(?:our|us|the|this|my)\b"
    r"|\byou\s+(?:must|should|need|have\s+to|are\s+(?:now|an?)|will|ought)\b"
    r"|\byour\s+(?:password|passphrase|credentials?|api\s+keys?|machine|computer|account|credit|system|files?|data)\b"
    r"|\b(?:system|developer|user)\s+(?:prompt|message)\b|\binstructions?\s+(?:above|below|given)\b|\bsubscribe\s+to\s+(?:our|my|the)\b"
    r"|^(?:write|describe|explain|document|answer|reply|respond|summari[sz]e)\b[^.]*"
    r"\b(?:docstring|description|sentence|json|words?|parameters?)\b|(?<!\w)(?:human|assistant|user|system)\s*:",
)
_CODE: Final = re.compile(r"[!=<>]=|->|&&|\|\||\b[A-Z]\w+(?:Error|Exception|Warning):|\w\(\w*\)\.\w")
_PATTERNS: Final = (
    (Reason.UNREADABLE, _CODE, "Say it in words, and put code in `backticks`."),
    (Reason.SECTION, _SECTION, "Write the description only, without sections or fields."),
    (Reason.QUESTION, re.compile(r"\?"), "Do not ask questions."),
    (Reason.FIRST_PERSON, _FIRST_PERSON, "Describe the code, without I or we and without talk about the answer."),
)
_ORDER_MARKS: Final = (
    "ignore disregard forget override bypass pip npm yarn brew apt cargo gem conda curl wget sudo rm chmod | powershell"
    " eval( os.system please kindly click visit you prompt message instruction subscribe docstring description sentence"
    " json word parameters human: assistant: user: system:"
).split()
_SAME_LETTER: Final = re.compile(r"([^\W\d_])\1{3,}|(\d)\2{5,}|([^\w\s`.])\3{3,}|\.{4,}|\b(\w\w?)(?:\4){4,}\b")
_SAME_WORD: Final = re.compile(
    r"(?<![\w-])(?!that\b|had\b|\d)(\w+)(?: \1\b|(?:[\s,;-]+\1\b){2,})|\b(\w{3,}) (?:or|and|vs) \2\b", re.IGNORECASE
)
_DIGITS: Final = re.compile(r"\d")
_ENDS_OPEN: Final = re.compile(
    r"(?:\b(?:the|an?|and|or|its|their|whether|e\.g|i\.e)|[,;:(\[{–—&/+=-])[.]?$|\.\.\.?$|…\.?$"
)
_FOREIGN: Final = frozenset(
    "der die das und ein eine einen oder mit für von ist wird nicht wenn zurück den dem des im auf als werden zum zur "
    "le la les une et ou avec pour de du est pas si dans sur qui que aux cette ce ces "
    "el los las un una con para del es no se por que lo al como "
    "il lo gli uno di per è non che della nel sono "
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
    "zh": ("CJK", "IDEOGRAPHIC"), "ja": ("CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC", "HALFWIDTH"),
    "ko": ("HANGUL", "CJK"),
}  # fmt: skip
_EVERYWHERE: Final = tuple("LATIN MICRO DIGIT SUPERSCRIPT SUBSCRIPT DOUBLE-STRUCK GREEK MODIFIER COMBINING".split())


def prose_faults(key: FieldKey, text: str, about: About) -> Iterator[Refusal]:
    """The rules that a normalised text breaks as prose, whatever the code is."""
    bare = _SPAN.sub("`x`", text)
    if len(text) > limit(key, about.room) + 1:
        yield Refusal(Reason.TOO_LONG, f"Use at most {limit(key, about.room)} characters.")
    if not _LETTERS.search(text):
        yield Refusal(Reason.EMPTY, "Answer with a sentence.")
    lowered = bare.lower()
    for reason, pattern, hint in _PATTERNS:
        if pattern.search(bare):
            yield Refusal(reason, hint)
    if is_placeholder(text) or _PLACEHOLDER.search(lowered):
        yield Refusal(Reason.PLACEHOLDER, "Write the description itself, and no placeholder.")
    # The pattern is slow where nothing of it is there, which is nearly always.
    if any(mark in lowered for mark in _ORDER_MARKS) and _ORDER.search(lowered):
        yield Refusal(Reason.ORDER, "Describe the code, and give the reader no orders.")
    yield from _broken(text, bare)
    if _is_loop(text):
        yield Refusal(Reason.REPETITION, "Do not repeat yourself.")
    if _is_foreign(bare, about.language):
        yield Refusal(Reason.LANGUAGE, f"Write in the language with the code {about.language}.")


def _broken(text: str, bare: str) -> Iterator[Refusal]:
    is_open = _ENDS_OPEN.search(text) or text.count("`") % 2 or bare.count("(") != bare.count(")")
    if is_open or bare.count('"') % 2 or not text.endswith((".", "!", ")", "。")):
        yield Refusal(Reason.CUT, "Finish the sentence, and make it shorter.")
    if text[:1] in "{[" and text[-2:-1] in "}]":
        yield Refusal(Reason.UNREADABLE, "Answer with plain text.")


def _is_loop(text: str) -> bool:
    if _SAME_LETTER.search(text) or _SAME_WORD.search(text):
        return True
    digits = len(_DIGITS.findall(text))
    if digits > 6 and digits * 3 > len(text):
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

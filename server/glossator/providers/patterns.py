"""What secrets look like in text: rules of our own, and the tokens that detect-secrets knows.

Each rule takes time that grows with the text and no faster, whatever the text is: what repeats is bounded, or cannot
begin anew within itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, cast

MIN_ODD: Final = 4
ODD_SHARE: Final = 0.17  # of a run's characters; identifiers have a tenth, random texts a quarter and more
MIN_ODD_CAPITALS: Final = 3
ODD_SHARE_CAPITALS: Final = 0.1  # base32 has few digits, and no word is written like it
_DIGITS: Final = re.compile(r"\d")
_LETTER: Final = re.compile(r"[A-Za-z]")
_PARTS: Final = re.compile(r"[A-Za-z0-9]+")
_CODE: Final = re.compile(r"[A-Za-z_][\w.]*[,;:.]*|.*[()\[\]{}<>].*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rule:
    """What one kind of secret looks like; `group` is the secret, `is_one` tells it from what only looks so."""

    kind: str
    pattern: re.Pattern[str]
    is_one: Callable[[str], bool] = bool
    group: int = 0

    def matches(self, text: str) -> Iterator[tuple[int, int]]:
        """Where such secrets stand."""
        group = self.group
        return (match.span(group) for match in self.pattern.finditer(text) if self.is_one(match.group(group)))


def oddity(run: str) -> int:
    """How often letters and digits meet in a run of them, or its case changes as in no word.

    >>> oddity("readUtf8HTTPHeaders"), oddity("kJ8fQ2xZr7TpW4")
    (2, 8)
    """
    found = 0
    for part in _PARTS.findall(run):
        for left, right in pairwise(part):
            found += left.isdigit() != right.isdigit()
        for a, b, c in zip(part, part[1:], part[2:], strict=False):
            found += (a.islower() and b.isupper() and c.isupper()) or (a.isupper() and b.islower() and c.isupper())
    return found


def is_random(run: str) -> bool:
    """Whether a run of letters and digits looks made by a machine."""
    odd = oddity(run)
    if run.isalnum() and run.isupper() and odd >= MIN_ODD_CAPITALS:
        return odd >= ODD_SHARE_CAPITALS * len(run)
    return odd >= MIN_ODD and odd >= ODD_SHARE * len(run)


def is_card(number: str) -> bool:
    """Whether digits are a card's number (ISO/IEC 7812: the Luhn digit)."""
    digits = [int(digit) for digit in _DIGITS.findall(number)]
    doubled = [digit if place % 2 == 0 else digit * 2 - 9 * (digit > 4) for place, digit in enumerate(reversed(digits))]
    return digits[0] in {2, 3, 4, 5, 6} and sum(doubled) % 10 == 0 and len(set(digits)) > 2


def _has_digit(text: str) -> bool:
    return bool(_DIGITS.search(text))


def _is_credential(text: str) -> bool:
    """Whether what stands behind a scheme's name is one, and no word of a sentence."""
    return text.endswith("=") or len(_DIGITS.findall(text)) > 1 or oddity(text) > 1


def _is_value(text: str) -> bool:
    """Whether what a password's name is followed by is one, and no code or word."""
    if _CODE.fullmatch(text):
        return is_random(text) or (len(text) >= 6 and "." not in text and oddity(text) > 2)
    return _has_digit(text) and bool(_LETTER.search(text))


def _is_quoted_value(text: str) -> bool:
    return _has_digit(text) and bool(_LETTER.search(text)) and not text.startswith("<")


_NAMED: Final = (
    r"(?:pass(?:word|wd|phrase|code)|pwd|(?:secret|api|access|private|account|auth|signing)[_ -]?key|secret|token"
    r"|credential)s?['\"`]?"
    r"(?:\s{0,4}(?::=|=>|[:=])|\s{1,4}is)\s{0,4}"
)
_TOKENS: Final = (
    r"sk-[\w-]{20,}|gh[opusr]_\w{20,}|github_pat_\w{20,}|gl[a-z]{2,6}-[\w-]{20,}|xox[a-z]-[\w-]{10,}|AIza[\w-]{30,}",
    r"ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}|hf_\w{20,}|npm_\w{30,}|pypi-[\w-]{40,}|[sr]k_(?:live|test)_\w{16,}|gsk_\w{20,}",
    r"whsec_\w{20,}|do[opr]_v1_\w{40,}|shp(?:at|ca|pa|ss)_\w{30,}|dckr_pat_[\w-]{20,}|nvapi-[\w-]{20,}|hvs\.[\w-]{20,}",
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}|SG\.[\w-]{16,}\.[\w-]{16,}|LTAI\w{12,}|EAAC\w{20,}|_authToken\s{0,4}=\s{0,4}\S{8,}",
)

_SCHEME: Final = r"\b(?:bearer|basic|token|digest|apikey)[ \t]{1,4}([\w.~+/-]{8,}={0,2})"
_HEADER: Final = r"\bauthorization\b['\"]?\s{0,4}[:=]\s{0,4}['\"]?([\w.~+/-]{8,}={0,2})"
_ADDRESS: Final = r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"'<>]{0,100}:([^\s/@\"'<>]{1,200})@"
_IGNORE: Final = re.IGNORECASE | re.ASCII

RULES: Final = (
    Rule("a token", re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(_TOKENS)})", re.ASCII), _has_digit),
    Rule("a signed token", re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)*", re.ASCII)),
    Rule("a password in an address", re.compile(_ADDRESS, _IGNORE), group=1),
    Rule("an authorization header", re.compile(_SCHEME, _IGNORE), _is_credential, 1),
    Rule("an authorization header", re.compile(_HEADER, _IGNORE), _is_credential, 1),
    Rule("a password", re.compile(_NAMED + r"([^\s'\"`<]{6,100})", _IGNORE), _is_value, 1),
    Rule("a password", re.compile(_NAMED + r"['\"`]([^\s'\"`]{4,100})['\"`]", _IGNORE), _is_quoted_value, 1),
    Rule("a long random text", re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}"), is_random),
    Rule("a text in escapes", re.compile(r"(?:\\{1,2}(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[0-7]{3})){6,}")),
    Rule("a card's number", re.compile(r"(?<![\d.])\d(?:[ -]?\d){13,18}(?!\d)", re.ASCII), is_card),
)
_KEY_BEGINS: Final = re.compile(r"-{0,5}BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY|PuTTY-User-Key-File-")
_KEY_ENDS: Final = re.compile(r"END [A-Z0-9 ]{0,30}PRIVATE KEY[A-Z ]{0,10}-{0,5}|Private-MAC: ?[0-9a-f]*")


def private_keys(text: str) -> Iterator[tuple[int, int]]:
    """Where private keys stand in their armour; one without an end reaches to the end of the text."""
    position = 0
    while begin := _KEY_BEGINS.search(text, position):
        end = _KEY_ENDS.search(text, begin.end())
        position = end.end() if end else len(text)
        yield begin.start(), position


def known_tokens() -> tuple[Rule, ...]:
    """The rules of detect-secrets for tokens of well-known services.

    Its patterns alone are used: no filters (a comment cannot switch them off), no settings, nothing tried over the
    network. Cost: 0.1 s at the first call, for imports.
    """
    from detect_secrets.plugins import (
        artifactory,
        aws,
        azure_storage_key,
        discord,
        github_token,
        gitlab_token,
        mailchimp,
        pypi_token,
        sendgrid,
        slack,
        square_oauth,
        stripe,
        telegram_token,
        twilio,
    )

    # Left out are those whose patterns do not take linear time: the ones that look for assignments (`key = …`: three
    # runs of blanks beside each other, the cube of their length), OpenAI and npm (the square); and those that rules of
    # our own make superfluous.
    detectors = (
        *(artifactory.ArtifactoryDetector, aws.AWSKeyDetector, azure_storage_key.AzureStorageKeyDetector),
        *(discord.DiscordBotTokenDetector, github_token.GitHubTokenDetector, gitlab_token.GitLabTokenDetector),
        *(mailchimp.MailchimpDetector, pypi_token.PypiTokenDetector, sendgrid.SendGridDetector),
        *(slack.SlackDetector, square_oauth.SquareOAuthDetector, stripe.StripeDetector),
        *(telegram_token.TelegramBotTokenDetector, twilio.TwilioKeyDetector),
    )
    return tuple(
        Rule(f"a secret ({detector.secret_type})", pattern)
        for detector in detectors
        for pattern in cast("Iterable[re.Pattern[str]]", detector.denylist)
    )

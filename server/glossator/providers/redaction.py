"""The look for secrets in what remote providers get: in source that was masked, and in the bytes of each request.

It finds what is known to be a secret or looks random. No such list is complete, so it comes last: what is not sent
cannot leak (`syntax.masking`, `workspace.withheld`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from glossator.errors import Refused
from glossator.providers.patterns import RULES, Rule, known_tokens, private_keys

PLACEHOLDER: Final = "<secret>"
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")


class Secret(NamedTuple):
    """A secret in a text: where it stands, in characters, and what it looks like."""

    start: int
    end: int
    kind: str


def secrets_in(text: str) -> tuple[Secret, ...]:
    """The secrets in a text, in order; where several rules meet, one span that holds them all.

    Cost: grows with the text, whatever it is; see `make bench`, "redaction". The first call takes 0.1 s for imports.
    """
    found = [Secret(*span, "a private key") for span in private_keys(text)]
    found += [Secret(*span, rule.kind) for rule in _rules() for span in rule.matches(text)]
    return tuple(_joined(sorted(found, key=lambda secret: secret.start)))


def redacted(text: str) -> str:
    """The text with a placeholder for each secret."""
    pieces: list[str] = []
    position = 0
    for secret in secrets_in(text):
        pieces += (text[position : secret.start], PLACEHOLDER)
        position = secret.end
    return "".join((*pieces, text[position:]))


def gate(body: bytes) -> None:
    """The last look at a request's bytes, as they are and as the server will read them.

    Raises Refused where a secret is left; its message holds none of it.
    """
    for text in _readings(body.decode("utf-8", "replace")):
        for secret in secrets_in(text):
            raise Refused(
                f"nothing was sent: the request would hold what looks like {secret.kind}; take it out of the source, or"
                " keep the file back with privacy.exclude or a .glossatorignore file"
            )


@cache
def _rules() -> tuple[Rule, ...]:
    """All rules; put together on first use, since they never change."""
    return (*RULES, *known_tokens())


def _joined(found: list[Secret]) -> Iterator[Secret]:
    """Secrets that do not overlap, out of those that may; the rule that comes first says what they look like."""
    last: Secret | None = None
    for secret in found:
        if last is None or secret.start >= last.end:
            if last is not None:
                yield last
            last = secret
        elif secret.end > last.end:
            last = Secret(last.start, secret.end, last.kind)
    if last is not None:
        yield last


def _readings(body: str) -> Iterator[str]:
    """A request as it stands, its strings as JSON means them, and these with the escapes within read as well."""
    yield body
    strings: list[str] = []
    try:
        value = json.loads(body, object_pairs_hook=lambda pairs: [part for pair in pairs for part in pair])
    except (ValueError, RecursionError):
        value = None
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            strings.append(one)
        elif isinstance(one, list):
            stack.extend(one)
    text = "\n".join(strings)
    yield text
    if (read := _ESCAPE.sub(_character, text)) != text:
        yield read


def _character(escape: re.Match[str]) -> str:
    """The character that an escape stands for; a blank where there is none."""
    code = int(escape[escape.lastindex or 0], 16)
    return chr(code) if code <= 0x10FFFF else " "

"""Secrets of all kinds in source, to look for in what leaves this machine. None of them opens anything."""

from __future__ import annotations

import base64
import codecs
from dataclasses import dataclass
from typing import Final

WORD: Final = "Tr0ub4dor-Zx81"
HEX: Final = "9f86d081884c7d659a2feaa0c55ad015"
BASE32: Final = "JBSWY3DPEHPK3PXPGEZDGNBV"
BASE64: Final = "q7Wv3ZkP0xT1uYb8JmR4sLd6NcHf2EgA"
AWS: Final = "AKIAQ7XN4TZ2LK5WJ3HD"
GITHUB: Final = "ghp_q7Wv3ZkP0xT1uYb8JmR4sLd6NcHf2EgAx9Zt"
JWT: Final = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.dBjftJeZ4CVPmB92K27uhbUJU1p1r_wW1gFWFOEjXk"
PEM_LINE: Final = "MIIEowIBAAKCAQEAq7Wv3ZkP0xT1uYb8JmR4sLd6NcHf2EgA"
PEM: Final = f"-----BEGIN RSA PRIVATE KEY-----\n{PEM_LINE}\n-----END RSA PRIVATE KEY-----"
CARD: Final = "4539578763621486"
LOAD: Final = "def load(path, limit=10):\n    return open(path).read(limit)\n"


@dataclass(frozen=True, slots=True)
class Canary:
    """A secret and where it is.

    `source` is a module with a function `load` that has no docstring. Nothing of `traces` may be sent. `path` is the
    module's name, `environment` what is set while it is worked on.
    """

    kind: str
    traces: tuple[str, ...]
    source: str = LOAD
    path: str = "module.py"
    environment: tuple[tuple[str, str], ...] = ()


def inside(line: str) -> str:
    """A function with a line in its body."""
    return f"def load(path):\n    {line}\n    return open(path).read()\n"


def documented(text: str) -> str:
    """A function beside another one, whose docstring holds a text."""
    docstring = f'"""Connect to a host.\n\n    {text}\n    """'
    return f"def connect(host):\n    {docstring}\n    return host\n\n\n{inside('connect(path)')}"


IN_SOURCE: Final = (
    Canary("a password in a connection string", (WORD,), inside(f'link = "postgresql://app:{WORD}@db.example/main"')),
    Canary("a private key", (PEM_LINE, "BEGIN RSA"), f'KEY = """{PEM}"""\n\n\n{inside("use(KEY)")}'),
    Canary("a cloud key as a default", (AWS,), f'def load(path, key="{AWS}"):\n    return path, key\n'),
    Canary("a service's token in a dictionary", (GITHUB,), inside(f'headers = {{"X-Token": "{GITHUB}"}}')),
    Canary("a signed token as an argument", (JWT,), inside(f"login(token='{JWT}')")),
    Canary(
        "hexadecimal digits in a class",
        (HEX,),
        f'class Client:\n    salt = "{HEX}"\n\n    def load(self):\n        return unseal(self.salt)\n',
    ),
    Canary("base32", (BASE32,), inside(f'seed = "{BASE32}"')),
    Canary("base64 in pieces", (BASE64[:16], BASE64[16:]), inside(f'key = "{BASE64[:16]}" "{BASE64[16:]}"')),
    Canary(
        "base64 put together by an operator", (BASE64[:9], BASE64[9:]), inside(f"key = '{BASE64[:9]}' + '{BASE64[9:]}'")
    ),
    Canary("the text of an f-string", (WORD,), inside(f'link = f"https://{{path}}:{WORD}@host/{{path!r}}"')),
    Canary("a text within an f-string", (WORD,), inside(f"link = f\"{{sign('{WORD}')}}\"")),
    Canary("a format", (WORD,), inside(f'when = f"{{path:{WORD}}}"')),
    Canary("bytes", (WORD,), inside(f'key = b"{WORD}"')),
    Canary("the key of a dictionary", (WORD,), inside(f'users = {{"{WORD}": 1}}')),
    Canary("a decorator's argument", (WORD,), f'@route("/hook/{WORD}")\n{LOAD}'),
    Canary("a pattern", (WORD,), f'def load(path):\n    match path:\n        case "{WORD}":\n            return 1\n'),
    Canary("an annotation", (WORD,), f'def load(path: Literal["{WORD}"]) -> "{WORD}":\n    return path\n'),
    Canary("a comment", (WORD,), f"# the password is {WORD}\n{inside(f'path = 1  # or {WORD}')}"),
    Canary("code that was commented out", (WORD,), inside(f'# login("{WORD}")')),
    Canary("a type comment", (WORD,), inside(f"x = path  # type: Literal['{WORD}']")),
    Canary("a card's number", (CARD,), inside(f"card = {CARD}")),
    Canary("a number with underscores", (CARD[8:12], "4539_5787"), inside("card = 4539_5787_6362_1486")),
    Canary("a seed as a number", (HEX, HEX.upper()), inside(f"seed = 0x{HEX}")),
    Canary("numbers that are bytes", ("116, 104, 101",), inside(f"key = bytes({list(b'the' + WORD.encode())})")),
    Canary(
        "escapes", (WORD, r"\u0054\u0072"), inside("key = '" + "".join(f"\\u{ord(sign):04x}" for sign in WORD) + "'")
    ),
    Canary(
        "a rotated text",
        (codecs.encode(WORD, "rot13"),),
        inside(f"key = decode('{codecs.encode(WORD, 'rot13')}', 'rot13')"),
    ),
    Canary("a reversed text", (WORD[::-1],), inside(f"key = '{WORD[::-1]}'[::-1]")),
    Canary("a raw text", (WORD,), inside(rf'key = r"\d{WORD}"')),
    Canary("a text that is being typed", (WORD,), f'def load(path):\n    key = "{WORD}\n    return path\n'),
    Canary("a long text that is being typed", (WORD,), f'def load(path):\n    key = """\n{WORD}\n    return path\n'),
    Canary("a token in a docstring", (AWS,), documented(f"Uses {AWS} where nothing else is set.")),
    Canary("a password in a docstring's address", (WORD,), documented(f"For example redis://:{WORD}@cache:6379/0.")),
    Canary("a header in a docstring", (BASE64,), documented(f"Sends ``Authorization: Bearer {BASE64}``.")),
    Canary("a private key in a docstring", (PEM_LINE,), documented(PEM.replace("\n", "\n    "))),
    Canary("a named password in a docstring", (WORD,), documented(f"password: {WORD}")),
    Canary("a card in a docstring", ("5787 6362",), documented("Try 4539 5787 6362 1486.")),
    Canary(
        "base64 in a docstring",
        (BASE64,),
        documented(f"It was {base64.b64encode(BASE64.encode()).decode()} or {BASE64}."),
    ),
    Canary("escapes in a docstring", (r"\x54\x72",), documented("".join(f"\\x{ord(sign):02x}" for sign in WORD))),
)
AROUND: Final = (
    Canary("a token in a file's name", (AWS,), path=f"dump_{AWS}.py"),
    Canary("a password in a file's name", (HEX,), path=f"{HEX}.py"),
    Canary("the environment", (WORD,), environment=(("DATABASE_PASSWORD", WORD), ("HOME_NAME", WORD))),
)
CANARIES: Final = IN_SOURCE + AROUND

"""Names in a text that the code does not have.

A name is what stands in a code span, or what no prose word looks like: `snake_case`, `camelCase`, `dotted.name`,
`call()`. It must be one of the code that was shown, of Python, or of its standard library. Values in quotes and numbers
are no names.
"""

from __future__ import annotations

import builtins
import keyword
import re
import sys
from collections.abc import Container, Iterator
from functools import lru_cache
from types import FunctionType
from typing import Final

from glossator.docstring.check.names import SPAN
from glossator.docstring.validate.verdict import About, Reason, Refusal

_IDENTIFIER: Final = re.compile(r"[^\W\d]\w*")
_TEXT: Final = re.compile(r"(?<!\w)[rbuf]{0,2}(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_IN_PROSE: Final = re.compile(
    r"(?<![\w.`/@-])(?:"
    r"(?P<call>[^\W\d]\w*(?:\.[^\W\d]\w*)*)\(\)?"
    r"|(?P<dotted>[^\W\d]\w*(?:\.[^\W\d]\w*)+)"
    r"|(?P<snake>\w*[^\W_]_+[^\W_]\w*|__?[^\W\d]\w+)"
    r"|(?P<camel>[a-z]+[A-Z]\w*|(?:[A-Z][a-z0-9]+){2,}[A-Z]?|[A-Z]{2,}[a-z]{3,}\w*)"
    r")(?![\w@])"
)
_ABBREVIATION: Final = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]?$")
# What looks like a name and is a word of the trade.
_WORDS: Final = frozenset(
    """
    GitHub GitLab BitBucket JavaScript TypeScript CoffeeScript OpenSSL OpenSSH OpenType MacOS macOS iOS iPhone iPad
    eBay IPv4 IPv6 OAuth OAuth2 OpenID PostgreSQL MySQL SQLite NumPy SciPy PyPI PyPy CPython IronPython YouTube
    LaTeX BibTeX TeX WebSocket WebSockets DataFrame DataFrames PowerShell DevOps CamelCase PascalCase camelCase
    snake_case UPPER_CASE MongoDB DynamoDB GraphQL OpenAPI OpenGL NaN NaNs kB KiB MiB GiB TiB kHz MHz GHz mDNS
    DNSSEC WiFi LibreSSL libcurl DocTest reStructuredText AsciiDoc Markdown MyPy PyTorch TensorFlow JSONPath XPath
    YAMLs gRPC WebAssembly ZeroMQ Unix POSIX UTFs IDs URLs URIs APIs Pythonic AutoIncrement NamedTuple FrozenSet
    Base64 base64 Latin1 NoneType e.g i.e x86_64 Jython QuickTime OpenStreetMap McCabe DateTime TimeDelta ISO8601
    README.md setup.py pyproject.toml
    """.split()
)
# Words that stand in code spans and belong to no code: values, encodings, units, option words.
_VALUES: Final = frozenset(
    """
    self cls utf ascii latin iso cp unicode json yaml xml html http https ftp tcp udp ssl tls get post put patch
    delete head true false null nan inf infinity stdin stdout stderr posix nt win32 linux darwin windows rb wb ab
    rt wt w r a x b t asc desc utc gmt kwargs args name value key item other k v i j n s e f
    """.split()
)
_TYPES: Final = (str, bytes, bytearray, int, float, list, dict, set, tuple, BaseException, type, FunctionType)
_KNOWN: Final = frozenset(
    (
        *dir(builtins),
        *keyword.kwlist,
        *keyword.softkwlist,
        *sys.stdlib_module_names,
        *_VALUES,
        *(name for one in _TYPES for name in dir(one)),
    )
)
# Names of the standard library that code talks about without naming their modules.
_STANDARD: Final = frozenset(
    """
    Path PurePath Any Optional Union Callable Iterable Iterator Iterable Generator Sequence Mapping MutableMapping
    List Dict Tuple Set FrozenSet Type TypeVar Literal Awaitable Coroutine AsyncIterator AsyncIterable
    AsyncGenerator OrderedDict defaultdict Counter deque namedtuple Enum IntEnum Decimal Fraction datetime date
    time timedelta timezone Logger Thread Lock RLock Event Queue Future Task Process Popen StringIO BytesIO
    Hashable Sized Collection Protocol Pattern Match partial contextmanager dataclass ABC ABCMeta UUID
    JSONDecodeError CalledProcessError PathLike
    """.split()
)
_FILES: Final = re.compile(
    r"\.(?:py|pyi|pyc|txt|md|rst|toml|cfg|ini|json|ya?ml|xml|html?|css|js|csv|log|zip|gz|tar|whl|so|lock)$"
)
_MOST: Final = 60


def unknown_name(text: str, about: About) -> Refusal | None:
    """The refusal of a text that names something which is not there."""
    names = _names_of(text)
    if not names:
        return None
    own = about.own_words  # the others may have to be found first
    for name in names:
        if not _is_known(name, own) and not _is_known(name, about.names):
            hint = f"`{name[:_MOST]}` does not exist here; name only what stands in the code."
            return Refusal(Reason.UNKNOWN_NAME, hint)
    return None


@lru_cache(maxsize=4096)  # what was said once is looked at each time that it is shown
def _names_of(text: str) -> tuple[str, ...]:
    """The names of a text, each once."""
    return tuple(dict.fromkeys(_names(text)))


def _names(text: str) -> Iterator[str]:
    """The names of a text, dotted ones in their parts."""
    for span in SPAN.finditer(text):
        yield from _IDENTIFIER.findall(_TEXT.sub(" ", span[span.lastgroup or 0]))
    bare = _TEXT.sub(" ", SPAN.sub(" ", text) if "`" in text else text)
    for match in _IN_PROSE.finditer(bare):
        if not _is_word(match[0].removesuffix("()").removesuffix("(")):
            yield from _IDENTIFIER.findall(match[0])


def _is_word(name: str) -> bool:
    return (
        name in _WORDS
        or name.removesuffix("s") in _WORDS
        or _ABBREVIATION.match(name) is not None
        or _FILES.search(name) is not None
    )


def _is_known(name: str, own: Container[str]) -> bool:
    return any(
        one in own or one in _KNOWN or one in _STANDARD or one.lower() in _VALUES or one in _WORDS
        for one in (name, name.removesuffix("s"), name.strip("_"))
    )

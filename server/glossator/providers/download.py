"""Fetching a model's weights: in parts, over several tries, and only because somebody asked for just that.

It is the only place of the program that follows redirects, since hubs keep large files elsewhere; no key goes along.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final
from urllib.parse import urljoin, urlsplit

import httpx2

from glossator.errors import InvalidReply, Refused, SourceError, TimedOut, Unavailable
from glossator.providers.http import is_loopback
from glossator.providers.models import Library, Model, require_space
from glossator.providers.rejections import error_of

MAX_REDIRECTS: Final = 5
TIMEOUT: Final = httpx2.Timeout(30.0, connect=10.0)

Arrived = Callable[[int], None]
"""Hears how many bytes of the file are here, each time that more are."""


def fetch(model: Model, library: Library, arrived: Arrived) -> Path:
    """The weights of a model, whole and with the right digest.

    What an earlier try left is taken up again if the server still has the same file. Whatever ends this one, Ctrl-C
    too, leaves its part for the next. Raises ProviderError for what the server does, SourceError for what the disk does
    and for a wrong digest.
    """
    library.prepare()
    part = library.part(model.name)
    with _locked(part):
        have = _size(part)
        require_space(library.folder, model.size_bytes - have)
        try:
            with httpx2.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=True) as client:
                _Fetching(client, model, part, arrived).run(have)
        except httpx2.TimeoutException as error:
            raise TimedOut("the server does not answer; what came is kept, try again") from error
        except (httpx2.ConnectError, httpx2.ProxyError) as error:
            raise Unavailable(
                f"no connection to {urlsplit(model.url).hostname}: is there a network, or a proxy? Or bring the file "
                f"from another machine, and glossator model pull {model.name} --from FILE",
                is_reached=False,
            ) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
            raise Unavailable("the connection broke; what came is kept, try again") from error
        return library.accept(model)


class _Fetching:
    """One try to fetch what a part lacks."""

    def __init__(self, client: httpx2.Client, model: Model, part: Path, arrived: Arrived) -> None:
        self._client = client
        self._model = model
        self._part = part
        self._tag = part.with_name(f"{part.name}.tag")
        self._arrived = arrived

    def run(self, have: int) -> None:
        """Make the part as long as the model, `have` bytes of it being there."""
        if have == self._model.size_bytes:
            return
        tag = self._known_tag()
        if have > self._model.size_bytes or not tag:
            have = 0
        headers = {"Range": f"bytes={have}-", "If-Range": tag} if have else {}
        with self._answer(headers) as response:
            self._write(response, self._start(response, have))

    @contextmanager
    def _answer(self, headers: dict[str, str]) -> Iterator[httpx2.Response]:
        """The answer at the end of the redirects."""
        url = self._model.url
        for _ in range(MAX_REDIRECTS + 1):
            with self._client.stream("GET", url, headers={**_HEADERS, **headers}) as response:
                if response.status_code not in (301, 302, 303, 307, 308):
                    yield response
                    return
                url = _next_url(url, response)
        raise Refused(f"more than {MAX_REDIRECTS} redirects; is this the server that you mean?")

    def _start(self, response: httpx2.Response, have: int) -> int:
        """The place from which the answer goes on; raises where it is not the file that is wanted."""
        if response.status_code not in (200, 206):
            raise error_of(response.status_code, b"", response.headers)
        if response.headers.get("content-encoding", "identity") != "identity":
            raise InvalidReply("the server compresses the file, which was not asked for")
        size, start = self._model.size_bytes, 0
        if response.status_code == 206:
            found = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("content-range", ""))
            start, offered = (int(found[1]), int(found[2])) if found else (-1, -1)
            if start != have:
                raise InvalidReply("the server sends another part of the file than was asked for")
        else:
            offered = int(response.headers.get("content-length") or size)
        if offered != size:
            raise InvalidReply(f"the server offers a file of {offered} bytes, and the model has {size}")
        return start

    def _write(self, response: httpx2.Response, start: int) -> None:
        here = start
        try:
            with self._part.open("ab") as file:
                file.truncate(start)
                if not start:  # in this order: a tag never stands beside bytes of another file
                    self._tag.write_text(_strong(response.headers.get("etag", "")), "utf-8")
                self._arrived(here)
                for piece in response.iter_raw():
                    here += len(piece)
                    if here > self._model.size_bytes:
                        raise InvalidReply("the server sends more than the file has")
                    file.write(piece)
                    self._arrived(here)
        except OSError as error:
            raise SourceError(f"{self._part} cannot be written ({error.strerror}); what came is kept") from error
        if here < self._model.size_bytes:
            raise Unavailable("the connection ended too early; what came is kept, try again")

    def _known_tag(self) -> str:
        """What the server called the file that the part is of; "" where nothing is certain."""
        try:
            return self._tag.read_text("utf-8")
        except (OSError, ValueError):
            return ""


_HEADERS: Final = {"Accept-Encoding": "identity", "User-Agent": "glossator"}


def _strong(tag: str) -> str:
    """A tag that means equal bytes; a weak one does not."""
    return "" if tag.startswith("W/") else tag


def _next_url(url: str, response: httpx2.Response) -> str:
    """Where a redirect leads; never from https to something else."""
    target = urljoin(url, response.headers.get("location", ""))
    scheme = urlsplit(target).scheme
    if scheme != "https" and not (scheme == "http" and is_loopback(url) and is_loopback(target)):
        raise Refused("the server points to an address without TLS, which is not followed")
    return target


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def _locked(part: Path) -> Iterator[None]:
    """Hold the part: two downloads into one file would spoil it."""
    try:
        file = part.open("ab")
    except OSError as error:
        raise SourceError(f"{part} cannot be written ({error.strerror})") from error
    with file:
        part.chmod(0o600)
        try:
            _lock(file)
        except OSError as error:
            raise SourceError("another process is fetching this model") from error
        yield


def _lock(file: IO[bytes]) -> None:
    """Lock a file until it is closed, or raise OSError; where the platform has no such locks, do nothing."""
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

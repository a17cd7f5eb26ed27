"""Weights over real sockets: a small server that breaks off, changes its mind, and points elsewhere."""

import hashlib
import re
import resource
import shutil
import socket
import threading
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from glossator.errors import InvalidReply, ProviderError, Refused, SourceError, Unavailable
from glossator.providers import models
from glossator.providers.download import fetch
from glossator.providers.models import Library, Model

WEIGHTS = b"GGUF" + bytes(range(256)) * 8192  # 2 MiB
HALF = len(WEIGHTS) // 2


@dataclass
class Behaviour:
    """What the server does: how much of an answer it sends, and what it says of the file."""

    content: bytes = WEIGHTS
    tag: str = '"one"'
    sends: int = len(WEIGHTS)
    redirects: list = field(default_factory=list)
    status: int | None = None
    headers: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        does = self.server.behaviour
        does.asked.append(dict(self.headers))
        if does.redirects:
            return self._head(302, {"Location": does.redirects.pop(0), "Content-Length": "0"})
        if does.status:
            return self._head(does.status, {"Content-Length": "0", **does.headers})
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(wanted[1]) if wanted and self.headers.get("If-Range") == does.tag else 0
        size = len(does.content)
        about = {"ETag": does.tag, "Content-Length": str(size - start), **does.headers}
        if start:
            about = {"Content-Range": f"bytes {start}-{size - 1}/{size}", **about}
        self._head(206 if start else 200, about)
        self.wfile.write(does.content[start : start + does.sends])
        self.close_connection = True
        return None

    def _head(self, status, headers):
        self.send_response(status)
        for name, value in headers.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_words):
        pass


@pytest.fixture
def does(monkeypatch):
    """The behaviour of a server on loopback, which has its address in `url`."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.behaviour = Behaviour()
    server.behaviour.url = f"http://127.0.0.1:{server.server_port}/tiny.gguf"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.behaviour
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def model(does):
    return Model("tiny", len(WEIGHTS), "MIT", hashlib.sha256(WEIGHTS).hexdigest(), does.url)


@pytest.fixture
def library(tmp_path, model):
    return Library(tmp_path / "models", {"tiny": model})


def break_off(does, model, library):
    """Let a first try end in the middle."""
    does.sends = HALF
    with pytest.raises(Unavailable, match="what came is kept"):
        fetch(model, library, lambda _here: None)
    does.sends = len(WEIGHTS)
    assert library.part("tiny").stat().st_size == HALF


def test_a_whole_file_arrives_and_is_right(does, model, library):
    heard = []
    path = fetch(model, library, heard.append)
    assert path.read_bytes() == WEIGHTS
    assert library.weights("tiny") == path
    assert heard == sorted(heard)
    assert heard[-1] == len(WEIGHTS)
    assert sorted(one.name for one in library.folder.iterdir()) == ["tiny.gguf", "tiny.json"]
    assert does.asked[0]["Accept-Encoding"] == "identity"


def test_without_a_network_the_way_without_one_is_said(model, library):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = replace(model, url=f"http://127.0.0.1:{unused.getsockname()[1]}/tiny.gguf")
        with pytest.raises(Unavailable, match=r"no connection to 127\.0\.0\.1.*model pull tiny --from FILE"):
            fetch(nowhere, library, lambda _here: None)


def test_a_second_try_asks_for_what_is_missing_only(does, model, library):
    break_off(does, model, library)
    heard = []
    assert fetch(model, library, heard.append).read_bytes() == WEIGHTS
    assert does.asked[-1]["Range"] == f"bytes={HALF}-"
    assert does.asked[-1]["If-Range"] == '"one"'
    assert heard[0] == HALF


def test_a_file_that_changed_on_the_server_is_fetched_from_its_beginning(does, model, library):
    break_off(does, model, library)
    library.part("tiny").write_bytes(b"x" * HALF)  # as if the old file had been another one
    does.tag = '"two"'
    assert fetch(model, library, lambda _here: None).read_bytes() == WEIGHTS


@pytest.mark.parametrize("tag", ['W/"weak"', ""])
def test_without_a_tag_that_means_equal_bytes_a_part_is_not_trusted(does, model, library, tag):
    does.tag = tag
    break_off(does, model, library)
    assert fetch(model, library, lambda _here: None).read_bytes() == WEIGHTS
    assert "Range" not in does.asked[-1]


def test_ctrl_c_keeps_what_came(does, model, library):
    def interrupt(here):
        if here >= HALF:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(model, library, interrupt)
    assert library.part("tiny").stat().st_size >= HALF
    assert fetch(model, library, lambda _here: None).read_bytes() == WEIGHTS
    assert "Range" in does.asked[-1]


def test_a_file_with_a_wrong_digest_is_put_aside_and_the_next_try_begins_anew(does, model, library):
    does.content = WEIGHTS[:-1] + b"x"
    with pytest.raises(SourceError, match="wrong digest"):
        fetch(model, library, lambda _here: None)
    assert not library.has("tiny")
    assert not library.part("tiny").exists()
    does.content = WEIGHTS
    assert fetch(model, library, lambda _here: None).read_bytes() == WEIGHTS


@pytest.mark.parametrize("content", [WEIGHTS[:-1], WEIGHTS + b"x"])
def test_a_file_of_another_size_is_not_even_begun(does, model, library, content):
    does.content = content
    with pytest.raises(InvalidReply, match="bytes"):
        fetch(model, library, lambda _here: None)
    assert library.part("tiny").stat().st_size == 0


def test_an_answer_that_goes_on_is_cut(does, model, library):
    does.headers = {"Content-Length": None}
    with pytest.raises(InvalidReply, match="more than the file has"):
        fetch(replace(model, size_bytes=HALF), library, lambda _here: None)
    assert library.part("tiny").stat().st_size <= HALF


def test_redirects_are_followed_some_way(does, model, library):
    does.redirects = [does.url, "/elsewhere.gguf"]
    assert fetch(model, library, lambda _here: None).read_bytes() == WEIGHTS
    does.redirects = [does.url] * 9
    library.remove("tiny")
    with pytest.raises(Refused, match="redirects"):
        fetch(model, library, lambda _here: None)


@pytest.mark.parametrize("target", ["http://192.0.2.1/x", "ftp://127.0.0.1/x", "file:///etc/passwd"])
def test_a_redirect_to_an_address_without_tls_is_not_followed(does, model, library, target):
    does.redirects = [target]
    with pytest.raises(Refused, match="TLS"):
        fetch(model, library, lambda _here: None)


@pytest.mark.parametrize("status", [403, 404, 416, 429, 503])
def test_a_refusal_is_an_error_and_keeps_the_part(does, model, library, status):
    break_off(does, model, library)
    does.status = status
    with pytest.raises(ProviderError, match=str(status)):
        fetch(model, library, lambda _here: None)
    assert library.part("tiny").stat().st_size == HALF


def test_another_part_than_the_one_asked_for_is_refused(does, model, library):
    break_off(does, model, library)
    does.headers = {"Content-Range": f"bytes 0-{len(WEIGHTS) - 1}/{len(WEIGHTS)}"}
    with pytest.raises(InvalidReply, match="another part"):
        fetch(model, library, lambda _here: None)


def test_a_disk_without_room_is_said_before_anything_is_fetched(does, model, library, monkeypatch):
    free = models.SPARE_BYTES + len(WEIGHTS) - 1
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: shutil._ntuple_diskusage(free, 0, free))
    with pytest.raises(SourceError, match="MiB are needed"):
        fetch(model, library, lambda _here: None)
    assert does.asked == []


def test_a_disk_that_gets_full_keeps_what_came(does, model, library):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (HALF, before[1]))
    try:
        with pytest.raises(SourceError, match="cannot be written"):
            fetch(model, library, lambda _here: None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert 0 < library.part("tiny").stat().st_size <= HALF
    assert fetch(model, library, lambda _here: None).read_bytes() == WEIGHTS


def test_two_downloads_of_one_model_do_not_meet(does, model, library):
    def again(_here):
        with pytest.raises(SourceError, match="another process"):
            fetch(model, library, lambda _here: None)

    assert fetch(model, library, again).read_bytes() == WEIGHTS

"""Models behind real sockets for what runs an event loop of its own, such as the command line: a server in a thread.

with served(answering(summary="Compute the area of a rectangle.")) as server:
    main(["write", "."])
assert len(server.requests) == 1
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from fake_provider import Asked, FakeProvider, Script, ok, openai_stream

USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


class _Running:
    """A fake provider in a thread of its own; what it was asked may be read at any time."""

    def __init__(self, fake: FakeProvider) -> None:
        self.fake = fake
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="model server")

    @property
    def requests(self) -> list[Asked]:
        return self.fake.requests

    @property
    def received(self) -> bytes:
        """All bytes of all questions."""
        return b"\n".join(
            b"%s %s\n%s" % (one.path.encode(), repr(one.headers).encode(), one.body) for one in self.requests
        )

    def wait(self, event: str) -> None:
        """Wait until the server has seen it: `asked`, `gone` or `deserted`."""
        asyncio.run_coroutine_threadsafe(getattr(self.fake, event)(), self._loop).result(20)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(20)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)
        self._loop.close()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        async with self.fake:
            self.url = self.fake.url
            self._ready.set()
            await self._stop.wait()


@contextmanager
def served(*scripts: Script | Callable[[Asked], Script]) -> Iterator[_Running]:
    """A server that plays these scripts, one for each question, the last one again and again."""
    running = _Running(FakeProvider(*scripts))
    running.start()
    try:
        yield running
    finally:
        running.stop()


def fields_of(asked: Asked) -> Mapping[str, Mapping[str, object]]:
    """The properties of the schema that an OpenAI question asks for, `id` among them."""
    return asked.json["response_format"]["json_schema"]["schema"]["properties"]


def prompt_of(asked: Asked) -> str:
    """The symbol's own part of an OpenAI question."""
    return _text(asked.json["messages"][-1]["content"])


def _text(content: object) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def answer_to(asked: Asked, texts: Callable[[str], str], **others: str) -> str:
    """The answer of a model that says for each field what `texts` gives for its name."""
    fields = fields_of(asked)
    said = {name: texts(name) for name in fields if name != "id"}
    return json.dumps({"id": fields["id"]["enum"][0], **said, **others})


def answering(texts: Mapping[str, str] | Callable[[str], str], **others: str) -> Callable[[Asked], Script]:
    """A model that says these texts by the names of the fields ("" for one that is not there)."""
    say = texts if callable(texts) else lambda name: texts.get(name, "")
    return lambda asked: ok(openai_stream(answer_to(asked, say, **others), usage=USAGE))


def configured(folder: Path, url: str, *lines: str, top: str = "") -> str:
    """The path of a new user file that names the provider `fake` at an address; `lines` are more of its settings."""
    path = folder / "user.toml"
    table = ["[providers.fake]", 'kind = "openai"', f'endpoint = "{url}/v1"', 'model = "m"', *lines]
    path.write_text("\n".join(['provider = "fake"', top, *table, ""]))
    return str(path)

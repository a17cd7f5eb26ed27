"""Models behind real sockets for what runs an event loop of its own, such as the command line: a server in a thread.

with served(answering(summary="Compute the area of a rectangle.")) as server:
    main(["write", "."])
assert len(server.requests) == 1

With `server.hold()` no answer begins until `server.release()`.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path

from fake_provider import HANG, Asked, FakeProvider, Script, head, ok, openai_stream

USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
PLAIN = "What the caller hands over to be worked on."


class Served:
    """A fake provider in a thread of its own, as a context; what it was asked may be read at any time."""

    def __init__(self, fake: FakeProvider) -> None:
        self.fake = fake
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="model server")
        self._open = threading.Event()
        self._open.set()
        fake.scripts = [self._when_open(script) for script in fake.scripts]

    def __enter__(self) -> Served:
        self._thread.start()
        self._do(self.fake.__aenter__())
        self.url = self.fake.url
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        self._do(self.fake.__aexit__())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()

    @property
    def requests(self) -> list[Asked]:
        return self.fake.requests

    @property
    def received(self) -> bytes:
        """All bytes of all questions."""
        return b"\n".join(
            b"%s %s\n%s" % (one.path.encode(), repr(one.headers).encode(), one.body) for one in self.requests
        )

    @property
    def config(self) -> str:
        """A user file that makes this server the provider `fake`, and chooses it."""
        return config_of(self.url)

    def asked(self) -> None:
        """Wait until it has been asked."""
        self._do(self.fake.asked())

    def gone(self) -> None:
        """Wait until a client has closed its connection under an answer."""
        self._do(self.fake.gone())

    def deserted(self) -> None:
        """Wait until no connection is open."""
        self._do(self.fake.deserted())

    def hold(self) -> None:
        """Let no answer begin until `release`."""
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    def forget(self) -> None:
        """Begin anew: nobody has asked, and nobody has gone."""
        self._loop.call_soon_threadsafe(self.fake.forget)
        self._do(asyncio.sleep(0))

    def _do(self, work: Coroutine[object, object, object]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def _when_open(self, script: Script | Callable[[Asked], Script]) -> Callable[[Asked], Script]:
        return lambda asked: [_Until(self._open), *(script(asked) if callable(script) else script)]


@dataclass(frozen=True)
class _Until:
    """A step of a script that waits for an event of another thread."""

    event: threading.Event

    async def wait(self) -> None:
        if not self.event.is_set():
            await asyncio.to_thread(self.event.wait, 20)


def served(*scripts: Script | Callable[[Asked], Script]) -> Served:
    """A server that plays these scripts, one for each question, the last one again and again."""
    return Served(FakeProvider(*scripts))


def fields_of(asked: Asked) -> Mapping[str, Mapping[str, object]]:
    """The properties of the schema that an OpenAI question asks for, `id` among them."""
    return asked.json["response_format"]["json_schema"]["schema"]["properties"]


def prompt_of(asked: Asked) -> str:
    """The symbol's own part of an OpenAI question."""
    return _text(asked.json["messages"][-1]["content"])


def _text(content: object) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def code_in(asked: Asked) -> str:
    """The code that an OpenAI question shows."""
    return "\n".join(re.findall(r"<code>\n(.*?)\n</code>", prompt_of(asked), re.DOTALL))


def answer_to(asked: Asked, texts: Callable[[str], str], **others: str) -> str:
    """The answer of a model that says for each field what `texts` gives for its name."""
    fields = fields_of(asked)
    said = {name: texts(name) for name in fields if name != "id"}
    return json.dumps({"id": fields["id"]["enum"][0], **said, **others})


def answering(texts: Mapping[str, str] | Callable[[str], str], **others: str) -> Callable[[Asked], Script]:
    """A model that says these texts by the names of the fields ("" for one that is not there)."""
    say = texts if callable(texts) else lambda name: texts.get(name, "")
    return lambda asked: ok(openai_stream(answer_to(asked, say, **others), usage=USAGE))


def filling(texts: Mapping[str, str]) -> Callable[[Asked], Script]:
    """A model that fills every field: with these texts by the fields' names, the others with plain words."""
    return answering(lambda name: texts.get(name, PLAIN))


def stalling(texts: Mapping[str, str]) -> Callable[[Asked], Script]:
    """The same model, which falls silent in the middle of its answer."""

    def half(asked: Asked) -> Script:
        stream = openai_stream(answer_to(asked, lambda name: texts.get(name, PLAIN)))
        return (head(), stream[: len(stream) // 2], HANG)

    return half


def config_of(url: str, *lines: str, top: str = "") -> str:
    """A user file that names the provider `fake` at an address and chooses it; `lines` are more of its settings.

    A fake passes no exam, and has to pass none where `lines` do not say so.
    """
    exam = [] if any(line.startswith("exam") for line in lines) else ["exam = false"]
    table = ["[providers.fake]", 'kind = "openai"', f'endpoint = "{url}/v1"', 'model = "m"', *exam, *lines]
    return "\n".join(['provider = "fake"', top, *table, ""])


def configured(folder: Path, url: str, *lines: str, top: str = "") -> str:
    """The path of such a user file in a folder."""
    path = folder / "user.toml"
    path.write_text(config_of(url, *lines, top=top))
    return str(path)

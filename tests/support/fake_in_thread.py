"""A fake provider for tests that are not coroutines: it lives in a thread of its own, and waits when it is told to.

with FakeInThread(texts={"summary": "Say it."}) as fake:
    fake.hold()          # answers stop after their first half until `fake.release()`
"""

from __future__ import annotations

import asyncio
import json
import re
import threading

from fake_provider import HANG, FakeProvider, head, ok, openai_stream

PLAIN = "What the caller hands over to be worked on."


class FakeInThread:
    """A server in OpenAI's dialect that fills whatever it is asked for, with `texts` by the field's name."""

    def __init__(self, texts=None, hang=False, script=None):
        self.texts = texts or {}
        self._hang = hang
        self._script = script or self._answer
        self._loop = asyncio.new_event_loop()
        self._open = threading.Event()
        self._open.set()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self.server = FakeProvider(self._script)

    def __enter__(self):
        self._thread.start()
        self._do(self.server.__aenter__())
        return self

    def __exit__(self, *_):
        self._open.set()
        self._do(self.server.__aexit__())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def requests(self):
        return self.server.requests

    def config(self, name="fake", more=""):
        """A user file that chooses this server."""
        endpoint = f"{self.server.url}/v1"
        table = f'[providers.{name}]\nkind = "openai"\nmodel = "m"\nendpoint = "{endpoint}"\n{more}'
        return f'provider = "{name}"\n{table}'

    def asked(self):
        """Wait until it has been asked."""
        self._do(self.server.asked())

    def gone(self):
        """Wait until a client has closed its connection under an answer."""
        self._do(self.server.gone())

    def deserted(self):
        """Wait until no connection is open."""
        self._do(self.server.deserted())

    def hold(self):
        """Let no answer end until `release`."""
        self._open.clear()

    def release(self):
        self._open.set()

    def _do(self, work, timeout_s=20):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout_s)

    def _answer(self, asked):
        if self._hang:
            half = openai_stream(self.reply(asked))
            return [head(), half[: len(half) // 2], HANG]
        return [_Until(self._open, self._loop), *ok(openai_stream(self.reply(asked)))]

    def reply(self, asked):
        """The answer to a request: a text for each field of its schema, and the identity that it asks to repeat."""
        fields = wanted(asked)
        identity = fields.pop("id")["enum"][0]
        return json.dumps({"id": identity} | {name: self.texts.get(name, PLAIN) for name in fields})


def wanted(asked):
    """The properties of the schema that a request brings."""
    return dict(asked.json["response_format"]["json_schema"]["schema"]["properties"])


def user_message(asked):
    """The question of a request, without instructions and examples."""
    return asked.json["messages"][-1]["content"]


def code_in(asked):
    """The code that a request shows."""
    return "\n".join(re.findall(r"<code>\n(.*?)\n</code>", user_message(asked), re.DOTALL))


class _Until:
    """A step of a script that waits for an event of another thread."""

    def __init__(self, event, loop):
        self._event = event
        self._loop = loop

    async def wait(self):
        await self._loop.run_in_executor(None, self._event.wait, 20)

"""Descriptors that cannot be polled, such as regular files: threads read and write them."""

import asyncio
import os

import pytest

from glossator.lsp.connection import Input, Output
from glossator.lsp.framing import Framer
from glossator.lsp.streams import WriterThread, connect_input, connect_output

BODIES = [b'{"id": 1}', b"x" * 500_000, b"{}"]
FRAMES = b"".join(b"Content-Length: %d\r\n\r\n" % len(body) + body for body in BODIES)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "stream"


async def received(descriptor):
    """The bodies that arrive from a descriptor, and why there are no more."""
    over = asyncio.get_running_loop().create_future()
    bodies = []
    await connect_input(descriptor, Input(bodies.append, over.set_result, Framer()))
    async with asyncio.timeout(20):
        return bodies, await over


async def test_a_regular_file_is_read_to_its_end(file):
    file.write_bytes(FRAMES)
    with file.open("rb") as stream:
        assert await received(stream.fileno()) == (BODIES, "the client closed its output")


async def test_a_descriptor_that_cannot_be_read_ends_the_conversation(file, caplog):
    with file.open("wb") as stream:
        assert await received(stream.fileno()) == ([], "the client closed its output")
    assert "input unreadable" in caplog.text


async def test_a_regular_file_is_written_in_order(file):
    reasons = []
    with file.open("wb") as stream:
        output = Output(await connect_output(stream.fileno(), reasons.append), reasons.append)
        for body in BODIES:
            output.write(body)
        await output.drain(20)
        output.close()
    assert file.read_bytes() == b"".join(BODIES)
    assert not reasons


async def test_a_reader_that_is_gone_is_noticed_by_the_writing_thread():
    reading, writing = os.pipe()
    os.close(reading)
    lost = asyncio.get_running_loop().create_future()
    WriterThread(writing, asyncio.get_running_loop(), lost.set_result).write(b"hello")
    async with asyncio.timeout(20):
        assert await lost == "the client closed its input"
    os.close(writing)

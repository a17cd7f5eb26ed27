"""What a session does between requests: it reads ahead, and keeps nothing of what was closed."""

from __future__ import annotations

import asyncio

import pytest

from glossator.lsp.server import GlossatorServer
from glossator.lsp.session import IDLE_S, READ_AHEAD_BYTES

URI = "untitled:sample.py"
NUMPY = '''def f(a):
    """Do it.

    Parameters
    ----------
    a : int
        Its number.
    """
'''


@pytest.fixture
async def session():
    found = GlossatorServer().session
    found.neighbours.refresh = lambda: None  # nobody else's files
    return found


async def test_a_text_is_parsed_when_the_typing_pauses_and_not_before(session):
    document = session.workspace.open(URI, "x = 1\n", 1)
    for _ in range(3):
        session.changed(URI)
        assert not document.is_parsed
    await asyncio.sleep(20 * IDLE_S)
    assert document.is_parsed


async def test_a_text_that_would_take_long_is_not_parsed_ahead(session):
    document = session.workspace.open(URI, "x = 1\n" * (READ_AHEAD_BYTES // 6 + 1), 1)
    session.changed(URI)
    await asyncio.sleep(20 * IDLE_S)
    assert not document.is_parsed


async def test_a_document_that_is_opened_again_is_looked_at_anew(session):
    document = session.workspace.open(URI, NUMPY, 1)
    assert session.conventions(document).style.value == "numpy"
    session.workspace.close(URI)
    session.closed(URI)
    document = session.workspace.open(URI, "x = 1\n", 1)
    assert session.conventions(document).style.value == "google"

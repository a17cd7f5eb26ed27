"""Typing while the edits of a run with a model are made: what was paid for is fitted to the new text."""

from __future__ import annotations

import pytest

from glossator.documenter.wishes import Additions
from glossator.errors import Superseded
from glossator.lsp.generating import MAX_TRIES, answered_by_model, fitted
from glossator.lsp.progress import Progress
from glossator.lsp.server import GlossatorServer

URI = "file:///somewhere/typed.py"
SOURCE = "def area(width, height):\n    return width * height\n\n\ndef half(size):\n    return size / 2\n"
# Nobody is there, and nobody is asked.
CONFIG = 'provider = "fake"\n[providers.fake]\nkind = "openai"\nmodel = "m"\nendpoint = "http://127.0.0.1:9/v1"\n'


@pytest.fixture
async def session(tmp_path, monkeypatch):
    (tmp_path / "config.toml").write_text(CONFIG)
    monkeypatch.setenv("GLOSSATOR_CONFIG", str(tmp_path / "config.toml"))
    found = GlossatorServer().session
    found.neighbours.refresh = lambda: None  # nobody else's files
    yield found
    await found.generators.aclose()
    await found.caches.aclose()


class Typing(Additions):
    """New docstrings, while somebody types a line whenever one is made, for so many times."""

    __slots__ = ("left", "session")

    def wants(self, wanting):
        return ()

    def drafts(self, documenter, wanted):
        for draft in super().drafts(documenter, wanted):
            if self.left:
                object.__setattr__(self, "left", self.left - 1)
                document = self.session.document(URI)
                text = "import math\n" + document.text.decode()
                self.session.workspace.open(URI, text, document.version + 1)
            yield draft


def typing(session, times, paths=("area", "half")):
    wish = Typing(paths)
    object.__setattr__(wish, "left", times)
    object.__setattr__(wish, "session", session)
    return wish


async def test_the_edits_are_made_for_the_text_as_it_is_at_last(session):
    document = session.workspace.open(URI, SOURCE, 1)
    answered = await answered_by_model(session, document, typing(session, 2), Progress(None, None))
    written = await fitted(session, answered)
    assert written.document is session.document(URI)
    assert written.document.version == 3
    assert [draft.symbol.path for draft in written.drafts] == ["area", "half"]
    assert written.drafts[0].symbol.line == 2


async def test_a_text_that_never_rests_is_left_alone(session):
    document = session.workspace.open(URI, SOURCE, 1)
    answered = await answered_by_model(session, document, typing(session, MAX_TRIES), Progress(None, None))
    with pytest.raises(Superseded):
        await fitted(session, answered)

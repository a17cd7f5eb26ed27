"""What a user is told about whose words a run wrote."""

from __future__ import annotations

from glossator.config import Settings
from glossator.docstring.styles import Style
from glossator.engine.answers import Answer
from glossator.engine.pipeline import Job, compose
from glossator.lsp.written import MAX_REMEMBERED, Remembered, Written
from glossator.model import FieldKey, FieldKind
from glossator.syntax.context import ContextReader
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline

SOURCE = "def area(width, height):\n    return width * height\n\n\ndef half(size):\n    return size / 2\n"
WIDTH, HEIGHT = (FieldKey(FieldKind.PARAMETER, name) for name in ("width", "height"))
SUMMARY, RETURNS = FieldKey(FieldKind.SUMMARY), FieldKey(FieldKind.RETURNS)


def written(**answers):
    """A run over the functions that have an answer."""
    document = Document("file:///a.py", SOURCE.encode())
    job = Job(ContextReader(Outline(document)), Settings(), Style.GOOGLE, answers=answers)
    return Written("fake", document, tuple(compose(job, path) for path in answers), answers)


def answer(texts=(), refused=None, error=""):
    return Answer(dict(texts), dict.fromkeys(dict(texts), "fake"), refused or {}, error=error)


def test_texts_are_counted_by_whose_they_are():
    run = written(area=answer({SUMMARY: "Return how much a rectangle covers."}))
    assert run.outcome == "texts: 3 by the embedded provider, 1 by fake"
    assert (run.failure, run.refusal) == ("", "")


def test_a_few_refused_texts_are_named_one_by_one():
    run = written(area=answer(refused={WIDTH: "link"}), half=answer(refused={RETURNS: "cut-off"}))
    assert run.refusal == (
        "2 texts of fake were refused, the embedded provider's stand in their place: "
        "area: parameter width (link), half: returns (cut-off)"
    )


def test_many_refused_texts_are_counted_by_reason():
    reasons = {SUMMARY: "echo", WIDTH: "link", HEIGHT: "link", RETURNS: "link"}
    assert written(area=answer(refused=reasons)).refusal.endswith("in their place: 3 link, 1 echo")


def test_a_failure_is_said_once_with_its_first_reason():
    run = written(area=answer(error="fake is down"), half=answer(error="nobody was asked again"))
    assert run.failure == "2 of 2 symbols have embedded text, since the provider failed: fake is down"


def test_a_run_without_new_texts_says_so():
    assert written().outcome == "done, no new texts"


def test_what_was_written_long_ago_is_forgotten():
    remembered, run = Remembered(), written(area=answer({SUMMARY: "Return how much a rectangle covers."}))
    remembered.note(run)
    document = Document(
        run.document.uri, SOURCE.replace("height):\n", "height):\n    " + _source(run) + "\n", 1).encode()
    )
    symbol = Outline(document).find("area")
    assert remembered.origins(document.uri, symbol)["summary"] == "fake"
    for number in range(MAX_REMEMBERED):
        remembered.note(Written("fake", Document(f"file:///{number}.py", SOURCE.encode()), run.drafts, {}))
    assert remembered.origins(document.uri, symbol) == {}


def _source(run):
    return run.drafts[0].edit.new_text.strip()

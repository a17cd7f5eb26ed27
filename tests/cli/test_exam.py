"""A model that nobody knows answers three questions before it is believed: what it says by chance is not written."""

import json
from dataclasses import replace

import pytest
from examined import KNOWN, LUCKY, model
from served import served

from glossator.cli.main import main
from glossator.config import Settings
from glossator.config.settings import CacheSettings, ProviderSettings
from glossator.documenter.exam import FEWEST_RIGHT, RIGHT, Examined, Result, examine, questions
from glossator.documenter.opening import opened
from glossator.errors import Refused, Unavailable
from glossator.providers.base import Reply, Usage, silent

SOURCE = (
    '"""Keep entries."""\n\n\n'
    "def look_up(store, key):\n    entry = store.find(key)\n    store.touch(entry)\n    return entry\n"
)


@pytest.fixture
def written(project, user, capsys):
    """What a run with a model at an address wrote, its totals, and standard error."""

    def write(url, *lines):
        (project / "a.py").write_text(SOURCE)
        user(url, "exam = true", *lines)
        capsys.readouterr()
        assert main(["write", "--output-format", "json", "--yes", "a.py"]) == 0
        said = capsys.readouterr()
        return (project / "a.py").read_text(), json.loads(said.out)["totals"], said.err

    return write


def test_of_a_model_that_fails_nothing_is_written_and_the_user_is_told(written):
    with served(model(knows=False)) as server:
        text, totals, errors = written(server.url)
    assert LUCKY["summary"] not in text
    assert set(totals["origins"]) == {"embedded"}
    assert "place: fake: the model does not understand what it is asked (0 of 12" in " ".join(errors.split())
    assert len(server.requests) == 2  # the third could save it no more


def test_a_model_that_passes_is_believed_and_not_examined_again(written, forget_answers):
    with served(model(knows=True)) as server:
        text, totals, _ = written(server.url)
        assert LUCKY["summary"] in text
        assert (len(server.requests), totals["tokens"]) == (4, 4 * 120)
        forget_answers()
        written(server.url)
        assert len(server.requests) == 5


def test_a_model_that_failed_may_come_again(written):
    with served(model(knows=False)) as server:
        written(server.url)
        written(server.url)
        assert len(server.requests) == 4


def test_a_model_that_is_paid_for_is_not_examined(written):
    with served(model(knows=False)) as server:
        text, _, _ = written(server.url, "price_in = 1.0", "price_out = 2.0")
    assert LUCKY["summary"] in text
    assert len(server.requests) == 1


class Knowing:
    """A provider that knows the answers, but to so many questions."""

    name = "lab"

    def __init__(self, wrong=(), error=None):
        self.wrong, self.error, self.asked = wrong, error, 0

    async def complete(self, prompt, heard):
        self.asked += 1
        if self.error is not None:
            raise self.error
        name = next(name for name in RIGHT if f"def {name}(" in prompt.parts[-1])
        said = {field: "1" if f"{name} {field}" in self.wrong else text for field, text in KNOWN[name].items()}
        identity = prompt.schema["properties"]["id"]["enum"][0]
        return Reply(json.dumps({"id": identity, **said}), "lab", Usage(10, 2, calls=1))

    async def aclose(self):
        pass


def test_the_questions_ask_for_what_is_known():
    asked = {one.path: set(one.question.form.names) for one in questions()}
    assert asked == {path: set(words) for path, words in RIGHT.items()}


async def test_each_right_answer_counts():
    assert await examine(Knowing()) == Result(12, Usage(30, 6, calls=3))
    worse = await examine(Knowing(wrong=("read_lines summary", "area arg_width", "notify arg_server")))
    assert worse.right == 9
    assert worse.is_passed
    poor = await examine(Knowing(wrong=[f"{path} {field}" for path in ("area", "notify") for field in RIGHT[path]]))
    assert poor.right == 4 < FEWEST_RIGHT
    assert not poor.is_passed


async def test_an_exam_that_could_not_be_held_is_held_again():
    provider, passed = Knowing(error=Unavailable("nobody is there")), []
    examined = Examined(provider, lambda: passed.append(1))
    prompt = questions()[0].question.prompt
    with pytest.raises(Unavailable):
        await examined.complete(prompt, silent)
    provider.error = None
    assert (await examined.complete(prompt, silent)).usage.calls == 4
    assert (await examined.complete(prompt, silent)).usage.calls == 1
    assert passed == [1]


def test_the_time_for_an_answer_has_room_for_the_exam_before_it(tmp_path):
    slow = ProviderSettings("lab", "ollama", timeout_s=120.0)
    settings = Settings(provider=("lab",), providers=(slow,), cache=CacheSettings(str(tmp_path)))
    (one,) = opened(settings)
    assert one.longest_s == (1 + len(RIGHT)) * 120
    (known,) = opened(replace(settings, providers=(replace(slow, exam=False),)))
    assert known.longest_s == 120


async def test_a_failed_exam_refuses_all_that_follows():
    provider = Knowing(wrong=[f"{path} {field}" for path, words in RIGHT.items() for field in words])
    examined = Examined(provider, list)
    for _ in range(2):
        with pytest.raises(Refused, match=r"0 of 12") as caught:
            await examined.complete(questions()[0].question.prompt, silent)
        assert caught.value.is_lasting
    assert provider.asked == 2

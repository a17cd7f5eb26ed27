import re
import sysconfig
from pathlib import Path

import pytest
from requested import requests, requests_linked

from glossator.documenter.view import View
from glossator.engine.prompts import HOUSE_WORDS, shared_tokens
from glossator.model import Disclosure, FieldKey, FieldKind
from glossator.providers.base import count_tokens
from glossator.syntax.calls import Callee, Links

STDLIB = Path(sysconfig.get_path("stdlib"))
CLASS = '''\
"""Keep entries."""


class Store:
    """A store."""

    def __init__(self, path):
        self.path = path

    def load(self, key):
        return read(self.path, key)

    def drop(self, key):
        del self.entries[key]


def read(path, key):
    if not path:
        raise LookupError(path)
    return path[key]
'''


def code_of(part):
    """What stands between marks in a part."""
    return re.findall(r"<code>\n(.*?)\n</code>", part, re.DOTALL)


def test_the_parts_go_from_the_file_to_the_class_to_the_symbol():
    file, owner, symbol = requests(CLASS)["Store.load"].question.prompt.parts
    assert file == "A file called `m`.\n"
    assert "class Store:" in owner
    assert "def load(self, key)" in symbol
    assert symbol.endswith("arg_key: `key`\nreturns")


def test_symbols_of_one_class_share_all_but_their_own_part():
    found = requests(CLASS)
    one, other = (found[path].question.prompt for path in ("Store.load", "Store.drop"))
    assert (one.instructions, one.examples, one.parts[:2]) == (other.instructions, other.examples, other.parts[:2])
    assert one.parts[2] != other.parts[2]


def test_a_prompt_is_the_same_each_time():
    assert requests(CLASS) == requests(CLASS)


def test_what_a_function_calls_and_who_calls_it_is_shown():
    found = requests(CLASS)
    assert "It calls:\n<code>\ndef read(path, key): ...\n</code>" in found["Store.load"].question.prompt.parts[2]
    assert "It is called like this:\n<code>\nreturn read(self.path, key)\n" in found["read"].question.prompt.parts[2]


def test_the_own_docstring_is_not_shown():
    docstring = '"""Read it, as I say.\n\n    Args:\n        path: A place.\n    """'
    source = CLASS.replace("def read(path, key):", f"def read(path, key):\n    {docstring}")
    request = requests(source, only="stale")["read"]
    assert "as I say" not in request.question.prompt.parts[2]
    assert FieldKey(FieldKind.PARAMETER, "key") in request.ours
    assert FieldKey(FieldKind.PARAMETER, "path") not in request.ours


@pytest.mark.parametrize("name", ["argparse", "tarfile", "subprocess", "inspect"])
@pytest.mark.parametrize("budget", [100, 1200])
def test_the_code_of_a_prompt_keeps_to_its_budget(name, budget):
    source = (STDLIB / f"{name}.py").read_text()
    found = requests(source, budget_tokens=budget)
    assert found
    for request in found.values():
        shown = [code for part in request.question.prompt.parts for code in code_of(part)]
        assert sum(map(count_tokens, shown)) <= budget + 200 / 3.6 + len(shown)


def test_facts_are_there_also_where_the_body_is_folded_away():
    lines = "".join(f"    x{number} = [{number}, path, size]\n" for number in range(2000))
    source = f"def load(path, size):\n{lines}    if size < 3:\n        raise ValueError(size)\n    return path\n"
    question = requests(source, budget_tokens=60)["load"].question
    own = question.prompt.parts[2]
    assert "x1999" not in own
    known, _, fields = own.partition("Fill these fields:")
    assert known.endswith("It raises ValueError: size < 3\n")
    assert fields.endswith("arg_path: `path`\narg_size: `size`\nreturns")
    assert question.spared_tokens > 10_000


def test_a_condition_that_holds_a_sentence_is_masked_outside_of_the_marks():
    source = 'def load(mode):\n    if mode == "say this":\n        raise ValueError(mode)\n'
    own = requests(source)["load"].question.prompt.parts[2]
    code, _, known = own.partition("</code>")
    assert '"say this"' in code
    assert known.startswith('\nIt raises ValueError: mode == "<str:8>"\nFill')


def test_a_condition_of_names_and_words_is_shown():
    source = 'def load(mode):\n    if mode not in ("r", "w"):\n        raise ValueError(mode)\n'
    assert 'It raises ValueError: mode not in ("r", "w")\n' in requests(source)["load"].question.prompt.parts[2]


def test_when_an_exception_is_raised_is_asked_only_where_the_code_does_not_say():
    source = CLASS.replace("return read(", "if not key:\n            raise KeyError(key)\n        return read(")
    unsaid = CLASS.replace("return read(self.path, key)", 'self.drop(key)\n        raise KeyError("no luck")')
    for text, is_asked in ((source, False), (unsaid, True)):
        request = requests(text)["Store.load"]
        assert (FieldKey(FieldKind.RAISE, "KeyError") in request.ours) is is_asked
        assert ("It raises KeyError: not key" in request.question.prompt.parts[2]) is not is_asked


def test_the_words_of_a_project_stand_between_marks_and_may_be_taken_over():
    from glossator.engine.filling import about_of

    said = "Place where entries of all kinds are kept. </code>"
    request = requests(CLASS, described={"path": said})["read"]
    instructions = request.question.prompt.instructions
    assert instructions.endswith(f"{HOUSE_WORDS}\n<code>\npath: {said[:-7]}<\\/code>\n</code>")
    assert said[:20] not in "".join(about_of(request).shown)


def test_a_file_with_a_strange_name_is_not_named():
    assert requests(CLASS, names_files=False)["read"].question.prompt.parts[0] == ""


def test_the_first_symbol_of_a_file_shares_what_is_equal_for_the_project():
    prompt = requests(CLASS)["read"].question.prompt
    examples = (text for pair in prompt.examples for text in pair)
    assert shared_tokens([prompt]) == sum(map(count_tokens, (prompt.instructions, *examples)))


def test_the_next_symbol_of_a_class_shares_the_parts_for_file_and_class():
    found = requests(CLASS)
    one, other = (found[path].question.prompt for path in ("Store.load", "Store.drop"))
    assert shared_tokens([one, other]) - 2 * shared_tokens([one]) == sum(map(count_tokens, one.parts[:2]))


@pytest.mark.parametrize("budget", [60, 1200, 3000])
def test_the_class_around_a_huge_method_is_shown_as_around_a_small_one(budget):
    huge = "".join(f"        self.x{number} = [{number}, key]\n" for number in range(3000))
    wide = "".join(f"    def part_{number}(self, key, other={number}): ...\n\n" for number in range(30))
    for members in ("", wide):
        source = CLASS.replace("        del self.entries[key]\n", f"{huge}\n{members}")
        found = requests(source, budget_tokens=budget)
        one, other = (found[path].question.prompt for path in ("Store.load", "Store.drop"))
        assert "class Store" in one.parts[1]
        assert one.parts[:2] == other.parts[:2]


def test_what_is_spared_is_what_is_not_shown_of_all_code():
    body = "".join(f"        self.step_{number}()\n" for number in range(500))
    source = f"class Store:\n    def load(self):\n        return 1\n\n    def fill(self):\n{body}"
    spared = requests(source)["Store.load"].question.spared_tokens
    assert abs(spared - count_tokens(body)) < 20


FAR = View(Disclosure(), False)
LINKS = Links(
    called={"disk.fetch": Callee("def fetch(path):", "Fetch a page."), "path.open": Callee("def open(x):")},
    callers={"read": ('entry = m.read(place, "the canary")',)},
    tests={"read": ('def test_an_empty_path_is_refused():\n    assert m.read("", 3) == 3',)},
)
LINKED = CLASS.replace("    return path[key]", "    return disk.fetch(path.open(key))")


def test_what_other_files_say_is_shown_each_under_its_own_title():
    own = requests_linked(LINKED, LINKS)["read"].question.prompt.parts[2]
    assert 'It calls, of other files:\n<code>\ndef fetch(path):\n    """Fetch a page."""\n</code>\n' in own
    assert f"Tests call it like this:\n<code>\n{LINKS.tests['read'][0]}\n</code>\n" in own
    assert f"Other files call it like this:\n<code>\n{LINKS.callers['read'][0]}\n</code>\n" in own


def test_a_name_that_the_function_binds_is_no_function_of_another_file():
    assert "def open(x)" not in requests_linked(LINKED, LINKS)["read"].question.prompt.parts[2]


def test_a_remote_provider_sees_no_texts_of_other_files():
    own = requests_linked(LINKED, LINKS, FAR)["read"].question.prompt.parts[2]
    assert 'entry = m.read(place, "<str:10>")' in own
    assert "canary" not in own


def test_an_answer_may_speak_of_what_is_called_and_not_of_who_calls():
    names = requests_linked(LINKED, LINKS)["read"].question.names
    assert "fetch" in names
    assert not names & {"entry", "place", "test_an_empty_path_is_refused"}


def test_what_others_say_changes_neither_what_a_symbol_means_nor_the_form_of_the_answer():
    one, other = requests_linked(LINKED, LINKS)["read"], requests(LINKED)["read"]
    assert (one.fingerprint, one.question.form) == (other.fingerprint, other.question.form)
    assert one.question.prompt.parts[:2] == other.question.prompt.parts[:2]


def test_examples_of_other_docstrings_are_shown_as_code():
    source = CLASS.replace('"""Keep entries."""', '"""Keep entries.\n\n>>> read({1: 2}, 1)\n2\n"""')
    own = requests(source)["read"].question.prompt.parts[2]
    assert "Examples from the documentation:\n<code>\nread({1: 2}, 1) == 2\n</code>\n" in own


def test_no_description_is_asked_for():
    for request in requests(CLASS).values():
        assert all(key.kind is not FieldKind.DESCRIPTION for key in request.ours)


def test_a_small_model_gets_short_examples_and_is_not_asked_for_results():
    large, small = requests(CLASS)["read"], requests(CLASS, is_small=True)["read"]
    assert FieldKey(FieldKind.RETURNS) in large.ours
    assert FieldKey(FieldKind.RETURNS) not in small.ours
    assert "returns" not in "".join(question for question, _ in small.question.prompt.examples)
    answers = [[len(answer) for _, answer in one.question.prompt.examples] for one in (large, small)]
    assert all(short < long for long, short in zip(*answers, strict=True))

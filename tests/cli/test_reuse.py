"""What was paid for once is not paid for again: counted at the provider, with whole runs of `write`."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from kept_entries import SOURCE
from served import answering, fields_of, served

from glossator.cli.main import main
from glossator.documenter import caching, generation, reuse

GOOD = {
    "summary": "Look up an entry of ``store`` and mark its first parts as used.",
    "arg_store": "Where the entry is kept, and whose parts are touched.",
    "arg_key": "Name of the entry that is looked up.",
    "arg_name": "Name under which the entry is kept.",
    "arg_place": "Where entries are looked up, and parts touched.",
    "arg_limit": "How many parts of the entry are touched at most.",
    "returns": "The entry that ``store`` has.",
}
RUFF = Path(sys.executable).with_name("ruff")


@pytest.fixture
def server(project, user):
    """A model that has been asked about `a.py`, and forgot about it; the file is as it was before."""
    with served(answering(GOOD)) as fake:
        user(fake.url)
        write(project, SOURCE)
        assert shown(project / "a.py") >= {"summary", "arg_store", "arg_key", "arg_limit", "returns"}
        assert len(fake.requests) == 1
        fake.forget()
        (project / "a.py").write_text(SOURCE)
        yield fake


def write(project, source, *arguments, name="a.py"):
    """Document a file with this source."""
    path = project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    assert main(["write", *arguments, str(path)]) == 0
    return path.read_text()


def shown(path):
    """The texts of the model that stand in a file, by their fields."""
    text = " ".join(path.read_text().replace("`", "").split())
    return {name for name, said in GOOD.items() if said.replace("`", "") in text}


# The same code.


@pytest.mark.parametrize("style", ["numpy", "sphinx", "epytext", "google"])
def test_another_style_costs_nothing(project, server, style):
    write(project, SOURCE, "--style", style)
    assert shown(project / "a.py") >= {"summary", "arg_store", "arg_key", "arg_limit", "returns"}
    assert not server.requests


def test_better_texts_for_what_was_embedded_meanwhile_cost_nothing(project, server):
    write(project, SOURCE, "--provider", "embedded", "--style", "numpy")
    assert "summary" not in shown(project / "a.py")
    assert main(["write", "--only", "embedded", "a.py"]) == 0
    assert "summary" in shown(project / "a.py")
    assert not server.requests


def test_the_same_again_changes_nothing_and_costs_nothing(project, server):
    once = write(project, SOURCE)
    assert main(["write", "a.py"]) == 0
    assert (project / "a.py").read_text() == once
    assert not server.requests


def test_a_new_process_knows_what_the_last_one_was_told(project, server):
    command = [sys.executable, "-m", "glossator", "write", "--output-format", "json", "a.py"]
    found = subprocess.run(command, capture_output=True, check=True)
    totals = json.loads(found.stdout)["totals"]
    assert (totals["provider_calls"], totals["origins"].get("L3")) == (0, 5)
    assert "summary" in shown(project / "a.py")
    assert not server.requests


def test_a_second_clone_in_another_folder_costs_nothing(project, server, tmp_path, monkeypatch):
    clone = tmp_path / "elsewhere" / "clone"
    shutil.copytree(project, clone)
    monkeypatch.chdir(clone)
    assert main(["write", "."]) == 0
    assert "summary" in shown(clone / "a.py")
    assert not server.requests


@pytest.mark.parametrize("options", [["line-length=40"], ["format.quote-style='single'", "indent-width=2"]])
def test_a_reformatted_file_costs_nothing(project, server, options):
    config = [word for one in options for word in ("--config", one)]
    subprocess.run([RUFF, "format", "--isolated", "--quiet", *config, "a.py"], check=True)
    assert main(["write", "a.py"]) == 0
    assert "summary" in shown(project / "a.py")
    assert not server.requests


FORMS = {
    "comments": ("    entry =", "    # Look it up.\n    entry ="),
    "a comment behind": ("return entry", "return entry  # the one"),
    "the name of a local": ("entry", "found"),
    "the name of another local": ("part)", "piece)"),
    "brackets": ("return entry", "return (entry)"),
    "what stands before it": ("def load", "LIMIT = 10\n\n\ndef load"),
    "the docstring of the module": ("Keep entries.", "Something else."),
}


@pytest.mark.parametrize("form", FORMS)
def test_another_form_of_the_same_code_costs_nothing(project, server, form):
    old, new = FORMS[form]
    source = SOURCE.replace(old, new)
    if form == "the name of another local":
        source = source.replace("for part in", "for piece in")
    write(project, source)
    assert shown(project / "a.py") >= {"summary", "arg_store", "arg_key", "arg_limit", "returns"}
    assert not server.requests


def test_a_function_that_moved_to_another_file_costs_nothing(project, server):
    function = SOURCE.partition("\n\n\n")[2]
    write(project, f'"""Elsewhere."""\n\nimport re\n\n\n{function}', name="sub/other.py")
    assert "summary" in shown(project / "sub/other.py")
    assert not server.requests


def test_a_branch_and_back_costs_what_is_new_there_once(project, server):
    def git(*words):
        identity = ["-c", "user.name=n", "-c", "user.email=e@example.invalid", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *words], check=True, capture_output=True)

    shutil.rmtree(project / ".git")
    git("init", "-b", "main")
    git("add", ".")
    git("commit", "-m", "first")
    git("checkout", "-b", "topic")
    write(project, SOURCE.replace("limit < 1", "limit < 2"))
    assert len(server.requests) == 1
    git("commit", "-am", "second")
    for branch in ("main", "topic", "main"):
        git("checkout", branch)
        assert main(["write", "a.py"]) == 0
        assert "summary" in shown(project / "a.py")
        git("checkout", "--", ".")
    assert len(server.requests) == 1


def test_the_same_function_in_two_files_of_a_run_is_asked_for_once(project, user):
    (project / "a.py").write_text(SOURCE)
    (project / "b.py").write_text('"""Elsewhere."""\n\nimport re\n\n\n' + SOURCE.partition("\n\n\n")[2])
    with served(answering(GOOD)) as server:
        user(server.url)
        assert main(["write", "."]) == 0
        assert len(server.requests) == 1
    assert "summary" in shown(project / "a.py") & shown(project / "b.py")


# Other code.


def asked(server):
    """The fields of each question."""
    return [sorted(set(fields_of(one)) - {"id"}) for one in server.requests]


@pytest.mark.parametrize(("old", "new"), [("key", "name"), ("store", "place")])
def test_of_a_renamed_parameter_only_its_own_text_is_asked_for_and_the_others_follow(project, server, old, new):
    text = write(project, SOURCE.replace(old, new))
    assert asked(server) == [[f"arg_{new}"]]
    assert f"{new}: {GOOD[f'arg_{new}']}" in " ".join(text.split())
    if old == "store":
        assert "an entry of `place` and" in text.replace("``", "`")
        assert "entry that `place` has" in text.replace("``", "`")
    write(project, SOURCE.replace(old, new))
    assert len(server.requests) == 1


CHANGES = {
    "a condition on a parameter": (("limit < 1", "limit < 2"), ["arg_limit", "summary"]),
    "a default": (("limit=10", "limit=20"), ["arg_limit", "summary"]),
    "what is done in a loop": (("store.touch(part)", "store.drop(part)"), ["arg_store", "summary"]),
    "what is returned": (("return entry", "return entry.first"), ["returns", "summary"]),
    "an annotation": (("key, limit", "key: str, limit"), ["arg_key", "summary"]),
    "what is looked up": (
        ("store.find(key)", "store.find(key, 1)"),
        ["arg_key", "arg_store", "returns", "summary"],
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_of_a_changed_function_only_what_depends_on_it_is_asked_for(project, server, change):
    (old, new), fields = CHANGES[change]
    write(project, SOURCE.replace(old, new))
    assert asked(server) == [fields]
    assert shown(project / "a.py") >= {"summary", "arg_store", "arg_key", "arg_limit", "returns"}


def test_c11_what_a_function_of_another_file_takes_counts_and_what_is_said_of_it_does_not(project, user):
    library = 'def find(store, key, deep=False):\n    """Find it."""\n    return store, key\n'
    source = SOURCE.replace("store.find(key)", "find(store, key)").replace(
        "\n\n\n", "\n\nfrom library import find\n\n\n", 1
    )
    (project / "pyproject.toml").write_text("")
    (project / "library.py").write_text(library)
    with served(answering(GOOD)) as server:
        user(server.url)
        write(project, source)
        assert len(server.requests) == 1
        (project / "library.py").write_text(
            library.replace("Find it.", "Look it up.").replace("return store", "return deep")
        )
        write(project, source)
        assert len(server.requests) == 1
        (project / "library.py").write_text(library.replace("deep=False", "depth=3"))
        write(project, source)
        assert asked(server)[1:] == [["arg_key", "arg_store", "returns", "summary"]]


# What was refused.


@pytest.fixture
def day(monkeypatch):
    """What sets the day."""

    def set_to(number):
        for module in (reuse, caching, generation):
            monkeypatch.setattr(module, "today", lambda: number)

    return set_to


def test_what_was_refused_is_not_asked_for_again_within_seven_days(project, user, day):
    bad = GOOD | {"arg_key": "You must run the key."}
    with served(answering(bad)) as server:
        user(server.url)
        day(20_000)
        write(project, SOURCE)
        assert asked(server)[1:] == [["arg_key"]]  # once more, with what was wrong
        for later in (0, 1, 7):
            day(20_000 + later)
            write(project, SOURCE)
        assert len(server.requests) == 2
        day(20_008)
        write(project, SOURCE)
        assert asked(server)[2:] == [["arg_key"], ["arg_key"]]


def test_what_was_refused_is_taken_when_it_is_asked_for_again_and_is_good(project, user, day):
    with served(answering(GOOD | {"arg_key": "You must run the key."})) as server:
        user(server.url)
        day(20_000)
        write(project, SOURCE)
        assert "arg_key" not in shown(project / "a.py")
        server.fake.scripts = [answering(GOOD)]
        day(20_008)
        write(project, SOURCE)
        write(project, SOURCE)
        assert asked(server)[2:] == [["arg_key"]]
    assert "arg_key" in shown(project / "a.py")


# Settings.


@pytest.mark.parametrize(
    ("lines", "arguments"),
    [
        ((), ["--mode", "performance"]),
        ((), ["--mode", "baseline"]),
        (("price_in = 3", "price_out = 15"), []),
        (("timeout_s = 7", "concurrency = 1"), []),
        (("[cache]", "ttl_days = 30", "size_mb = 64"), []),
        (("[privacy]", "comments = true", "literals = true"), []),
    ],
    ids=["more memory", "less memory", "a price", "other bounds", "other bounds of the cache", "privacy"],
)
def test_settings_that_change_no_answer_lose_none(project, server, user, lines, arguments):
    user(server.url, *lines)
    write(project, SOURCE, *arguments)
    assert "summary" in shown(project / "a.py")
    assert not server.requests


def test_what_costs_nothing_more_needs_no_consent(project, server, user):
    user(server.url, "price_in = 3", "price_out = 15")
    assert main(["write", "--max-cost", "0", "a.py"]) == 0
    assert "summary" in shown(project / "a.py")


def test_another_address_of_the_same_model_loses_none(project, server, user):
    with served(answering({})) as other:
        user(other.url)
        write(project, SOURCE)
        assert not other.requests
    assert "summary" in shown(project / "a.py")


def test_another_model_is_asked_itself_and_the_first_one_is_still_known(project, server, user, tmp_path):
    path = Path(os.environ["GLOSSATOR_CONFIG"])
    first = path.read_text()
    path.write_text(first.replace('model = "m"', 'model = "n"'))
    write(project, SOURCE)
    assert len(server.requests) == 1
    path.write_text(first)
    write(project, SOURCE)
    assert len(server.requests) == 1


def test_another_language_is_another_text(project, server):
    (project / "pyproject.toml").write_text('[tool.glossator]\nlanguage = "de"\n')
    write(project, SOURCE)
    assert server.requests


def test_a_run_in_the_same_process_looks_into_the_cache_that_the_environment_names_now(
    project, server, tmp_path, monkeypatch
):
    for folder, calls in (("other", 1), ("third", 2), ("other", 2)):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / folder))
        write(project, SOURCE)
        assert len(server.requests) == calls

import codecs
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from glossator.cli.main import main

PLAIN = "def area(width, height):\n    return width * height\n"
BROKEN = "def area(width, height:\n    return\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty repository, which is the current folder."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def glossator(*arguments, **rest):
    """Run the command in a process of its own."""
    return subprocess.run([sys.executable, "-m", "glossator", *arguments], capture_output=True, check=False, **rest)


def write_many(folder, count, text=PLAIN):
    """Give the folder `count` files."""
    for number in range(count):
        (folder / f"m{number:03}.py").write_text(text)


def test_a_folder_is_documented_in_place(project, capsys):
    (project / "a.py").write_text(PLAIN)
    assert main(["write", "."]) == 0
    assert '    """' in (project / "a.py").read_text()
    assert "a.py: " in capsys.readouterr().out


def test_a_second_run_changes_nothing(project, capsys):
    (project / "a.py").write_text(PLAIN)
    main(["write", "."])
    first = (project / "a.py").read_bytes()
    assert main(["write", "--check", "."]) == 0
    assert main(["write", "."]) == 0
    assert (project / "a.py").read_bytes() == first
    assert "changed: 0" in capsys.readouterr().out


def test_check_writes_nothing_and_says_so_with_its_exit_code(project):
    (project / "a.py").write_text(PLAIN)
    assert main(["write", "--check", "a.py"]) == 1
    assert (project / "a.py").read_text() == PLAIN


@pytest.mark.parametrize("text", [PLAIN, PLAIN.replace("\n", "\r\n"), PLAIN.rstrip(), "x = 1\n" + PLAIN + "y = 'ä'"])
def test_a_diff_writes_nothing_and_can_be_applied(project, text):
    (project / "a.py").write_bytes(text.encode())
    done = glossator("write", "--diff", ".")
    assert done.returncode == 0
    assert (project / "a.py").read_bytes() == text.encode()
    subprocess.run(["git", "apply", "-p0", "-"], input=done.stdout, check=True)
    patched = (project / "a.py").read_bytes()
    (project / "a.py").write_bytes(text.encode())
    main(["write", "."])
    assert patched == (project / "a.py").read_bytes()


def test_a_diff_is_coloured_where_colours_are_wanted_and_harmless(project):
    (project / "a.py").write_text("TITLE = '\x1b]0;owned\x07'\n" + PLAIN)
    environment = {**os.environ, "FORCE_COLOR": "1"}
    coloured = glossator("write", "--diff", ".", env=environment).stdout
    assert b"\x1b[32m+" in coloured
    assert b"\x1b]" not in coloured
    assert b"\x1b[" not in glossator("write", "--diff", ".", env={**environment, "NO_COLOR": "1"}).stdout
    assert b"\x1b[" not in glossator("write", "--diff", ".").stdout


def test_json_is_all_that_standard_output_gets(project, capsys):
    (project / "a.py").write_text(PLAIN)
    (project / "b.py").write_text(BROKEN)
    assert main(["write", "--output-format", "json", "."]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [set(file) for file in report["files"]] == [{"path", "changed", "error", "symbols"}] * 2
    assert [file["changed"] for file in report["files"]] == [True, False]
    symbol = next(s for s in report["files"][0]["symbols"] if s["name"] == "area")
    assert set(symbol) == {"name", "kind", "line", "action", "origin", "origins", "fields", "quality", "error"}
    assert (symbol["kind"], symbol["line"], symbol["action"], symbol["origin"]) == ("function", 1, "added", "embedded")
    assert set(report["totals"]) == {
        *("files", "symbols", "added", "repaired", "kept", "failed", "degraded", "seconds", "origins"),
        *("provider_calls", "tokens", "cost"),
    }
    assert report["totals"]["added"] >= 1


def test_d11_a_file_that_does_not_parse_is_left_alone_and_is_no_failure(project, capsys):
    (project / "b.py").write_text(BROKEN)
    assert main(["write", "."]) == 0
    assert (project / "b.py").read_text() == BROKEN


@pytest.mark.parametrize(
    "raw",
    [
        b"# coding: latin-1\n" + PLAIN.encode() + "NAME = 'é'\n".encode("latin-1"),
        b"# -*- coding: cp1252 -*-\r\n" + PLAIN.replace("\n", "\r\n").encode() + "PRICE = '€'\r\n".encode("cp1252"),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.encode() + b"\x0c\nSEPARATOR = '\xe2\x80\xa8'",
        PLAIN.replace("    ", "\t").encode(),
    ],
)
def test_d8_every_byte_outside_the_docstrings_stays(project, raw):
    (project / "a.py").write_bytes(raw)
    assert main(["write", "a.py"]) == 0
    after = (project / "a.py").read_bytes()
    assert after.startswith(codecs.BOM_UTF8) == raw.startswith(codecs.BOM_UTF8)
    kept = [line for line in raw.removeprefix(codecs.BOM_UTF8).split(b"\n") if line.strip()]
    assert [line for line in after.removeprefix(codecs.BOM_UTF8).split(b"\n") if line in kept] == kept
    assert main(["write", "--check", "a.py"]) == 0
    assert after.count(b"\r\n") in (0, after.count(b"\n"))


@pytest.mark.parametrize(
    "raw",
    [PLAIN.encode("utf-16"), PLAIN.encode() + b"NAME = '\xe9'\n", PLAIN.encode() + b"\xed\xa0\x80", b"\0" * 10],
)
def test_d8_what_cannot_be_decoded_is_declined(project, raw, capsys):
    (project / "a.py").write_bytes(raw)
    assert main(["write", "a.py"]) == 0
    assert (project / "a.py").read_bytes() == raw
    assert "a.py: " in capsys.readouterr().err


def test_d9_a_read_only_file_is_undone_work(project, capsys, monkeypatch):
    (project / "a.py").write_text(PLAIN)
    monkeypatch.setattr(os, "access", lambda path, mode: path.name != "a.py")  # root may write anything
    (project / "b.py").write_text(PLAIN)
    assert main(["write", "--output-format", "json", "."]) == 3
    files = json.loads(capsys.readouterr().out)["files"]
    assert [(file["changed"], file["error"]) for file in files] == [(False, "is read-only"), (True, "")]


def test_d9_a_link_out_of_the_folder_is_said_and_no_failure(project, tmp_path_factory, capsys):
    outside = tmp_path_factory.mktemp("outside") / "x.py"
    outside.write_text(PLAIN)
    (project / "link.py").symlink_to(outside)
    assert main(["write", "."]) == 0
    assert outside.read_text() == PLAIN
    assert "leads out" in capsys.readouterr().err
    assert main(["write", "link.py"]) == 3


def test_a_file_that_is_named_in_three_ways_is_written_once(project, capsys):
    (project / "a.py").write_text(PLAIN)
    (project / "link.py").symlink_to("a.py")
    assert main(["write", "a.py", ".", str(project), "link.py", "--output-format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["files"]) == 1


def test_a_symbol_that_no_file_has_ends_with_2(project, capsys):
    (project / "a.py").write_text(PLAIN)
    assert main(["write", "--symbol", "aera", "."]) == 2
    assert "'aera'" in capsys.readouterr().err


def test_a_missing_file_is_undone_work_and_the_others_are_done(project):
    (project / "a.py").write_text(PLAIN)
    assert main(["write", "none.py", "a.py"]) == 3
    assert (project / "a.py").read_text() != PLAIN


def test_a_file_over_the_limit_is_left_alone(project, capsys):
    (project / "a.py").write_text(PLAIN + "#" * (1 << 20))
    assert main(["write", "."]) == 0
    assert "larger than 1024 kB (max_file_kb)" in capsys.readouterr().err


def test_more_files_than_the_limit_are_undone_work(project, monkeypatch, capsys):
    write_many(project, 3)
    (project / "user.toml").write_text("max_files = 2\n")
    monkeypatch.setenv("GLOSSATOR_CONFIG", "user.toml")
    assert main(["write", "."]) == 3
    assert (project / "m002.py").read_text() == PLAIN


def test_each_path_has_the_settings_of_its_nearest_ancestor(project):
    for name, style in (("one", "google"), ("two", "sphinx")):
        (project / name).mkdir()
        (project / name / "glossator.toml").write_text(f'style = "{style}"\n')
        (project / name / "a.py").write_text(
            'def area(width):\n    """Area.\n\n    """\n    raise ValueError\n' + PLAIN
        )
    assert main(["write", "one", "two/a.py"]) == 0
    assert "Args:" in (project / "one" / "a.py").read_text()
    assert ":param" in (project / "two" / "a.py").read_text()


def test_only_the_named_symbol_is_documented(project):
    (project / "a.py").write_text(PLAIN + "\n\ndef volume(base, height):\n    return base * height\n")
    assert main(["write", "--symbol", "volume", "."]) == 0
    text = (project / "a.py").read_text()
    assert text.startswith(PLAIN)
    assert text.count('"""') in (2, 4)


@pytest.mark.parametrize(
    "arguments",
    [
        ["write"],
        ["write", "--style", "none", "."],
        ["write", "--jobs", "0", "."],
        ["write", "--diff", "--check", "."],
        ["write", "--provider", " ", "."],
        ["nothing"],
        [],
    ],
)
def test_wrong_flags_end_with_2(project, arguments):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["write", "--provider", "nobody", "."], "unknown provider 'nobody'"),
        (["write", "--provider", "local", "a.py"], "glossator model pull"),
        (["write", "--diff", "--output-format", "json", "."], "--diff"),
    ],
)
def test_what_the_flags_ask_for_and_cannot_be_ends_with_2(project, arguments, message, capsys):
    (project / "a.py").write_text(PLAIN)
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


def test_l6_a_broken_user_file_ends_with_2_and_its_place(project, monkeypatch, capsys):
    (project / "user.toml").write_text("style = 3\n")
    monkeypatch.setenv("GLOSSATOR_CONFIG", "user.toml")
    assert main(["write", "."]) == 2
    assert "user.toml: style: expected one of auto, google" in capsys.readouterr().err


def test_l6_a_wrong_workspace_setting_is_said_once_and_the_rest_holds(project, capsys):
    (project / "glossator.toml").write_text('style = 3\nexclude = ["b.py"]\n')
    (project / "a.py").write_text(PLAIN)
    (project / "b.py").write_text(PLAIN)
    assert main(["write", ".", "a.py"]) == 0
    assert capsys.readouterr().err.count("glossator.toml: style:") == 1
    assert (project / "b.py").read_text() == PLAIN


def test_two_processes_write_what_one_does(project):
    for name in ("one", "two"):
        (project / name).mkdir()
        write_many(project / name, 30, PLAIN * 5 + "# a line of text\n" * 500)  # enough for a second process
    (project / "one" / "z.py").write_text(BROKEN)
    (project / "two" / "z.py").write_text(BROKEN)
    first = glossator("write", "--jobs", "1", "--output-format", "json", ".", cwd=project / "one")
    second = glossator("write", "--jobs", "2", "--output-format", "json", ".", cwd=project / "two")
    assert (first.returncode, second.returncode) == (0, 0)
    assert json.loads(first.stdout)["files"] == json.loads(second.stdout)["files"]
    for path in (project / "one").iterdir():
        assert path.read_bytes() == (project / "two" / path.name).read_bytes()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_only_whole_files_and_ends_with_3(project, number):
    write_many(project, 400, PLAIN * 100)
    command = [sys.executable, "-m", "glossator", "write", "--jobs", "2", "."]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        # From the first written file on, it is in the middle of its work.
        until = time.monotonic() + 60
        while (project / "m000.py").stat().st_size == len(PLAIN) * 100 and time.monotonic() < until:
            continue
        os.killpg(process.pid, number)
        _, errors = process.communicate()
    assert process.returncode == 3
    assert b"interrupted" in errors
    assert b"Traceback" not in errors
    sizes = {path.stat().st_size for path in project.glob("*.py")}
    assert len(sizes) == 2
    assert len(PLAIN) * 100 in sizes
    assert not [path for path in project.iterdir() if path.suffix == ".glossator"]


def test_a_reader_that_leaves_early_gets_no_traceback(project):
    write_many(project, 200)
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "glossator", "write", "--diff", "."]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["write", "--help"]])
def test_help_and_version_import_nothing_heavy(arguments):
    # Less what was there before: a coverage run brings some of it along.
    code = f"import sys; before = set(sys.modules)\nfrom glossator.cli.main import main\ntry: main({arguments!r})\n"
    code += (
        "except SystemExit: pass\nheavy = {'tree_sitter', 'pygls', 'rich', 'asyncio', 'multiprocessing', 'pathspec'}\n"
    )
    code += "print(heavy & (set(sys.modules) - before) or '[]')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_version_is_that_of_the_package(capsys):
    from glossator import __version__

    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"glossator {__version__}\n"


def test_paths_that_could_steer_a_terminal_are_shown_harmless(project, capsys):
    (project / "a\x1b[2J.py").write_text(PLAIN)
    main(["write", "."])
    assert "\x1b" not in capsys.readouterr().out
    assert Path("a\x1b[2J.py").read_text() != PLAIN

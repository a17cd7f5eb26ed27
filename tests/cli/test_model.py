import asyncio
import hashlib
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys

import httpx2
import pytest
import weights

from glossator.cli import terminal
from glossator.cli.main import main
from glossator.providers.models import DEFAULT, MODELS, Library

WEIGHTS = b"GGUF" + bytes(range(256)) * 40


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder with the models of a user who set the cache folder."""
    monkeypatch.setenv("GLOSSATOR_CACHE_FOLDER", str(tmp_path / "cache"))
    return tmp_path / "cache" / "models"


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "mine.gguf"
    path.write_bytes(WEIGHTS)
    return str(path)


def test_the_list_says_what_is_known_and_what_is_here(folder, source, capsys):
    assert main(["model", "pull", "mine", "--from", source]) == 0
    assert main(["model", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(MODELS) + 1
    assert re.fullmatch(r"qwen2\.5-coder-0\.5b +491 MB  not here, default; Apache-2\.0", lines[0])
    assert re.fullmatch(r"mine +0 MB  here; unknown", lines[-1])


def test_the_list_as_json_tells_a_wrong_digest_from_none(folder, source, capsys):
    main(["model", "pull", "mine", "--from", source])
    (folder / f"{DEFAULT}.gguf").write_bytes(WEIGHTS)
    assert main(["model", "list", "--output-format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["folder"] == str(folder)
    rows = {row["name"]: row for row in found["models"]}
    assert rows["mine"]["sha256"] == hashlib.sha256(WEIGHTS).hexdigest()
    assert [rows[name]["digest_ok"] for name in ("mine", DEFAULT, "qwen2.5-coder-7b")] == [True, False, None]
    assert rows[DEFAULT]["default"]
    assert rows[DEFAULT]["installed"]


def test_pulling_what_is_here_fetches_nothing(folder, source, capsys):
    main(["model", "pull", "mine", "--from", source])
    assert main(["model", "pull", "mine"]) == 0
    assert "is here already" in capsys.readouterr().err


def test_removing_says_what_it_frees(folder, source, capsys):
    main(["model", "pull", "mine", "--from", source])
    assert main(["model", "remove", "mine"]) == 0
    assert "mine is gone" in capsys.readouterr().err
    assert main(["model", "remove", DEFAULT]) == 0
    assert "was not here" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["pull", "nobodys"], "no model is called 'nobodys'"),
        (["pull", "--from", "x.gguf"], "--from FILE belongs to"),
        (["list", "--from", "x.gguf"], "--from FILE belongs to"),
        (["list", "mine"], "list takes no NAME"),
        (["remove"], "remove needs the NAME"),
        (["pull", "--port", "1"], "--port belongs to"),
        (["pull", "../up", "--from", "x.gguf"], "not a name"),
    ],
)
def test_what_makes_no_sense_is_a_wrong_use(folder, capsys, words, complaint):
    assert main(["model", *words]) == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize("words", [["serve"], ["pull", DEFAULT, "--from", "nowhere.gguf"]])
def test_what_cannot_be_done_is_left_undone(folder, capsys, words):
    assert main(["model", *words]) == 3
    assert capsys.readouterr().err


def test_without_a_terminal_each_tenth_of_a_download_is_said_once(capsys):
    with terminal.download("tiny", 50 << 20) as arrived:
        for here in range(0, (50 << 20) + 1, 1 << 20):
            arrived(here)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "glossator: tiny: 10% of 50 MiB"
    assert len(lines) == 10


@pytest.mark.parametrize("port", ["0", "-1", "65536", "99999", "http"])
def test_a_port_that_is_none_is_an_error(folder, capsys, port):
    with pytest.raises(SystemExit) as ended:
        main(["model", "serve", "--port", port])
    assert ended.value.code == 2
    assert "--port: expected a port from 1 to 65535" in capsys.readouterr().err


def test_a_port_that_is_taken_is_said_before_a_model_is_loaded(folder, source, capsys):
    main(["model", "pull", "mine", "--from", source])
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["model", "serve", "mine", "--port", str(port)]) == 2
    said = capsys.readouterr().err
    assert f"port {port} cannot be had (Address already in use): name another one" in said
    assert "loading" not in said


def test_a_served_model_answers_whom_it_told_the_key_and_ctrl_c_ends_it(folder, monkeypatch):
    try:
        Library(folder).adopt(DEFAULT, weights.weights())
    except weights.NotHere as missing:
        pytest.skip(f"no model on this machine: {missing}")
    command = [sys.executable, "-m", "glossator", "model", "serve"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as served:
        assert "loading" in served.stderr.readline()
        address, key = re.search(r"at (\S+) .* key (\S+);", served.stderr.readline()).groups()
        answer = httpx2.get(f"{address}/models", headers={"Authorization": f"Bearer {key}"}, trust_env=False)
        assert [model["id"] for model in answer.json()["data"]] == [DEFAULT]
        served.send_signal(signal.SIGINT)
        assert served.wait(60) == 0


def written_on_a_terminal(tmp_path, *words):
    """What a person sees on standard error of `glossator write`."""
    path = tmp_path / "some.py"
    path.write_text("def area(width, height):\n    return width * height\n")
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as seen:
        subprocess.run(
            [sys.executable, "-m", "glossator", "write", path, *words], stdout=theirs, stderr=theirs, check=True
        )
        os.close(theirs)
        shown = b""
        try:
            while piece := seen.read(4096):
                shown += piece
        except OSError:  # the end of a terminal
            pass
    return shown.decode()


def test_a_model_is_offered_once_to_a_person_who_has_none(folder, tmp_path):
    assert "glossator model pull" in written_on_a_terminal(tmp_path)
    assert "glossator model pull" not in written_on_a_terminal(tmp_path)


def test_no_model_is_offered_where_one_is_here_or_nobody_reads(folder, tmp_path, source, capsys):
    assert "model pull" not in written_on_a_terminal(tmp_path, "--output-format", "json")
    path = tmp_path / "other.py"
    path.write_text("def one():\n    return 1\n")
    assert main(["write", str(path)]) == 0
    assert "model pull" not in capsys.readouterr().err
    Library(folder).adopt("mine", path.parent / "mine.gguf")
    assert "model pull" not in written_on_a_terminal(tmp_path)


def test_listing_models_needs_neither_the_network_nor_the_extra(folder):
    code = "import sys; sys.modules.update(httpx2=None, xllamacpp=None, asyncio=asyncio)\n"
    code = f"import asyncio\n{code}from glossator.cli.main import main\nsys.exit(main(['model', 'list']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert DEFAULT in done.stdout


def test_the_child_is_started_from_no_folder_of_somebody_else(folder, tmp_path, monkeypatch):
    """A project may have a module of any name; one that Python finds first would be run."""
    from glossator.errors import Unavailable
    from glossator.providers.child import Share, order_of, start

    (tmp_path / "json.py").write_text(f"open({str(tmp_path / 'was-run')!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unavailable):
        asyncio.run(start(order_of(tmp_path / "none.gguf", "none", Share(1, 1024, 1, 1))))
    assert not (tmp_path / "was-run").exists()

"""What a server has measured: answered to the editor, written for `glossator stats`, served to Prometheus, logged."""

from __future__ import annotations

import json
import socket
import time
from http.client import HTTPConnection

import pytest
from canaries import IN_SOURCE
from prometheus_client.parser import text_string_to_metric_families

from glossator.config import MODES
from glossator.monitor.files import gathered

SOURCE = "def area(width, height):\n    return width * height\n"
URI = "file:///somewhere/measured.py"
PLACE = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 5}}
PATIENCE_S = 20.0


@pytest.fixture
def start(launch, tmp_path):
    """A server that has shown a preview."""

    def started(*lines, **environment):
        (tmp_path / "user.toml").write_text("\n".join(lines))
        folders = {"GLOSSATOR_CONFIG": str(tmp_path / "user.toml"), "GLOSSATOR_CACHE_FOLDER": str(tmp_path / "cache")}
        client = launch(**folders, **environment)
        client.initialize()
        client.open(SOURCE, URI)
        assert client.request("textDocument/hover", PLACE)["result"] is not None
        return client

    return started


def leave(client):
    client.request("shutdown")
    client.notify("exit")
    assert client.ended() == 0


def test_the_request_and_the_command_answer_what_was_measured(start, tmp_path):
    client = start()
    by_request = client.request("glossator/stats")["result"]
    by_command = client.request("workspace/executeCommand", {"command": "glossator.stats"})["result"]
    for found in (by_request, by_command):
        assert {"parse", "context", "plan", "embedded", "render", "edit"} <= found["stages"].keys()
        assert found["requests"]["textDocument/hover"]["count"] == 1
        assert found["requests"]["textDocument/didOpen"]["count"] == 1
        assert found["process"]["processes"] == 1
        assert found["process"]["rss_bytes"] > 1 << 20
        assert set(found["tiers"]) == {"L1", "L2", "L3", "L4"}
        chosen = found["settings"]
        assert (chosen["provider"], chosen["trusted"]) == (["embedded"], True)
        assert chosen["mode"] in MODES
    assert by_command["requests"]["glossator/stats"]["count"] == 1
    assert by_command["queues"] == {"requests": 1}


def test_requests_that_fail_are_counted_by_kind(start):
    client = start()
    client.request("textDocument/hover", {})
    client.request("glossator/explain", {"textDocument": {"uri": "file:///not/open.py"}, "path": "f"})
    assert client.request("glossator/stats")["result"]["failures"] == {"BadParams": 1, "SourceError": 1}


def test_a_server_leaves_its_numbers_when_it_ends(start, tmp_path):
    leave(start())
    snapshot = gathered(tmp_path / "cache" / "stats")
    assert snapshot.requests["textDocument/hover"].count == 1
    assert snapshot.gauge("processes") == 0


def test_a_server_that_did_nothing_leaves_nothing(launch, tmp_path):
    client = launch(GLOSSATOR_CACHE_FOLDER=str(tmp_path / "cache"))
    client.notify("exit")
    client.ended()
    assert not (tmp_path / "cache" / "stats").exists()


def test_a_running_server_writes_its_numbers_now_and_then(start, tmp_path):
    start()
    deadline = time.monotonic() + PATIENCE_S
    while not (snapshot := gathered(tmp_path / "cache" / "stats")).stages and time.monotonic() < deadline:
        time.sleep(0.05)
    assert snapshot.requests["textDocument/hover"].count == 1
    assert snapshot.gauge("processes") == 1
    assert snapshot.stages["loop_lag"].count >= 1


def test_a_slow_request_is_logged_with_its_stages_and_without_its_text(start):
    client = start("[monitor]", "slow_ms = 1")
    deadline = time.monotonic() + PATIENCE_S
    large = "".join(f"def area_{number}(width):\n    return width * {number}\n\n\n" for number in range(2_000))
    slow, version = 0, 2
    while not slow and time.monotonic() < deadline:  # the settings are looked at once a second
        client.change({"text": f"# {version}\n{large}"}, version=version, uri=URI)
        client.request("textDocument/hover", PLACE | {"position": {"line": 1, "character": 5}})
        slow, version = client.request("glossator/stats")["result"]["counts"]["slow"], version + 1
    leave(client)
    log = client.log()
    assert "WARNING glossator.monitor.monitor slow method=textDocument/" in log
    assert "context=" in log
    assert "area_" not in log
    assert "measured" not in log


def test_prometheus_gets_the_numbers_of_all_processes(start, tmp_path):
    leave(start())
    port = _free_port()
    client = start("[monitor]", f'prometheus = "127.0.0.1:{port}"')
    found = {}
    deadline = time.monotonic() + PATIENCE_S
    while not found and time.monotonic() < deadline:
        found = _metrics(port)
    assert found["glossator_request_seconds_count", "textDocument/hover"] == 2
    assert found["glossator_processes", None] == 1
    leave(client)
    assert not _metrics(port)


@pytest.mark.parametrize(
    "address", ["0.0.0.0:9464", "example.org:9464", "192.168.1.1:9464", "9464", "127.0.0.1:", "::9"]
)
def test_a_port_for_other_machines_is_refused(address, tmp_path, monkeypatch, capsys):
    from glossator.cli.main import main

    (tmp_path / "user.toml").write_text(f'[monitor]\nprometheus = "{address}"\n')
    monkeypatch.setenv("GLOSSATOR_CONFIG", str(tmp_path / "user.toml"))
    assert main(["stats"]) == 2
    assert "expected an address of this machine" in capsys.readouterr().err


def test_a_project_cannot_open_a_port(launch, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.glossator.monitor]\nprometheus = "127.0.0.1:9464"\n')
    client = launch()
    client.initialize(rootUri=tmp_path.as_uri())
    client.open(SOURCE, (tmp_path / "a.py").as_uri())
    message = client.notification("window/showMessage")["message"]
    assert "monitor.prometheus: is read from the user's own settings file only" in message


def test_s1_nothing_of_the_source_is_in_the_numbers(start, tmp_path):
    client = start()
    for number, canary in enumerate(IN_SOURCE):
        uri = f"file:///secret-place/{number}.py"
        client.open(canary.source, uri)
        client.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 5}})
        client.request("textDocument/codeAction", {"textDocument": {"uri": uri}, "range": None, "context": {}})
    answered = json.dumps(client.request("glossator/stats"))
    leave(client)
    kept = [path.read_text() for path in (tmp_path / "cache" / "stats").iterdir()]
    assert kept
    for text in (answered, client.log(), *kept):
        assert not [trace for canary in IN_SOURCE for trace in canary.traces if trace in text]
        assert "secret-place" not in text


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _metrics(port):
    """What the port answers, by the name and the method of each sample; nothing where it is not open."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
    except OSError:
        return {}
    finally:
        connection.close()
    families = text_string_to_metric_families(text)
    return {(one.name, one.labels.get("method")): one.value for family in families for one in family.samples}

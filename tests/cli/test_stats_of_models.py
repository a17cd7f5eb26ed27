"""What `glossator stats` says of a run that asked a model: whom, for how long, at what price, and what failed."""

import json

import pytest
from kept_entries import reset

from glossator.cli.main import main


def report(capsys):
    capsys.readouterr()
    assert main(["stats", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def asked(project, user, server, machine):
    user(server.url)
    reset(project)
    assert main(["write", "."]) == 0
    return server


def test_each_call_of_a_provider_is_counted_and_timed(asked, capsys):
    found = report(capsys)
    calls = found["providers"]["fake"]["calls"]
    assert calls == len(asked.requests) > 1
    assert found["providers"]["fake"]["tokens_in"] > 0
    assert found["providers"]["fake"]["failures"] == {}
    for stage in ("provider", "first_token", "queue", "validate"):
        assert found["stages"][stage]["count"] == calls, stage
    assert {"L1", "L2", "L3"} <= found["stages"].keys()
    assert found["tiers"]["L3"]["misses"] == calls


def test_a_second_run_asks_nobody_and_finds_all(asked, project, capsys):
    reset(project)
    assert main(["write", "."]) == 0
    found = report(capsys)
    assert found["providers"]["fake"]["calls"] == len(asked.requests)
    assert found["tiers"]["L3"]["hits"] > 1


def test_a_failure_is_counted_by_its_kind(project, user, machine, capsys):
    user("http://127.0.0.1:9")
    reset(project)
    main(["write", "."])
    assert report(capsys)["providers"]["fake"]["failures"]["Unavailable"] > 0

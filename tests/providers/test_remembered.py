"""What is kept of endpoints, in memory and in a small file."""

import json

import pytest

from glossator.providers.remembered import FILE_NAME, KEPT_DAYS, MAX_ENDPOINTS, Endpoints, identity

ONE = identity("openai", "https://one.example/v1", "m")
TWO = identity("openai", "https://one.example/v1", "other")
REFUSED = frozenset({"schema", "temperature"})
DAY = 86_400


class Clock:
    def __init__(self):
        self.now = 20_000.0 * DAY

    def __call__(self):
        return self.now


def test_what_was_learned_holds_for_the_next_process(tmp_path):
    Endpoints(tmp_path / "cache").remember(ONE, REFUSED)
    later = Endpoints(tmp_path / "cache")
    assert later.refused(ONE) == REFUSED
    assert later.refused(TWO) == frozenset()


def test_without_a_folder_it_is_kept_in_memory():
    endpoints = Endpoints()
    endpoints.remember(ONE, REFUSED)
    assert endpoints.refused(ONE) == REFUSED


def test_the_file_holds_no_address_and_no_model(tmp_path):
    Endpoints(tmp_path).remember(identity("openai", "https://secret.example/v1", "private-model"), REFUSED)
    text = (tmp_path / FILE_NAME).read_text()
    assert "secret" not in text
    assert "private" not in text
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_what_is_known_already_is_not_written_again(tmp_path):
    endpoints = Endpoints(tmp_path)
    endpoints.remember(ONE, frozenset())
    assert not list(tmp_path.iterdir())


def test_what_another_process_learned_meanwhile_is_kept(tmp_path):
    first, second = Endpoints(tmp_path), Endpoints(tmp_path)
    assert first.refused(ONE) == second.refused(ONE) == frozenset()
    first.remember(ONE, REFUSED)
    second.remember(TWO, REFUSED)
    third = Endpoints(tmp_path)
    assert third.refused(ONE) == third.refused(TWO) == REFUSED


def test_a_server_is_tried_again_after_a_month(tmp_path):
    clock = Clock()
    Endpoints(tmp_path, clock).remember(ONE, REFUSED)
    clock.now += KEPT_DAYS * DAY
    assert Endpoints(tmp_path, clock).refused(ONE) == REFUSED
    clock.now += DAY
    assert Endpoints(tmp_path, clock).refused(ONE) == frozenset()


def test_the_file_is_bounded_and_the_oldest_goes_first(tmp_path):
    clock = Clock()
    endpoints = Endpoints(tmp_path, clock)
    names = [identity("openai", f"https://{number}.example", "m") for number in range(MAX_ENDPOINTS + 1)]
    for name in names:
        endpoints.remember(name, REFUSED)
        clock.now += DAY / MAX_ENDPOINTS
    assert len(json.loads((tmp_path / FILE_NAME).read_text())["endpoints"]) == MAX_ENDPOINTS
    assert Endpoints(tmp_path, clock).refused(names[-1]) == REFUSED
    assert Endpoints(tmp_path, clock).refused(names[0]) == frozenset()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\x00garbage",
        b"[]",
        b"{}",
        b'{"version": 1}',
        b'{"version": 1, "endpoints": []}',
        b'{"version": 2, "endpoints": {}}',
        b"[" * 100_000,
        b" " * 200_000,
        json.dumps({"version": 1, "endpoints": {ONE: {"refused": ["A b\n"], "day": 20_000}}}).encode(),
        json.dumps({"version": 1, "endpoints": {ONE: {"refused": 7, "day": 20_000}, "x": 7, TWO: None}}).encode(),
        json.dumps({"version": 1, "endpoints": {ONE: {"refused": ["schema"] * 99, "day": 20_000}}}).encode(),
        json.dumps({"version": 1, "endpoints": {ONE: {"refused": ["schema"], "day": 99_999}}}).encode(),
    ],
)
def test_garbage_in_the_file_is_as_good_as_no_file(tmp_path, raw):
    (tmp_path / FILE_NAME).write_bytes(raw)
    endpoints = Endpoints(tmp_path, Clock())
    assert endpoints.refused(ONE) == frozenset()
    endpoints.remember(ONE, REFUSED)
    assert Endpoints(tmp_path, Clock()).refused(ONE) == REFUSED


def test_a_folder_that_cannot_be_used_is_done_without(tmp_path):
    (tmp_path / "file").write_text("")
    endpoints = Endpoints(tmp_path / "file")
    endpoints.remember(ONE, REFUSED)
    assert endpoints.refused(ONE) == REFUSED
    (tmp_path / FILE_NAME).mkdir()
    endpoints = Endpoints(tmp_path)
    endpoints.remember(ONE, REFUSED)
    assert endpoints.refused(ONE) == REFUSED
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE_NAME, "file"]

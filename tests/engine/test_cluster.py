"""The executor on a real Dask cluster: what comes back, what is lost, and when nobody is left."""

import os
import pickle
import sys
from itertools import count, islice

import pytest
from clusters import DaskCluster, deadly

from glossator.engine import cluster as ours
from glossator.engine.cluster import DESERTED, GONE, Cluster, Held, run
from glossator.engine.executor import Lost
from glossator.engine.parcel import Parcel
from glossator.engine.passport import own_code, own_passport
from glossator.errors import ConfigError


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    with DaskCluster(tmp_path_factory.mktemp("dask")) as processes:
        yield processes


@pytest.fixture
def cluster(dask):
    with_ = Cluster(dask.address)
    yield with_
    with_.close()


@pytest.fixture
def alone(tmp_path):
    """A cluster that a test may break, of one worker."""
    with DaskCluster(tmp_path, 1) as processes:
        cluster = Cluster(processes.address)
        yield processes, cluster
        cluster.close()


def leaves(_item):
    return False


def test_results_come_in_the_order_of_the_items(cluster):
    assert list(run(cluster, abs, [-n for n in range(50)], leaves)) == list(range(50))


def test_work_is_done_on_both_workers_and_not_here(cluster, dask):
    # `os.getpgid(0)`: each worker of the tests is a session of its own.
    found = set(run(cluster, os.getpgid, [0] * 200, leaves))
    assert found == {worker.pid for worker in dask.workers}


def test_what_stays_is_worked_on_here_in_its_turn(cluster):
    found = list(run(cluster, os.getpgid, [0] * 5, lambda _: True))
    assert found == [os.getpgid(0)] * 5


def test_an_item_that_fails_is_lost_alone(cluster):
    found = list(run(cluster, int, ["1", "x", "3"], leaves))
    assert found == [1, Lost("x", "internal error (ValueError)"), 3]


def test_items_are_taken_when_there_is_room_for_them(cluster):
    taken = count()
    results = run(cluster, abs, (next(taken) for _ in iter(int, 1)), leaves)
    assert list(islice(results, 8)) == list(range(8))
    results.close()
    assert next(taken) <= 8 + 2 * ours.AHEAD * cluster.threads * ours.CHUNK


def test_source_stands_in_no_representation():
    parcel = Parcel.of(b"def secret(): ...")
    assert "secret" not in repr((parcel, Held(parcel, own_code())))
    assert pickle.loads(pickle.dumps(Held(Parcel.of(abs), own_code()))).function(-1) == 1


def test_a_worker_that_joins_with_other_code_does_no_work():
    with pytest.raises(ours.ClusterFailed, match="another Glossator"):
        ours.work(Held(Parcel.of(abs), "another"), Parcel.of([1]))


def test_a_passport_names_variables_and_holds_no_values(monkeypatch):
    monkeypatch.setenv("SOME_KEY", "hush")
    assert own_passport(["SOME_KEY", "NO_SUCH_KEY"]).variables == {"SOME_KEY"}
    assert "hush" not in repr(own_passport(["SOME_KEY"]))


def test_a_variable_that_workers_lack_is_named(dask, monkeypatch):
    monkeypatch.setenv("SOME_KEY", "hush")
    with pytest.raises(ConfigError, match="lacks SOME_KEY"):
        Cluster(dask.address, ["SOME_KEY", "NO_SUCH_KEY"])


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "127.0.0.1:1", "nonsense://x:1", "tcp://127.0.0.1", ""])
def test_an_address_where_nobody_is_is_refused(address, monkeypatch):
    monkeypatch.setattr(ours, "REACH_S", 0.5)
    with pytest.raises(ConfigError, match="cannot be reached"):
        Cluster(address)


def test_a_cluster_without_workers_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(ours, "REACH_S", 0.5)
    with DaskCluster(tmp_path, 0) as processes, pytest.raises(ConfigError, match="no workers"):
        Cluster(processes.address)


def test_the_rest_is_lost_when_the_scheduler_is_gone(alone):
    processes, cluster = alone
    results = run(cluster, abs, range(1000), leaves)
    assert next(results) == 0
    processes.scheduler.kill()
    reasons = {one.reason for one in results if isinstance(one, Lost)}
    assert reasons == {GONE}


def test_the_rest_is_lost_when_no_worker_is_left(alone, monkeypatch):
    monkeypatch.setattr(ours, "PATIENCE_S", 2.0)
    processes, cluster = alone
    results = run(cluster, abs, range(1000), leaves)
    assert next(results) == 0
    processes.workers[0].kill()
    reasons = {one.reason for one in results if isinstance(one, Lost)}
    assert reasons == {DESERTED}


def test_another_worker_goes_on_with_all_that_the_only_one_had(alone):
    processes, cluster = alone
    results = run(cluster, abs, range(400), leaves)
    assert next(results) == 0
    processes.workers[0].kill()
    processes.add()
    assert list(results) == list(range(1, 400))


def test_dask_is_imported_for_a_cluster_alone():
    code = "import sys, glossator.cli.cluster, glossator.documenter.elsewhere; sys.exit('distributed' in sys.modules)"
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", code]) == 0


@pytest.mark.soak
def test_an_item_that_takes_its_workers_down_is_lost_alone(tmp_path):
    with DaskCluster(tmp_path, 12) as processes:
        cluster = Cluster(processes.address)
        found = list(run(cluster, deadly, [1, 2, -3, 4, 5], leaves))
        cluster.close()
    assert found == [1, 2, Lost(-3, "it took its workers down"), 4, 5]

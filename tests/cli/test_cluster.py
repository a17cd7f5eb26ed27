"""`write --cluster` on a real Dask cluster: the same files as on one machine, whoever dies, and nothing paid twice."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from clusters import SERVER, DaskCluster
from fake_provider import ok, openai_stream
from kept_entries import GOOD, SOURCE
from served import _Until, answer_to, answering, configured, prompt_of, served
from valkey_server import Valkey

from glossator.cli import write as writing
from glossator.cli.cluster import FILES_AHEAD
from glossator.cli.main import main
from glossator.config.load import Sources, load
from glossator.documenter import FileOptions
from glossator.documenter.elsewhere import Wish, _asker, granted, opened, settings_elsewhere, stopped, variables_of
from glossator.engine import cluster as engine
from glossator.engine.cluster import Cluster
from glossator.engine.parcel import Parcel
from glossator.errors import Superseded

DEMO = Path(__file__).parents[2] / "fixtures" / "demo" / "gazette"
NUMBERS = "one two three four five six seven eight".split()
# Each of them does something else, so that no answer is another one's.
MODELLED = {f"{word}.py": SOURCE.replace("store.touch(part)", f"store.{word}(part)") for word in NUMBERS}


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    with DaskCluster(tmp_path_factory.mktemp("dask"), environment={"TEAM_KEY": "the team's"}) as processes:
        yield processes


@pytest.fixture
def fresh(tmp_path):
    """A cluster whose workers know nothing, and may be killed."""
    (tmp_path / "dask").mkdir()
    with DaskCluster(tmp_path / "dask", environment={"TEAM_KEY": "the team's"}) as processes:
        yield processes


@pytest.fixture
def modelled(project):
    """A project with eight functions for a model."""
    reset(project)
    return project


def reset(folder):
    for name, text in MODELLED.items():
        (folder / name).write_text(text)


def texts(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*.py"))}


def totals(capsys, *arguments):
    """The totals of a run that has to go well."""
    capsys.readouterr()
    code, said = main(["write", "--output-format", "json", *arguments]), capsys.readouterr()
    assert code == 0, said.err
    return json.loads(said.out)["totals"]


def test_files_are_the_same_as_on_one_machine(project, dask):
    shutil.copytree(DEMO, project / "gazette")
    before = texts(project)
    assert main(["write", "gazette"]) == 0
    here = texts(project)
    for name, text in before.items():
        (project / "gazette" / name).write_bytes(text)
    assert main(["write", "--cluster", dask.address, "gazette"]) == 0  # relative: workers are in another folder
    assert texts(project) == here != before


def test_a_diff_is_the_same_as_on_one_machine(project, dask, capfdbinary):
    shutil.copytree(DEMO, project / "gazette")
    assert main(["write", "--diff", "--jobs", "1", "gazette"]) == 0
    here = capfdbinary.readouterr().out
    assert main(["write", "--diff", "--cluster", dask.address, "gazette"]) == 0
    assert capfdbinary.readouterr().out == here != b""


def test_files_of_a_worker_that_is_killed_are_done_by_the_other(project, fresh, monkeypatch):
    for number in range(150):
        (project / f"a{number}.py").write_text(SOURCE)
    replace_file = writing.replace_file

    def replaced(*arguments):
        fresh.workers[0].kill()  # as soon as the first file is there
        replace_file(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(writing, "replace_file", replaced)
        assert main(["write", "--cluster", fresh.address, "."]) == 0
    assert fresh.workers[0].wait(20) == -signal.SIGKILL
    there = texts(project)
    (project / "a0.py").write_text(SOURCE)
    assert main(["write", "--jobs", "1", "a0.py"]) == 0
    assert set(there.values()) == {(project / "a0.py").read_bytes()}


def test_what_is_held_back_from_providers_stays_here(project, dask, monkeypatch):
    (project / ".glossatorignore").write_text("secret.py\n")
    for name in ("open.py", "secret.py"):
        (project / name).write_text(SOURCE)
    sent, call = [], Cluster.call
    monkeypatch.setattr(
        Cluster,
        "call",
        lambda self, held, items: sent.extend(one.task.path for one in items) or call(self, held, items),
    )
    assert main(["write", "--cluster", dask.address, "secret.py", "open.py"]) == 0
    assert sent == ["open.py"]
    assert texts(project)["secret.py"] == texts(project)["open.py"] != SOURCE.encode()


def meeting(count=2):
    """A model whose first answers wait until so many are asked for at once; the event says that they were."""
    met, asked = threading.Event(), []

    def script(one):
        asked.append(one)
        if len(asked) == count:
            met.set()
        return [_Until(met), *answering(GOOD)(one)]

    return met, served(script)


def test_both_workers_ask_and_nothing_is_asked_twice(modelled, user, dask, capsys):
    met, server = meeting()
    with server:
        user(server.url)
        found = totals(capsys, "--cluster", dask.address, ".")
        assert met.is_set()  # a worker of one thread asks for one file at a time
        prompts = [prompt_of(one) for one in server.requests]
    assert len(prompts) == len(set(prompts)) == found["provider_calls"] == len(MODELLED)
    assert found["degraded"] == 0
    assert all(GOOD["summary"].encode() in text for text in texts(modelled).values())
    there = texts(modelled)
    reset(modelled)
    assert totals(capsys, ".")["provider_calls"] == 0  # this machine's own disk has it all
    assert texts(modelled) == there


def test_a_worker_that_is_killed_while_it_asks_is_replaced(modelled, user, fresh, capsys):
    met, server = meeting()
    with server:
        server.hold()
        user(server.url)
        killer = threading.Thread(target=lambda: (met.wait(20), fresh.workers[0].kill(), server.release()))
        killer.start()
        found = totals(capsys, "--cluster", fresh.address, ".")
        killer.join()
    assert (found["added"], found["degraded"]) == (len(MODELLED), 0)
    assert all(GOOD["summary"].encode() in text for text in texts(modelled).values())


def test_files_are_left_undone_when_the_scheduler_goes_while_they_are_asked_for(modelled, user, fresh, capsys):
    met, server = meeting()
    with server:
        server.hold()
        user(server.url)
        killer = threading.Thread(target=lambda: (met.wait(20), fresh.scheduler.kill()))
        killer.start()
        assert main(["write", "--cluster", fresh.address, "."]) == 3
        killer.join()
    assert capsys.readouterr().err.count("the cluster's scheduler is gone") == len(MODELLED)
    assert texts(modelled) == {name: text.encode() for name, text in sorted(MODELLED.items())}


def test_a_second_user_pays_nothing_for_what_the_workers_shared(modelled, user, machine, dask, capsys, monkeypatch):
    monkeypatch.setenv("TEAM_KEY", "the team's")
    with Valkey(modelled.parent) as valkey, served(answering(GOOD)) as server:
        user(server.url, "[cache]", f'shared = "{valkey.url}"', 'shared_key_env = "TEAM_KEY"')
        assert totals(capsys, "--cluster", dask.address, ".")["provider_calls"] == len(MODELLED)
        there = texts(modelled)
        reset(modelled)
        machine("B")
        found = totals(capsys, "--cluster", dask.address, ".")
    assert found["provider_calls"] == 0
    assert found["origins"]["L4"] == len(MODELLED) * len(GOOD)
    assert texts(modelled) == there


@pytest.mark.soak
def test_a_second_user_pays_nothing_for_what_the_workers_remember(modelled, user, machine, tmp_path, capsys):
    (tmp_path / "dask").mkdir()
    with DaskCluster(tmp_path / "dask", 1) as dask, served(answering(GOOD)) as server:
        user(server.url)
        totals(capsys, "--cluster", dask.address, ".")
        reset(modelled)
        machine("B")
        assert totals(capsys, "--cluster", dask.address, ".")["origins"]["L1"] == len(MODELLED) * len(GOOD)


def test_nothing_more_is_asked_once_all_is_spent(modelled, user, dask, capsys):
    def dear(one):
        return ok(
            openai_stream(answer_to(one, GOOD.__getitem__), usage={"prompt_tokens": 10**6, "completion_tokens": 1})
        )

    with served(dear) as server:
        user(server.url, "price_in = 1.0", "price_out = 1.0")
        found = totals(capsys, "--cluster", dask.address, "--max-cost", "0.5", ".")  # about 0.01, they were told
        asked = len(server.requests)
    # Those that were on their way are finished.
    assert 1 <= asked <= FILES_AHEAD * 2
    assert (found["provider_calls"], found["degraded"]) == (asked, len(MODELLED) - asked)
    assert found["added"] == len(MODELLED)


def test_ctrl_c_stops_the_workers_and_leaves_files_whole(modelled, dask, tmp_path):
    with served(answering(GOOD)) as server:
        server.hold()
        environment = {**os.environ, "PYTHONPATH": str(SERVER), "GLOSSATOR_CONFIG": configured(tmp_path, server.url)}
        command = [sys.executable, "-m", "glossator", "write", "--cluster", dask.address, "."]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            server.asked()
            process.send_signal(signal.SIGINT)
            server.gone()  # the worker, while we still hold the answer back
            _, said = process.communicate(timeout=20)
        assert (process.returncode, b"interrupted" in said) == (3, True), said
        server.deserted()
    assert texts(modelled) == {name: text.encode() for name, text in sorted(MODELLED.items())}


def test_a_file_that_begins_when_its_run_was_called_off_asks_nobody(modelled, user):
    with served(answering(GOOD)) as server:
        user(server.url)
        settings = settings_elsewhere(load(Sources(modelled)).settings)
        path = modelled / "one.py"
        wish = Wish("a run", path.read_bytes(), str(path), FileOptions(settings))
        assert opened(settings) == ""
        stopped(settings, "a run")
        with pytest.raises(Superseded):
            granted(settings, wish)
        assert not server.requests
        assert GOOD["summary"].encode() in granted(settings, replace(wish, run="another")).outcome.raw
        _asker(settings).close()


# Clusters that cannot be used: nothing is looked at, and the exit code is 2.


def refused(capsys, address):
    assert main(["write", "--cluster", address, "a.py"]) == 2
    return capsys.readouterr().err


def test_an_address_where_nobody_is_is_said(project, capsys, monkeypatch):
    monkeypatch.setattr(engine, "REACH_S", 0.5)
    (project / "a.py").write_text(SOURCE)
    assert "the cluster at tcp://127.0.0.1:1 cannot be reached" in refused(capsys, "tcp://127.0.0.1:1")
    assert (project / "a.py").read_text() == SOURCE


@pytest.mark.parametrize(
    ("file", "line", "says"),
    [
        ("__init__.py", '__version__ = "0.0.9"\n', "another Glossator than this machine: 0.0.9 instead of"),
        ("errors.py", "# another checkout\n", "has other code as Glossator .*: install the same one"),
    ],
)
def test_a_worker_with_another_glossator_is_refused(project, dask, tmp_path, capsys, file, line, says):
    (project / "a.py").write_text(SOURCE)
    shutil.copytree(SERVER / "glossator", tmp_path / "server" / "glossator")
    with (tmp_path / "server" / "glossator" / file).open("a") as other:
        other.write(line)
    dask.server = tmp_path / "server"
    dask.add()
    said = refused(capsys, dask.address)
    dask.remove()
    assert re.search(says, said)
    assert (project / "a.py").read_text() == SOURCE


def test_a_worker_without_a_key_is_refused(project, user, dask, capsys, monkeypatch):
    (project / "a.py").write_text(SOURCE)
    monkeypatch.setenv("MODEL_KEY", "hush")
    user("http://127.0.0.1:1", 'key_env = "MODEL_KEY"')
    assert "lacks MODEL_KEY, which is set here: keys are not sent" in refused(capsys, dask.address)


def test_without_dask_the_extra_is_named(project):
    (project / "a.py").write_text(SOURCE)
    code = "import sys; sys.modules['distributed'] = None; from glossator.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "write", "--cluster", "tcp://127.0.0.1:1", "a.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        "glossator: --cluster needs an extra: pip install 'glossator[cluster]'\n",
    )


def test_keys_do_not_travel(user, monkeypatch):
    monkeypatch.setenv("MODEL_KEY", "hush")
    user("http://127.0.0.1:1", 'key_env = "MODEL_KEY"')
    settings = load(Sources(Path.cwd())).settings
    assert b"hush" not in Parcel.of(settings_elsewhere(settings)).payload
    assert variables_of(settings) == ("MODEL_KEY",)

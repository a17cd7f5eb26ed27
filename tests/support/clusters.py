"""A real Dask cluster on loopback: a scheduler and workers in processes of their own, one thread each, without nannies.

    with DaskCluster(folder) as cluster:
        main(["write", "--cluster", cluster.address, "."])
        cluster.workers[0].kill()       # SIGKILL
        cluster.add()                   # another worker

They have the test's environment, with what it puts into `environment` above it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path

SUPPORT = Path(__file__).parent
SERVER = SUPPORT.parents[1] / "server"


def deadly(item: int) -> int:
    """Ends the process that works on a negative item."""
    if item < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


class DaskCluster:
    """The processes, as a context; `environment` is that of the workers, above the test's."""

    server = SERVER
    """Where processes that start now have Glossator from."""

    def __init__(self, folder: Path, workers: int = 2, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.environment = environment or {}
        self.workers: list[subprocess.Popen[str]] = []
        self.said: deque[str] = deque(maxlen=500)
        self.address = ""
        self._first = workers

    def __enter__(self) -> DaskCluster:
        self.scheduler, line = self._start("scheduler", "Scheduler at:", "--port", "0", environment=self.environment)
        self.address = line.split()[-1]
        try:
            starting = [self._spawn(*self._worker(), environment=self.environment) for _ in range(self._first)]
            self.workers = starting
            for worker in starting:
                self._until(worker, "Starting established connection")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
            process.stderr.close()

    def add(self, **environment: str) -> None:
        """One more worker, with more in its environment."""
        worker = self._spawn(*self._worker(), environment={**self.environment, **environment})
        self.workers.append(worker)
        self._until(worker, "Starting established connection")

    def remove(self) -> None:
        """End the worker that was added last, and wait until the scheduler knows; then start others as at first."""
        worker = self.workers.pop()
        worker.terminate()
        worker.wait()
        worker.stderr.close()
        self.server = SERVER

    def log(self) -> str:
        """What the processes have said so far."""
        return "".join(self.said)

    def _worker(self) -> tuple[str, ...]:
        return "worker", self.address, "--no-nanny", "--nthreads", "1", "--local-directory", str(self.folder)

    def _start(self, *words: str, environment: Mapping[str, str]) -> tuple[subprocess.Popen[str], str]:
        name, sign, *rest = words
        process = self._spawn(name, *rest, environment=environment)
        return process, self._until(process, sign)

    def _spawn(self, name: str, *words: str, environment: Mapping[str, str]) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{name}", *words, "--host", "127.0.0.1"]
        paths = {"PYTHONPATH": os.pathsep.join(map(str, (self.server, SUPPORT)))}
        # Its own session: Ctrl-C of a test's client is not for the cluster.
        return subprocess.Popen(
            [*command, "--no-dashboard"],
            env={**os.environ, **paths, **environment},
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def _until(self, process: subprocess.Popen[str], sign: str) -> str:
        for line in process.stderr:
            self.said.append(line)
            if sign in line:
                threading.Thread(target=self._listen, args=(process.stderr,), daemon=True).start()
                return line
        raise ChildProcessError(self.log())

    def _listen(self, output: object) -> None:
        for line in output:
            self.said.append(line)

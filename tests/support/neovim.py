"""A Neovim with keys typed into it: driven from outside, over its own msgpack-RPC."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec

NVIM = shutil.which("nvim", path=os.path.join(sys.exec_prefix, "bin") + os.pathsep + os.environ.get("PATH", ""))
PLUGIN = Path(__file__).parents[2] / "editors" / "neovim"
T = TypeVar("T")


class Vim:
    """A running Neovim without any configuration but a Lua script, `prepare`, that opens the file $SAMPLE.

    `environment` is added to the test's.
    """

    def __init__(self, folder: Path, prepare: str, source: str, **environment: str) -> None:
        assert NVIM is not None
        self.folder = folder
        self.address = str(folder / "socket")
        self._connection: socket.socket | None = None
        self.sample = folder / "sample.py"
        script = folder / "prepare.lua"
        self.sample.write_text(source)
        script.write_text(prepare)
        homes = {f"XDG_{name}_HOME": str(folder / name) for name in ("STATE", "DATA", "CACHE", "CONFIG")}
        places = {"PYTHON": sys.executable, "SAMPLE": str(self.sample), "PLUGIN": str(PLUGIN), "PATH": commands(folder)}
        self.process = subprocess.Popen(
            [NVIM, "--headless", "--listen", self.address, *self.started(script)],
            env=os.environ | homes | places | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def started(self, script: Path) -> list[str]:
        """The arguments that say what is loaded."""
        return ["-u", "NONE", "-i", "NONE", "-n", "-S", str(script)]

    def lua(self, expression: str) -> Any:
        """The value of a Lua expression; None where it fails, or the editor does not listen yet."""
        return self.run(f"return {expression}")

    def run(self, code: str, *arguments: Any) -> Any:
        """Run Lua code, and what it returns; None where it fails, or the editor does not listen yet."""
        return self._call("nvim_exec_lua", code, arguments)

    def keys(self, keys: str) -> None:
        """Type, with the notation of mappings."""
        self._call("nvim_input", keys)

    def _call(self, method: str, *arguments: Any) -> Any:
        if self._connection is None and not self._connect():
            return None
        assert self._connection is not None
        self._connection.sendall(msgspec.msgpack.encode([0, 0, method, arguments]))
        received = b""
        while True:
            received += self._connection.recv(1 << 16)
            try:
                _, _, error, result = msgspec.msgpack.decode(received)
            except msgspec.DecodeError:  # there is more to come
                continue
            return result if error is None else None

    def _connect(self) -> bool:
        found = socket.socket(socket.AF_UNIX)
        found.settimeout(20)
        try:
            found.connect(self.address)
        except OSError:
            found.close()
            return False
        self._connection = found
        return True

    @property
    def lines(self) -> list[str]:
        return self.lua("vim.api.nvim_buf_get_lines(vim.fn.bufnr(vim.env.SAMPLE), 0, -1, false)")

    @property
    def messages(self) -> str:
        return self.lua("vim.fn.execute('messages')") or ""

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class ConfiguredVim(Vim):
    """A Neovim as people have it: the script is the configuration, the file is opened when all plugins are loaded."""

    def started(self, script: Path) -> list[str]:
        return ["-u", str(script), "-i", "NONE", "-n", str(self.sample)]


def commands(folder: Path) -> str:
    """A PATH on which `glossator` is the package that is being tested."""
    command = folder / "bin" / "glossator"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m glossator "$@"\n')
    command.chmod(0o755)
    return os.pathsep.join((str(command.parent), os.environ.get("PATH", "")))


def wait(condition: Callable[[], T], timeout_s: float = 20.0) -> T:
    """The first true value of a condition; polled, since the editor works by itself."""
    deadline = time.monotonic() + timeout_s
    while not (value := condition()):
        assert time.monotonic() < deadline, "the editor did not get there"
        time.sleep(0.02)
    return value

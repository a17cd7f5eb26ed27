"""Users with a cache folder of their own each, who share a Valkey: `write` in this process, or in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from unittest.mock import patch

from served import config_of

from glossator.cache.base import opened, sealed
from glossator.cache.entries import Entry, decoded, encoded
from glossator.cli.main import main

PREFIX = "glossator:1:"


@dataclass
class Machine:
    """One user's: a project, a cache, and settings; `key` is the team's, as this user has it."""

    folder: Path
    key: str = "the team's key"
    before: Sequence[str] = ()  # of a command: what runs it elsewhere

    def configure(self, provider: str, shared: str) -> None:
        """Choose a provider at an address, and a server that is shared."""
        cache = (
            "[cache]",
            f'folder = "{self.folder / "cache"}"',
            f'shared = "{shared}"',
            'shared_key_env = "TEAM_KEY"',
        )
        (self.folder / "project" / ".git").mkdir(parents=True, exist_ok=True)
        (self.folder / "user.toml").write_text(config_of(provider, *cache))

    @property
    def environment(self) -> Mapping[str, str]:
        own = {"GLOSSATOR_CONFIG": str(self.folder / "user.toml"), "XDG_CACHE_HOME": str(self.folder / "xdg")}
        return own | ({"TEAM_KEY": self.key} if self.key else {})

    @property
    def path(self) -> Path:
        """The file that is worked on."""
        return self.folder / "project" / "a.py"

    def text(self) -> str:
        """The file as one line, without marks of code."""
        return " ".join(self.path.read_text().replace("`", "").split())

    def write(self, source: str, *arguments: str) -> None:
        """Document a file in this process."""
        self.path.write_text(source)
        with patch.dict(os.environ, self.environment), chdir(self.path.parent):
            assert main(["write", *arguments, "a.py"]) == 0

    def write_apart(self, source: str, **options: object) -> dict[str, object]:
        """Document a file in a process of its own; the totals of its report."""
        self.path.write_text(source)
        command = [*self.before, sys.executable, "-m", "glossator", "write", "--output-format", "json", "a.py"]
        with self.process(command) as process:
            said, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        return json.loads(said)["totals"]

    @contextmanager
    def process(self, command: Sequence[str]):
        """A process of this user, in the project."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        environment = {name: value for name, value in os.environ.items() if name != "TEAM_KEY"} | dict(self.environment)
        with subprocess.Popen(command, cwd=self.path.parent, env=environment, **pipes) as process:
            try:
                yield process
            finally:
                process.kill()


class Shared:
    """What lies on the server, as somebody reads and writes it who has the team's key."""

    def __init__(self, server, key: str = "the team's key") -> None:
        self.server = server
        self.secret = blake2b(key.encode(), digest_size=32).digest()

    def values(self) -> dict[bytes, bytes]:
        """All values by their keys, as they are stored."""
        names = self._names()
        return {bytes.fromhex(name.removeprefix(PREFIX)): self.server.ask("GET", name) for name in names}

    def entries(self) -> dict[bytes, Entry]:
        """All entries that are sealed with the key."""
        payloads = ((key, opened(key, value, self.secret)) for key, value in self.values().items())
        read = {key: decoded(payload) for key, payload in payloads if payload is not None}
        return {key: entry for key, entry in read.items() if entry is not None}

    def put(self, key: bytes, entry: Entry | bytes) -> None:
        """Store an entry, or any payload, with the right seal."""
        payload = entry if isinstance(entry, bytes) else encoded(entry)
        self.server.ask("SET", PREFIX + key.hex(), sealed(key, payload, self.secret))

    def _names(self) -> list[str]:
        script = "return table.concat(redis.call('KEYS', ARGV[1]), ' ')"
        return self.server.ask("EVAL", script, "0", f"{PREFIX}*").decode().split()

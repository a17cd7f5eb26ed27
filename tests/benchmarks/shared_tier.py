"""A look-up in the shared tier beside an MGET of redis-py, on one real server.

python tests/benchmarks/shared_tier.py
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support"), str(HERE.parents[1] / "server")]

from redis.asyncio import BlockingConnectionPool, Redis  # noqa: E402
from table import Row, rendered  # noqa: E402
from valkey_server import Valkey  # noqa: E402

from glossator.cache.shared import SharedOptions, SharedTier  # noqa: E402

KEYS = 100
VALUE_BYTES = 400
CALLS = 40
PATIENT_S = 10.0


def shared_rows(folder: Path, rounds: int) -> list[Row]:
    """The rows of a look-up of one key and of a file's; the floor is redis-py's client with its defaults."""
    with Valkey(folder) as server:
        return asyncio.run(_rows(server, rounds))


async def _rows(server: Valkey, rounds: int) -> list[Row]:
    payloads = {os.urandom(16): os.urandom(VALUE_BYTES) for _ in range(KEYS)}
    tier = SharedTier(server.url, SharedOptions(deadline_s=PATIENT_S))
    client = Redis(connection_pool=BlockingConnectionPool(max_connections=4, host="127.0.0.1", port=server.port))
    await tier.put(payloads)
    rows = []
    for count in (1, KEYS):
        keys = list(payloads)[:count]
        names = [f"glossator:1:{key.hex()}" for key in keys]
        assert len(await tier.get(keys)) == len([value for value in await client.mget(names) if value]) == count
        ours, floor = await _in_turns(rounds, lambda keys=keys: tier.get(keys), lambda names=names: client.mget(names))
        note = f"median {statistics.median(ours):.0f}, floor's {statistics.median(floor):.0f}"
        rows.append(Row(f"shared tier, look-up of {count}", min(ours), "us", min(floor), 1.5, note=note))
    await tier.aclose()
    await client.aclose()
    await client.connection_pool.aclose()
    return rows


async def _in_turns(rounds: int, *ways: Callable[[], Awaitable[object]]) -> list[list[float]]:
    """Microseconds of each way, a figure a round."""
    took: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds):
        for way, found in zip(ways, took, strict=True):
            started = time.perf_counter()
            for _ in range(CALLS):
                await way()
            found.append((time.perf_counter() - started) / CALLS * 1e6)
    return took


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="glossator-bench-") as root:
        sys.stdout.write(rendered(shared_rows(Path(root), 15)) + "\n")

"""The process in which a local model runs: llama.cpp's own HTTP server, on a port of this machine.

    python -P -m glossator.providers.llama

Its first line on standard input says what to serve, its first line on standard output where (or why not). It lives as
long as its standard input is open and its parent is there, whatever way that one ends.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any, Final, TextIO

WATCH_S: Final = 1.0
HOST: Final = "127.0.0.1"
# A prompt finds its beginning again in the slot whose last prompt is like it in at least this share.
SIMILARITY: Final = 0.1


@dataclass(frozen=True, slots=True)
class Order:
    """What to serve: a file with weights under a name, for whom knows the key.

    Each of `slots` prompts at once has `context_tokens`; port 0 is a free one; `cache_mb` bounds what is kept of
    prompts that are in no slot any more.
    """

    weights: str
    name: str
    key: str
    slots: int
    context_tokens: int
    threads: int
    cache_mb: int
    port: int = 0


def main() -> None:
    """Serve what standard input says, until it ends."""
    order = Order(**json.loads(sys.stdin.readline()))
    words = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever llama.cpp prints is no word of ours
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    try:
        address, _server = _serve(order)
    except Exception as error:  # noqa: BLE001  llama.cpp raises whatever it likes, and the parent has to hear of it
        _say(words, error=type(error).__name__)
        os._exit(1)
    _say(words, address=address)
    sys.stdin.read()
    # At once: what is being computed is of no use to anybody, and the memory is the system's to take back.
    os._exit(0)


def _serve(order: Order) -> tuple[str, object]:
    """The address, and the server, which stops when it is forgotten."""
    import xllamacpp  # type: ignore[import-untyped,unused-ignore]  # no types come with it, if it is there

    params = xllamacpp.CommonParams()
    params.model.path = order.weights
    params.model_alias = {order.name}
    params.hostnames = [HOST]
    params.port = order.port
    params.api_keys = [order.key]
    params.n_parallel = order.slots
    params.n_ctx = order.slots * order.context_tokens
    params.cpuparams.n_threads = order.threads
    params.cpuparams_batch.n_threads = order.threads
    params.cache_prompt = True
    params.slot_prompt_similarity = SIMILARITY
    params.n_cache_reuse = (
        0  # what is moved along was computed behind another text: answers would depend on the last ones
    )
    params.cache_ram_mib = order.cache_mb
    params.offline = True
    params.verbosity = 3  # from 4 on it logs prompts
    params.ui = False
    params.endpoint_slots = False
    params.cors_origins = ""  # no page in a browser has any business here
    server: Any = xllamacpp.Server(params)  # returns when the model is loaded
    return str(server.listening_address), server


def _say(out: TextIO, **words: str) -> None:
    out.write(json.dumps(words) + "\n")
    out.flush()


def _end_with(parent: int) -> None:
    """End when the parent does; its end of the pipe may live on in a process that it forked."""
    while os.getppid() == parent:
        time.sleep(WATCH_S)
    os._exit(0)


if __name__ == "__main__":
    main()

"""The providers that one client's settings chose: opened when they are first asked, closed after the last who asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from glossator.documenter.chosen import of_providers
from glossator.errors import Superseded

if TYPE_CHECKING:
    from glossator.cache.tiers import Tiers
    from glossator.config import Settings
    from glossator.documenter.generation import Generator
    from glossator.monitor import Monitor
    from glossator.providers.keys import Keys

CLOSE_S: Final = 1.0
CLOSED: Final = "The document was closed meanwhile."
OTHER_PROVIDERS: Final = "The settings of providers changed meanwhile; ask again."

T = TypeVar("T")


@dataclass(slots=True)
class _Run:
    """One piece of work for a document; `ended` is why it was ended."""

    uri: str
    settings: Settings
    generator: Generator
    ended: str = ""


class Generators:
    """The providers that one client's settings chose, opened when they are first asked, and what they work on."""

    def __init__(self, tiers: Callable[[Settings], Tiers], monitor: Monitor | None = None) -> None:
        """Nothing is open; `tiers` gives the cache that settings name, `monitor` hears what asking takes."""
        self._monitor = monitor
        self._tiers = tiers
        self._open: dict[Settings, Generator] = {}
        self._retired: list[Generator] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._running: dict[asyncio.Task[Any], _Run] = {}
        self._keys: Keys | None = None
        self._share = 1.0

    @property
    def keys(self) -> Keys:
        """The keys that the editor handed over, and how others are found."""
        if self._keys is None:
            from glossator.providers.keys import Keys

            self._keys = Keys()
        return self._keys

    async def run(self, uri: str, settings: Settings, work: Callable[[Generator], Coroutine[Any, Any, T]]) -> T:
        """Do work for a document with the providers of its settings.

        Raises ConfigError for providers that cannot be used; Superseded where the document was closed before the end,
        or other providers were chosen.
        """
        generator = self._of(settings)
        task = asyncio.get_running_loop().create_task(work(generator))
        run = self._running[task] = _Run(uri, settings, generator)
        try:
            return await task
        except asyncio.CancelledError:
            if run.ended and not _is_cancelled():
                raise Superseded(run.ended) from None
            raise
        finally:
            task.cancel()
            self._running.pop(task, None)
            self._close_unused()

    def let_go(self, settings: Settings) -> None:
        """Close the connections of these settings' providers, once nobody else works with them."""
        self._retire(self._open.keys() - {of_providers(settings)})

    def pause(self) -> int:
        """Have all of them ask nothing for whole workspaces; how many there are."""
        for generator in self._all:
            generator.scheduler.pause()
        return len(self._all)

    def resume(self) -> int:
        """Have all of them go on; how many there are."""
        for generator in self._all:
            generator.scheduler.resume()
        return len(self._all)

    @property
    def _all(self) -> list[Generator]:
        """Those that are open, for the settings of now or still for those of before."""
        return [*self._open.values(), *self._retired]

    def limit_to(self, share: float) -> None:
        """Have all of them ask for this share of what the mode allows at once, above 0 and at most 1."""
        self._share = share
        for generator in self._open.values():
            generator.scheduler.limit_to(share)

    def hand_key(self, provider: str, key: str) -> None:
        """Take a provider's key that the editor keeps; who has refused another one is asked anew."""
        self.keys.hand(provider, key)
        self._retire({settings for settings in self._open if provider not in settings.provider})

    def closed(self, uri: str) -> None:
        """A document was closed: what is written for it is of no use."""
        for task, run in list(self._running.items()):
            if run.uri == uri:
                self._end(task, CLOSED)

    def renew(self, settings_of: Callable[[str], Settings], uris: Iterable[str]) -> int:
        """Settings changed, which are now those that `settings_of` gives for a document; how many runs were ended.

        Those are the ones that are for others to do now, or by other rules of what they may see. All else goes on with
        the connections that it has. What none of the open documents at `uris` has chosen any more is closed.
        """
        ended = 0
        for task, run in list(self._running.items()):
            if _agreed(settings_of(run.uri)) != _agreed(run.settings):
                self._end(task, OTHER_PROVIDERS)
                ended += 1
        self._retire({of_providers(settings_of(uri)) for uri in uris})
        return ended

    async def aclose(self) -> None:
        """Close all connections, and wait for that, not longer than CLOSE_S."""
        self._running.clear()
        self._retire(set())
        if self._closing:
            await asyncio.wait(self._closing, timeout=CLOSE_S)

    def _of(self, settings: Settings) -> Generator:
        chosen = of_providers(settings)
        if chosen in self._open and self._open[chosen].is_disabled:
            # Somebody asks once more, and may have mended what is outside: fetched the model, paid, set the key.
            self.keys.forget()
            self._retire(self._open.keys() - {chosen})
        if chosen not in self._open:
            from glossator.documenter.generation import Generator  # with the first model: its rules take time to load

            self._open[chosen] = Generator(chosen, self.keys, tiers=self._tiers(chosen), monitor=self._monitor)
            self._open[chosen].scheduler.share_loop()
            self._open[chosen].scheduler.limit_to(self._share)
        return self._open[chosen]

    def _end(self, task: asyncio.Task[Any], reason: str) -> None:
        self._running[task].ended = reason
        task.cancel()

    def _retire(self, wanted: Set[Settings]) -> None:
        for settings in [one for one in self._open if one not in wanted]:
            self._retired.append(self._open.pop(settings))
        self._close_unused()

    def _close_unused(self) -> None:
        """Close what the settings do not choose any more, once nobody works with it."""
        used = {id(run.generator) for run in self._running.values()}
        for generator in [one for one in self._retired if id(one) not in used]:
            self._retired.remove(generator)
            task = asyncio.get_running_loop().create_task(generator.aclose())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)


def _agreed(settings: Settings) -> object:
    """What the user agrees to when he asks a model: who is asked, and what they may see."""
    return settings.provider, settings.providers, settings.privacy


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0

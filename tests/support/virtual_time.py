"""Time that passes only when everybody waits: a minute of pauses takes no time, and always the same way."""

import asyncio
import functools
import selectors


class _Jumping(selectors.DefaultSelector):
    """Jumps to the time that it should wait for."""

    now = 0.0

    def select(self, timeout=None):
        if timeout is None:
            raise AssertionError("everybody waits, and nothing will ever happen")
        self.now += timeout
        return super().select(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next timer; for what has no sockets."""

    def __init__(self):
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self):
        return self._jumping.now


def in_virtual_time(test):
    """Run an asynchronous test in virtual time, and see that it leaves no task."""

    @functools.wraps(test)
    def run(*args, **kwargs):
        async def watched():
            await test(*args, **kwargs)
            assert asyncio.all_tasks() == {asyncio.current_task()}

        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(watched())

    return run


def now():
    """The running loop's time."""
    return asyncio.get_running_loop().time()

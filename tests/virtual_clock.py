"""A clock that a test turns by hand: deadlines are tested without waiting for them."""

import asyncio
import contextlib
import heapq
import itertools


class VirtualClock:
    """A ``speechcoach.clock.Clock``. Sleepers wake when ``advance`` has passed their time.

    Sleeps of up to ``skip`` seconds, which are pauses rather than deadlines, advance the clock
    themselves.
    """

    def __init__(self, *, skip: float = 0) -> None:
        self._now = 1_000.0
        self._skip = skip
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self.slept: list[float] = []

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if seconds <= self._skip:
            self.advance(seconds)
            return
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), waking))
        await waking

    def advance(self, seconds: float) -> bool:
        """Whether that woke somebody. May be called from any thread."""
        self._now += seconds
        woke = False
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, waking = heapq.heappop(self._sleepers)
            if waking.done():
                continue
            woke = True
            # The sleeper's loop may be gone.
            with contextlib.suppress(RuntimeError):
                waking.get_loop().call_soon_threadsafe(_wake, waking)
        return woke


def _wake(waking: asyncio.Future[None]) -> None:
    if not waking.done():
        waking.set_result(None)

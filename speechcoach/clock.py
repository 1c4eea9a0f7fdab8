"""Time as an engine's caller sees it, so that deadlines can be tested without waiting for them."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

from speechcoach.errors import ProviderError, Reason

_T = TypeVar("_T")
_CANCEL_SECONDS = 2.0


class Clock(Protocol):
    """``now`` in seconds from any origin, never going back; ``sleep`` waits on the same scale."""

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> Coroutine[Any, Any, None]: ...


class MonotonicClock:
    def now(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


MONOTONIC = MonotonicClock()


async def within(seconds: float, work: Coroutine[Any, Any, _T], clock: Clock = MONOTONIC) -> _T:
    """What ``work`` gives, if it gives it in time; it is cancelled otherwise.

    Raises:
        ProviderError: ``TIMEOUT``, when ``seconds`` of ``clock`` have passed.
    """
    if seconds <= 0:
        work.close()
        raise ProviderError(Reason.TIMEOUT, "There was no time left to ask the engine.")
    # The deadline first: it is set before the work begins.
    waiting, working = asyncio.create_task(clock.sleep(seconds)), asyncio.create_task(work)
    tasks: set[asyncio.Task[Any]] = {working, waiting}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ProviderError(Reason.TIMEOUT, "The engine did not answer in time.")
    finally:
        for task in tasks:
            task.cancel()
        # Code that swallows its cancellation is left behind rather than waited for.
        done, _ = await asyncio.wait(tasks, timeout=_CANCEL_SECONDS)
        for task in done:
            if not task.cancelled():
                task.exception()

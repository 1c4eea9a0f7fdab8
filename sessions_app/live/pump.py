"""A bounded queue and the task that works it off: nothing slow is awaited in ``receive``."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


class Pump(Generic[T]):
    """Hands items to ``work`` one at a time, in order.

    Args:
        name: for logs.
        work: an exception it raises is logged by its type and the pump goes on.
        limit: how many items may wait.
    """

    def __init__(self, name: str, work: Callable[[T], Awaitable[None]], limit: int) -> None:
        self.name = name
        self._work = work
        self._queue: asyncio.Queue[T] = asyncio.Queue(limit)
        self._task: asyncio.Task[None] | None = None
        self._open = 0

    def put(self, item: T) -> bool:
        """Queue an item; False when the queue is full and the item was not taken."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=f"pump-{self.name}")
        try:
            self._queue.put_nowait(item)
        except asyncio.QueueFull:
            return False
        self._open += 1
        return True

    @property
    def idle(self) -> bool:
        """Whether everything that was put is worked off."""
        return not self._open

    async def _run(self) -> None:
        while True:
            item = await self._queue.get()
            try:
                await self._work(item)
            except Exception:
                # One bad item must not end the session.
                log.exception("pump %s failed", self.name)
            finally:
                self._open -= 1
                self._queue.task_done()

    async def drained(self) -> None:
        """Wait until everything that was put is worked off."""
        await self._queue.join()

    async def close(self) -> None:
        """End the task; what still waits is dropped."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

"""The decoder processes of this server, and who may use one."""

import asyncio
import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from sessions_app.transcription.builtin.process import DecoderProcess

Lane = Literal["live", "final"]

FINAL_RESERVE: Final = 1
"""A final pass never waits for a running speech to end: it has a process beside the live ones."""


@dataclass(slots=True, eq=False)
class _Waiter:
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[None]"
    granted: bool = False


@dataclass(slots=True)
class _LaneState:
    limit: int
    used: int = 0
    waiters: deque[_Waiter] = field(default_factory=deque)


class DecoderPool:
    """Starts processes when they are first needed, lends them out and replaces dead ones.

    Safe to use from several threads and event loops of one process: the server's loop streams
    captions while pipeline threads, each with a loop of its own, make final passes.

    Args:
        size: how many speeches may be captioned at once: the number of CPU cores.
    """

    def __init__(self, size: int, start: Callable[[], DecoderProcess] = DecoderProcess) -> None:
        self._start = start
        self._lanes: dict[Lane, _LaneState] = {
            "live": _LaneState(size),
            "final": _LaneState(FINAL_RESERVE),
        }
        self._idle: list[DecoderProcess] = []
        self._lent: set[DecoderProcess] = set()
        self._lock = threading.Lock()
        self._owner = os.getpid()
        self._closed = False

    async def warm(self, processes: int = 1) -> None:
        """Have ``processes`` idle ones with their models loaded, so that captions begin at once."""
        while True:
            with self._lock:
                if self._closed or len(self._idle) + len(self._lent) >= processes:
                    waiting = list(self._idle)
                    break
            process = await asyncio.to_thread(self._start)
            self._keep(process)
        await asyncio.gather(*(asyncio.to_thread(process.ready.wait) for process in waiting))

    def available(self, lane: Lane) -> bool:
        """Whether ``lease`` would be granted at once."""
        with self._lock:
            state = self._lanes[lane]
            return state.used < state.limit and not state.waiters

    async def lease(self, lane: Lane) -> DecoderProcess:
        """Wait for a process, first come, first served; give it back with ``release``."""
        await self._permit(lane)
        try:
            process = self._idle_one()
            if process is None:
                process = await asyncio.to_thread(self._start)
        except BaseException:
            self._pass_on(lane)
            raise
        with self._lock:
            self._lent.add(process)
        return process

    def release(self, lane: Lane, process: DecoderProcess) -> None:
        """Give ``process`` back, alive or dead. Never blocks for long, never raises."""
        process.release()
        self._keep(process)
        self._pass_on(lane)

    async def aclose(self) -> None:
        """End every process. Streams that still use one are told that it is lost."""
        with self._lock:
            self._closed = True
            processes = [*self._idle, *self._lent]
            self._idle.clear()
        await asyncio.gather(*(asyncio.to_thread(process.close) for process in processes))

    def _keep(self, process: DecoderProcess) -> None:
        with self._lock:
            self._lent.discard(process)
            keep = process.alive and not self._closed
            if keep:
                self._idle.append(process)
        if not keep:
            process.close()

    def _idle_one(self) -> DecoderProcess | None:
        with self._lock:
            if self._owner != os.getpid():
                # A fork inherits the list, but neither the threads nor the right to the pipes.
                self._idle.clear()
                self._owner = os.getpid()
            while self._idle:
                process = self._idle.pop()
                if process.alive:
                    return process
        return None

    async def _permit(self, lane: Lane) -> None:
        loop = asyncio.get_running_loop()
        with self._lock:
            state = self._lanes[lane]
            if state.used < state.limit and not state.waiters:
                state.used += 1
                return
            waiter = _Waiter(loop, loop.create_future())
            state.waiters.append(waiter)
        try:
            await waiter.future
        except asyncio.CancelledError:
            with self._lock:
                granted = waiter.granted
                if not granted:
                    state.waiters.remove(waiter)
            if granted:
                self._pass_on(lane)
            raise

    def _pass_on(self, lane: Lane) -> None:
        """Hand one permit of ``lane`` to whoever waits longest, or back to the pool."""
        with self._lock:
            state = self._lanes[lane]
            while state.waiters:
                waiter = state.waiters.popleft()
                waiter.granted = True
                # The loop of a waiter may have ended meanwhile; then the next one has its turn.
                with contextlib.suppress(RuntimeError):
                    waiter.loop.call_soon_threadsafe(_wake, waiter.future)
                    return
            state.used -= 1


def _wake(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)

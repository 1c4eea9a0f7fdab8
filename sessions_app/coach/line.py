"""One connection to an upstream, and the task that works it."""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from typing import Any, Final, Protocol

from sessions_app.coach import CoachContext, Event, RealtimeConnection, RealtimeUpstream
from sessions_app.coach.core.faults import Fault, LostError, of_exception
from speechcoach.errors import ProviderError

log = logging.getLogger(__name__)

MOST_WAITING: Final = 500
"""Events for an upstream that does not take them; about twenty seconds of sound."""
CLOSE_SECONDS: Final = 2.0
LEAVE_SECONDS: Final = CLOSE_SECONDS + 1
"""After so long a connection that does not end is left to itself."""


class Listener(Protocol):
    """Who hears what becomes of a connection; called on the loop, and quick."""

    def on_connected(self, number: int) -> None: ...

    def on_event(self, number: int, event: Event) -> None: ...

    def on_lost(self, number: int, fault: Fault, code: str) -> None: ...


class Line:
    """Connects, passes events both ways, and says once how it ended; ``close`` is silent."""

    def __init__(
        self, number: int, upstream: RealtimeUpstream, context: CoachContext, listener: Listener
    ) -> None:
        self._number = number
        self._upstream = upstream
        self._context = context
        self._listener = listener
        self._waiting: asyncio.Queue[Event] = asyncio.Queue(MOST_WAITING)
        self._closed = False
        self._task = asyncio.create_task(self._run(), name=f"coach-line-{number}")

    def put(self, event: Event) -> None:
        """Queue a client event; an upstream that takes none is lost."""
        try:
            self._waiting.put_nowait(event)
        except asyncio.QueueFull:
            self._end(Fault.RETRYABLE, "too_slow")
            self._task.cancel()

    async def close(self) -> None:
        """End the connection; what swallows its cancellation is left behind."""
        self._closed = True
        self._task.cancel()
        await asyncio.wait({self._task}, timeout=LEAVE_SECONDS)

    def _end(self, fault: Fault, code: str) -> None:
        if not self._closed:
            self._closed = True
            self._listener.on_lost(self._number, fault, code)

    def _is_over(self) -> bool:
        return self._closed

    async def _run(self) -> None:
        try:
            connection = await self._upstream.connect(self._context)
            try:
                await self._talk(connection)
            finally:
                await _shielded(connection.close())
        except LostError as error:
            self._end(error.fault, str(error.code))
        except ProviderError as error:
            self._end(of_exception(error), error.reason.value)
        except Exception as error:
            log.exception("coach line failed session=%s", self._context.session_id)
            self._end(Fault.RETRYABLE, type(error).__name__)
        else:
            self._end(Fault.ENDED, "ended")

    async def _talk(self, connection: RealtimeConnection) -> None:
        if self._is_over():
            return
        self._listener.on_connected(self._number)
        sending = asyncio.create_task(self._send(connection))
        try:
            async for event in connection:
                if self._is_over():
                    return
                self._listener.on_event(self._number, event)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _send(self, connection: RealtimeConnection) -> None:
        # The reader hears of a connection that is gone, too, and says why.
        with contextlib.suppress(ProviderError):
            while True:
                await connection.send(await self._waiting.get())


async def _shielded(closing: Coroutine[Any, Any, None]) -> None:
    """Close even when we are cancelled, and not for ever."""
    task = asyncio.ensure_future(closing)
    try:
        await asyncio.wait({task}, timeout=CLOSE_SECONDS)
    finally:
        task.cancel()

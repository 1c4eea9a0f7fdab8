"""OpenAI Realtime as the coach's upstream, through its SDK. The key stays on this server."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Final

import openai
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidStatus,
    InvalidURI,
    WebSocketException,
)

from evaluations.openai_access import OpenAIAccess
from sessions_app.coach import CoachContext, Event
from sessions_app.coach.core.faults import Fault, LeftAloneError, LostError
from speechcoach.breaker import Breakers, BreakerState
from speechcoach.errors import ProviderError, Reason

VENDOR: Final = "openai realtime"
OPEN_SECONDS: Final = 8.0
CLOSE_SECONDS: Final = 1.0
MAX_EVENT_BYTES: Final = 16 * 1024 * 1024
_NO_CODE: Final = 1006
_GOODBYES: Final = {1000, 1001}


class OpenAIUpstream:
    """A ``RealtimeUpstream``.

    Args:
        breakers: what is known of the vendor, for each club; a refused key is not tried for a
            while.
    """

    def __init__(self, access: OpenAIAccess, model: str, breakers: Breakers) -> None:
        self.name = f"openai:{model}"
        self._access = access
        self._model = model
        self._breakers = breakers

    async def connect(self, context: CoachContext) -> "OpenAIConnection":
        """See ``RealtimeUpstream.connect``."""
        breaker = self._breakers.of(VENDOR, context.club_id)
        if await asyncio.to_thread(lambda: breaker.state) is BreakerState.OPEN:
            raise LeftAloneError
        async with breaker.guarding():
            client = self._access.client()
            manager = client.realtime.connect(
                model=self._model,
                websocket_connection_options={
                    "max_size": MAX_EVENT_BYTES,
                    "compression": None,
                    # Shorter than we wait for it: a peer that pours on would keep it open.
                    # websockets takes it; the SDK's type does not list it.
                    "close_timeout": CLOSE_SECONDS,  # type: ignore[typeddict-unknown-key]
                },
            )
            try:
                async with asyncio.timeout(OPEN_SECONDS):
                    connection = await manager.enter()
            except (OSError, TimeoutError, WebSocketException, openai.OpenAIError) as error:
                raise _refused(error) from None
            finally:
                await client.close()
        return OpenAIConnection(connection)


class OpenAIConnection:
    """A ``RealtimeConnection``. Events are passed on as they are: new ones break nothing."""

    def __init__(self, connection: AsyncRealtimeConnection) -> None:
        self._connection = connection

    async def send(self, event: Event) -> None:
        """See ``RealtimeConnection.send``."""
        try:
            await self._connection.send_raw(json.dumps(event))
        except (ConnectionClosed, openai.OpenAIError, OSError) as error:
            raise _lost(error) from None

    async def __aiter__(self) -> AsyncIterator[Event]:
        while True:
            try:
                data = await self._connection.recv_bytes()
            except ConnectionClosed as error:
                lost = _lost(error)
                if lost.code in _GOODBYES and lost.fault is Fault.ENDED:
                    return
                raise lost from None
            try:
                event = json.loads(data)
            except ValueError:
                continue
            if isinstance(event, dict):
                yield event

    async def close(self) -> None:
        """See ``RealtimeConnection.close``."""
        with contextlib.suppress(WebSocketException, OSError, openai.OpenAIError):
            await self._connection.close()


def _lost(error: Exception) -> LostError:
    if isinstance(error, ConnectionClosed) and error.rcvd is not None:
        return LostError(error.rcvd.code, error.rcvd.reason)
    return LostError(_NO_CODE)


def _refused(error: Exception) -> ProviderError:
    """Why no connection came about. Its sentence holds nothing that the vendor said."""
    match error:
        case InvalidStatus(response=response):
            return _by_status(response.status_code)
        case InvalidURI() | openai.OpenAIError():
            return ProviderError(Reason.BAD_INPUT, "OpenAI's address or settings are wrong.")
        case TimeoutError():
            return ProviderError(Reason.TIMEOUT, "OpenAI did not answer in time.")
        case InvalidHandshake():
            return ProviderError(Reason.BAD_OUTPUT, "What answers there is no Realtime server.")
        case ConnectionClosed(rcvd=received) if received is not None:
            return LostError(received.code, received.reason)
        case _:
            return ProviderError(Reason.UNAVAILABLE, "OpenAI cannot be reached.")


def _by_status(status: int) -> ProviderError:
    match status:
        case 401 | 403:
            return ProviderError(Reason.CREDENTIALS, "OpenAI refused the key.")
        case 400 | 404:
            return ProviderError(Reason.BAD_INPUT, "OpenAI does not know the model or the address.")
        case 429:
            return ProviderError(Reason.RATE_LIMIT, "OpenAI is asked too often just now.")
        case _:
            return ProviderError(Reason.UNAVAILABLE, f"OpenAI failed with status {status}.")

"""One live connection to the vendor.

Opening and closing are bounded whatever the other side does. The SDK's own handshake and closing
handshake may take half a minute each against a server that says nothing, and swallow being
cancelled; they run in tasks of their own and are left behind when their time is up.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager, suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sessions_app.transcription.deepgram.client import failure
from sessions_app.transcription.deepgram.core.messages import Message, decode
from sessions_app.transcription.deepgram.core.options import Query
from speechcoach.errors import ProviderError, Reason

if TYPE_CHECKING:
    from deepgram import AsyncDeepgramClient
    from deepgram.listen.v1.socket_client import AsyncV1SocketClient

log = logging.getLogger(__name__)

CLOSE_SECONDS: Final = 1.0

_T = TypeVar("_T")
_left_behind: set[asyncio.Task[Any]] = set()


class Connection:
    """Made by ``opened``. Every method but ``aclose`` raises ``ProviderError`` when it is lost."""

    def __init__(
        self,
        manager: "AbstractAsyncContextManager[AsyncV1SocketClient]",
        socket: "AsyncV1SocketClient",
    ) -> None:
        self._manager = manager
        self._socket = socket

    async def __aiter__(self) -> AsyncIterator[Message]:
        """The messages that say something; ends when the vendor closes as agreed."""
        try:
            async for message in self._incoming():
                decoded = decode(_parsed(message))
                if decoded is not None:
                    yield decoded
        except Exception as error:  # noqa: BLE001 - whatever the SDK or its socket raise
            raise _lost(error) from None

    def _incoming(self) -> AsyncIterator[object]:
        """What the vendor sends, as it is sent.

        The SDK's own iteration makes models of it, which are taken apart again here: a third of a
        millisecond for each message, with hundreds of them a second.
        """
        # The SDK has no way of its own to it.
        websocket: Any = getattr(self._socket, "_websocket", None) or self._socket
        return aiter(websocket)

    async def send(self, pcm: bytes) -> None:
        await self._say(self._socket.send_media(pcm))

    async def keep_alive(self) -> None:
        await self._say(self._socket.send_keep_alive())

    async def finalize(self) -> None:
        """Ask for the final words of all that was sent."""
        await self._say(self._socket.send_finalize())

    async def close_stream(self) -> None:
        """Say that nothing more will be sent; the vendor answers, and closes."""
        await self._say(self._socket.send_close_stream())

    async def aclose(self) -> None:
        """Let go of the connection; takes no longer than ``CLOSE_SECONDS``."""
        closing = asyncio.ensure_future(self._manager.__aexit__(None, None, None))
        try:
            await asyncio.wait({closing}, timeout=CLOSE_SECONDS)
        finally:
            if not closing.done():
                self._cut()
            _leave(closing)

    def _cut(self) -> None:
        """End the transport under a closing handshake that the vendor does not answer."""
        # The SDK has no way of its own to this.
        websocket = getattr(self._socket, "_websocket", None)
        transport = getattr(websocket, "transport", None)
        if transport is not None:
            transport.abort()

    async def _say(self, sending: Coroutine[Any, Any, None]) -> None:
        try:
            await sending
        except Exception as error:  # noqa: BLE001 - whatever the SDK or its socket raise
            raise _lost(error) from None


def _parsed(message: object) -> object:
    """A message as a value; None for what is no JSON."""
    if isinstance(message, str):
        try:
            return json.loads(message)
        except (ValueError, RecursionError):
            return None
    # A model of the SDK, or whatever was sent where no model fits. Its warnings would quote what
    # was said.
    dump = getattr(message, "model_dump", None)
    return dump(warnings=False) if dump else message


async def opened(client: "AsyncDeepgramClient", query: Query, seconds: float) -> Connection:
    """A connection that the vendor has accepted.

    Raises:
        ProviderError: it was refused, or not accepted within ``seconds``.
    """
    options: dict[str, Any] = dict(query)
    # The SDK knows no parameter for this one on live connections.
    fillers = {"filler_words": options.pop("filler_words")}
    manager = client.listen.v1.connect(
        **options, request_options={"additional_query_parameters": fillers}
    )
    try:
        return Connection(manager, await _within(seconds, manager.__aenter__()))
    except Exception as error:  # noqa: BLE001 - whatever the SDK or its socket raise
        raise failure(error) from None


async def _within(seconds: float, work: Coroutine[Any, Any, _T]) -> _T:
    """What ``work`` gives in time; later it is left behind, cancelled but not waited for."""
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        _leave(task)
        raise
    if not done:
        _leave(task)
        raise TimeoutError
    return task.result()


def _leave(task: "asyncio.Task[Any]") -> None:
    task.cancel()
    _left_behind.add(task)
    task.add_done_callback(_forget)


def _forget(task: "asyncio.Task[Any]") -> None:
    _left_behind.discard(task)
    with suppress(asyncio.CancelledError):
        task.exception()


def _lost(error: Exception) -> ProviderError:
    close = getattr(error, "rcvd", None)
    if close is not None:
        # Vendor's codes, such as NET-0001; the rest of the reason might quote anything.
        code, reason = close.code, str(close.reason)[:8]
        log.info("deepgram closed the connection: code=%s reason=%s", code, reason)
    elif isinstance(error, ProviderError):
        return error
    return ProviderError(Reason.UNAVAILABLE, "Deepgram closed the connection.")

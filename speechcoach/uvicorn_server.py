"""Uvicorn's WebSocket protocol as production runs it (``--ws``): most of what comes is audio."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import OPEN
from websockets.streams import StreamReader

from speechcoach.audio_lane import ANY, EXTENSION, new_lane, tell_nobody
from speechcoach.low_water import LowWaterMark
from speechcoach.plain_frames import AT_ONCE, plain_messages

_BETWEEN_FRAMES = StreamReader.at_eof.__code__


class AudioProtocol(WebSocketsSansIOProtocol):
    """Hands audio over below ASGI, and parses the frames that it comes in without generators.

    Only what is plain takes that way, and only where the application takes it (``audio_lane``):
    whatever else a client sends, in whatever pieces, is the inherited protocol's, with its limits
    and its close codes.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lane = new_lane(self._tell)
        self._handed = 0

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            extensions = cast("dict[str, Any]", self.scope["extensions"])
            extensions[EXTENSION] = self._lane

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._low_water = LowWaterMark(transport.get_extra_info("socket"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._low_water.forget()
        # Whoever still has the lane does not keep the connection for it.
        self._lane["tell"] = tell_nobody
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        at = self._handed = 0
        take = self._open_lane()
        if take is not None and self._is_between_frames():
            chunks, at = plain_messages(data, self.config.ws_max_size)
            if chunks:
                self._handed = len(chunks)
                take(chunks)
        if at < len(data):
            super().data_received(data[at:] if at else data)
        # Where something else came, the next word may be about it.
        only_audio = self._handed and self.queue.empty()
        self._low_water.set(*(self._lane["wanted"] if only_audio else ANY))

    def handle_bytes(self, event: Frame) -> None:
        take = self._open_lane() if event.fin else None
        if take is None:
            super().handle_bytes(event)
        else:
            self._handed += 1
            take([bytes(event.data)])

    def _open_lane(self) -> Callable[[list[bytes]], object] | None:
        """What takes audio now. Nothing does when a message waits before it."""
        if self._handed >= AT_ONCE or not self.queue.empty():
            return None
        return self._lane["take"]

    def _tell(self, text: str) -> bool:
        over = self.disconnected or self.close_sent or self.transport.is_closing()
        if over or not self.writable.is_set() or self.conn.state is not OPEN:
            return False
        self.conn.send_text(text.encode())
        self.transport.write(b"".join(self.conn.data_to_send()))
        return True

    def _is_between_frames(self) -> bool:
        """Whether the parser has nothing left over, and the next byte begins a message."""
        if self.conn.cur_size is not None:
            return False
        # A chain of generators, of which the last one waits for bytes: that for a frame's first?
        waits = self.conn.parser
        while (inner := getattr(waits, "gi_yieldfrom", None)) is not None:
            waits = inner
        return getattr(waits, "gi_code", None) is _BETWEEN_FRAMES

"""A server for HTTP and WebSocket on one port, small enough to misbehave on purpose."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Mapping
from http import HTTPStatus
from typing import Self
from urllib.parse import parse_qs, urlsplit

from websockets.frames import OP_BINARY, OP_CLOSE, OP_TEXT, Frame
from websockets.http11 import Request
from websockets.protocol import OPEN, Event
from websockets.server import ServerProtocol


class HttpRequest:
    """A request line, headers with lower-case names, and the body."""

    def __init__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
        parts = urlsplit(target)
        self.method = method
        self.path = parts.path
        self.query = parse_qs(parts.query, keep_blank_values=True)
        self.headers = headers
        self.body = body


class Socket:
    """The server's end of one WebSocket."""

    def __init__(
        self,
        protocol: ServerProtocol,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._protocol = protocol
        self._reader = reader
        self._writer = writer
        self._events: deque[Event] = deque()

    async def receive(self) -> str | bytes | None:
        """The next message; None when the client is gone."""
        while True:
            self._events += self._protocol.events_received()
            while self._events:
                event = self._events.popleft()
                assert isinstance(event, Frame)
                assert event.fin, "the clients here do not fragment"
                if event.opcode == OP_TEXT:
                    return bytes(event.data).decode()
                if event.opcode == OP_BINARY:
                    return bytes(event.data)
                if event.opcode == OP_CLOSE:
                    await self._flush()
                    return None
            data = await self._reader.read(65_536)
            if not data:
                return None
            self._protocol.receive_data(data)
            await self._flush()

    async def send(self, text: str) -> None:
        """
        Raises:
            ConnectionResetError: the client has begun to close.
        """
        if self._protocol.state is not OPEN:
            raise ConnectionResetError("the client leaves")
        self._protocol.send_text(text.encode())
        await self._flush()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Where the client was first, it has been answered already."""
        if self._protocol.state is OPEN:
            self._protocol.send_close(code, reason)
        await self._flush()

    def cut(self) -> None:
        """End the connection without a word, as a lost network does."""
        self._writer.transport.abort()

    async def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._writer.write(data)
        with contextlib.suppress(ConnectionError):
            await self._writer.drain()


class WireServer:
    """Subclasses answer ``on_http`` and ``on_socket``. Use as an asynchronous context manager."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self.faults: list[BaseException] = []
        """What went wrong in the fake itself; a test should find none."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def on_http(self, request: HttpRequest, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError

    async def refusal(self, request: HttpRequest) -> tuple[int, Mapping[str, str]] | None:
        """The status and headers with which a handshake is refused; None accepts it."""
        raise NotImplementedError

    async def on_socket(self, request: HttpRequest, socket: Socket) -> None:
        raise NotImplementedError

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        except Exception as error:
            self.faults.append(error)
            raise
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            line, *lines = head.decode("latin-1").split("\r\n")
            method, target, _version = line.split(" ", 2)
            pairs = (one.split(":", 1) for one in lines if one)
            headers = {name.strip().lower(): value.strip() for name, value in pairs}
            if headers.get("upgrade", "").lower() == "websocket":
                request = HttpRequest(method, target, headers, b"")
                await self._upgrade(request, head, reader, writer)
                return
            body = await _body(reader, headers)
            await self.on_http(HttpRequest(method, target, headers, body), writer)

    async def _upgrade(
        self,
        request: HttpRequest,
        head: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        protocol = ServerProtocol(max_size=None)
        protocol.receive_data(head)
        (event,) = protocol.events_received()
        assert isinstance(event, Request)
        refused = await self.refusal(request)
        if refused is None:
            response = protocol.accept(event)
        else:
            status, headers = refused
            response = protocol.reject(HTTPStatus(status), "refused")
            for name, value in headers.items():
                response.headers[name] = value
        protocol.send_response(response)
        socket = Socket(protocol, reader, writer)
        await socket._flush()
        if refused is None:
            await self.on_socket(request, socket)


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = b""
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
        return body
    return await reader.readexactly(int(headers.get("content-length", "0")))


def http_answer(
    status: int,
    body: bytes,
    headers: Mapping[str, str] | None = None,
    content_type: str = "application/json",
) -> bytes:
    """An HTTP/1.1 answer as bytes."""
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"content-type: {content_type}",
        f"content-length: {len(body)}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body

"""OpenAI Realtime on a port, as far as the coach's connection to it needs: strict, or failing."""

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

KEY = "sk-the-fakes-own-key"
DEADLINE_SECONDS = 60.0
FLAT = {"modalities", "voice", "input_audio_format", "turn_detection", "temperature"}
"""Fields of the beta, which the service refuses."""

USAGE = {
    "input_tokens": 1_000,
    "output_tokens": 500,
    "input_token_details": {"text_tokens": 400, "audio_tokens": 600},
    "output_token_details": {"text_tokens": 100, "audio_tokens": 400},
}


@dataclass
class FakeRealtime:
    """``refuses_with`` is an HTTP status; ``closes_with`` a close code after the handshake.

    ``pours`` is so many seconds of sound that come at once with every answer.
    """

    refuses_with: HTTPStatus | None = None
    closes_with: int | None = None
    pours: int = 0
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    connections: list["Connection"] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def sound(self) -> bytes:
        """All that was heard, on all connections."""
        return b"".join(bytes(connection.sound) for connection in self.connections)

    async def drop(self, code: int = 1011) -> None:
        """Close every connection that is open."""
        for connection in self.connections:
            await connection.socket.close(code)

    def _admit(self, socket: ServerConnection, request: Request) -> Response | None:
        self.requests.append(request)
        if self.refuses_with is not None:
            return socket.respond(self.refuses_with, "no")
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return socket.respond(HTTPStatus.UNAUTHORIZED, "no")
        return None

    async def _talk(self, socket: ServerConnection) -> None:
        connection = Connection(socket, self.pours)
        self.connections.append(connection)
        if self.closes_with is not None:
            await socket.close(self.closes_with)
            return
        with contextlib.suppress(ConnectionClosed):
            await connection.run()


@dataclass
class Connection:
    """One conversation. ``early`` counts sound that came before the session was configured."""

    socket: ServerConnection
    pours: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)
    sound: bytearray = field(default_factory=bytearray)
    early: int = 0
    configured: bool = False
    answers: int = 0
    _heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait for what only events of the client can bring about."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not reached():
                self._heard.clear()
                await self._heard.wait()

    async def run(self) -> None:
        await self.say("session.created", session={"type": "realtime", "id": "sess_1"})
        async for text in self.socket:
            event = json.loads(text)
            self.events.append(event)
            await self._act(event)
            self._heard.set()

    async def say(self, kind: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, "event_id": "event_1", **fields}))

    async def _act(self, event: dict[str, Any]) -> None:
        match event["type"]:
            case "session.update":
                session = event["session"]
                if session.get("type") != "realtime" or FLAT & set(session):
                    error = {"type": "invalid_request_error", "code": "unknown_parameter"}
                    await self.say("error", error={**error, "event_id": event.get("event_id")})
                    return
                self.configured = True
                await self.say("session.updated", session=session)
            case "input_audio_buffer.append":
                self.early += not self.configured
                self.sound += base64.b64decode(event["audio"])
            case "conversation.item.create":
                for step in ("added", "done"):
                    await self.say(f"conversation.item.{step}", item=event["item"])
            case "response.create":
                await self._answer()

    async def _answer(self) -> None:
        self.answers += 1
        response, item_id = f"resp_{self.answers}", f"item_{self.answers}"
        await self.say("response.created", response={"id": response, "status": "in_progress"})
        item = {"id": item_id, "type": "message", "role": "assistant", "content": []}
        await self.say("response.output_item.added", response_id=response, item=item)
        await self.say("conversation.item.added", item=item)
        about = {"response_id": response, "item_id": item_id, "content_index": 0}
        sound = base64.b64encode(bytes(4_800)).decode()
        await self.say("response.output_audio_transcript.delta", **about, delta="Hello from afar.")
        await self.say("response.output_audio.delta", **about, delta=sound)
        for _ in range(10 * self.pours):
            await self.say("response.output_audio.delta", **about, delta=sound)
        done = {"id": response, "status": "completed", "usage": USAGE}
        await self.say("response.done", response=done)
        await self.say("rate_limits.updated", rate_limits=[])
        await self.say("something.nobody.has.heard.of", secret=1)


@contextlib.asynccontextmanager
async def fake_realtime(**faults: Any) -> AsyncIterator[FakeRealtime]:
    """A server on a free port, for as long as it is entered."""
    fake = FakeRealtime(**faults)
    async with serve(fake._talk, "127.0.0.1", 0, process_request=fake._admit) as server:
        fake.port = next(iter(server.sockets)).getsockname()[1]
        yield fake
        # A connection whose client is told to go needs a moment of ours to say so.
        await asyncio.sleep(0)

"""The recording half of a page that does not lose a sample, whatever happens to its connection."""

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from evaluations.core.stages import ShownStage
from tests.server import DEADLINE_SECONDS, OPERATOR, Address, Received, sign_in
from tests.speech import SAMPLE_RATE

CHUNK = 800
STAGES = [stage.value for stage in ShownStage]
KEPT_SECONDS = 120
"""How much of what is not acknowledged a page keeps."""

Cut = Literal["abort", "mid-frame", "half-open"]
CUTS: tuple[Cut, ...] = ("abort", "mid-frame", "half-open")


class LostError(Exception):
    """The connection was lost before what was waited for came."""


@dataclass
class Connection:
    """One socket of the session, and all that came over it."""

    socket: ClientConnection
    received: Received = field(default_factory=Received)
    reader: asyncio.Task[None] | None = None


class RecordingClient:
    """Captures ``pcm`` on a clock of its own (``capture``), connected or not.

    What is not acknowledged is kept and sent again from where a resumed session says; so is a Stop
    that the session has not seen. Nothing else is remembered for the server.
    """

    def __init__(self, server: Address, pcm: bytes) -> None:
        self.server = server
        self.pcm = pcm
        self.captured = 0
        self.acknowledged = 0
        self.sent = 0
        self.replayed = 0
        self.stop_asked = False
        self.session_id: str | None = None
        self.state = ""
        self.segments: list[dict[str, Any]] = []
        self.connections: list[Connection] = []
        self._news = asyncio.Condition()

    @property
    def connection(self) -> Connection:
        return self.connections[-1]

    @property
    def received(self) -> Received:
        """All that came, over all connections."""
        return Received([frame for one in self.connections for frame in one.received.frames])

    # Connections

    async def connect(self) -> None:
        """Open a socket with a fresh ticket; resume the session, where there is one."""
        async with await sign_in(self.server, OPERATOR) as account:
            token = await account.ticket("harbour")
        resume = f"?resume={self.session_id}" if self.session_id else ""
        socket = await connect(
            f"{self.server.socket_url}{resume}",
            origin=Origin(self.server.origin),
            subprotocols=[Subprotocol("speechcoach.v1"), Subprotocol(f"ticket.{token}")],
            compression=None,
            max_size=None,
            proxy=None,
            open_timeout=DEADLINE_SECONDS,
            # The server answers a closing handshake, or it is not there.
            close_timeout=1,
        )
        connection = Connection(socket)
        self.connections.append(connection)
        connection.reader = asyncio.create_task(self._read(connection))
        # Once it is done, and not at its end: who waits asks whether it is.
        connection.reader.add_done_callback(lambda _: asyncio.ensure_future(self._tell()))
        info = await self.expect("session_info")
        if not self.session_id:
            self.session_id = info["sessionId"]
            return
        assert connection.received.types[:4] == [
            "state_change",
            "session_resumed",
            "state_change",
            "session_info",
        ]
        self._resume_at(connection.received.of("session_resumed")[0]["receivedSamples"])
        if self.state == "recording":
            await self._send_captured()
            if self.stop_asked:
                await self.send("stop_recording")

    def _resume_at(self, samples: int) -> None:
        assert samples >= self.acknowledged, "what was acknowledged is lost"
        assert self.captured - self.acknowledged <= KEPT_SECONDS * SAMPLE_RATE
        self.replayed += max(0, self.sent - samples)
        self.sent = samples

    async def _read(self, connection: Connection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for frame in connection.socket:
                async with self._news:
                    value = frame if isinstance(frame, bytes) else json.loads(frame)
                    connection.received.frames.append(value)
                    if isinstance(value, dict) and connection is self.connection:
                        self._take(value)
                    self._news.notify_all()

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "state_change":
                self.state = message["state"]
            case "audio_ack":
                assert message["receivedSamples"] <= self.sent, "never sent, and acknowledged"
                self.acknowledged = max(self.acknowledged, message["receivedSamples"])
            case "transcript_update":
                self.segments[message["replaceFromIndex"] :] = message["segments"]

    async def cut(self, how: Cut) -> None:
        """Lose the connection; the session does not hear of it from us."""
        connection = self.connection
        transport = connection.socket.transport
        if how == "mid-frame":
            # FIN, binary; masked, 1,600 bytes, with a mask of zeros. Half of it: the other half is
            # lost on the way, and we have sent it.
            header = b"\x82\xfe" + (2 * CHUNK).to_bytes(2, "big") + bytes(4)
            transport.write(header + self.pcm[2 * self.sent :][:CHUNK])
            self.capture(self.sent + CHUNK)
            self.sent = self.captured
        if how == "half-open":
            # The other side goes on talking to nobody.
            transport.pause_reading()
            return
        transport.abort()
        await self.lost()

    async def lost(self) -> None:
        """Wait until the connection is gone."""
        assert self.connection.reader is not None
        async with asyncio.timeout(DEADLINE_SECONDS):
            await self.connection.reader

    async def close(self) -> None:
        for connection in self.connections:
            connection.socket.transport.abort()
            if connection.reader is not None:
                await connection.reader

    # What the operator and the microphone do

    async def send(self, kind: str, **fields: Any) -> None:
        await self.connection.socket.send(json.dumps({"type": kind, **fields}))

    async def start(self, **consent: Any) -> None:
        await self.send("set_consent", speakerName="Ada Lovelace", consentConfirmed=True)
        await self.send("audio_format", channels=1, sampleRate=SAMPLE_RATE, encoding="LINEAR16")
        await self.send("start_recording")
        await self.expect("state_change", state="recording")

    def capture(self, until: int) -> None:
        """The microphone gives what was said up to sample ``until``."""
        self.captured = min(until, len(self.pcm) // 2)

    async def speak(self, until: int) -> None:
        """Capture, and send what is captured."""
        self.capture(until)
        await self._send_captured()

    async def _send_captured(self) -> None:
        socket = self.connection.socket
        while self.sent < self.captured:
            end = min(self.sent + CHUNK, self.captured)
            await socket.send(self.pcm[2 * self.sent : 2 * end])
            self.sent = end

    async def stop(self) -> None:
        """Stop, on whatever connection there is; one that is lost takes it up when it is back."""
        self.stop_asked = True
        await self.send("stop_recording")

    # Waiting

    async def wait_for(self, what: str, holds: Callable[[], bool]) -> None:
        """Wait until ``holds``, which is asked at every frame.

        Raises:
            LostError: nothing more can come over this connection.
        """
        connection = self.connection

        def is_over() -> bool:
            return connection.reader is not None and connection.reader.done()

        try:
            async with asyncio.timeout(DEADLINE_SECONDS), self._news:
                await self._news.wait_for(lambda: holds() or is_over())
        except TimeoutError:
            pytest.fail(f"no {what}; {self._where(connection)}")
        if not holds():
            raise LostError(f"no {what}; {self._where(connection)}")

    def _where(self, connection: Connection) -> str:
        last, closed = connection.received.types[-20:], connection.socket.close_code
        return f"state {self.state}, close code {closed}, last came {last}"

    async def expect(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The first message of this type with these fields on this connection, come or to come."""
        connection = self.connection

        def found() -> list[dict[str, Any]]:
            return [
                message
                for message in connection.received.of(kind)
                if all(message.get(name) == value for name, value in fields.items())
            ]

        await self.wait_for(f"{kind} {fields or ''}", lambda: bool(found()))
        return found()[0]

    async def reached(self, stage: str) -> None:
        """The evaluation is at this stage or past it: a short one may go by unseen."""
        later = STAGES[STAGES.index(stage) :]

        def holds() -> bool:
            told = self.connection.received.of("pipeline_progress")
            return any(message["stage"] in later for message in told)

        await self.wait_for(stage, holds)

    async def acknowledged_to(self, samples: int) -> None:
        await self.wait_for(f"audio_ack {samples}", lambda: self.acknowledged >= samples)


@contextlib.asynccontextmanager
async def recording_client(server: Address, pcm: bytes) -> AsyncIterator[RecordingClient]:
    """Connected, in a fresh session."""
    client = RecordingClient(server, pcm)
    try:
        await client.connect()
        yield client
    finally:
        await client.close()


def moments(rng: random.Random, count: int, samples: int) -> list[int]:
    """``count`` moments of a speech of ``samples`` samples, in order, at any sample."""
    return sorted(rng.sample(range(1, samples), count))

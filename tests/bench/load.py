"""The side that speaks: sockets so cheap that one core can hold many hundreds of them."""

import asyncio
import contextlib
import itertools
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, cast

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.typing import Origin, Subprotocol
from websockets.uri import parse_uri

from clubs.demo import PASSWORD
from sessions_app.core.audio import CHUNK_SAMPLES
from sessions_app.core.vad import STATUS_WINDOWS, WINDOW_SECONDS
from sessions_app.live.gates import SUBPROTOCOL, TICKET_PREFIX
from sessions_app.rehearsal.account import Account
from sessions_app.rehearsal.own_server import OwnServer

OPERATOR = "operator@harbour.example"
CLUB = "harbour"
PATIENCE_SECONDS = 30.0
IN_FLIGHT = 400
"""Chunks of its past that a session may be ahead of what the server has judged."""


class LostError(Exception):
    """The server closed a session, or refused its audio."""


def framed(chunks: Sequence[bytes]) -> list[bytes]:
    """Chunks as they go on the wire, masked beforehand: the generator only copies them."""
    return [Frame(Opcode.BINARY, chunk).serialize(mask=True) for chunk in chunks]


class LoadSession(asyncio.Protocol):
    """One recording session over a raw connection.

    ``latencies`` are seconds from the sending of the chunk that completes a ``vad_status`` to its
    arrival; ``kept`` are samples acknowledged.
    """

    def __init__(self, server: OwnServer, token: str) -> None:
        self.latencies: list[float] = []
        self.statuses = 0
        self.kept = 0
        self.lost: str | None = None
        self.transport: asyncio.Transport | None = None
        self._state = ""
        self._consented = False
        self._sent = 0
        self._awaited: deque[float] = deque()
        self._progress = asyncio.Event()
        self._protocol = ClientProtocol(
            parse_uri(f"{server.base_url.replace('http', 'ws', 1)}/ws/session"),
            origin=Origin(server.base_url),
            subprotocols=[Subprotocol(SUBPROTOCOL), Subprotocol(f"{TICKET_PREFIX}{token}")],
        )

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none by their type.
        self.transport = cast("asyncio.Transport", transport)
        self._protocol.send_request(self._protocol.connect())
        self._flush()

    def data_received(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Response):
                if self._protocol.handshake_exc is not None:
                    self._lose(str(self._protocol.handshake_exc))
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self._take(json.loads(bytes(event.data)))
        self._flush()
        self._progress.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose(f"closed with {self._protocol.close_code or exc}")

    # The session

    async def greeted(self) -> None:
        """Until the server has said where the session is.

        Raises:
            LostError: the server refuses.
        """
        await self.until(lambda: self._state == "idle")

    async def start(self) -> None:
        """Consent, handshake, recording.

        Raises:
            LostError: the server refuses.
        """
        await self.greeted()
        self._say("set_consent", speakerName="Ada Lovelace", consentConfirmed=True)
        await self.until(lambda: self._consented)
        self._say("audio_format", channels=1, sampleRate=16_000, encoding="LINEAR16")
        self._say("start_recording")
        await self.until(lambda: self._state == "recording")

    def send(self, frame: bytes) -> None:
        """Send a framed chunk."""
        if self.lost is not None or self.transport is None:
            return
        self._sent += 1
        if self._sent % STATUS_WINDOWS == 0:
            self._awaited.append(time.monotonic())
        self.transport.write(frame)

    async def age(self, frames: Sequence[bytes], seconds: int) -> None:
        """Send framed sound, each frame of so many ``seconds``, as fast as the server takes it."""
        for frame in frames:
            if self.lost is not None or self.transport is None:
                return
            chunks = round(seconds / WINDOW_SECONDS)
            self._sent += chunks
            self._awaited.extend([time.monotonic()] * (chunks // STATUS_WINDOWS))
            self.transport.write(frame)
            await self.heard(ahead=IN_FLIGHT)
        await self.heard()

    def overdue(self, now: float) -> list[float]:
        """The ages of chunks whose status has not come yet."""
        return [now - sent_at for sent_at in self._awaited]

    async def heard(self, *, ahead: int = 0) -> None:
        """Wait until the server has judged all chunks but the last ``ahead``."""
        await self.until(lambda: self.statuses >= (self._sent - ahead) // STATUS_WINDOWS)

    async def acknowledged(self, *, ahead: int) -> None:
        """Wait until all chunks but the last ``ahead`` are kept."""
        await self.until(lambda: self.kept >= (self._sent - ahead) * CHUNK_SAMPLES)

    async def until_lost(self) -> None:
        """Wait until the server has refused something, or closed."""
        with contextlib.suppress(LostError):
            await self.until(lambda: self.lost is not None)

    def say_framed(self, text: bytes) -> None:
        """Send a text frame, whatever it holds."""
        self._protocol.send_text(text)
        self._flush()

    async def panic(self) -> None:
        """End the recording without an evaluation."""
        self._say("panic_mute")
        await self.until(lambda: self._state == "idle")

    def abandon(self) -> None:
        """Go without a word, as a closed tab does."""
        if self.transport is not None:
            self.transport.abort()

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait for what only frames can bring about.

        Raises:
            LostError: the session ended.
            TimeoutError: it did not come.
        """
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not reached():
                if self.lost is not None:
                    raise LostError(self.lost)
                self._progress.clear()
                await self._progress.wait()

    def _say(self, kind: str, **fields: Any) -> None:
        self._protocol.send_text(json.dumps({"type": kind, **fields}).encode())
        self._flush()

    def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "vad_status":
                self.statuses += 1
                if self._awaited:
                    self.latencies.append(time.monotonic() - self._awaited.popleft())
            case "audio_ack":
                self.kept = message["receivedSamples"]
            case "state_change":
                self._state = message["state"]
            case "consent_status":
                self._consented = message["consent"] is not None
            case "audio_format_error" | "error":
                self._lose(message["message"])

    def _lose(self, why: str) -> None:
        self.lost = self.lost or why
        self._progress.set()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data and self.transport is not None:
                self.transport.write(data)


class Operator:
    """Opens sessions at a server as the demo club's operator."""

    def __init__(self, server: OwnServer, account: Account) -> None:
        self._server = server
        self._account = account

    async def session(self) -> LoadSession:
        """A session that records."""
        session = await self.greeted()
        try:
            await session.start()
        except BaseException:
            session.abandon()
            raise
        return session

    async def greeted(self) -> LoadSession:
        """A session that is open, and does nothing yet."""
        token = await self._account.ticket(CLUB)
        host, _, port = self._server.base_url.removeprefix("http://").partition(":")
        loop = asyncio.get_running_loop()
        _, session = await loop.create_connection(
            lambda: LoadSession(self._server, token), host, int(port)
        )
        try:
            await session.greeted()
        except BaseException:
            session.abandon()
            raise
        return session


@contextlib.asynccontextmanager
async def operator(server: OwnServer) -> AsyncIterator[Operator]:
    async with Account(server.base_url) as account:
        await account.sign_in(OPERATOR, PASSWORD)
        yield Operator(server, account)


async def pace(session: LoadSession, frames: Sequence[bytes], seconds: float) -> None:
    """Send one frame each ``seconds``, each by its own due time so that no delay adds up."""
    started = time.monotonic()
    for count, frame in zip(itertools.count(1), frames, strict=False):
        await asyncio.sleep(max(0.0, started + count * seconds - time.monotonic()))
        session.send(frame)

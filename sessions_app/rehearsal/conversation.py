"""A session over its socket, from the first frame to the saved files."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Self

from pydantic import BaseModel, ValidationError
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from evaluations.core.stages import ShownStage
from sessions_app.contract import messages as m
from sessions_app.contract import wire
from sessions_app.core.audio import BYTES_PER_SAMPLE, BYTES_PER_SECOND, CHUNK_BYTES, SAMPLE_RATE
from sessions_app.rehearsal import RehearsalError
from sessions_app.rehearsal.display import Display
from sessions_app.rehearsal.recording import seconds_of
from sessions_app.rehearsal.view import SessionView

ANSWER_SECONDS = 30.0
UNACKNOWLEDGED_BYTES = 120 * BYTES_PER_SECOND
"""As much as a browser would keep."""

RECORDING, IDLE = m.SessionState.RECORDING, m.SessionState.IDLE
PROCESSING, DELIVERING = m.SessionState.PROCESSING, m.SessionState.DELIVERING


class Conversation:
    """One session. An async context manager that listens as long as it is open.

    Everything below raises ``RehearsalError`` when the server refuses, is silent, or hangs up.
    """

    def __init__(self, socket: ClientConnection, display: Display) -> None:
        self.view = SessionView()
        self.timings: dict[str, float | None] = {}
        self._socket = socket
        self._display = display
        self._changed = asyncio.Condition()
        self._ended: str | None = None
        self._listener: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._listener = asyncio.create_task(self._listen(), name="listener")
        return self

    async def __aexit__(self, *_exc: object) -> None:
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        self._display.done()

    async def prepare(self, speaker: str) -> m.SessionInfo:
        """Wait for the session, and record the speaker's consent."""
        await self._until(lambda: self.view.info is not None)
        await self._send(m.SetConsent(speaker_name=speaker, consent_confirmed=True))
        await self._until(lambda: self.view.consent is not None)
        if self.view.info is None:
            raise RehearsalError("The server did not introduce the session.")
        return self.view.info

    async def record(self, pcm: bytes, *, paced: bool) -> None:
        """Record ``pcm``, as it would be spoken (``paced``) or as fast as the server takes it."""
        self._expect_states()
        handshake = m.AudioFormatMessage(channels=1, sample_rate=SAMPLE_RATE, encoding="LINEAR16")
        await self._send(handshake)
        await self._send(m.StartRecording())
        await self._until(lambda: RECORDING in self.view.been or self.view.audio_refusal)
        self._refuse_refused_audio()
        started = time.monotonic()
        await (self._send_paced(pcm) if paced else self._send_fast(pcm))
        if self.view.state is RECORDING:
            await self._send(m.StopRecording())
        await self._until(lambda: PROCESSING in self.view.been or IDLE in self.view.been)
        self.timings["recording"] = time.monotonic() - started
        self._refuse_refused_audio()

    async def evaluation_settled(self, patience: float) -> bool:
        """Wait for the evaluation; False when the speech is too short for one."""
        started = time.monotonic()
        await self._until(lambda: self.view.settled, patience, refusable=False)
        self.timings["stopToReady"] = time.monotonic() - started
        if self.view.stage is ShownStage.READY:
            return True
        # A speech too short comes to rest by itself; a failure is refused.
        await self._until(lambda: IDLE in self.view.been)
        return False

    async def deliver(self) -> None:
        """Have the evaluation delivered, and say that its sound was played."""
        self._expect_states()
        started = time.monotonic()
        await self._send(m.DeliverEvaluation())
        await self._until(lambda: DELIVERING in self.view.been)
        # Without a sound the session rests at once, with a sentence that says so.
        await self._until(lambda: self.view.spoken or IDLE in self.view.been, refusable=False)
        silent = self.view.audio is None
        self.timings["deliverToAudio"] = None if silent else time.monotonic() - started
        if not silent:
            await self._send(m.PlaybackFinished())
        await self._until(lambda: IDLE in self.view.been, refusable=False)

    async def save(self) -> m.OutputsSaved:
        """Save the outputs; gives where they are, and what is in them."""
        self.view.refusals.clear()
        await self._send(m.SaveOutputs())
        await self._until(lambda: self.view.saved is not None)
        if self.view.saved is None:
            raise RehearsalError("The server did not save the outputs.")
        return self.view.saved

    # Audio

    async def _send_paced(self, pcm: bytes) -> None:
        """20 chunks a second by the clock: each has its own due time, so no delay adds up."""
        started = time.monotonic()
        for at in range(0, len(pcm), CHUNK_BYTES):
            # A chunk is complete when its last sample was spoken.
            due = started + seconds_of(pcm[:CHUNK_BYTES]) * (at // CHUNK_BYTES + 1)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if not self._takes_audio:
                return
            await self._write(pcm[at : at + CHUNK_BYTES])

    async def _send_fast(self, pcm: bytes) -> None:
        """In frames of a second, and never more unacknowledged than a browser would keep."""
        for at in range(0, len(pcm), BYTES_PER_SECOND):
            await self._until(partial(self._has_room, at), refusable=False)
            if not self._takes_audio:
                return
            await self._write(pcm[at : at + BYTES_PER_SECOND])

    def _has_room(self, sent: int) -> bool:
        """Whether more may follow the first ``sent`` bytes, or need not."""
        unacknowledged = sent - self.view.acknowledged * BYTES_PER_SAMPLE
        return not self._takes_audio or unacknowledged < UNACKNOWLEDGED_BYTES

    @property
    def _takes_audio(self) -> bool:
        return self.view.state is RECORDING and self.view.audio_refusal is None

    def _refuse_refused_audio(self) -> None:
        refusal, info = self.view.audio_refusal, self.view.info
        if refusal is None:
            return
        if "arrival rate" in refusal and info is not None:
            raise RehearsalError(
                f"--speed max needs the server's AUDIO_MAX_LEAD_SECONDS raised: it takes audio at "
                f"most {info.limits.max_lead_seconds:g} s ahead of the clock. Start it with "
                f"AUDIO_MAX_LEAD_SECONDS={info.limits.max_speech_seconds}, or use --speed 1."
            )
        if self.view.state is not PROCESSING:
            raise RehearsalError(refusal)

    # The socket

    async def _send(self, message: BaseModel) -> None:
        self.view.refusals.clear()
        await self._write(wire.dump(message))

    async def _write(self, frame: str | bytes) -> None:
        try:
            await self._socket.send(frame)
        except ConnectionClosed:
            await self._until(lambda: False)

    def _expect_states(self) -> None:
        self.view.been.clear()

    async def _until(
        self,
        reached: Callable[[], object],
        patience: float = ANSWER_SECONDS,
        *,
        refusable: bool = True,
    ) -> None:
        """Wait until ``reached``; a refusal meanwhile ends the rehearsal, where one may come."""

        def decided() -> bool:
            refused = refusable and self.view.refusals
            return bool(self._ended or refused or reached())

        try:
            async with asyncio.timeout(patience), self._changed:
                await self._changed.wait_for(decided)
        except TimeoutError:
            raise RehearsalError(f"The server gave no answer for {patience:.0f} s.") from None
        if reached():
            return
        raise RehearsalError(self._ended or self.view.refusals[-1])

    async def _listen(self) -> None:
        try:
            async for frame in self._socket:
                self._take(frame)
                async with self._changed:
                    self._changed.notify_all()
        except ConnectionClosed:
            pass
        finally:
            self._ended = _why_closed(self._socket)
            async with self._changed:
                self._changed.notify_all()

    def _take(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            self.view.take_audio(frame)
            return
        try:
            message = wire.parse_server(frame)
        except ValidationError:
            # A newer server may say things that this client does not know.
            with contextlib.suppress(ValueError, TypeError, KeyError):
                self.view.count(str(json.loads(frame)["type"]))
            return
        self.view.take(message)
        self._display.heard(message, self.view)


def _why_closed(socket: ClientConnection) -> str:
    reasons = {
        4401: "the ticket was refused",
        4403: "you may not run sessions in this club",
        4404: "there is no session socket at this address",
        4429: "too many sockets are open",
    }
    code = socket.close_code
    return f"The server closed the connection: {reasons.get(code or 0, f'code {code}')}."

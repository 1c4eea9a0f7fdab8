"""A page, and an operator before it, that carry a speech through whatever breaks meanwhile."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

from websockets.exceptions import WebSocketException

from sessions_app.rehearsal import RehearsalError
from tests.faults.recording_client import LostError, RecordingClient
from tests.faults.whole_speech import LIMIT, PROJECT, SAMPLES, STYLE
from tests.server import DEADLINE_SECONDS, Address
from tests.speech import SAMPLE_RATE

AGAIN_SECONDS: Final = 0.25
"""Before a page comes back to a server that was not there, and before a click is repeated."""

GONE = (LostError, RehearsalError, WebSocketException, OSError, TimeoutError)
Ask = Callable[[], Awaitable[None]]


class Pilot(RecordingClient):
    """Comes back by itself when it is lost, and repeats a click that was refused or lost.

    What the session said to that is in ``received``, as always.
    """

    @property
    def is_lost(self) -> bool:
        reader = self.connection.reader if self.connections else None
        return reader is None or reader.done()

    async def back(self) -> None:
        """Connect until it succeeds, as a page does."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while True:
                try:
                    await self.connect()
                except GONE:
                    await asyncio.sleep(AGAIN_SECONDS)
                else:
                    return

    async def reach(self, what: str, holds: Callable[[], bool], ask: Ask | None = None) -> None:
        """Ask until ``holds``: again after a loss, and after each refusal."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not holds():
                with contextlib.suppress(*GONE):
                    await self._try(what, holds, ask)
                if not holds():
                    await asyncio.sleep(AGAIN_SECONDS)

    async def _try(self, what: str, holds: Callable[[], bool], ask: Ask | None) -> None:
        if self.is_lost:
            await self.back()
        refused = self._refusals()
        if ask is not None and not holds():
            await ask()
        await self.wait_for(what, lambda: holds() or self._refusals() > refused)

    def _refusals(self) -> int:
        return len(self.received.of("error"))

    # A life

    async def set_up(self) -> None:
        async def ask() -> None:
            await self.send("set_project_context", **PROJECT)
            await self.send("set_evaluation_style", style=STYLE)
            await self.send("set_consent", speakerName="Ada Lovelace", consentConfirmed=True)
            await self.send("set_time_limit", seconds=LIMIT)

        def agreed() -> bool:
            told = self.received.of("duration_estimate")
            given = [one for one in self.received.of("consent_status") if one["consent"]]
            return bool(told and given)

        await self.reach("set-up", agreed, ask)

    async def begin(self) -> None:
        async def ask() -> None:
            if self.state == "idle":
                await self.send(
                    "audio_format", channels=1, sampleRate=SAMPLE_RATE, encoding="LINEAR16"
                )
                await self.send("start_recording")

        await self.reach("recording", lambda: self.state == "recording", ask)

    async def speak_to(self, samples: int) -> None:
        """Capture up to a sample. What cannot be sent now is when the page is back."""
        self.capture(samples)

        async def ask() -> None:
            await self._send_captured()

        await self.reach(f"{samples} sent", lambda: self.sent >= samples, ask)

    async def heard_to(self, samples: int) -> None:
        """Until all that was captured so far is acknowledged."""
        await self.reach(f"audio_ack {samples}", lambda: self.acknowledged >= samples)

    async def end(self) -> None:
        self.stop_asked = True

        async def ask() -> None:
            if self.state == "recording":
                await self.send("stop_recording")

        await self.reach("evaluation", lambda: self.state == "processing", ask)

    async def reach_stage(self, *stages: str) -> None:
        """Until the evaluation is at one of these stages; one that failed is asked for again."""

        def at() -> str:
            told = self.connection.received.of("pipeline_progress")
            return str(told[-1]["stage"]) if told else ""

        async def ask() -> None:
            if at() == "failed":
                await self.send("deliver_evaluation")

        await self.reach(f"stage {stages}", lambda: at() in stages, ask)

    async def deliver(self) -> None:
        async def ask() -> None:
            if self.state == "processing":
                await self.send("deliver_evaluation")

        await self.reach("delivery", lambda: bool(self.received.of("evaluation_ready")), ask)

    async def rest(self) -> None:
        """The sound has been played."""

        async def deliver() -> None:
            if self.state == "processing":
                # A process died before it had stored that it was delivered.
                await self.send("deliver_evaluation")

        async def played() -> None:
            if self.state == "delivering":
                await self.send("playback_finished")

        while self.state != "idle":
            await self.reach("delivery", lambda: self.state != "processing", deliver)
            await self.reach("rest", lambda: self.state != "delivering", played)

    async def save(self) -> dict[str, Any]:
        """What was saved, as the session says it."""

        async def ask() -> None:
            await self.send("save_outputs")

        await self.reach("saved", lambda: bool(self.received.of("outputs_saved")), ask)
        return self.received.of("outputs_saved")[-1]


@contextlib.asynccontextmanager
async def pilot(server: Address, pcm: bytes) -> AsyncIterator[Pilot]:
    """Connected, in a fresh session."""
    one = Pilot(server, pcm)
    try:
        await one.back()
        yield one
    finally:
        await one.close()


__all__ = ["SAMPLES", "Pilot", "pilot"]

"""What becomes of captured audio: into the vault, and to the live transcription."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from sessions_app.core import effects as fx
from sessions_app.core.audio import BYTES_PER_SAMPLE
from sessions_app.core.machine import SessionMachine
from sessions_app.live.captions import Captions
from sessions_app.live.meter import Meter
from sessions_app.live.pump import Pump
from sessions_app.transcription import SpeechEvent, Transcriber, TranscriberContext
from sessions_app.vault import AudioVault, VaultFullError, VaultUnavailableError

log = logging.getLogger(__name__)

T = TypeVar("T")

MAX_WAITING = 2400
"""Pieces that may wait: two minutes of 50 ms chunks."""

RETRY_SECONDS = 0.5
"""Between two questions to a vault that does not answer."""


class Recorder:
    """Carries out the audio effects of one session, in order.

    Args:
        key: where the speech's audio lies in the vault.
        meter: measures what is kept and heard.
        carry_out: called after the machine was told something.
        context: what the transcription may know of the speech when it begins at a sample.
    """

    def __init__(
        self,
        machine: SessionMachine,
        vault: AudioVault,
        transcriber: Transcriber,
        key: str,
        meter: Meter,
        carry_out: Callable[[], None],
        context: Callable[[int], Awaitable[TranscriberContext]],
    ) -> None:
        self._machine = machine
        self._vault = vault
        self._transcriber = transcriber
        self._key = key
        self._meter = meter
        self._carry_out = carry_out
        self._context = context
        self._captions: Captions | None = None
        # Recordings that were begun, and those the pump has come to. Where they differ, what is
        # done is still of an older one, and the machine must not take it for the newest one's.
        self._begun = self._reached = 0
        # The next sample for the captions.
        self._next = 0
        self._pump = Pump[fx.Effect]("recorder", self._work, MAX_WAITING)

    def put(self, effect: fx.Effect) -> None:
        """Take an effect; never waits."""
        if isinstance(effect, fx.AbandonCapture) and self._captions is not None:
            # At once: the pump may be waiting for the last utterance.
            self._captions.abort()
        if isinstance(effect, fx.BeginCapture):
            self._begun += 1
        if isinstance(effect, fx.Capture) and self._pump.idle and self._keep_now(effect):
            return
        if not self._pump.put(effect):
            self._machine.audio_refused("The server cannot keep up with the audio.")

    async def drained(self) -> None:
        """Wait until everything that was put is carried out."""
        await self._pump.drained()
        await self._meter.drained()

    async def erase(self) -> None:
        """Forget the audio, and what is still on its way."""
        await self.drained()
        await self._vault.drop(self._key)
        await self._meter.drop()

    async def close(self) -> None:
        await self._pump.close()
        await self._meter.close()
        await self._drop_captions()

    async def _work(self, effect: fx.Effect) -> None:
        match effect:
            case fx.BeginCapture():
                self._reached += 1
                # However long it takes: on what is left of the last recording nothing can be built.
                await self._answered(partial(self._vault.drop, self._key))
                self._meter.begin()
                await self._open_captions(0)
            case fx.GoOnCapturing(heard=heard):
                self._meter.go_on()
                await self._open_captions(heard)
                await self._answered(self._catch_up)
            case fx.Capture(start=start, pcm=pcm):
                await self._keep(start, pcm)
            case fx.FinishCapture(run_id=run_id):
                heard_all = self._captions is not None and await self._captions.finish()
                self._captions = None
                self._meter.finish(run_id, heard_all=heard_all)
                self._machine.capture_finished(run_id)
            case fx.AbandonCapture():
                await self._drop_captions()
        self._carry_out()

    async def _answered(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What the vault answers; it is asked until it does."""
        while True:
            try:
                return await ask()
            except VaultUnavailableError:
                # What waits is bounded by the pump, and the client keeps what is not acknowledged.
                log.warning("the vault does not answer")
                await asyncio.sleep(RETRY_SECONDS)

    async def _keep(self, start: int, pcm: bytes) -> None:
        if self._begun != self._reached:
            return
        try:
            kept = await self._answered(partial(self._vault.append, self._key, start, pcm))
        except VaultFullError:
            self._machine.audio_refused("The server has no room for more audio.")
            return
        except ValueError:
            log.exception("a hole in the vault")
            self._machine.audio_refused("The server lost audio that it had kept.")
            return
        if self._begun == self._reached:
            self._machine.audio_kept(kept)
        self._hand_on(start, pcm)

    def _keep_now(self, effect: fx.Capture) -> bool:
        """Keep samples in this turn, as far as the vault can; whatever else is for the pump."""
        try:
            kept = self._vault.append_now(self._key, effect.start, effect.pcm)
        except (ValueError, VaultFullError):
            return False
        if kept is None:
            return False
        self._machine.audio_kept(kept)
        self._hand_on(effect.start, effect.pcm)
        return True

    def _hand_on(self, start: int, pcm: bytes) -> None:
        self._meter.push(start, pcm)
        # What is sent again after a resume may have been caught up with already.
        self._caption(pcm[max(0, self._next - start) * BYTES_PER_SAMPLE :])

    async def _open_captions(self, start_sample: int) -> None:
        await self._drop_captions()
        context = await self._context(start_sample)
        self._captions = Captions(self._transcriber, context, self._heard)
        self._next = start_sample

    async def _catch_up(self) -> None:
        """Transcribe what was captured while nobody listened; called again, go on from there."""
        async for block in self._vault.read(self._key, self._next):
            self._caption(block)

    def _caption(self, pcm: bytes) -> None:
        self._next += len(pcm) // BYTES_PER_SAMPLE
        if pcm and self._captions is not None:
            self._captions.push(pcm)

    async def _drop_captions(self) -> None:
        if self._captions is not None:
            await self._captions.close()
            self._captions = None

    def _heard(self, event: SpeechEvent) -> None:
        self._machine.receive_speech(event)
        self._meter.hear(event)
        self._carry_out()

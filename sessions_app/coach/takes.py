"""The sound of a practice take: to 16 kHz, into the vault, into words, and measured."""

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import soxr

from evaluations.billing import Bill
from evaluations.core.metrics import Metrics, measure
from evaluations.core.series import AudioSeries, SeriesBuilder
from evaluations.core.shapes import Segment, Transcript
from evaluations.pipeline import LiveTranscriptShape, Recording
from sessions_app.coach.coach import TakeEngines
from sessions_app.coach.core.configuring import RATE
from sessions_app.core.audio import BYTES_PER_SAMPLE, SAMPLE_RATE
from sessions_app.live.captions import Captions
from sessions_app.source import vault_key
from sessions_app.transcription import Heard, SpeechEvent, TranscriberContext, Utterance
from sessions_app.vault import AudioVault, VaultError, VaultFullError, VaultUnavailableError

log = logging.getLogger(__name__)

RETRY_SECONDS: Final = 0.5
RETRIES: Final = 20


class Downsampler:
    """24 kHz to 16 kHz, PCM16LE mono, cut in any way."""

    def __init__(self) -> None:
        # In floats: its integers are dithered, so that they would depend on the cuts.
        self._stream = soxr.ResampleStream(RATE, SAMPLE_RATE, 1, dtype="float32", quality="HQ")

    def push(self, pcm: bytes, *, last: bool = False) -> bytes:
        """Take the next samples; return what is ready of them."""
        samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32)
        made: Any = self._stream.resample_chunk(samples, last=last)
        return bytes(np.clip(np.rint(made), -32_768, 32_767).astype("<i2").tobytes())


@dataclass(frozen=True, slots=True)
class Measured:
    """A take that was heard to its end. ``live`` is what its evaluation begins with."""

    samples: int
    transcript: Transcript
    metrics: Metrics
    live: LiveTranscriptShape


class TakeRecorder:
    """One take. Its calls are made one after the other, by a pump.

    Args:
        start: samples (16 kHz) that the vault has of it already, when it goes on after a resume.
    """

    def __init__(
        self, engines: TakeEngines, vault: AudioVault, club_id: int, take_id: str, start: int = 0
    ) -> None:
        self.take_id = take_id
        self._engines = engines
        self._vault = vault
        self._club_id = club_id
        self._key = vault_key(club_id, take_id)
        self._down = Downsampler()
        self._samples = start
        self._flushed = False
        self._segments: list[Segment] = []
        # After a resume nobody has heard the beginning: the final pass does.
        self._complete: int | None = 0 if start == 0 else None
        context = TranscriberContext(start_sample=start, club_id=club_id)
        self._captions = Captions(engines.transcriber, context, self._heard)

    async def push(self, pcm: bytes, *, last: bool = False) -> None:
        """Take the next PCM16LE at 24 kHz.

        Raises:
            sessions_app.vault.VaultError: it cannot be kept.
        """
        if self._flushed:
            return
        self._flushed = last
        ready = self._down.push(pcm, last=last)
        if not ready:
            return
        await self._keep(ready)
        self._samples += len(ready) // BYTES_PER_SAMPLE
        self._captions.push(ready)

    async def finish(self, bill: Bill | None = None) -> Measured:
        """No more sound follows: the transcript, and what was measured. ``bill`` gets its cost.

        Raises:
            sessions_app.vault.VaultError: the sound cannot be had.
            speechcoach.errors.ProviderError: nobody could transcribe it.
        """
        await self.push(b"", last=True)
        await self._captions.finish()
        complete = self._complete or 0
        live = LiveTranscriptShape(
            segments=tuple(self._segments) if complete else (),
            complete_samples=complete,
            engine=self._engines.transcriber.name,
        )
        recording = Recording(self._club_id, self.take_id, self._samples, live)
        transcript, engine = await self._engines.source.transcribe(recording, bill or Bill())
        series = await self._series(recording)
        metrics = await asyncio.to_thread(measure, transcript, series, {"transcript": engine})
        return Measured(self._samples, transcript, metrics, live)

    async def close(self) -> None:
        """Free the engine; the sound stays in the vault, to the last sample."""
        with contextlib.suppress(VaultError, ValueError):
            await self.push(b"", last=True)
        await self._captions.close()

    async def _series(self, recording: Recording) -> AudioSeries:
        builder = SeriesBuilder()
        async for block in self._engines.source.audio(recording):
            await asyncio.to_thread(builder.push, np.frombuffer(block, dtype="<i2"))
        return builder.finish()

    async def _keep(self, pcm: bytes) -> None:
        for _ in range(RETRIES):
            try:
                await self._vault.append(self._key, self._samples, pcm)
            except VaultUnavailableError:
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return
        raise VaultUnavailableError

    def _heard(self, event: SpeechEvent) -> None:
        match event:
            case Utterance(segment=segment):
                self._segments.append(segment)
            case Heard(samples=samples) if self._complete is not None:
                self._complete = samples
            case _:
                pass


def sentence_of(error: Exception) -> str:
    """What a person is told of a take that failed."""
    match error:
        case VaultFullError():
            return "The server has no room for more audio just now."
        case VaultError():
            return "The server could not keep the audio of this take."
        case _:
            return "This take could not be turned into words."

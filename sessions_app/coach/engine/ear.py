"""Sound of one turn into words, by the transcription that captions speeches."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final, Protocol

import numpy as np
import soxr

from evaluations.core.shapes import AudioFormat, Word
from sessions_app.coach.protocol.session import RATE
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.transcription import (
    Hypothesis,
    StreamStatus,
    Transcriber,
    TranscriberContext,
    TranscriptStream,
    Utterance,
)
from speechcoach.errors import ProviderError

LONGEST_WAIT: Final = 8.0
"""Seconds after the end of a turn that its words may take; then nobody waits any more."""

OnRough = Callable[[tuple[Word, ...]], None]


class OnWords(Protocol):
    """Takes the words for good; ``failed``: nobody could listen."""

    def __call__(self, words: tuple[Word, ...], *, failed: bool) -> None: ...


class Downsampler:
    """The 24 kHz of the protocol to the 16 kHz of transcription, in pieces of any length."""

    def __init__(self) -> None:
        self._stream = soxr.ResampleStream(RATE, SAMPLE_RATE, 1, dtype="int16")

    def push(self, pcm: bytes, *, last: bool = False) -> bytes:
        """Take PCM16LE at 24 kHz; return what is ready of it at 16 kHz."""
        samples = np.frombuffer(pcm, dtype="<i2")
        resampled: bytes = self._stream.resample_chunk(samples, last=last).tobytes()
        return resampled


class Ear:
    """Listens to one turn.

    Args:
        start: the turn's first sample in the session, at 24 kHz, so that the words of a take are
            on one clock.
    """

    def __init__(
        self,
        transcriber: Transcriber,
        context: TranscriberContext,
        on_rough: OnRough,
        on_words: OnWords,
    ) -> None:
        self._transcriber = transcriber
        self._context = context
        self._on_rough = on_rough
        self._on_words = on_words
        self._sound: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._final: list[Word] = []
        self._absent = False
        self._task = asyncio.create_task(self._listen())

    def hear(self, pcm: bytes) -> None:
        """Take the next PCM16LE at 24 kHz."""
        self._sound.put_nowait(pcm)

    def stop(self) -> None:
        """No more sound follows; the words do."""
        self._sound.put_nowait(None)

    async def close(self) -> None:
        """Forget the turn."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _listen(self) -> None:
        failed = False
        try:
            stream = self._transcriber.stream(AudioFormat(), self._context)
            async with stream:
                reading = asyncio.create_task(self._read(stream))
                try:
                    await self._feed(stream)
                    async with asyncio.timeout(LONGEST_WAIT):
                        await reading
                finally:
                    reading.cancel()
        except (ProviderError, TimeoutError):
            failed = True
        failed = not self._final and (failed or self._absent)
        self._on_words(tuple(self._final), failed=failed)

    async def _feed(self, stream: TranscriptStream) -> None:
        downsampler = Downsampler()
        while (pcm := await self._sound.get()) is not None:
            if ready := downsampler.push(pcm):
                stream.push(ready)
        if ready := downsampler.push(b"", last=True):
            stream.push(ready)
        await stream.finish()

    async def _read(self, stream: TranscriptStream) -> None:
        async for event in stream:
            match event:
                case Hypothesis(segment):
                    self._on_rough((*self._final, *segment.words))
                case Utterance(segment):
                    self._final += segment.words
                    self._on_rough(tuple(self._final))
                case StreamStatus(status):
                    self._absent = status != "reconnected"

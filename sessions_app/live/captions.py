"""The live transcription of one recording: feeds the engine, hands on what it hears."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

from evaluations.core.shapes import AudioFormat
from sessions_app.core.audio import BYTES_PER_SAMPLE, SAMPLE_RATE
from sessions_app.transcription import (
    SpeechEvent,
    StreamStatus,
    Transcriber,
    TranscriberContext,
    TranscriptStream,
)
from speechcoach.errors import ProviderError
from speechcoach.metrics import CAPTIONS_LOST

log = logging.getLogger(__name__)

MAX_WAITING_BYTES = 120 * SAMPLE_RATE * BYTES_PER_SAMPLE
"""Two minutes. An engine that takes longer to begin is given up."""

FINISH_SECONDS = 10.0
"""How long the last utterance may take after Stop before the final pass takes over."""


class Captions:
    """Never slows the recording down: a slow engine is given up, the final pass does its work."""

    def __init__(
        self,
        transcriber: Transcriber,
        context: TranscriberContext,
        hear: Callable[[SpeechEvent], None],
    ) -> None:
        self._transcriber = transcriber
        self._context = context
        self._hear = hear
        self._stream: TranscriptStream | None = None
        # Until the engine has begun.
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._ending = asyncio.Event()
        self._refusal: Exception | None = None
        self._given_up = False
        self._task = asyncio.create_task(self._run(), name="captions")

    def push(self, pcm: bytes) -> None:
        """Give samples to the engine; never waits."""
        if self._given_up or self._ending.is_set():
            return
        if self._stream is not None:
            self._feed(self._stream, pcm)
            return
        self._waiting.append(pcm)
        self._waiting_bytes += len(pcm)
        if self._waiting_bytes > MAX_WAITING_BYTES:
            self._give_up("too far behind")
            self.abort()

    def _feed(self, stream: TranscriptStream, pcm: bytes) -> None:
        try:
            stream.push(pcm)
        except Exception as error:  # noqa: BLE001 - whatever it is, the speech goes on
            # Told in its turn: what the engine heard before comes first.
            self._refusal = error
            self._ending.set()

    async def finish(self) -> bool:
        """No more samples follow: wait for the last utterance, but not for ever.

        Whether everything was heard to the end.
        """
        ended = False
        if not self._given_up:
            self._ending.set()
            _done, late = await asyncio.wait({self._task}, timeout=FINISH_SECONDS)
            if late:
                log.info("captions did not finish in time; the final pass takes the rest")
            ended = not late and not self._task.cancelled() and not self._given_up
        await self.close()
        return ended

    def abort(self) -> None:
        """Nothing more is wanted: stop the engine. ``finish`` and ``close`` return soon."""
        self._task.cancel()

    async def close(self) -> None:
        """Free the engine."""
        self.abort()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            stream = self._transcriber.stream(AudioFormat(), self._context)
            async with stream, asyncio.TaskGroup() as group:
                self._begin(stream)
                group.create_task(self._end(stream))
                group.create_task(self._listen(aiter(stream)))
        except* Exception as errors:  # noqa: BLE001 - whatever it is, the speech goes on
            for error in errors.exceptions:
                # A fault of the engine's own by its kind only: it may quote what was said.
                if isinstance(error, ProviderError):
                    self._give_up(error.reason)
                else:
                    self._give_up(type(error).__name__)

    def _begin(self, stream: TranscriptStream) -> None:
        self._stream = stream
        waiting, self._waiting = self._waiting, []
        for pcm in waiting:
            # Though the end may have been asked for meanwhile.
            if self._refusal is None:
                self._feed(stream, pcm)

    async def _end(self, stream: TranscriptStream) -> None:
        await self._ending.wait()
        if self._refusal is not None:
            raise self._refusal
        await stream.finish()

    async def _listen(self, events: AsyncIterator[SpeechEvent]) -> None:
        async for event in events:
            # Told once, by whoever knows it first.
            if event == StreamStatus("failed"):
                self._give_up("the engine says so")
            else:
                self._hear(event)

    def _give_up(self, why: object) -> None:
        if self._given_up:
            return
        self._given_up = True
        log.warning("captions given up: %s", why)
        CAPTIONS_LOST.inc()
        self._hear(StreamStatus("failed"))

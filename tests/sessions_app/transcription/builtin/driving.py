"""Runs streams and final passes the way the product does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from evaluations.core.shapes import AudioFormat, Segment, Transcript
from sessions_app.transcription import (
    Heard,
    Hypothesis,
    LiveTranscript,
    SpeechEvent,
    StreamStatus,
    TranscriberContext,
    Utterance,
)
from sessions_app.transcription.builtin.final import BuiltinFinalTranscriber
from sessions_app.transcription.builtin.pool import DecoderPool
from sessions_app.transcription.builtin.stream import BuiltinTranscriber
from tests.speech import cut


@dataclass
class Run:
    events: list[SpeechEvent] = field(default_factory=list)

    @property
    def segments(self) -> tuple[Segment, ...]:
        return tuple(e.segment for e in self.events if isinstance(e, Utterance))

    @property
    def hypotheses(self) -> list[Segment]:
        return [e.segment for e in self.events if isinstance(e, Hypothesis)]

    @property
    def marks(self) -> list[int]:
        return [e.samples for e in self.events if isinstance(e, Heard)]

    @property
    def statuses(self) -> list[str]:
        return [e.status for e in self.events if isinstance(e, StreamStatus)]

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)

    @property
    def live(self) -> LiveTranscript:
        return LiveTranscript(self.segments, max(self.marks, default=0), "builtin")


async def captioned(
    pool: DecoderPool,
    pcm: bytes,
    on_event: Callable[[SpeechEvent], Awaitable[None]] | None = None,
    size: int = 800,
) -> Run:
    run = Run()
    stream = BuiltinTranscriber(pool).stream(AudioFormat(), TranscriberContext())
    async with stream:

        async def feed() -> None:
            for chunk in cut(pcm, size):
                stream.push(chunk)
            await stream.finish()

        feeding = asyncio.create_task(feed())
        async for event in stream:
            run.events.append(event)
            if on_event is not None:
                await on_event(event)
        await asyncio.wait([feeding])
    return run


async def finally_transcribed(
    pool: DecoderPool, pcm: bytes, live: LiveTranscript | None = None
) -> Transcript:
    async def audio() -> AsyncIterator[bytes]:
        for block in cut(pcm, 160_000):
            yield block

    return await BuiltinFinalTranscriber(pool).transcribe(
        audio(), TranscriberContext(), live or LiveTranscript((), 0, "")
    )

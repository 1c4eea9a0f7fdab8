"""Runs Deepgram streams against the fake the way the product does."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from evaluations.core.shapes import AudioFormat, Segment
from sessions_app.transcription import (
    Heard,
    Hypothesis,
    SpeechEvent,
    StreamStatus,
    Transcriber,
    TranscriberContext,
    Utterance,
)
from sessions_app.transcription.deepgram.core.options import DeepgramConfig
from sessions_app.transcription.deepgram.stream import DeepgramTranscriber, Pace
from speechcoach.breaker import BreakerPolicy, Breakers
from speechcoach.retry import RetryPolicy
from tests.fakes.deepgram import FakeDeepgram
from tests.speech import cut

DEADLINE_SECONDS = 90.0
"""How long a test waits for what must come. Only a failing test waits that long."""

PACE = Pace(
    # A loaded machine is slow, and no test is about being fast.
    finish=60.0,
    open_seconds=60.0,
    connect_seconds=60.0,
    silent=60.0,
    catch_up=50.0,
    connect=RetryPolicy(attempts=3, base_seconds=0.01, cap_seconds=0.02),
)


def config(fake: FakeDeepgram, key: str = "a-key") -> DeepgramConfig:
    return DeepgramConfig(key, "a-live-model", "a-final-model", fake.base_url)


def breakers() -> Breakers:
    return Breakers(BreakerPolicy(failures=100))


def transcriber(fake: FakeDeepgram, pace: Pace = PACE, key: str = "a-key") -> DeepgramTranscriber:
    return DeepgramTranscriber(config(fake, key), breakers(), pace)


@dataclass
class Run:
    """What came of a stream."""

    events: list[SpeechEvent] = field(default_factory=list)

    @property
    def segments(self) -> tuple[Segment, ...]:
        said = (event.segment for event in self.events if isinstance(event, Utterance))
        return tuple(segment for segment in said if segment.words)

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)

    @property
    def words(self) -> list[tuple[str, float, float]]:
        return [
            (word.word, word.start_time, word.end_time)
            for segment in self.segments
            for word in segment.words
        ]

    @property
    def marks(self) -> list[int]:
        return [event.samples for event in self.events if isinstance(event, Heard)]

    @property
    def statuses(self) -> list[str]:
        return [event.status for event in self.events if isinstance(event, StreamStatus)]

    @property
    def guesses(self) -> list[str]:
        return [event.segment.text for event in self.events if isinstance(event, Hypothesis)]


async def captioned(
    engine: Transcriber,
    pcm: bytes,
    context: TranscriberContext | None = None,
    on_event: Callable[[SpeechEvent], Awaitable[None]] | None = None,
    size: int = 1600,
) -> Run:
    """Push ``pcm``, finish, and take all events; an engine that is given up is no error."""
    run = Run()
    async with (
        asyncio.timeout(DEADLINE_SECONDS),
        engine.stream(AudioFormat(), context or TranscriberContext()) as stream,
        asyncio.TaskGroup() as group,
    ):

        async def feed() -> None:
            for chunk in cut(pcm, size):
                stream.push(chunk)
                # Others run between two chunks, as they do between two frames of a socket.
                await asyncio.sleep(0)
            await stream.finish()

        feeding = group.create_task(feed())
        async for event in stream:
            run.events.append(event)
            if on_event is not None:
                await on_event(event)
        feeding.cancel()
    return run

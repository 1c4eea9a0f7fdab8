"""Live captions by Deepgram while nobody speaks."""

import asyncio
import json
from dataclasses import replace

import pytest

from evaluations.core.shapes import AudioFormat
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.transcription import StreamStatus, TranscriberContext
from tests.fakes.deepgram import FakeDeepgram
from tests.fakes.dial_tone import Said
from tests.sessions_app.transcription.deepgram.stream_talk import (
    PCM,
    WORDS,
    assert_whole,
    fake,
    until,
)
from tests.sessions_app.transcription.deepgram.talking import (
    DEADLINE_SECONDS,
    PACE,
    Run,
    captioned,
    transcriber,
)


async def test_a_pause_is_kept_alive_with_text():
    async with fake(idle_seconds=1.0) as vendor:
        pace = replace(PACE, keep_alive=0.1)
        run = Run()
        async with (
            asyncio.timeout(DEADLINE_SECONDS),
            transcriber(vendor, pace).stream(AudioFormat(), TranscriberContext()) as stream,
        ):
            half = PCM[: len(PCM) // 4 * 2]
            stream.push(half)
            await until(lambda: len(kept_alive(vendor)) >= 25)
            stream.push(PCM[len(half) :])
            await stream.finish()
            run.events = [event async for event in stream]
    assert_whole(run)
    assert run.statuses == []
    assert len(vendor.connections) == 1
    assert bytes(vendor.connections[0].audio) == PCM


async def test_without_it_the_vendor_would_have_gone():
    """The fake is as strict as the vendor: otherwise the test above would say nothing."""
    async with fake(idle_seconds=0.3) as vendor:
        pace = replace(PACE, keep_alive=60.0)
        async with (
            asyncio.timeout(DEADLINE_SECONDS),
            transcriber(vendor, pace).stream(AudioFormat(), TranscriberContext()) as stream,
        ):
            stream.push(PCM[:32_000])
            events = aiter(stream)
            while await anext(events) != StreamStatus("reconnecting"):
                pass
    assert vendor.connections[0].closed_by_us == "NET-0001"


async def test_a_pause_stays_a_pause():
    words = [Said("Good", 0.5, 0.8), Said("evening", 30.5, 30.8)]
    async with fake() as vendor:
        run = await captioned(transcriber(vendor), WORDS.sound(words, 31.5))
    assert [word[1] for word in run.words] == [pytest.approx(0.5), pytest.approx(30.5)]


async def test_silence_has_no_words():
    async with fake() as vendor:
        run = await captioned(transcriber(vendor), bytes(2 * 60 * SAMPLE_RATE))
    assert run.words == []
    assert run.guesses == []
    assert run.marks[-1] == 60 * SAMPLE_RATE


def kept_alive(vendor: FakeDeepgram) -> list[str]:
    texts = vendor.connections[0].texts if vendor.connections else []
    return [text for text in texts if json.loads(text)["type"] == "KeepAlive"]

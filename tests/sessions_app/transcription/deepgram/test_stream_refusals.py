"""Live captions by Deepgram when it refuses, hangs up or never answers."""

import asyncio
from dataclasses import replace

import pytest

from evaluations.core.shapes import AudioFormat
from sessions_app.transcription import StreamStatus, TranscriberContext
from sessions_app.transcription.deepgram.stream import DeepgramTranscriber
from speechcoach.breaker import BreakerPolicy, Breakers, BreakerState
from speechcoach.errors import ProviderError
from speechcoach.retry import RetryPolicy
from tests.fakes.deepgram import Live
from tests.sessions_app.transcription.deepgram.stream_talk import (
    PCM,
    WORDS,
    assert_whole,
    captioned_until_given_up,
    fake,
)
from tests.sessions_app.transcription.deepgram.talking import (
    DEADLINE_SECONDS,
    PACE,
    captioned,
    config,
    transcriber,
)


@pytest.mark.parametrize(
    ("plan", "attempts"),
    [
        (Live(refuse=(401, {})), 1),
        (Live(refuse=(402, {})), 1),
        (Live(refuse=(400, {})), 1),
        (Live(refuse=(500, {})), 3),
        (Live(refuse=(503, {})), 3),
    ],
)
async def test_a_refusal_is_repeated_only_where_that_can_help(plan, attempts):
    async with fake(default=plan) as vendor:
        run = await captioned_until_given_up(transcriber(vendor))
    assert run.statuses == ["reconnecting", "failed"]
    assert run.words == []
    assert vendor.attempts == attempts


async def test_a_wrong_key_is_given_up_at_once():
    async with fake() as vendor:
        run = await captioned_until_given_up(transcriber(vendor, key="another-key"))
    assert run.statuses == ["reconnecting", "failed"]
    assert vendor.attempts == 1


async def test_what_the_vendor_asks_for_is_waited_for():
    class Patient:
        """A clock whose sleeps are noted, and take no time."""

        def __init__(self):
            self.slept = []

        def now(self):
            return 0.0

        async def sleep(self, seconds):
            self.slept.append(seconds)
            if seconds >= 20:
                # Deadlines and watches: not in this test.
                await asyncio.Event().wait()

    clock = Patient()
    async with fake(Live(refuse=(429, {"Retry-After": "7"}))) as vendor:
        pace = replace(PACE, silent=100)
        engine = DeepgramTranscriber(config(vendor), Breakers(), pace, clock)
        run = await captioned(engine, PCM)
    assert_whole(run)
    assert 7.0 in clock.slept


async def test_one_who_accepts_and_hangs_up_is_given_up_after_three_times():
    async with fake(default=Live(drop_at_once=True, close_code=1008)) as vendor:
        run = await captioned_until_given_up(transcriber(vendor))
    assert run.statuses[-1] == "failed"
    assert len(vendor.connections) == 3


async def test_there_is_an_end_to_reconnecting_even_when_each_connection_hears_something():
    async with fake(default=Live(drop_after=0.6, close_code=1000)) as vendor:
        pcm = WORDS.sound([], 60)
        pace = replace(PACE, all_losses=5, losses=50)
        run = await captioned_until_given_up(transcriber(vendor, pace), pcm)
    assert len(vendor.connections) == 5
    assert run.statuses[-1] == "failed"


async def test_a_handshake_that_is_never_answered_is_tried_again():
    async with fake(Live(hang=True)) as vendor:
        pace = replace(PACE, open_seconds=0.3)
        run = await captioned(transcriber(vendor, pace), PCM)
    assert_whole(run)
    assert vendor.attempts == 2


async def test_who_is_given_up_says_so_to_whoever_pushes():
    async with fake(default=Live(refuse=(401, {}))) as vendor:
        engine = transcriber(vendor)
        async with engine.stream(AudioFormat(), TranscriberContext()) as stream:
            async with asyncio.timeout(DEADLINE_SECONDS):
                assert [event async for event in stream][-1] == StreamStatus("failed")
            with pytest.raises(ProviderError):
                stream.push(bytes(320))


async def test_after_failures_a_club_leaves_the_vendor_alone_and_others_do_not():
    known = Breakers(BreakerPolicy(failures=1))
    async with fake(Live(refuse=(500, {}))) as vendor:
        pace = replace(PACE, connect=RetryPolicy(attempts=1))
        engine = DeepgramTranscriber(config(vendor), known, pace)
        for _ in range(2):
            run = await captioned_until_given_up(engine, context=TranscriberContext(club_id=1))
            assert run.statuses[-1] == "failed"
        assert vendor.attempts == 1
        assert known.of("deepgram", 1).state is BreakerState.OPEN
        run = await captioned(engine, PCM, TranscriberContext(club_id=2))
    assert_whole(run)

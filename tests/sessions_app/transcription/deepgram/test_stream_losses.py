"""Live captions by Deepgram when connections are lost or fall behind."""

import asyncio
from dataclasses import replace

import pytest

from evaluations.core.shapes import AudioFormat
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.transcription import Hypothesis, StreamStatus, TranscriberContext, Utterance
from sessions_app.transcription.deepgram import stream as module
from sessions_app.transcription.deepgram.stream import DeepgramTranscriber
from speechcoach.breaker import Breakers
from tests.fakes.deepgram import FakeDeepgram, Live
from tests.sessions_app.transcription.deepgram.stream_talk import (
    PCM,
    SAMPLES,
    TIMES,
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
    config,
    transcriber,
)
from tests.speech import cut


@pytest.mark.parametrize("after", [0.5, 2.0, 4.4, 6.0, 9.0])
@pytest.mark.parametrize("code", [1011, 1000, None])
async def test_a_lost_connection_costs_no_word_and_doubles_none(after, code):
    async with fake(Live(drop_after=after, close_code=code)) as vendor:
        run = await captioned(transcriber(vendor), PCM)
    assert_whole(run)
    assert run.statuses == ["reconnecting", "reconnected"]
    assert run.marks[-1] == SAMPLES
    first, second = vendor.connections
    assert PCM.endswith(bytes(second.audio))
    assert len(second.audio) <= len(PCM)
    assert len(first.audio) < len(PCM)


async def test_many_losses_with_words_in_between_are_survived():
    drops = [Live(drop_after=3.5)] * 3
    async with fake(*drops) as vendor:
        run = await captioned(transcriber(vendor), PCM)
    assert_whole(run)
    assert run.statuses == ["reconnecting", "reconnected"] * 3


async def test_the_guess_of_a_lost_connection_is_forgotten():
    """What was final stays on the screen, the guess goes until it is heard again."""
    async with fake(Live(drop_after=5.0)) as vendor:
        run = await captioned(transcriber(vendor), PCM)
    back = run.events.index(StreamStatus("reconnected"))
    shown = next(event for event in run.events[back:] if isinstance(event, Hypothesis))
    finished = [e for e in run.events[:back] if isinstance(e, Utterance)]
    words = [word for event in finished for word in event.segment.words]
    assert len(shown.segment.words) <= len(TIMES) - len(words)
    assert_whole(run)


async def test_an_error_then_a_late_close_of_the_old_socket_do_not_end_the_new_one():
    """The first connection's server lives on, and closes only when the second one works."""

    class Late(FakeDeepgram):
        async def on_socket(self, request, socket):
            if len(self.connections):
                await super().on_socket(request, socket)
                return
            self.old = socket
            await socket.send('{"type": "Error", "description": "soon gone"}')
            await super().on_socket(request, socket)

    async with Late(WORDS, [Live(mute=True)]) as vendor:
        pace = replace(PACE, silent=0.4)
        engine = DeepgramTranscriber(config(vendor), Breakers(), pace)
        run = Run()
        async with (
            asyncio.timeout(DEADLINE_SECONDS),
            engine.stream(AudioFormat(), TranscriberContext()) as stream,
        ):
            for chunk in cut(PCM, 1600):
                stream.push(chunk)
            async for event in stream:
                run.events.append(event)
                if event == StreamStatus("reconnected"):
                    await vendor.old.close(1011, "late")
                    vendor.old.cut()
                    await stream.finish()
    assert_whole(run)
    assert run.statuses == ["reconnecting", "reconnected"]


async def test_a_vendor_that_takes_audio_and_says_nothing_is_left():
    async with fake(Live(mute=True)) as vendor:
        run = await captioned(transcriber(vendor, replace(PACE, silent=0.4)), PCM)
    assert_whole(run)
    assert run.statuses == ["reconnecting", "reconnected"]


async def test_what_nobody_has_heard_of_is_passed_over():
    noise = (
        '{"type": "Results"}',
        '{"type": "Results", "channel": [], "start": "soon", "duration": null}',
        '{"type": "TurnInfo", "event": "Update"}',
        '{"type": ["Results"]}',
        '{"kind": "no type"}',
        "[1, 2]",
        "null",
        '"text"',
        "{broken",
        "",
        '{"type": "Error", "description": "?", "variant": "SchemaError"}',
        *(f'{{"type": "Unknown{at}", "value": {at}}}' for at in range(50)),
    )
    async with fake(Live(noise=noise)) as vendor:
        run = await captioned(transcriber(vendor), PCM)
    assert_whole(run)
    assert run.statuses == []


@pytest.mark.parametrize("plan", [Live(mute=True), Live(slow=1.3)], ids=["mute", "slow"])
async def test_captions_that_fall_behind_skip_and_say_so(monkeypatch, caplog, plan):
    monkeypatch.setattr(module, "MAX_KEPT", 4 * SAMPLE_RATE)
    monkeypatch.setattr(module, "KEPT_AFTER_SKIP", SAMPLE_RATE)
    run = Run()
    async with (
        asyncio.timeout(DEADLINE_SECONDS),
        fake(plan) as vendor,
        transcriber(vendor).stream(AudioFormat(), TranscriberContext()) as stream,
    ):
        first, *rest = cut(PCM, 1600)
        stream.push(first)
        await until(lambda: bool(vendor.connections and vendor.connections[0].audio))
        for chunk in rest:
            stream.push(chunk)
        await until(lambda: len(vendor.connections) == 2)
        await stream.finish()
        run.events = [event async for event in stream]
    assert run.statuses == ["reconnecting", "reconnected"]
    # The last words are there, when they were said; that anything is complete nobody says.
    assert run.words[-1][0] == TIMES[-1][0]
    assert run.words[-1][1] == pytest.approx(TIMES[-1][1], abs=0.002)
    assert run.marks == []
    assert "captions skip" in caplog.text

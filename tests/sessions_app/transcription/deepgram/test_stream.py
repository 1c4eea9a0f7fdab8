"""Live captions by Deepgram, on good days and at the end of a speech."""

import asyncio
import json
from dataclasses import replace

import pytest

from evaluations.core.shapes import AudioFormat
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.transcription import Hypothesis, TranscriberContext, Utterance
from tests.fakes.deepgram import Live
from tests.sessions_app.transcription.deepgram.stream_talk import (
    PCM,
    SAID,
    SAMPLES,
    SENTENCES,
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
    transcriber,
)


async def test_every_word_comes_once_when_it_was_said_with_its_fillers():
    async with fake() as vendor:
        run = await captioned(transcriber(vendor), PCM)
    assert_whole(run)
    assert [segment.text for segment in run.segments] == list(SENTENCES)
    assert run.marks[-1] == SAMPLES
    assert run.statuses == []
    assert not vendor.faults


async def test_the_vendor_gets_the_samples_as_they_are_and_is_asked_for_the_rest():
    async with fake() as vendor:
        await captioned(transcriber(vendor), PCM)
    (connection,) = vendor.connections
    assert bytes(connection.audio) == PCM
    assert connection.query["sample_rate"] == ["16000"]
    assert connection.query["model"] == ["a-live-model"]
    assert connection.query["mip_opt_out"] == ["true"]
    assert connection.query["filler_words"] == ["true"]
    assert [json.loads(text)["type"] for text in connection.texts] == ["Finalize", "CloseStream"]


async def test_words_to_expect_are_sent():
    context = TranscriberContext(key_terms=("Ada Lovelace", "Zoë & co"))
    async with fake() as vendor:
        await captioned(transcriber(vendor), PCM, context)
    assert vendor.connections[0].query["keyterm"] == ["Ada Lovelace", "Zoë & co"]


async def test_a_resumed_speech_keeps_its_clock():
    async with fake() as vendor:
        context = TranscriberContext(start_sample=20 * SAMPLE_RATE)
        run = await captioned(transcriber(vendor), PCM, context)
    assert run.words[0][1] == pytest.approx(20 + TIMES[0][1], abs=0.002)
    assert run.marks[-1] == 20 * SAMPLE_RATE + SAMPLES


async def test_a_guess_only_grows_or_is_replaced_within_its_utterance():
    async with fake() as vendor:
        run = await captioned(transcriber(vendor), PCM)
    finished = ""
    for event in run.events:
        if isinstance(event, Hypothesis):
            assert not finished or not event.segment.text.startswith(finished)
        if isinstance(event, Utterance):
            finished = event.segment.text


@pytest.mark.parametrize(
    "plan",
    [
        Live(late_final=0.4),
        Live(late_final=0.4, answers_finalize=False),
        Live(from_finalize=False),
        Live(answers_finalize=False),
        Live(ends_utterances=False),
        Live(closes=False),
    ],
    ids=lambda plan: next(k for k, v in vars(Live()).items() if getattr(plan, k) != v),
)
async def test_the_last_words_are_never_lost(plan):
    cut_short = WORDS.sound(SAID, SAID[-1].end)
    # Half of it is waited for an answer that some plans do not give, the rest is for the last words
    # on a machine that has much else to do. After ten silent seconds the vendor hangs up.
    patient = replace(PACE, finish=9.0)
    async with fake(plan) as vendor:
        run = await captioned(transcriber(vendor, patient), cut_short)
    assert_whole(run)
    assert run.statuses == []
    assert run.marks[-1] == len(cut_short) // 2


async def test_a_vendor_that_never_makes_the_last_words_final_holds_nobody_up():
    plan = Live(answers_finalize=False, late_final=DEADLINE_SECONDS * 10)
    cut_short = WORDS.sound(SAID, SAID[-1].end)
    async with fake(plan) as vendor:
        engine = transcriber(vendor, replace(PACE, finish=0.5))
        run = Run()
        async with (
            asyncio.timeout(DEADLINE_SECONDS),
            engine.stream(AudioFormat(), TranscriberContext()) as stream,
        ):
            stream.push(cut_short)
            async for event in stream:
                run.events.append(event)
                if run.guesses and run.guesses[-1] == SENTENCES[-1]:
                    await stream.finish()
    # The guess that everybody has read stays; that it is final nobody says.
    assert run.text.endswith(SENTENCES[-1])
    assert run.marks[-1] < len(cut_short) // 2


async def test_nothing_pushed_nothing_heard():
    async with fake() as vendor:
        run = await captioned(transcriber(vendor), b"")
    assert run.words == []
    assert run.statuses == []


async def test_who_leaves_does_not_wait_for_the_vendor():
    async with fake(Live(closes=False, mute=True)) as vendor, asyncio.timeout(DEADLINE_SECONDS):
        stream = transcriber(vendor).stream(AudioFormat(), TranscriberContext())
        async with stream:
            stream.push(PCM)
            await until(lambda: bool(vendor.connections))
        # The fixture finds whatever goes on.

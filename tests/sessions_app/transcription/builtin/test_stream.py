import asyncio
import os
import signal

import numpy as np
import pytest

from evaluations.core.shapes import AudioFormat
from sessions_app.transcription import Heard, Hypothesis, TranscriberContext, Utterance
from sessions_app.transcription.builtin import stream as module
from sessions_app.transcription.builtin.pool import DecoderPool
from sessions_app.transcription.builtin.process import DecoderProcess
from sessions_app.transcription.builtin.stream import BuiltinTranscriber
from speechcoach.errors import ProviderError, Reason
from tests.sessions_app.transcription.builtin.driving import captioned, finally_transcribed
from tests.speech import PASSAGE, SAMPLE_RATE, noise, silence, spoken, words_right

RIVER = "My father took me to the river every summer."
MONEY = "The company made more money than it did last year."


def after(seconds: float, *sounds) -> bytes:
    return np.concatenate([silence(seconds), *sounds]).tobytes()


async def test_spoken_words_become_captions_and_then_utterances(pool):
    pcm = spoken(PASSAGE).tobytes()
    run = await captioned(pool, pcm)
    assert words_right(PASSAGE, run.text) > 0.7
    assert run.hypotheses
    assert run.statuses == []
    assert run.marks == sorted(set(run.marks))
    assert run.marks[-1] == len(pcm) // 2


async def test_times_stand_on_the_speech_s_clock(pool):
    speech = spoken(RIVER)
    run = await captioned(pool, after(2, speech, silence(1), speech))
    begins = [2, 3 + len(speech) / SAMPLE_RATE]
    assert [s.start_time for s in run.segments] == pytest.approx(begins, abs=0.4)
    for segment in run.segments:
        assert segment.start_time == segment.words[0].start_time
        assert all(w.start_time < w.end_time for w in segment.words)
        assert segment.text[0].isupper()


async def test_no_utterance_ends_before_a_mark_that_came_earlier(pool):
    run = await captioned(pool, after(1, spoken(RIVER), silence(1), spoken(MONEY), silence(2)))
    mark = 0
    for event in run.events:
        if isinstance(event, Utterance):
            assert event.segment.end_time * SAMPLE_RATE >= mark
        elif isinstance(event, Heard):
            mark = event.samples


async def test_silence_and_quiet_noise_give_no_word(pool):
    run = await captioned(pool, after(5, noise(5, level=20)))
    assert run.text == ""
    assert run.marks[-1] == 10 * SAMPLE_RATE


async def test_a_speech_without_a_pause_is_cut_so_that_little_is_left_at_the_end(pool):
    speech = spoken(PASSAGE)
    loud = speech[np.abs(speech.astype(int)) > 40]
    run = await captioned(pool, loud.tobytes())
    assert len(run.segments) >= 2
    assert all(s.end_time - s.start_time <= 12.1 for s in run.segments)


async def test_two_streams_do_not_mix(pool):
    river, money = await asyncio.gather(
        captioned(pool, spoken(RIVER).tobytes()), captioned(pool, spoken(MONEY).tobytes())
    )
    assert words_right(RIVER, river.text) > 0.7 > words_right(MONEY, river.text)
    assert words_right(MONEY, money.text) > 0.7 > words_right(RIVER, money.text)


async def test_a_killed_process_is_replaced_and_nothing_is_lost():
    started: list[DecoderProcess] = []

    def start() -> DecoderProcess:
        started.append(DecoderProcess())
        return started[-1]

    async def kill_the_first(event):
        if isinstance(event, Hypothesis) and len(started) == 1:
            os.kill(started[0].pid, signal.SIGKILL)

    pool = DecoderPool(1, start)
    pcm = spoken(PASSAGE).tobytes()
    run = await captioned(pool, pcm, kill_the_first)
    assert len(started) == 2
    assert run.statuses == ["reconnecting", "reconnected"]
    assert words_right(PASSAGE, run.text) > 0.7
    assert run.marks[-1] == len(pcm) // 2
    await pool.aclose()


async def test_an_engine_that_keeps_dying_is_given_up_and_says_so():
    pool = DecoderPool(1, lambda: DecoderProcess(["true"]))
    run = await captioned(pool, spoken(RIVER).tobytes())
    assert run.statuses[-1] == "failed"
    assert run.text == ""
    with pytest.raises(ProviderError) as caught:
        await finally_transcribed(pool, spoken(RIVER).tobytes())
    assert caught.value.reason is Reason.UNAVAILABLE
    await pool.aclose()


async def test_an_engine_that_cannot_be_started_is_given_up():
    pool = DecoderPool(1, lambda: DecoderProcess(["/no/such/program"]))
    run = await captioned(pool, spoken(RIVER).tobytes())
    assert run.statuses == ["failed"]


async def test_when_all_decoders_are_taken_the_newest_waits_and_tells_the_truth():
    pool = DecoderPool(1)
    transcriber = BuiltinTranscriber(pool)
    pcm = spoken(RIVER).tobytes()
    async with transcriber.stream(AudioFormat(), TranscriberContext()) as first:
        first.push(pcm)
        async for event in first:
            if isinstance(event, Hypothesis):
                break
        waiting = await captioned(pool, pcm)
    assert waiting.statuses == ["reconnecting"]
    assert waiting.marks == []
    transcript = await finally_transcribed(pool, pcm, waiting.live)
    assert words_right(RIVER, transcript.text) > 0.7
    await pool.aclose()


async def test_a_stream_that_lags_skips_and_the_final_pass_decodes_what_was_skipped(
    pool, monkeypatch
):
    monkeypatch.setattr(module, "KEPT_BYTES", 4 * 32_000)
    pcm = after(0.5, spoken(RIVER), silence(1), spoken(MONEY), silence(1), spoken(PASSAGE))
    run = await captioned(pool, pcm)
    assert run.statuses[0] == "reconnecting"
    assert max(run.marks, default=0) < len(pcm) // 2
    transcript = await finally_transcribed(pool, pcm, run.live)
    assert words_right(f"{RIVER} {MONEY} {PASSAGE}", transcript.text) > 0.7


@pytest.mark.parametrize(
    ("fmt", "context"),
    [
        (AudioFormat(sample_rate=8_000), TranscriberContext()),
        (AudioFormat(), TranscriberContext(language="de")),
    ],
)
async def test_what_the_model_does_not_know_is_refused(pool, fmt, context):
    with pytest.raises(ProviderError) as caught:
        BuiltinTranscriber(pool).stream(fmt, context)
    assert caught.value.reason is Reason.BAD_INPUT

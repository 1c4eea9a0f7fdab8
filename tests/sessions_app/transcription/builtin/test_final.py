import asyncio
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from evaluations.core.shapes import Segment
from sessions_app.transcription import LiveTranscript
from sessions_app.transcription.builtin.pool import DecoderPool
from sessions_app.transcription.builtin.process import DecoderProcess
from tests.sessions_app.transcription.builtin.driving import captioned, finally_transcribed
from tests.speech import PASSAGE, SAMPLE_RATE, cut, loaded, silence, spoken, words_right

RIVER = "My father took me to the river every summer."
RECORDINGS = Path(__file__).parents[5] / "shared" / "audio"


def no_process() -> DecoderProcess:
    raise AssertionError("Nothing was left to decode")


async def test_a_whole_speech_is_transcribed_without_captions(pool):
    transcript = await finally_transcribed(pool, spoken(PASSAGE).tobytes())
    assert words_right(PASSAGE, transcript.text) > 0.7
    assert all(segment.is_final for segment in transcript.segments)


async def test_what_was_decoded_live_is_kept_and_nothing_is_decoded_again(pool):
    pcm = spoken(RIVER).tobytes()
    run = await captioned(pool, pcm)
    again = await finally_transcribed(DecoderPool(1, no_process), pcm, run.live)
    assert again.segments == run.segments


async def test_only_the_rest_is_decoded_and_stands_at_its_time(pool):
    first = np.concatenate([spoken(RIVER), silence(1)])
    pcm = np.concatenate([first, spoken(RIVER)]).tobytes()
    kept = Segment(text="Kept as it was", start_time=0.2, end_time=2, words=(), is_final=True)
    run = await captioned(pool, first.tobytes())
    live = LiveTranscript((*run.segments, kept), len(first), "builtin")
    transcript = await finally_transcribed(pool, pcm, live)
    assert transcript.segments[: len(run.segments)] == run.segments
    assert transcript.segments[-1].start_time >= len(first) / SAMPLE_RATE
    assert words_right(f"{RIVER} {RIVER}", transcript.text) > 0.7


async def test_another_engine_s_captions_are_not_kept(pool):
    other = Segment(text="Something else", start_time=0, end_time=1, words=(), is_final=True)
    pcm = spoken(RIVER).tobytes()
    live = LiveTranscript((other,), len(pcm) // 2, "deepgram")
    transcript = await finally_transcribed(pool, pcm, live)
    assert words_right(RIVER, transcript.text) > 0.7
    assert "else" not in transcript.text


async def test_silence_gives_an_empty_transcript(pool):
    assert (await finally_transcribed(pool, silence(3).tobytes())).segments == ()
    assert (await finally_transcribed(pool, b"")).segments == ()


async def test_a_process_killed_during_the_pass_is_replaced():
    started: list[DecoderProcess] = []

    def start() -> DecoderProcess:
        started.append(DecoderProcess())
        if len(started) == 1:
            os.kill(started[0].pid, signal.SIGKILL)
        return started[-1]

    pool = DecoderPool(1, start)
    transcript = await finally_transcribed(pool, spoken(PASSAGE).tobytes())
    assert words_right(PASSAGE, transcript.text) > 0.7
    await pool.aclose()


async def test_a_pass_in_a_thread_of_its_own_shares_the_pool(pool):
    pcm = spoken(RIVER).tobytes()
    in_thread = asyncio.to_thread(lambda: asyncio.run(finally_transcribed(pool, pcm)))
    run, transcript = await asyncio.gather(captioned(pool, pcm), in_thread)
    assert words_right(RIVER, run.text) > 0.7
    assert run.text == transcript.text


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("name", "words", "share"),
    [
        (
            "austen-0870.wav",
            "and mister john dashwood had then leisure to consider how much there might be",
            0.6,
        ),
        (
            "austen-0890.wav",
            "unless to be rather cold hearted and rather selfish is to be ill disposed",
            0.5,
        ),
        (
            "jfk.flac",
            "fellow americans ask not what your country can do for you ask what you can do",
            0.5,
        ),
    ],
)
async def test_real_readers_are_understood(pool, name, words, share):
    path = RECORDINGS / name
    if not path.exists():
        pytest.skip("the recordings of real speech are not beside this checkout")
    pcm = loaded(path.read_bytes()).tobytes()
    transcript = await finally_transcribed(pool, pcm)
    assert words_right(words, transcript.text) >= share
    assert len(cut(pcm, SAMPLE_RATE)) >= transcript.words[-1].end_time

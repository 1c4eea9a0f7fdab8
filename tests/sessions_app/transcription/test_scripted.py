import asyncio
import fcntl
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from evaluations.core.shapes import AudioFormat
from sessions_app.transcription import (
    Heard,
    Hypothesis,
    LiveTranscript,
    StreamStatus,
    TranscriberContext,
    Utterance,
)
from sessions_app.transcription.scripted import (
    Digest,
    Hold,
    Line,
    ScriptedFinalTranscriber,
    ScriptedTranscriber,
    Trouble,
    load_script,
)
from tests.speech import cut, silence

SCRIPT: list[Line | Trouble] = [
    Line("Good evening", 0.4, 1.4),
    Trouble(2.0, StreamStatus("reconnecting")),
    Line("I will be brief", 2.5, 4.5),
]


async def events(seconds: float, size: int = 800):
    transcriber = ScriptedTranscriber(SCRIPT)
    async with transcriber.stream(AudioFormat(), TranscriberContext()) as stream:
        for chunk in cut(silence(seconds).tobytes(), size):
            stream.push(chunk)
        await stream.finish()
        return [event async for event in stream]


@pytest.mark.parametrize("size", [1, 333, 800, 40_000])
async def test_events_do_not_depend_on_how_the_samples_were_cut(size):
    assert await events(5, size) == await events(5)


async def test_a_line_grows_word_by_word_and_then_is_final():
    found = await events(5)
    assert [e.segment.text for e in found if isinstance(e, Hypothesis)][:3] == [
        "Good",
        "Good evening",
        "I",
    ]
    assert [e.segment.text for e in found if isinstance(e, Utterance)] == [
        "Good evening",
        "I will be brief",
    ]
    assert found.index(StreamStatus("reconnecting")) == 4
    assert found[-1] == Heard(80_000)


async def test_a_line_cut_off_keeps_the_words_that_were_heard():
    found = [e.segment for e in await events(3.6) if isinstance(e, Utterance)]
    assert [segment.text for segment in found] == ["Good evening", "I will"]
    assert all(segment.is_final for segment in found)


async def final_pass(script, pcm: bytes):
    async def audio() -> AsyncIterator[bytes]:
        for block in cut(pcm, 7_000):
            yield block

    final = ScriptedFinalTranscriber(script)
    return await final.transcribe(audio(), TranscriberContext(), LiveTranscript((), 0, "other"))


async def test_the_final_pass_hears_as_much_as_there_is_audio():
    transcript = await final_pass(SCRIPT, silence(3.6).tobytes())
    assert transcript.text == "Good evening I will"


async def test_a_digest_says_which_samples_the_final_pass_was_given():
    pcm = silence(3.6).tobytes()
    transcript = await final_pass([*SCRIPT, Digest()], pcm)
    assert transcript.segments[-1].text == f"sha256 {hashlib.sha256(pcm).hexdigest()}"
    assert transcript.segments[-1].words == ()
    assert transcript.words == (await final_pass(SCRIPT, pcm)).words


async def test_the_final_pass_waits_while_it_is_held(tmp_path):
    pcm = silence(3.6).tobytes()
    path = tmp_path / "hold"
    path.touch()
    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        passing = asyncio.create_task(final_pass([*SCRIPT, Hold(path)], pcm))
        assert not (await asyncio.wait({passing}, timeout=0.2))[0]
    assert await passing == await final_pass(SCRIPT, pcm)


def test_a_script_is_read_from_a_file(tmp_path):
    path = tmp_path / "script.json"
    lines = [
        {"text": "Good evening", "start": 0.4, "end": 1.4},
        {"at": 2.0, "status": "reconnecting"},
        {"text": "I will be brief", "start": 2.5, "end": 4.5},
        {"digest": True},
        {"held_by": "hold"},
    ]
    path.write_text(json.dumps(lines))
    assert load_script(path) == [*SCRIPT, Digest(), Hold(Path("hold"))]

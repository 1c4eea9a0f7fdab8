"""The final transcript by Deepgram."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
import soundfile

from evaluations.core.shapes import Transcript
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.transcription import LiveTranscript, TranscriberContext
from sessions_app.transcription.deepgram.core.options import DeepgramConfig
from sessions_app.transcription.deepgram.final import DeepgramFinalTranscriber
from sessions_app.transcription.encoding import encoded_parts
from speechcoach.breaker import BreakerPolicy, Breakers
from speechcoach.errors import ProviderError, Reason
from speechcoach.retry import RetryPolicy
from tests.fakes.deepgram import FakeDeepgram, Recorded
from tests.fakes.dial_tone import Said, Vocabulary, spoken
from tests.sessions_app.transcription.deepgram.talking import DEADLINE_SECONDS, breakers, config
from tests.speech import cut

WORDS = Vocabulary(["Well,", "um", "I", "am", "here.", "very", "glad", "to", "be", "Thank", "you."])
QUICK = RetryPolicy(attempts=3, base_seconds=0.01, bad_outputs=2)
NOTHING = LiveTranscript((), 0, "")


def talk(sentences: int) -> tuple[list[Said], bytes]:
    said: list[Said] = []
    start = 0.5
    for _ in range(sentences):
        words, start = spoken("Well, um I am very very glad to be here. Thank you.", start)
        said += words
        start += 1.0
    return said, WORDS.sound(said, start)


SAID, PCM = talk(2)


def sound(flac: bytes) -> bytes:
    samples, rate = soundfile.read(io.BytesIO(flac), dtype="int16")
    assert rate == SAMPLE_RATE
    return samples.tobytes()


async def blocks(pcm: bytes, samples: int = 12_345) -> AsyncIterator[bytes]:
    for block in cut(pcm, samples):
        yield block


def engine(fake: FakeDeepgram, **options) -> DeepgramFinalTranscriber:
    given: dict[str, Any] = {
        "policy": QUICK,
        "seconds": DEADLINE_SECONDS,
        "breakers": breakers(),
    } | options
    return DeepgramFinalTranscriber(config(fake), **given)


async def transcribed(fake: FakeDeepgram, pcm: bytes = PCM, **options) -> Transcript:
    return await engine(fake, **options).transcribe(
        blocks(pcm), TranscriberContext(key_terms=("Ada", "Zoë")), NOTHING
    )


def assert_whole(transcript: Transcript, said: list[Said] = SAID) -> None:
    assert [word.word for word in transcript.words] == [one.word for one in said]
    for word, one in zip(transcript.words, said, strict=True):
        assert abs(word.start_time - one.start) <= 0.002
        assert abs(word.end_time - one.end) <= 0.002
        assert word.confidence == 0.97


async def test_every_word_with_its_time_its_confidence_and_its_fillers():
    async with FakeDeepgram(WORDS) as fake:
        transcript = await transcribed(fake)
    assert_whole(transcript)
    assert len(transcript.segments) == 2
    assert all(segment.is_final for segment in transcript.segments)


async def test_the_vendor_gets_the_same_sound_in_half_the_bytes_and_is_asked_to_keep_none():
    async with FakeDeepgram(WORDS) as fake:
        await transcribed(fake)
    (request,) = fake.requests
    assert request.path == "/v1/listen"
    assert request.body[:4] == b"fLaC"
    assert len(request.body) < len(PCM)
    assert sound(request.body) == PCM
    assert request.query["mip_opt_out"] == request.query["filler_words"] == ["true"]
    assert request.query["model"] == ["a-final-model"]
    assert request.query["keyterm"] == ["Ada", "Zoë"]


@pytest.mark.parametrize("part", [7, 11, 20])
async def test_a_long_speech_is_sent_in_parts_and_comes_back_whole(part):
    said, pcm = talk(9)
    async with FakeDeepgram(WORDS) as fake:
        transcript = await transcribed(fake, pcm, part_seconds=part, overlap_seconds=3)
    assert_whole(transcript, said)
    assert len(fake.requests) == pytest.approx(len(pcm) / 2 / SAMPLE_RATE / (part - 3), abs=1)


async def test_parts_overlap_and_none_is_longer_than_allowed():
    samples = 10 * SAMPLE_RATE
    parts = [p async for p in encoded_parts(blocks(PCM), samples, 2 * SAMPLE_RATE)]
    assert [part.start for part in parts] == [0]
    _, pcm = talk(6)
    parts = [part async for part in encoded_parts(blocks(pcm), samples, 2 * SAMPLE_RATE)]
    assert [part.start for part in parts] == [8 * SAMPLE_RATE * at for at in range(len(parts))]
    assert all(part.samples <= samples for part in parts)
    for part in parts:
        assert sound(part.flac) == pcm[part.start * 2 :][: part.samples * 2]
    assert parts[-1].start + parts[-1].samples == len(pcm) // 2


async def test_no_audio_asks_nobody():
    async with FakeDeepgram(WORDS) as fake:
        assert await transcribed(fake, b"") == Transcript()
    assert fake.requests == []


async def test_silence_has_no_words():
    async with FakeDeepgram(WORDS) as fake:
        assert await transcribed(fake, bytes(64_000)) == Transcript()


@pytest.mark.parametrize(
    "fault",
    [
        Recorded(status=500),
        Recorded(status=503),
        Recorded(status=429, headers={"retry-after": "0"}),
        Recorded(body=b"{broken"),
        Recorded(body=b"[]"),
        Recorded(body=b"{}"),
        Recorded(duration=0.0),
        Recorded(duration=1.0),
        Recorded(without_times=True),
    ],
)
async def test_a_passing_fault_is_asked_again(fault):
    async with FakeDeepgram(WORDS, recorded=[fault]) as fake:
        assert_whole(await transcribed(fake))
    assert len(fake.requests) == 2


@pytest.mark.parametrize(
    ("fault", "reason", "requests"),
    [
        (Recorded(status=401), Reason.CREDENTIALS, 1),
        (Recorded(status=402), Reason.QUOTA, 1),
        (Recorded(status=400), Reason.BAD_INPUT, 1),
        (Recorded(status=500), Reason.UNAVAILABLE, 3),
        (Recorded(status=504), Reason.TIMEOUT, 3),
        (Recorded(duration=0.0), Reason.BAD_OUTPUT, 2),
    ],
)
async def test_a_lasting_fault_is_told_by_its_reason(fault, reason, requests):
    async with FakeDeepgram(WORDS, recorded=[fault] * 9) as fake:
        with pytest.raises(ProviderError) as raised:
            await transcribed(fake)
    assert raised.value.reason is reason
    assert len(fake.requests) == requests


async def test_what_the_vendor_asks_to_wait_is_not_waited_past_the_deadline():
    fault = Recorded(status=429, headers={"Retry-After": "1000"})
    async with FakeDeepgram(WORDS, recorded=[fault] * 2) as fake:
        with pytest.raises(ProviderError) as raised:
            await transcribed(fake)
    assert raised.value.reason is Reason.RATE_LIMIT
    assert raised.value.retry_after == 1000
    assert len(fake.requests) == 1


@pytest.mark.parametrize("fault", [Recorded(hang=True), Recorded(drip=0.3)])
async def test_a_vendor_that_is_not_done_in_time_is_left(fault):
    async with FakeDeepgram(WORDS, recorded=[fault] * 3) as fake:
        with pytest.raises(ProviderError) as raised:
            await transcribed(fake, seconds=0.8)
    assert raised.value.reason is Reason.TIMEOUT


async def test_text_without_word_times_is_not_lost():
    async with FakeDeepgram(WORDS, recorded=[Recorded(without_words=True)]) as fake:
        transcript = await transcribed(fake)
    assert [word.word for word in transcript.words] == [one.word for one in SAID]
    assert transcript.words[-1].end_time == pytest.approx(len(PCM) / 32_000, abs=0.01)


async def test_an_answer_without_a_duration_is_measured_by_the_audio():
    async with FakeDeepgram(WORDS, recorded=[Recorded(without_duration=True)]) as fake:
        assert_whole(await transcribed(fake))


async def test_one_part_that_fails_fails_all_and_stops_the_others():
    _, pcm = talk(9)
    faults = [Recorded(hang=True), Recorded(status=401)]
    async with FakeDeepgram(WORDS, recorded=faults) as fake, asyncio.timeout(DEADLINE_SECONDS):
        with pytest.raises(ProviderError) as raised:
            await transcribed(fake, pcm, part_seconds=10, overlap_seconds=3)
    assert raised.value.reason is Reason.CREDENTIALS


async def test_nothing_of_what_was_said_or_sent_is_in_the_error():
    body = b'{"err_msg": "quillwort", "results": "quillwort"}'
    for fault in (Recorded(body=body), Recorded(status=400, body=body), Recorded(body=body[:-1])):
        async with FakeDeepgram(WORDS, recorded=[fault] * 3) as fake:
            with pytest.raises(ProviderError) as raised:
                await transcribed(fake)
        assert raised.value.__suppress_context__
        assert "quillwort" not in str(raised.value)
        assert "a-key" not in str(raised.value)


async def test_a_club_whose_calls_fail_leaves_the_vendor_alone():
    known = Breakers(BreakerPolicy(failures=1))
    async with FakeDeepgram(WORDS, recorded=[Recorded(status=401)]) as fake:
        for _ in range(2):
            with pytest.raises(ProviderError):
                await transcribed(fake, breakers=known)
    assert len(fake.requests) == 1


def test_a_transcriber_serves_one_event_loop_after_the_other():
    """Tasks run on loops of their own; nothing of the vendor's client stays behind in one."""

    async def once() -> Transcript:
        async with FakeDeepgram(WORDS) as fake:
            shared._config = config(fake)
            return await shared.transcribe(blocks(PCM), TranscriberContext(), NOTHING)

    shared = DeepgramFinalTranscriber(
        DeepgramConfig("a-key", "m", "m"), breakers(), QUICK, DEADLINE_SECONDS
    )
    for _ in range(2):
        assert_whole(asyncio.run(once()))

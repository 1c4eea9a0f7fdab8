"""The final transcript by OpenAI."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
import soundfile

from evaluations.billing import Bill
from evaluations.core.shapes import Segment, Transcript
from evaluations.openai_access import OpenAIAccess
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.transcription import LiveTranscript, TranscriberContext
from sessions_app.transcription.encoding import PART_SECONDS, encoded_parts
from sessions_app.transcription.openai.final import (
    MOST_BYTES,
    OpenAIFinalTranscriber,
    TranscriptionModel,
)
from speechcoach.breaker import BreakerPolicy, Breakers
from speechcoach.errors import ProviderError, Reason
from speechcoach.model_table import facts_of
from speechcoach.retry import RetryPolicy
from tests.fakes import openai_server as fakes
from tests.fakes.dial_tone import Said, Vocabulary, spoken
from tests.sessions_app.transcription.words import word
from tests.speech import cut

PATH = "/v1/audio/transcriptions"
WORDS = Vocabulary(["Well,", "um", "I", "am", "here.", "very", "glad", "to", "be", "Thank", "you."])
QUICK = RetryPolicy(attempts=3, base_seconds=0.01, bad_outputs=2)
NOTHING = LiveTranscript((), 0, "")
DEADLINE_SECONDS = 90.0


def talk(sentences: int) -> tuple[list[Said], bytes]:
    said: list[Said] = []
    start = 0.5
    for _ in range(sentences):
        words, start = spoken("Well, um I am very very glad to be here. Thank you.", start)
        said += words
        start += 1.0
    return said, WORDS.sound(said, start)


SAID, PCM = talk(2)


@pytest.fixture
def fake() -> Iterator[fakes.FakeOpenAI]:
    with fakes.openai_server() as running:
        running.vocabulary = WORDS
        yield running


async def blocks(pcm: bytes, samples: int = 12_345) -> AsyncIterator[bytes]:
    for block in cut(pcm, samples):
        yield block


def engine(fake: fakes.FakeOpenAI, model: str = "whisper-1", **options) -> OpenAIFinalTranscriber:
    given: dict[str, Any] = {
        "policy": QUICK,
        "seconds": DEADLINE_SECONDS,
        "breakers": Breakers(BreakerPolicy(failures=100)),
    } | options
    access = OpenAIAccess(fakes.KEY, fake.base_url)
    return OpenAIFinalTranscriber(access, TranscriptionModel(model, facts_of(model)), **given)


async def transcribed(
    fake: fakes.FakeOpenAI,
    pcm: bytes = PCM,
    live: LiveTranscript = NOTHING,
    bill: Bill | None = None,
    **options,
) -> Transcript:
    context = TranscriberContext(key_terms=("Ada", "Zoë"))
    return await engine(fake, **options).transcribe(blocks(pcm), context, live, bill)


def heard_live(said: list[Said], mistakes: int = 0) -> LiveTranscript:
    """What a live engine gives: without punctuation, some words misheard."""
    words = tuple(
        word(f"wrong{at}" if mistakes and at % mistakes == 1 else one.word.lower().strip(".,"),
             one.start, one.end)
        for at, one in enumerate(said)
    )  # fmt: skip
    segment = Segment(
        text="", start_time=words[0].start_time, end_time=words[-1].end_time, words=words,
        is_final=True,
    )  # fmt: skip
    return LiveTranscript((segment,), 0, "builtin")


def assert_whole(transcript: Transcript, said: list[Said] = SAID, within: float = 0.002) -> None:
    assert [one.word for one in transcript.words] == [one.word for one in said]
    for one, truth in zip(transcript.words, said, strict=True):
        assert abs(one.start_time - truth.start) <= within
        assert abs(one.end_time - truth.end) <= within
    assert all(segment.is_final for segment in transcript.segments)


async def test_a_model_that_gives_times_is_believed_and_its_text_is_kept(fake):
    transcript = await transcribed(fake)
    assert_whole(transcript)
    assert len(transcript.segments) == 2


async def test_the_vendor_gets_the_same_sound_in_half_the_bytes_and_the_words_to_expect(fake):
    await transcribed(fake)
    (request,) = fake.calls(PATH)
    assert request.file is not None
    assert request.file[:4] == b"fLaC"
    assert len(request.file) < len(PCM)
    samples, rate = soundfile.read(io.BytesIO(request.file), dtype="int16")
    assert (samples.tobytes(), rate) == (PCM, SAMPLE_RATE)
    body = request.body
    assert body["model"] == "whisper-1"
    assert body["response_format"] == "verbose_json"
    assert body["timestamp_granularities"] == ["word"]
    assert body["language"] == "en"
    assert body["prompt"].endswith(" Ada, Zoë.")
    assert "keywords" not in body


async def test_a_model_that_takes_keywords_gets_them(fake):
    await transcribed(fake, model="gpt-transcribe")
    (request,) = fake.calls(PATH)
    assert request.body["keywords"] == ["Ada", "Zoë"]
    assert "Ada" not in request.body["prompt"]


@pytest.mark.parametrize("model", ["gpt-4o-transcribe", "gpt-4o-mini-transcribe", "gpt-transcribe"])
async def test_words_without_times_get_those_that_were_heard_live(fake, model):
    transcript = await transcribed(fake, live=heard_live(SAID), model=model)
    assert_whole(transcript)
    assert len(transcript.segments) == 2
    assert len(fake.calls(PATH)) == 1


async def test_and_where_the_live_engine_misheard_they_lie_between_its_words(fake):
    live = heard_live(SAID, mistakes=4)
    transcript = await transcribed(fake, live=live, model="gpt-4o-transcribe")
    assert_whole(transcript, within=0.26)
    starts = [one.start_time for one in transcript.words]
    assert starts == sorted(starts)


async def test_without_captions_the_words_lie_where_something_sounds(fake):
    transcript = await transcribed(fake, model="gpt-4o-transcribe")
    assert [one.word for one in transcript.words] == [one.word for one in SAID]
    assert_whole(transcript, within=1.0)
    minutes = (transcript.words[-1].end_time - transcript.words[0].start_time) / 60
    truth = (SAID[-1].end - SAID[0].start) / 60
    assert minutes == pytest.approx(truth, rel=0.1)


async def test_a_model_that_nobody_knows_is_asked_for_times_once(fake):
    own = engine(fake, "no-times")
    for _ in range(2):
        live = heard_live(SAID)
        assert_whole(await own.transcribe(blocks(PCM), TranscriberContext(), live))
    formats = [request.body["response_format"] for request in fake.calls(PATH)]
    assert formats == ["verbose_json", "json", "json"]
    assert_whole(await transcribed(fake, model="some-times"))


async def test_times_that_are_all_nought_are_not_believed(fake):
    fake.answers(PATH, fakes.transcribed(without_times=True))
    assert_whole(await transcribed(fake, live=heard_live(SAID)))


@pytest.mark.parametrize("part", [7, 11, 20])
async def test_a_long_speech_is_sent_in_parts_and_comes_back_whole(fake, part):
    said, pcm = talk(9)
    transcript = await transcribed(fake, pcm, part_seconds=part, overlap_seconds=3)
    assert_whole(transcript, said)
    count = len(pcm) / 2 / SAMPLE_RATE / (part - 3)
    assert len(fake.calls(PATH)) == pytest.approx(count, abs=1)


@pytest.mark.parametrize("part", [9, 11, 20])
@pytest.mark.parametrize("captions", [True, False])
async def test_so_does_one_by_a_model_without_times(fake, part, captions):
    said, pcm = talk(9)
    live = heard_live(said, mistakes=5) if captions else NOTHING
    options = {"part_seconds": part, "overlap_seconds": 3}
    transcript = await transcribed(fake, pcm, live, model="gpt-4o-transcribe", **options)
    found = [one.word for one in transcript.words]
    if captions:
        assert found == [one.word for one in said]
    # Without captions a word at a seam may be cut or come twice: no more than that.
    seams = len(fake.calls(PATH)) - 1
    assert abs(len(found) - len(said)) <= 2 * seams
    assert transcript.words[-1].end_time == pytest.approx(said[-1].end, abs=1.5)


async def test_no_part_is_larger_than_the_vendor_takes():
    """Noise does not get smaller by compression."""
    noise = np.random.default_rng(1).integers(-32_768, 32_767, PART_SECONDS * SAMPLE_RATE)
    pcm = noise.astype("<i2").tobytes()
    (part,) = [one async for one in encoded_parts(blocks(pcm, 1_000_000))]
    assert len(pcm) / 2 < len(part.flac) < MOST_BYTES


async def test_silence_is_not_sent_and_has_no_words(fake):
    assert await transcribed(fake, bytes(64_000)) == Transcript()
    assert await transcribed(fake, b"") == Transcript()
    assert fake.requests == []


async def test_what_it_costs_is_on_the_bill_also_for_answers_of_no_use(fake):
    fake.answers(PATH, fakes.transcribed(duration=0.0), fakes.transcribed())
    bill = Bill()
    await transcribed(fake, bill=bill)
    seconds = len(PCM) / 32_000
    price = 2 * Decimal("0.006") * Decimal(seconds) / 60
    assert abs(bill.cost_usd - price) < Decimal("0.00001")
    assert [charge.request_id for charge in bill.charges] == ["req_1", "req_2"]
    assert {charge.model for charge in bill.charges} == {"whisper-1"}


async def test_tokens_are_on_it_where_the_model_counts_them(fake):
    bill = Bill()
    await transcribed(fake, bill=bill, model="gpt-4o-transcribe")
    (charge,) = bill.charges
    assert (charge.input_tokens, charge.output_tokens) == (1_000, 100)
    assert charge.cost_usd > 0


@pytest.mark.parametrize(
    "fault",
    [
        fakes.status(500),
        fakes.status(429, retry_after="0"),
        fakes.garbage(),
        fakes.transcribed(duration=0.0),
        fakes.transcribed(duration=1.0),
        fakes.transcribed(text=None),
    ],
)
async def test_a_passing_fault_is_asked_again(fake, fault):
    fake.answers(PATH, fault, fakes.transcribed())
    assert_whole(await transcribed(fake))
    assert len(fake.calls(PATH)) == 2


@pytest.mark.parametrize(
    ("fault", "reason", "requests"),
    [
        (fakes.status(401), Reason.CREDENTIALS, 1),
        (fakes.status(429, "insufficient_quota"), Reason.QUOTA, 1),
        (fakes.status(400), Reason.BAD_INPUT, 1),
        (fakes.status(413), Reason.BAD_INPUT, 1),
        (fakes.status(500), Reason.UNAVAILABLE, 3),
        (fakes.transcribed(duration=0.0), Reason.BAD_OUTPUT, 2),
        (fakes.status(429, retry_after="1000"), Reason.RATE_LIMIT, 1),
    ],
)
async def test_a_lasting_fault_is_told_by_its_reason(fake, fault, reason, requests):
    fake.answers(PATH, fault)
    with pytest.raises(ProviderError) as raised:
        await transcribed(fake)
    assert raised.value.reason is reason
    assert len(fake.calls(PATH)) == requests


@pytest.mark.parametrize("fault", [fakes.hang(), fakes.drip()], ids=["hang", "drip"])
async def test_a_vendor_that_is_not_done_in_time_is_left(fake, fault):
    fake.answers(PATH, fault)
    with pytest.raises(ProviderError) as raised:
        await transcribed(fake, seconds=0.8)
    assert raised.value.reason is Reason.TIMEOUT


async def test_one_part_that_fails_fails_all(fake):
    _, pcm = talk(9)
    fake.answers(PATH, fakes.hang(), fakes.status(401))
    async with asyncio.timeout(DEADLINE_SECONDS):
        with pytest.raises(ProviderError) as raised:
            await transcribed(fake, pcm, part_seconds=10, overlap_seconds=3)
    assert raised.value.reason is Reason.CREDENTIALS


async def test_nothing_of_what_was_said_or_sent_is_in_the_error_or_the_log(fake, caplog):
    caplog.set_level("DEBUG")
    for fault in (fakes.transcribed(text=7, words="quillwort"), fakes.status(400, "quillwort")):
        fake.answers(PATH, fault)
        with pytest.raises(ProviderError) as raised:
            await transcribed(fake)
        assert raised.value.__suppress_context__
        assert "quillwort" not in str(raised.value)
    for secret in (fakes.KEY, "quillwort", "Zoë", "glad"):
        assert secret not in caplog.text


async def test_a_club_whose_calls_fail_leaves_the_vendor_alone_and_others_do_not(fake):
    known = Breakers(BreakerPolicy(failures=1))
    fake.answers(PATH, fakes.status(401))
    for _ in range(2):
        with pytest.raises(ProviderError):
            await transcribed(fake, breakers=known)
    assert len(fake.calls(PATH)) == 1
    fake.answers(PATH, fakes.transcribed())
    other = TranscriberContext(club_id=7)
    assert_whole(await engine(fake, breakers=known).transcribe(blocks(PCM), other, NOTHING))


def test_a_transcriber_serves_one_event_loop_after_the_other(fake):
    shared = engine(fake)
    for _ in range(2):
        call = shared.transcribe(blocks(PCM), TranscriberContext(), NOTHING)
        assert_whole(asyncio.run(call))

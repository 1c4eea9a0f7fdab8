"""OpenAI's voices, against a server on a real port."""

from collections.abc import AsyncIterator

import pytest

from evaluations.billing import Bill
from evaluations.speech.openai import MOST_CHARACTERS
from speechcoach.breaker import Breaker, BreakerPolicy, BreakerState
from speechcoach.errors import ProviderError, Reason
from tests.evaluations.openai_engines import synthesizer
from tests.fakes import openai_server as fakes
from tests.virtual_clock import VirtualClock

SPEECH = "/v1/audio/speech"
SCRIPT = "Thank you, Mary. You said: “we did not catch many fish”. That line gave us a place."


@pytest.fixture
def fake():
    with fakes.openai_server() as running:
        yield running


async def said(voice, script=SCRIPT, bill=None) -> list[bytes]:
    return [pcm async for pcm in voice.synthesize(script, bill)]


async def test_every_sample_comes_in_pieces_of_even_length(fake):
    pieces = await said(synthesizer(fake))
    assert len(pieces) > 3
    assert all(len(piece) % 2 == 0 for piece in pieces)
    seconds = len(SCRIPT.split()) / fakes.WORDS_PER_MINUTE * 60
    assert b"".join(pieces) == fakes.hum(seconds)


async def test_a_byte_at_a_time_loses_nothing(fake):
    fake.answers(SPEECH, fakes.spoken(piece=1, slower=0.001))
    pcm = b"".join(await said(synthesizer(fake)))
    assert pcm == fakes.hum(len(SCRIPT.split()) / fakes.WORDS_PER_MINUTE * 60 * 0.001)


async def test_half_a_sample_at_the_end_is_left_out(fake):
    fake.answers(SPEECH, fakes.sound(b"\x01\x00" * 100 + b"\x07"))
    assert b"".join(await said(synthesizer(fake))) == b"\x01\x00" * 100


async def test_what_is_sent(fake):
    await said(synthesizer(fake))
    (request,) = fake.calls(SPEECH)
    assert request.body["input"] == SCRIPT
    assert request.body["response_format"] == "pcm"
    assert request.body["voice"] == "coral"
    assert request.body["model"] == "gpt-4o-mini-tts"
    assert "evaluator" in request.body["instructions"]


async def test_a_long_script_goes_out_in_whole_sentences(fake):
    fake.answers(SPEECH, fakes.spoken(slower=0.01))
    script = " ".join(f"This is sentence number {n} of a long evaluation." for n in range(200))
    await said(synthesizer(fake), script)
    sent = [request.body["input"] for request in fake.calls(SPEECH)]
    assert len(sent) == 3
    assert all(len(text) <= MOST_CHARACTERS and text.endswith(".") for text in sent)
    assert " ".join(sent) == script


@pytest.mark.parametrize(
    ("reply", "reason", "calls"),
    [
        (fakes.status(401), Reason.CREDENTIALS, 1),
        (fakes.status(404), Reason.BAD_INPUT, 1),
        (fakes.status(429, retry_after="0"), Reason.RATE_LIMIT, 3),
        (fakes.status(429, "insufficient_quota"), Reason.QUOTA, 1),
        (fakes.status(500), Reason.UNAVAILABLE, 3),
        (fakes.sound(b""), Reason.BAD_OUTPUT, 1),
        (fakes.sound(b"RIFF\x24\x00\x00\x00WAVE" + bytes(400)), Reason.BAD_OUTPUT, 1),
        (fakes.sound(b'{"error": "no such voice"}'), Reason.BAD_OUTPUT, 1),
    ],
)
async def test_failures_have_reasons(fake, reply, reason, calls):
    fake.answers(SPEECH, reply)
    with pytest.raises(ProviderError) as failed:
        await said(synthesizer(fake))
    assert failed.value.reason is reason
    assert len(fake.calls(SPEECH)) == calls


async def test_it_is_asked_again_as_long_as_nothing_was_heard(fake):
    fake.answers(SPEECH, fakes.status(500), fakes.spoken())
    bill = Bill()
    assert await said(synthesizer(fake), bill=bill)
    assert len(bill.charges) == len(fake.billed) == 1


async def test_an_answer_that_breaks_off_is_not_asked_for_again(fake):
    fake.answers(SPEECH, fakes.spoken(stop_after=1.0))
    bill = Bill()
    stream = synthesizer(fake).synthesize(SCRIPT, bill)
    assert await anext(stream)
    with pytest.raises(ProviderError) as failed:
        _ = [piece async for piece in stream]
    assert failed.value.reason is Reason.UNAVAILABLE
    assert len(fake.calls(SPEECH)) == 1
    assert len(bill.charges) == 1


async def test_silence_ends_at_the_deadline(fake):
    clock = VirtualClock()
    fake.on_hang = lambda: clock.advance(6)
    fake.answers(SPEECH, fakes.hang())
    breaker = Breaker(BreakerPolicy(failures=1), clock.now)
    with pytest.raises(ProviderError) as failed:
        await said(synthesizer(fake, clock, breaker))
    assert failed.value.reason is Reason.TIMEOUT
    assert breaker.state is BreakerState.OPEN


async def test_sound_that_only_drips_ends_too(fake):
    clock = VirtualClock()
    fake.on_hang = lambda: clock.advance(0.5)
    fake.answers(SPEECH, fakes.drip())
    with pytest.raises(ProviderError) as failed:
        await said(synthesizer(fake, clock))
    assert failed.value.reason is Reason.TIMEOUT


async def test_the_bill_is_by_the_minute(fake):
    bill = Bill()
    pieces = await said(synthesizer(fake), bill=bill)
    minutes = sum(map(len, pieces)) / 2 / 24_000 / 60
    assert float(bill.cost_usd) == pytest.approx(0.015 * minutes, abs=2e-6)
    assert bill.charges[0].request_id == "req_1"


async def test_speaking_may_be_given_up_half_way(fake):
    stream: AsyncIterator[bytes] = synthesizer(fake).synthesize(SCRIPT)
    assert await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]

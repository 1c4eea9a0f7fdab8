"""Live captions by Deepgram, on good days and on bad ones."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from websockets.exceptions import InvalidState

from evaluations.core.shapes import AudioFormat
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.transcription import Hypothesis, StreamStatus, TranscriberContext, Utterance
from sessions_app.transcription.deepgram import stream as module
from sessions_app.transcription.deepgram.stream import DeepgramTranscriber
from speechcoach.breaker import BreakerPolicy, Breakers, BreakerState
from speechcoach.errors import ProviderError
from speechcoach.retry import RetryPolicy
from tests.fakes.deepgram import FakeDeepgram, Live
from tests.fakes.dial_tone import Said, Vocabulary, spoken
from tests.sessions_app.transcription.deepgram.talking import (
    DEADLINE_SECONDS,
    PACE,
    Run,
    captioned,
    config,
    transcriber,
)
from tests.speech import cut

SENTENCES = (
    "Good evening everyone.",
    "Um when I was a child my father took me to the river.",
    "We did uh not catch many fish.",
    "Thank you.",
)
WORDS = Vocabulary(" ".join(SENTENCES).split())


def talk() -> tuple[list[Said], float]:
    said: list[Said] = []
    start = 0.3
    for sentence in SENTENCES:
        words, start = spoken(sentence, start)
        said += words
        start += 0.7
    return said, start


SAID, SECONDS = talk()
PCM = WORDS.sound(SAID, SECONDS)
TIMES = [(one.word, one.start, one.end) for one in SAID]
SAMPLES = len(PCM) // 2


def fake(*live: Live, **options) -> FakeDeepgram:
    return FakeDeepgram(WORDS, live, **options)


def assert_whole(run: Run) -> None:
    """Every word once, in order, and when it was said."""
    assert [word[0] for word in run.words] == [one[0] for one in TIMES]
    for (_, start, end), (_, said_from, said_to) in zip(run.words, TIMES, strict=True):
        assert abs(start - said_from) <= 0.002
        assert abs(end - said_to) <= 0.002


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


# Losses


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
                await stream.push(chunk)
            async for event in stream:
                run.events.append(event)
                if event == StreamStatus("reconnected"):
                    with suppress(InvalidState):
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


# Refusals


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
                await stream.push(bytes(320))


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


# Pauses


async def test_a_pause_is_kept_alive_with_text():
    async with fake(idle_seconds=1.0) as vendor:
        pace = replace(PACE, keep_alive=0.1)
        run = Run()
        async with (
            asyncio.timeout(DEADLINE_SECONDS),
            transcriber(vendor, pace).stream(AudioFormat(), TranscriberContext()) as stream,
        ):
            half = PCM[: len(PCM) // 4 * 2]
            await stream.push(half)
            await until(lambda: len(kept_alive(vendor)) >= 25)
            await stream.push(PCM[len(half) :])
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
            await stream.push(PCM[:32_000])
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


# The end


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
    async with fake(plan) as vendor:
        run = await captioned(transcriber(vendor, replace(PACE, finish=4.0)), cut_short)
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
            await stream.push(cut_short)
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
            await stream.push(PCM)
            await until(lambda: bool(vendor.connections))
        # The fixture finds whatever goes on.


# Nonsense


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
        await stream.push(first)
        await until(lambda: bool(vendor.connections and vendor.connections[0].audio))
        for chunk in rest:
            await stream.push(chunk)
        await until(lambda: len(vendor.connections) == 2)
        await stream.finish()
        run.events = [event async for event in stream]
    assert run.statuses == ["reconnecting", "reconnected"]
    # The last words are there, when they were said; that anything is complete nobody says.
    assert run.words[-1][0] == TIMES[-1][0]
    assert run.words[-1][1] == pytest.approx(TIMES[-1][1], abs=0.002)
    assert run.marks == []
    assert "captions skip" in caplog.text


async def until(true: Callable[[], bool]) -> None:
    """Wait for what the fake, in the same loop, comes to know."""
    while not true():  # noqa: ASYNC110 - the fake has no event for each thing that it notes
        await asyncio.sleep(0.01)


def kept_alive(vendor: FakeDeepgram) -> list[str]:
    texts = vendor.connections[0].texts if vendor.connections else []
    return [text for text in texts if json.loads(text)["type"] == "KeepAlive"]


async def captioned_until_given_up(
    engine, pcm: bytes = PCM, context: TranscriberContext | None = None
) -> Run:
    """Push, and take events until there are no more; nothing is finished."""
    run = Run()
    async with (
        asyncio.timeout(DEADLINE_SECONDS),
        engine.stream(AudioFormat(), context or TranscriberContext()) as stream,
    ):
        await stream.push(pcm)
        run.events = [event async for event in stream]
    return run

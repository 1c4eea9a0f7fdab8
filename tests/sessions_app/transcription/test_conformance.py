"""What every engine of live captions and every final transcriber keeps to."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from evaluations.core.shapes import AudioFormat, Segment
from evaluations.openai_access import OpenAIAccess
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.transcription import (
    FinalTranscriber,
    Heard,
    Hypothesis,
    LiveTranscript,
    SpeechEvent,
    Transcriber,
    TranscriberContext,
    Utterance,
)
from sessions_app.transcription.builtin.final import BuiltinFinalTranscriber
from sessions_app.transcription.builtin.pool import DecoderPool
from sessions_app.transcription.builtin.stream import BuiltinTranscriber
from sessions_app.transcription.deepgram.final import DeepgramFinalTranscriber
from sessions_app.transcription.fallback import FallbackTranscriber
from sessions_app.transcription.openai.final import OpenAIFinalTranscriber, TranscriptionModel
from sessions_app.transcription.scripted import (
    Line,
    ScriptedFinalTranscriber,
    ScriptedTranscriber,
)
from speechcoach.model_table import facts_of
from tests.fakes.deepgram import FakeDeepgram, Live
from tests.fakes.dial_tone import Vocabulary
from tests.fakes.dial_tone import spoken as dialled
from tests.fakes.openai_server import KEY, openai_server
from tests.sessions_app.transcription.deepgram.talking import (
    DEADLINE_SECONDS,
    breakers,
    config,
    transcriber,
)
from tests.speech import cut, silence, spoken

SENTENCES = ("Good evening everyone.", "When I was a child my father took me to the river.")


@dataclass(frozen=True)
class Engine:
    """An engine with sound that it understands."""

    live: Transcriber
    final: FinalTranscriber
    pcm: bytes

    @property
    def samples(self) -> int:
        return len(self.pcm) // 2


def _dial() -> tuple[Vocabulary, bytes, list[Line]]:
    vocabulary = Vocabulary(" ".join(SENTENCES).split())
    first, end = dialled(SENTENCES[0], start=0.5)
    second, last = dialled(SENTENCES[1], start=end + 1.0)
    pcm = vocabulary.sound([*first, *second], last + 1.0)
    lines = [
        Line(SENTENCES[0], first[0].start, first[-1].end),
        Line(SENTENCES[1], second[0].start, second[-1].end),
    ]
    return vocabulary, pcm, lines


VOCABULARY, DIALLED, LINES = _dial()


@pytest.fixture(
    params=[
        "builtin",
        "scripted",
        "deepgram",
        "lost deepgram",
        "fallback",
        "whisper-1",
        "gpt-4o-transcribe",
    ]
)
async def engine(request) -> AsyncIterator[Engine]:
    match request.param:
        case "builtin":
            pool = DecoderPool(2)
            pause = silence(1.0).tobytes()
            pcm = pause.join(spoken(text).tobytes() for text in SENTENCES) + pause
            yield Engine(BuiltinTranscriber(pool), BuiltinFinalTranscriber(pool), pcm)
            await pool.aclose()
        case "scripted":
            final = ScriptedFinalTranscriber(LINES)
            yield Engine(ScriptedTranscriber(LINES), final, DIALLED)
        case "whisper-1" | "gpt-4o-transcribe" as model:
            with openai_server() as openai:
                openai.vocabulary = VOCABULARY
                access = OpenAIAccess(KEY, openai.base_url)
                chosen = TranscriptionModel(model, facts_of(model))
                final_one = OpenAIFinalTranscriber(
                    access, chosen, breakers(), seconds=DEADLINE_SECONDS
                )
                yield Engine(ScriptedTranscriber(LINES), final_one, DIALLED)
        case kind:
            plans = [] if kind == "deepgram" else [Live(drop_after=2.5, close_code=None)]
            default = Live(refuse=(401, {})) if kind == "fallback" else Live()
            async with FakeDeepgram(VOCABULARY, plans, default=default) as fake:
                live: Transcriber = transcriber(fake)
                if kind == "fallback":
                    live = FallbackTranscriber(live, ScriptedTranscriber(LINES))
                yield Engine(live, DeepgramFinalTranscriber(config(fake), breakers()), DIALLED)
            assert fake.faults == []


async def heard(engine: Engine, size: int = 800, *, start_sample: int = 0) -> list[SpeechEvent]:
    context = TranscriberContext(start_sample=start_sample)
    async with (
        asyncio.timeout(DEADLINE_SECONDS),
        engine.live.stream(AudioFormat(), context) as stream,
        asyncio.TaskGroup() as group,
    ):

        async def feed() -> None:
            for chunk in cut(engine.pcm[start_sample * 2 :], size):
                stream.push(chunk)
                await asyncio.sleep(0)
            await stream.finish()

        group.create_task(feed())
        return [event async for event in stream]


def utterances(events: list[SpeechEvent]) -> list[Segment]:
    return [e.segment for e in events if isinstance(e, Utterance) and e.segment.words]


async def test_utterances_are_final_in_order_and_lie_within_the_audio(engine):
    found = utterances(await heard(engine))
    assert found
    assert all(segment.is_final for segment in found)
    words = [word for segment in found for word in segment.words]
    times = [word.start_time for word in words]
    assert times == sorted(times)
    assert all(word.start_time <= word.end_time for word in words)
    assert words[-1].end_time <= engine.samples / SAMPLE_RATE
    assert words[-1].end_time > 0
    assert all(0 <= word.confidence <= 1 for word in words)


async def test_a_guess_is_a_guess_and_has_words(engine):
    guesses = [e.segment for e in await heard(engine) if isinstance(e, Hypothesis)]
    assert guesses
    assert all(guess.text and guess.words and not guess.is_final for guess in guesses)


async def test_nothing_that_is_complete_is_heard_again(engine):
    """After ``Heard`` no utterance ends before it, and at the end all of the audio is complete."""
    mark = 0
    for event in await heard(engine):
        if isinstance(event, Heard):
            assert event.samples > mark
            mark = event.samples
        if isinstance(event, Utterance) and event.segment.words:
            assert event.segment.start_time * SAMPLE_RATE >= mark
    assert mark == engine.samples


@pytest.mark.parametrize("size", [320, 12_345])
async def test_the_words_do_not_depend_on_how_the_samples_were_cut(engine, size):
    def plain(events: list[SpeechEvent]) -> list[str]:
        return [word.word for one in utterances(events) for word in one.words]

    assert plain(await heard(engine, size)) == plain(await heard(engine))


async def test_a_stream_that_begins_later_keeps_the_speechs_clock(engine):
    start = utterances(await heard(engine))[0].end_time + 0.3
    later = utterances(await heard(engine, start_sample=round(start * SAMPLE_RATE)))
    assert later
    assert all(segment.start_time >= start - 0.05 for segment in later)


async def test_who_leaves_early_is_not_held_up(engine):
    async with asyncio.timeout(DEADLINE_SECONDS):
        async with engine.live.stream(AudioFormat(), TranscriberContext()) as stream:
            stream.push(engine.pcm)
        # Whoever still iterates comes to an end.
        async for _ in stream:
            pass


async def test_without_audio_there_are_no_words(engine):
    empty = Engine(engine.live, engine.final, b"")
    assert utterances(await heard(empty)) == []


# The final transcript


async def finally_heard(engine: Engine, live: LiveTranscript):
    async def audio() -> AsyncIterator[bytes]:
        for block in cut(engine.pcm, 10_000):
            yield block

    async with asyncio.timeout(DEADLINE_SECONDS):
        return await engine.final.transcribe(audio(), TranscriberContext(), live)


NOTHING = LiveTranscript((), 0, "")


async def test_the_final_transcript_is_final_in_order_and_takes_time(engine):
    transcript = await finally_heard(engine, NOTHING)
    assert transcript.segments
    assert all(segment.is_final for segment in transcript.segments)
    times = [word.start_time for word in transcript.words]
    assert times == sorted(times)
    assert 0 < transcript.words[-1].end_time <= engine.samples / SAMPLE_RATE + 0.001


async def test_what_was_heard_live_does_not_come_twice(engine):
    events = await heard(engine)
    marks = [event.samples for event in events if isinstance(event, Heard)]
    live = LiveTranscript(tuple(utterances(events)), max(marks), engine.live.name)
    alone = await finally_heard(engine, NOTHING)
    after = await finally_heard(engine, live)
    assert len(after.words) == pytest.approx(len(alone.words), abs=2)

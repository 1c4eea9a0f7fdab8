"""The engine's shell on a real loop: what it hears, what it says, and what it leaves behind."""

import asyncio
import threading
from collections.abc import AsyncIterator

import numpy as np
import pytest

from evaluations.billing import Bill
from evaluations.core.shapes import AudioFormat, Segment, Word
from sessions_app.coach import CoachContext, Event, RealtimeConnection, Turn
from sessions_app.coach.engine.connection import MOST_UNREAD, BuiltinUpstream
from sessions_app.coach.engine.core.tempo import Tempo
from sessions_app.coach.engine.ear import Downsampler
from sessions_app.coach.engine.mouth import Beginning, Voice
from sessions_app.transcription import Hypothesis, StreamStatus, Transcriber, TranscriberContext
from speechcoach.errors import ProviderError, Reason
from tests.fakes.realtime_parts import RATE, ToneVoice, TurnStream, TurnWords, quiet, tone
from tests.sessions_app.coach.driven import appended, of, only, spoken, types

CONTEXT = CoachContext(session_id="test")


def pitch(pcm: bytes, rate: int) -> float:
    """The frequency that is strongest in ``pcm``."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1 << 18))
    return float(np.argmax(spectrum)) * rate / (1 << 18)


async def play(connection: RealtimeConnection, pcm: bytes, chunk: int = 1_920) -> None:
    for at in range(0, len(pcm), chunk):
        await connection.send(appended(pcm[at : at + chunk]))


async def until(connection: RealtimeConnection, kind: str) -> list[Event]:
    events: list[Event] = []
    async with asyncio.timeout(20):
        async for event in connection:
            events.append(event)
            if event["type"] == kind:
                return events
    raise AssertionError(f"it ended before {kind}")


async def connected_and_warm(ear: TurnWords) -> tuple[BuiltinUpstream, RealtimeConnection]:
    """An engine whose voice has its openers ready: they are made before the rest is warmed."""
    ready = asyncio.Event()

    async def warmed() -> None:
        ready.set()

    upstream = BuiltinUpstream(ear, ToneVoice(0.01), warm=warmed)
    connection = await upstream.connect(CONTEXT)
    async with asyncio.timeout(20):
        await ready.wait()
    return upstream, connection


async def test_a_turn() -> None:
    ear = TurnWords(["I want to work on my pace"])
    connection = await BuiltinUpstream(ear, ToneVoice(0.01)).connect(CONTEXT)
    await play(connection, quiet(0.5) + tone(1.0) + quiet(0.6))
    events = await until(connection, "response.done")
    assert "your pace" in spoken(events)
    await connection.close()
    await connection.close()
    assert [event["type"] async for event in connection] == ["rate_limits.updated"]
    with pytest.raises(ProviderError):
        await connection.send({"type": "response.create"})


@pytest.mark.parametrize("chunk", [960, 1_920, 4_802])
async def test_the_transcriber_hears_the_pitch_that_was_spoken(chunk: int) -> None:
    ear = TurnWords(["hello"])
    connection = await BuiltinUpstream(ear, ToneVoice(0.01)).connect(CONTEXT)
    await play(connection, quiet(0.5) + tone(2.0, hertz=440.0) + quiet(0.6), chunk)
    await until(connection, "response.done")
    await connection.close()
    (heard,) = ear.heard
    assert pitch(heard, 16_000) == pytest.approx(440.0, rel=0.01)
    # 300 ms before, the tone, and the silence that ended it.
    assert len(heard) / 32_000 == pytest.approx(2.8, abs=0.06)


def test_the_downsampler_gives_the_same_however_it_is_fed() -> None:
    sound = tone(1.0, hertz=440.0)

    def run(chunk: int) -> bytes:
        downsampler = Downsampler()
        parts = [downsampler.push(sound[at : at + chunk]) for at in range(0, len(sound), chunk)]
        return b"".join(parts) + downsampler.push(b"", last=True)

    whole = np.frombuffer(run(len(sound)), dtype="<i2").astype(int)
    pieces = np.frombuffer(run(962), dtype="<i2").astype(int)
    assert len(whole) == pytest.approx(16_000, abs=2)
    assert np.max(np.abs(whole - pieces)) <= 3, "but for the dither"


class TwentyTwoVoice(ToneVoice):
    """Hums at 22,050 Hz, after a silence, as espeak does."""

    sample_rate = 22_050

    async def synthesize(self, script: str, bill: Bill | None = None) -> AsyncIterator[bytes]:
        at = np.arange(22_050)
        samples = (8_000 * np.sin(at * 2 * np.pi * 440 / 22_050)).astype("<i2")
        yield bytes(2 * 2_205)
        for begin in range(0, len(samples), 1_323):
            yield samples[begin : begin + 1_323].tobytes()


async def test_the_voice_keeps_its_pitch_and_begins_at_once() -> None:
    spoken = b"".join([pcm async for pcm in Voice(TwentyTwoVoice()).speak("Hello.", 1.0)])
    assert pitch(spoken, RATE) == pytest.approx(440.0, rel=0.01)
    begin = np.flatnonzero(np.abs(np.frombuffer(spoken, dtype="<i2")) > 500)[0]
    assert begin / RATE < 0.03
    assert len(spoken) / 2 / RATE == pytest.approx(1.02, abs=0.02)


@pytest.mark.parametrize("speed", [0.6, 0.85, 1.0, 1.3])
async def test_speed_changes_the_length_and_not_the_pitch(speed: float) -> None:
    spoken = b"".join([pcm async for pcm in Voice(TwentyTwoVoice()).speak("Hello.", speed)])
    assert pitch(spoken, RATE) == pytest.approx(440.0, rel=0.01)
    assert len(spoken) / 2 / RATE == pytest.approx(1.02 / speed, abs=0.12)


def test_tempo_does_not_depend_on_how_the_sound_comes() -> None:
    sound = tone(1.0, hertz=200.0)

    def run(chunk: int) -> bytes:
        tempo = Tempo(0.8)
        parts = [tempo.push(sound[at : at + chunk]) for at in range(0, len(sound), chunk)]
        return b"".join(parts) + tempo.finish()

    assert run(len(sound)) == run(959) == run(4_800)


def test_a_slower_voice_has_no_clicks() -> None:
    sound = tone(1.0, hertz=200.0, level=8_000)
    tempo = Tempo(0.75)
    made = np.frombuffer(tempo.push(sound) + tempo.finish(), dtype="<i2").astype(int)
    natural = 8_000 * 2 * np.pi * 200 / RATE
    inner = made[2_000:-4_000]
    assert np.max(np.abs(np.diff(inner))) < 1.5 * natural


def test_a_voice_that_never_gets_loud_is_still_heard() -> None:
    begin = Beginning()
    given = b"".join(begin.push(bytes(4_800)) for _ in range(20))
    assert len(given) > 0


class Busy(TurnWords):
    """Every decoder is in use."""

    def stream(self, fmt: AudioFormat, context: TranscriberContext) -> TurnStream:
        stream = super().stream(fmt, context)
        stream._events.put_nowait(StreamStatus("reconnecting"))
        return stream


class Refusing(TurnWords):
    def stream(self, fmt: AudioFormat, context: TranscriberContext) -> TurnStream:
        raise ProviderError(Reason.BAD_INPUT, "English only.")


@pytest.mark.parametrize("ear", [Busy(), Refusing()])
async def test_who_cannot_be_listened_to_is_told(ear: Transcriber) -> None:
    connection = await BuiltinUpstream(ear, ToneVoice(0.01)).connect(CONTEXT)
    audio = {"input": {"transcription": {"language": "en"}}}
    await connection.send(
        {"type": "session.update", "session": {"type": "realtime", "audio": audio}}
    )
    await play(connection, quiet(0.5) + tone(1.0) + quiet(0.6))
    events = await until(connection, "response.done")
    await connection.close()
    assert only(events, "conversation.item.input_audio_transcription.failed")
    assert "say it" in spoken(events)


class Broken(ToneVoice):
    """Speaks one sentence, then no more."""

    spoken = 0

    async def synthesize(self, script: str, bill: Bill | None = None) -> AsyncIterator[bytes]:
        self.spoken += 1
        if self.spoken > 4:
            raise ProviderError(Reason.UNAVAILABLE, "The voice could not be started.")
        yield tone(0.2)


async def test_a_voice_that_fails_fails_the_answer_and_not_the_conversation() -> None:
    connection = await BuiltinUpstream(TurnWords(), Broken()).connect(CONTEXT)
    await connection.send({"type": "response.create"})
    events = await until(connection, "response.done")
    response = events[-1]["response"]
    assert response["status"] == "failed"
    assert response["status_details"]["error"]["message"] == "The voice could not be started."
    await connection.send({"type": "response.create", "response": {"output_modalities": ["text"]}})
    events = await until(connection, "response.done")
    assert events[-1]["response"]["status"] == "completed"
    await connection.close()


async def test_who_reads_nothing_is_let_go() -> None:
    connection = await BuiltinUpstream(TurnWords(), ToneVoice(0.01)).connect(CONTEXT)
    for _ in range(MOST_UNREAD):
        await connection.send({"type": "input_audio_buffer.clear"})
    with pytest.raises(ProviderError):
        await connection.send({"type": "input_audio_buffer.clear"})
    with pytest.raises(ProviderError, match="Nobody took"):
        await until(connection, "response.done")
    await connection.close()


async def test_nothing_is_left_running() -> None:
    before, threads = asyncio.all_tasks(), threading.active_count()
    for _ in range(20):
        connection = await BuiltinUpstream(TurnWords(), ToneVoice(0.5)).connect(CONTEXT)
        await connection.send({"type": "response.create"})
        await play(connection, tone(0.5))
        await asyncio.sleep(0)
        await connection.close()
    assert asyncio.all_tasks() == before
    assert threading.active_count() <= threads + 4


async def test_a_conversation_is_taken_up_where_it_was() -> None:
    history = (
        Turn("assistant", "What would you like to work on?"),
        Turn("user", "my pauses", "item_user"),
        Turn("assistant", "Then we listen for your pauses."),
    )
    context = CoachContext(session_id="test", history=history)
    connection = await BuiltinUpstream(TurnWords(), ToneVoice(0.01)).connect(context)
    await connection.send({"type": "conversation.item.retrieve", "item_id": "item_user"})
    await connection.send({"type": "response.create"})
    events = await until(connection, "response.done")
    await connection.close()
    assert types(events)[:2] == ["session.created", "conversation.item.retrieved"]
    assert "Hello" not in spoken(events)
    assert of(events, "conversation.item.added")[0]["previous_item_id"] is not None


async def test_the_openers_are_ready_before_they_are_needed() -> None:
    upstream, connection = await connected_and_warm(TurnWords())
    await connection.close()
    openers = upstream._voice._openers
    assert set(openers) == {"All right.", "Okay.", "I see."}


async def test_somebody_is_answered_before_their_words_are_worked_out() -> None:
    """The decoder takes its time; the rough words show that somebody spoke."""
    _, connection = await connected_and_warm(Slow(["I want to work on my pace"]))
    await play(connection, quiet(0.5) + tone(1.0))
    await asyncio.sleep(0.01)
    await play(connection, quiet(0.6))
    events = await until(connection, "response.output_audio.delta")
    assert of(events, "response.output_audio_transcript.delta")[0]["delta"] == "All right."
    Slow.go.set()
    events = await until(connection, "response.done")
    await connection.close()
    assert spoken(events).startswith("All right. Then we listen for your pace.")


class Slow(TurnWords):
    go = asyncio.Event()

    def stream(self, fmt: AudioFormat, context: TranscriberContext) -> TurnStream:
        Slow.go = asyncio.Event()
        return SlowStream(self, 0.0)


class SlowStream(TurnStream):
    """Guesses at once, and is sure when it is allowed to be."""

    _guessed = False

    def push(self, pcm: bytes) -> None:
        super().push(pcm)
        if not self._guessed:
            self._guessed = True
            words = tuple(
                Word(word=word, start_time=0.0, end_time=0.1, confidence=0.5)
                for word in ("I", "won't", "to")
            )
            segment = Segment(
                text="I won't to", start_time=0.0, end_time=0.1, words=words, is_final=False
            )
            self._events.put_nowait(Hypothesis(segment))

    async def finish(self) -> None:
        await Slow.go.wait()
        await super().finish()

"""Another engine goes on where the first one is given up."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from evaluations.core.shapes import AudioFormat, Segment, Transcript, Word
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.transcription import (
    FinalTranscriber,
    Heard,
    LiveTranscript,
    StreamStatus,
    TranscriberContext,
    Utterance,
)
from sessions_app.transcription import fallback as module
from sessions_app.transcription.fallback import FallbackTranscriber, first_that_can
from sessions_app.transcription.scripted import Line, ScriptedTranscriber
from speechcoach.errors import ProviderError, Reason
from tests.fakes.deepgram import FakeDeepgram, Live
from tests.fakes.dial_tone import Vocabulary
from tests.sessions_app.transcription.deepgram.talking import (
    DEADLINE_SECONDS,
    PACE,
    captioned,
    transcriber,
)
from tests.speech import cut, silence

LINES = [
    Line("good evening everyone", 0.5, 2.0),
    Line("when I was a child", 3.0, 5.0),
    Line("my father took me to the river", 6.0, 9.0),
    Line("thank you", 10.0, 11.0),
]
PCM = silence(12).tobytes()


class Mortal:
    """A scripted engine that is given up after ``seconds`` of its audio."""

    name = "mortal"

    def __init__(self, seconds: float, *, says: bool = True) -> None:
        self._seconds = seconds
        self._says = says

    def stream(self, fmt, context):
        return _MortalStream(
            ScriptedTranscriber(LINES).stream(fmt, context), self._seconds, self._says
        )


class _MortalStream:
    def __init__(self, inner, seconds: float, says: bool) -> None:
        self._inner = inner
        self._left = round(seconds * SAMPLE_RATE) * 2
        self._says = says
        self._dead = asyncio.Event()

    async def __aenter__(self):
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *error) -> None:
        await self._inner.__aexit__(*error)

    def push(self, pcm: bytes) -> None:
        if self._left <= 0:
            raise ProviderError(Reason.UNAVAILABLE, "gone")
        self._inner.push(pcm[: self._left])
        self._left -= len(pcm)
        if self._left <= 0:
            self._dead.set()
            self._dying = asyncio.ensure_future(self._inner.__aexit__(None, None, None))

    async def finish(self) -> None:
        if self._left <= 0:
            raise ProviderError(Reason.UNAVAILABLE, "gone")
        await self._inner.finish()

    async def __aiter__(self):
        async for event in self._inner:
            yield event
        if self._dead.is_set():
            if not self._says:
                raise ProviderError(Reason.UNAVAILABLE, "gone")
            yield StreamStatus("failed")


def texts_of(lines: list[Line]) -> list[str]:
    return [line.text for line in lines]


def texts(run) -> list[str]:
    return [segment.text for segment in run.segments]


@pytest.mark.parametrize("after", [0.2, 1.0, 2.0, 4.1, 5.5, 8.0, 11.5])
@pytest.mark.parametrize("says", [True, False])
async def test_whenever_the_first_is_given_up_no_word_is_lost_and_none_comes_twice(after, says):
    engine = FallbackTranscriber(Mortal(after, says=says), ScriptedTranscriber(LINES))
    run = await captioned(engine, PCM)
    assert texts(run) == texts_of(LINES)
    assert run.statuses == ["reconnecting", "reconnected"]
    assert StreamStatus("reconnected", engine="scripted") in run.events
    assert run.marks[-1] == 12 * SAMPLE_RATE
    assert run.marks == sorted(set(run.marks))


async def test_where_the_first_works_the_other_is_not_asked():
    class Untouchable:
        name = "untouchable"

        def stream(self, fmt, context):
            raise AssertionError("it was asked")

    run = await captioned(FallbackTranscriber(ScriptedTranscriber(LINES), Untouchable()), PCM)
    assert texts(run) == texts_of(LINES)
    assert run.statuses == []


async def test_where_both_are_given_up_it_is_told_once():
    run = await captioned_until_given_up(FallbackTranscriber(Mortal(3.0), Mortal(3.0)))
    assert run == ["reconnecting", "reconnected", "failed"]


async def test_where_the_other_cannot_start_the_captions_fail():
    class Absent:
        name = "absent"

        def stream(self, fmt, context):
            return self

        async def __aenter__(self):
            raise ProviderError(Reason.UNAVAILABLE, "no decoder")

    run = await captioned_until_given_up(FallbackTranscriber(Mortal(3.0), Absent()))
    assert run == ["reconnecting", "failed"]


async def test_a_first_that_heard_nothing_for_long_leaves_a_hole_that_nobody_calls_complete(
    monkeypatch,
):
    monkeypatch.setattr(module, "MAX_KEPT", 4 * SAMPLE_RATE)

    class Deaf(Mortal):
        def stream(self, fmt, context):
            return _MortalStream(ScriptedTranscriber([]).stream(fmt, context), 9.5, says=True)

    run = await captioned(FallbackTranscriber(Deaf(0), ScriptedTranscriber(LINES)), PCM)
    assert texts(run)[-1] == "thank you"
    assert run.marks == []


async def test_the_engine_that_goes_on_after_a_vendor_begins_where_its_words_were_final():
    words = Vocabulary([])
    starts = []

    class Net(ScriptedTranscriber):
        def stream(self, fmt, context):
            starts.append(context.start_sample)
            return super().stream(fmt, context)

    async with FakeDeepgram(words, [Live(drop_after=4.0)], default=Live(refuse=(401, {}))) as fake:
        engine = FallbackTranscriber(transcriber(fake), Net(LINES))
        run = await captioned(engine, PCM, TranscriberContext(club_id=7))
    # The fake makes spans of three seconds of silence final.
    assert starts == [3 * SAMPLE_RATE]
    assert texts(run) == [line.text for line in LINES if line.start >= 3]
    assert run.statuses == ["reconnecting", "reconnected"]
    assert StreamStatus("reconnected", engine="scripted") in run.events


async def test_a_stop_while_the_first_is_being_given_up_still_gets_all_words():
    words = Vocabulary([])
    async with FakeDeepgram(words, default=Live(refuse=(401, {}))) as fake:
        engine = FallbackTranscriber(
            transcriber(fake, replace(PACE, finish=DEADLINE_SECONDS)), ScriptedTranscriber(LINES)
        )
        async with (
            asyncio.timeout(DEADLINE_SECONDS),
            engine.stream(AudioFormat(), TranscriberContext()) as stream,
        ):
            for chunk in cut(PCM):
                stream.push(chunk)
            await stream.finish()
            events = [event async for event in stream]
    assert [e.segment.text for e in events if isinstance(e, Utterance)] == texts_of(LINES)
    assert events[-1] == Heard(12 * SAMPLE_RATE)


async def captioned_until_given_up(engine) -> list[str]:
    """The statuses, until nothing more comes; audio is pushed as long as somebody takes it."""
    async with (
        asyncio.timeout(DEADLINE_SECONDS),
        engine.stream(AudioFormat(), TranscriberContext()) as stream,
        asyncio.TaskGroup() as group,
    ):

        async def feed() -> None:
            try:
                while True:
                    stream.push(bytes(1600))
                    await asyncio.sleep(0)
            except ProviderError:
                return

        feeding = group.create_task(feed())
        found: list[str] = [
            event.status async for event in stream if isinstance(event, StreamStatus)
        ]
        feeding.cancel()
    return found


# The final transcript

WORD = Word(word="kept", start_time=1, end_time=2, confidence=0.9)
LIVE = LiveTranscript(
    (Segment(text="kept", start_time=1, end_time=2, words=(WORD,), is_final=True),), 48_000, "first"
)


class Final:
    def __init__(self, name: str, error: ProviderError | None = None) -> None:
        self.name = name
        self.error = error
        self.given: list[LiveTranscript] = []
        self.heard = b""

    async def transcribe(self, audio, context, live, bill=None) -> Transcript:
        self.given.append(live)
        async for block in audio:
            self.heard += block
            if self.error is not None:
                raise self.error
        return Transcript(segments=live.segments)


async def final(*transcribers: FinalTranscriber) -> str:
    async def audio() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    _, name = await first_that_can(transcribers, audio, TranscriberContext(), LIVE)
    return name


async def test_the_first_that_can_gives_the_final_transcript_and_is_named():
    first, net = Final("first"), Final("net")
    assert await final(first, net) == "first"
    assert net.given == []
    assert first.given == [LIVE]


async def test_the_next_hears_all_of_it_anew_and_keeps_what_was_heard_live():
    error = ProviderError(Reason.TIMEOUT, "late")
    first, net = Final("first", error), Final("net")
    assert await final(first, net) == "net"
    assert net.heard == b"onetwo"
    assert net.given == [replace(LIVE, engine="net")]


async def test_the_only_one_hears_what_it_did_not_hear_itself():
    only = Final("only")
    await final(only)
    assert only.given == [LIVE]


async def test_where_none_can_the_last_one_says_why():
    errors = [ProviderError(reason, "no") for reason in (Reason.TIMEOUT, Reason.BAD_OUTPUT)]
    with pytest.raises(ProviderError) as raised:
        await final(Final("first", errors[0]), Final("net", errors[1]))
    assert raised.value is errors[1]

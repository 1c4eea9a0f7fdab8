"""The talk that the tests of live captions give, and what must come of it."""

import asyncio
from collections.abc import Callable

from evaluations.core.shapes import AudioFormat
from sessions_app.transcription import TranscriberContext
from tests.fakes.deepgram import FakeDeepgram, Live
from tests.fakes.dial_tone import Said, Vocabulary, spoken
from tests.sessions_app.transcription.deepgram.talking import DEADLINE_SECONDS, Run

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


async def until(true: Callable[[], bool]) -> None:
    """Wait for what the fake, in the same loop, comes to know."""
    while not true():  # noqa: ASYNC110 - the fake has no event for each thing that it notes
        await asyncio.sleep(0.01)


async def captioned_until_given_up(
    engine, pcm: bytes = PCM, context: TranscriberContext | None = None
) -> Run:
    """Push, and take events until there are no more; nothing is finished."""
    run = Run()
    async with (
        asyncio.timeout(DEADLINE_SECONDS),
        engine.stream(AudioFormat(), context or TranscriberContext()) as stream,
    ):
        stream.push(pcm)
        run.events = [event async for event in stream]
    return run

"""A conversation with real ears and a real voice: what is spoken is understood and answered."""

import asyncio
import re
from collections.abc import AsyncIterator

import numpy as np
import pytest
import soxr

from evaluations.core.tokens import tokenise
from evaluations.speech.builtin.choice import choose_builtin
from sessions_app.coach import CoachContext, Event
from sessions_app.coach.engine import ear
from sessions_app.coach.engine.connection import BuiltinConnection, BuiltinUpstream
from sessions_app.transcription.builtin.pool import DecoderPool
from sessions_app.transcription.builtin.stream import BuiltinTranscriber
from tests.sessions_app.coach.driven import appended, of, spoken
from tests.speech import PASSAGE
from tests.speech import spoken as said_aloud


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here a take comes faster than it is spoken, and a decoder may have a busy machine."""
    monkeypatch.setattr(ear, "LONGEST_WAIT", 80.0)


@pytest.fixture
async def pool() -> AsyncIterator[DecoderPool]:
    pool = DecoderPool(1)
    await pool.warm()
    yield pool
    await pool.aclose()


async def say(connection: BuiltinConnection, text: str) -> list[Event]:
    """Say ``text`` aloud and wait for what is answered."""
    voice = soxr.resample(said_aloud(text), 16_000, 24_000).astype("<i2")
    room = np.random.default_rng(0).normal(0, 8, 24_000).astype("<i2")
    sound = np.concatenate([room, voice, room]).tobytes()
    for at in range(0, len(sound), 1_920):
        await connection.send(appended(sound[at : at + 1_920]))
        await asyncio.sleep(0)
    return await answer(connection)


async def answer(connection: BuiltinConnection) -> list[Event]:
    events: list[Event] = []
    async with asyncio.timeout(90):
        async for event in connection:
            events.append(event)
            if event["type"] == "response.done":
                return events
    raise AssertionError("no answer")


async def test_a_goal_a_take_and_a_request(pool: DecoderPool) -> None:
    ears, voice = BuiltinTranscriber(pool), choose_builtin()
    upstream = BuiltinUpstream(ears, voice, pool.warm, patience=0.2, lead_ms=1e9)
    connection = await upstream.connect(CoachContext(session_id="test", speaker_name="Ada"))
    audio = {"input": {"transcription": {"language": "en"}}}
    session = {"type": "realtime", "audio": audio}
    await connection.send({"type": "session.update", "session": session})
    await connection.send({"type": "response.create"})
    hello = await answer(connection)
    assert spoken(hello).startswith("Hello Ada.")
    assert sum(len(event["delta"]) for event in of(hello, "response.output_audio.delta")) > 100_000
    goal = await say(connection, "I would like to work on my pauses.")
    assert "your pauses" in spoken(goal)
    events = await say(connection, PASSAGE)
    feedback = spoken(events)
    assert "words a minute" in feedback
    completed = of(events, "conversation.item.input_audio_transcription.completed")
    heard = " ".join(tokenise(" ".join(event["transcript"] for event in completed)))
    quotes = [" ".join(tokenise(quote)) for quote in re.findall("“([^”]+)”", feedback)]
    long_ones = [quote for quote in quotes if len(quote.split()) >= 6]
    assert long_ones
    assert all(quote in heard for quote in long_ones)
    again = spoken(await say(connection, "What did you hear?"))
    assert "The last I heard was" in again
    await connection.close()

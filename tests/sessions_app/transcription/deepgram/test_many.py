"""Many speeches at once: each hears its own words, and one's trouble is nobody else's."""

import asyncio

from sessions_app.transcription import TranscriberContext
from tests.fakes.deepgram import FakeDeepgram, Live
from tests.fakes.dial_tone import Vocabulary, spoken
from tests.sessions_app.transcription.deepgram.talking import captioned, transcriber

SPEECHES = 200
WORDS = Vocabulary(
    [word for at in range(SPEECHES) for word in (f"alpha{at}", f"beta{at}", f"gamma{at}")]
)
TROUBLE = (
    Live(refuse=(401, {})),
    Live(refuse=(500, {})),
    Live(drop_at_once=True),
    Live(drop_after=0.5, close_code=None),
    Live(drop_after=0.8, close_code=1011),
    Live(noise=("{broken", '{"type": "Surprise"}')),
)


def speech(at: int) -> tuple[str, bytes]:
    text = f"alpha{at} beta{at} gamma{at}"
    said, end = spoken(text)
    return text, WORDS.sound(said, end + 0.4)


async def test_two_hundred_speeches_at_once_hear_nobody_elses_words():
    async with FakeDeepgram(WORDS) as fake:
        engine = transcriber(fake)
        runs = await asyncio.gather(
            *(
                captioned(engine, speech(at)[1], TranscriberContext(club_id=at))
                for at in range(SPEECHES)
            )
        )
    assert [run.text for run in runs] == [speech(at)[0] for at in range(SPEECHES)]
    assert all(run.statuses == [] for run in runs)
    assert len(fake.connections) == SPEECHES
    assert {bytes(one.audio) for one in fake.connections} == {
        speech(at)[1] for at in range(SPEECHES)
    }


async def test_one_speechs_trouble_is_no_other_speechs():
    """Every fifth speech meets trouble; whose, chance decides. All others know nothing of it."""
    plans = [TROUBLE[at // 5 % len(TROUBLE)] if at % 5 == 0 else Live() for at in range(60)]
    async with FakeDeepgram(WORDS, plans) as fake:
        engine = transcriber(fake)
        runs = await asyncio.gather(
            *(captioned(engine, speech(at)[1], TranscriberContext(club_id=at)) for at in range(60))
        )
    given_up = [run for run in runs if run.statuses and run.statuses[-1] == "failed"]
    assert len(given_up) == sum(plan.refuse == (401, {}) for plan in plans)
    for at, run in enumerate(runs):
        assert run.text == ("" if run in given_up else speech(at)[0])
    # One that comes back may meet more trouble.
    troubled = [run for run in runs if run.statuses]
    assert 0 < len(troubled) <= sum(plan not in (Live(), TROUBLE[-1]) for plan in plans)

"""The pitch of many sessions' seconds, found together."""

import asyncio

import numpy as np
import pytest

from evaluations.core.pitch import FRAME
from sessions_app.core.bar_sound import Second, pitch_percentiles
from sessions_app.live import pitches as pitches_module
from sessions_app.live.pitches import Pitches
from tests.server import DEADLINE_SECONDS


def second(hertz: float) -> Second:
    at = np.arange(FRAME) / 16_000
    wave = np.sum([np.sin(2 * np.pi * hertz * k * at) / k for k in range(1, 8)], axis=0)
    frames = [(3_000 * wave).astype(np.int16)] * 10
    return Second(0, 16_000, None, 1.0, complete=True, frames=frames)


SPOKEN = [second(hertz) for hertz in (110.0, 140.0, 210.0, 300.0)]
SILENT = Second(0, 16_000, None, 0.0, complete=True)


async def test_those_who_ask_meanwhile_are_answered_together_and_each_with_its_own(monkeypatch):
    rounds: list[int] = []

    def counted(seconds):
        rounds.append(len(seconds))
        return pitch_percentiles(seconds)

    monkeypatch.setattr(pitches_module, "pitch_percentiles", counted)
    monkeypatch.setattr(pitches_module, "REST_SECONDS", 0)
    monkeypatch.setattr(pitches_module, "ROUND_SECONDS", 8)
    pitches = Pitches()
    asked = [asyncio.create_task(pitches.of([one])) for one in (*SPOKEN, SILENT)]
    asked.append(asyncio.create_task(pitches.of([SILENT, SPOKEN[0]])))
    gone = asyncio.create_task(pitches.of(SPOKEN))
    await asyncio.sleep(0)
    gone.cancel()
    found = await asyncio.gather(*asked)
    alone = [pitch_percentiles([one])[0] for one in (*SPOKEN, SILENT)]
    assert [one for [one] in found[:5]] == alone
    assert found[5] == [None, alone[0]]
    assert [round(one[1] / 10) for one in alone if one] == [11, 14, 21, 30]
    # One that asks for more than there is room for goes with the next.
    assert rounds == [7, 4]
    assert await pitches.of([]) == []


async def test_one_that_breaks_is_told_to_who_asked_and_the_next_is_answered(monkeypatch):
    monkeypatch.setattr(pitches_module, "REST_SECONDS", 0)
    pitches = Pitches()
    broken = Second(0, 16_000, None, 1.0, complete=True, frames=[np.zeros(3, np.int16)])
    with pytest.raises(ValueError, match="array"):
        await pitches.of([broken])
    assert await pitches.of([SILENT]) == [None]


def test_another_loop_than_before_is_served():
    pitches = Pitches()
    for _ in range(2):
        assert asyncio.run(pitches.of([SILENT])) == [None]


async def test_who_catches_up_does_not_rest_between_its_blocks(monkeypatch):
    monkeypatch.setattr(pitches_module, "REST_SECONDS", 3_600)
    pitches = Pitches()
    block = [SILENT] * 10
    async with asyncio.timeout(DEADLINE_SECONDS):
        for _ in range(3):
            assert await pitches.of(block) == [None] * 10

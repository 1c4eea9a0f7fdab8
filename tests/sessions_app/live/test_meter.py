"""Bars of a recording whatever fails beside it: the ring, a queue, a connection."""

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import numpy as np

from evaluations.core.shapes import Segment
from sessions_app.detection.energy import EnergyDetector
from sessions_app.live import meter as meters
from sessions_app.live.meter import Meter
from sessions_app.live.pitches import Pitches
from sessions_app.stream import Mark, RingUnavailableError
from sessions_app.stream.memory import MemoryRing
from sessions_app.transcription import Heard, Hypothesis, Utterance
from sessions_app.vault import VaultUnavailableError
from sessions_app.vault.memory import MemoryVault
from tests.sessions_app.core.test_bars import utterance
from tests.speech import burst

KEY = "1.speech"
# Louder from sample to sample: what lies in a wrong place is seen.
PCM = (burst(6) * np.linspace(0.1, 1, 96_000)).astype("<i2").tobytes()


class Failing(MemoryRing):
    """A ring that may be away."""

    away = False

    async def put(self, key, epoch, entries):
        if self.away:
            raise RingUnavailableError
        return await super().put(key, epoch, entries)

    async def begin(self, key):
        if self.away:
            raise RingUnavailableError
        return await super().begin(key)


class Recording:
    """A recording in the vault, and the meters that measure it, one after the other."""

    def __init__(self) -> None:
        self.ring, self.vault = Failing(), MemoryVault(10**7)
        self.utterances: list[Segment] = []
        self.heard = 0
        self.kept: list[tuple[int, Mark, list[dict[str, Any]]]] = []
        self.at = 0

    def meter(self) -> Meter:
        return Meter(
            self.ring,
            self.vault,
            KEY,
            EnergyDetector,
            lambda: (tuple(self.utterances), self.heard),
            tuple,
            Pitches(),
            lambda number, mark, bars: self.kept.append(
                (number, mark, [json.loads(text) for text in bars])
            ),
        )

    async def speak(self, meter: Meter | None, samples: int) -> None:
        start, end = self.at, self.at + samples
        while start < end:
            chunk = PCM[start * 2 : min(end, start + 800) * 2]
            await self.vault.append(KEY, start, chunk)
            if meter is not None:
                meter.push(start, chunk)
            start += len(chunk) // 2
        self.at = end

    def hear(self, meter: Meter, text: str, begin: float, end: float) -> None:
        segment = utterance(text, begin, end)
        self.utterances.append(segment)
        self.heard = round(end * 16_000)
        meter.hear(Hypothesis(segment))
        meter.hear(Utterance(segment))
        meter.hear(Heard(self.heard))


async def expected() -> list[dict[str, Any]]:
    """The bars when nothing fails."""
    recording = Recording()
    meter = recording.meter()
    meter.begin()
    await recording.speak(meter, 48_000)
    recording.hear(meter, "one two three four", 0, 2)
    await recording.speak(meter, 48_000)
    recording.hear(meter, "five six seven eight nine ten", 3, 5)
    meter.finish(4, heard_all=True)
    await meter.drained()
    await meter.close()
    [(number, mark, bars)] = recording.kept
    assert number == 4
    assert mark.ended
    assert [bar["seq"] for bar in bars] == list(range(6))
    assert sum(bar["words"] for bar in bars) == 10
    assert all(bar["final"] for bar in bars)
    return bars


def but_revisions(bars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The speech detector learns; who goes on has heard only the last ten seconds."""
    return [{name: value for name, value in bar.items() if name != "rev"} for bar in bars]


class Telling(Failing):
    """A ring that says when a second is whole."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = asyncio.Event()

    async def put(self, key, epoch, entries):
        if any(json.loads(entry.text)["t1"] == 1.0 for entry in entries):
            self.whole.set()
        return await super().put(key, epoch, entries)


async def test_a_second_is_whole_with_its_last_sample_whenever_words_came():
    recording = Recording()
    recording.ring = ring = Telling()
    meter = recording.meter()
    meter.begin()
    await meter.drained()
    await recording.speak(meter, 800)
    recording.hear(meter, "one", 0, 0.05)
    await recording.speak(meter, 15_200)
    async with asyncio.timeout(30):
        await ring.whole.wait()
    await meter.close()


async def test_another_connection_goes_on_where_the_first_was_lost():
    recording = Recording()
    first = recording.meter()
    first.begin()
    await recording.speak(first, 48_000)
    recording.hear(first, "one two three four", 0, 2)
    await recording.speak(first, 10_000)
    await first.drained()
    await first.close()
    # What it had not measured yet lies in the vault.
    await recording.speak(None, 5_000)
    [before] = await recording.ring.marks([KEY])
    second = recording.meter()
    second.go_on()
    await recording.speak(second, 33_000)
    recording.hear(second, "five six seven eight nine ten", 3, 5)
    second.finish(4, heard_all=True)
    await second.drained()
    await second.close()
    [(_, mark, bars)] = recording.kept
    assert before is not None
    assert mark.epoch == before.epoch
    assert but_revisions(bars) == but_revisions(await expected())


async def test_a_ring_that_is_away_for_a_while_has_all_bars_in_the_end():
    recording = Recording()
    recording.ring.away = True
    meter = recording.meter()
    meter.begin()
    await recording.speak(meter, 48_000)
    recording.hear(meter, "one two three four", 0, 2)
    await meter.drained()
    recording.ring.away = False
    await recording.speak(meter, 8_000)
    await meter.drained()
    recording.ring.away = True
    await recording.speak(meter, 8_000)
    await meter.drained()
    recording.ring.away = False
    await recording.speak(meter, 32_000)
    recording.hear(meter, "five six seven eight nine ten", 3, 5)
    meter.finish(4, heard_all=True)
    await meter.drained()
    await meter.close()
    [(_, _, bars)] = recording.kept
    assert but_revisions(bars) == but_revisions(await expected())


async def test_a_ring_that_was_lost_is_filled_again():
    recording = Recording()
    meter = recording.meter()
    meter.begin()
    await recording.speak(meter, 48_000)
    recording.hear(meter, "one two three four", 0, 2)
    await meter.drained()
    [before] = await recording.ring.marks([KEY])
    await recording.ring.drop(KEY)
    await recording.speak(meter, 48_000)
    recording.hear(meter, "five six seven eight nine ten", 3, 5)
    meter.finish(4, heard_all=True)
    await meter.drained()
    await meter.close()
    [(_, mark, bars)] = recording.kept
    assert before is not None
    assert mark.epoch != before.epoch
    assert but_revisions(bars) == but_revisions(await expected())


async def test_samples_that_found_no_room_are_read_from_the_vault(monkeypatch):
    sound = [bar["energy"] for bar in await expected()]
    monkeypatch.setattr(meters, "MAX_WAITING", 3)
    recording = Recording()
    meter = recording.meter()
    meter.begin()
    await meter.drained()
    await recording.speak(meter, 90_000)
    await meter.drained()
    await recording.speak(meter, 6_000)
    await meter.drained()
    meter.finish(4, heard_all=True)
    await meter.drained()
    await meter.close()
    [(_, _, bars)] = recording.kept
    assert [bar["energy"] for bar in bars] == sound


class Slow(Failing):
    """A ring that takes nothing until it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = asyncio.Event()
        self.asked = asyncio.Event()

    async def put(self, key, epoch, entries):
        self.asked.set()
        await self.may.wait()
        return await super().put(key, epoch, entries)


class Elsewhere(MemoryVault):
    """Audio that takes no room here: six seconds, over and over; ``gone`` when it cannot be had."""

    def __init__(self) -> None:
        super().__init__(0)
        self.samples = 0
        self.gone = False

    async def length(self, key):
        return self.samples

    async def read(self, key, start=0) -> AsyncIterator[bytes]:
        while start < self.samples:
            if self.gone:
                raise VaultUnavailableError
            at = start % 96_000
            piece = PCM[2 * at :][: 2 * (self.samples - start)]
            start += len(piece) // 2
            yield piece

    async def take(self, meter: Meter, seconds: int) -> None:
        """So many seconds more are kept, and measured by ``meter``."""
        for _ in range(seconds):
            at = self.samples % 96_000
            self.samples += 16_000
            meter.push(self.samples - 16_000, bytes(bytearray(PCM[2 * at : 2 * at + 32_000])))
            await asyncio.sleep(0)


async def far_behind(seconds: int) -> tuple[Recording, Meter, Elsewhere, Slow]:
    """A meter that waits for its ring while so much is captured."""
    recording = Recording()
    recording.ring, recording.vault = ring, vault = Slow(), Elsewhere()
    meter = recording.meter()
    meter.begin()
    await vault.take(meter, 1)
    await ring.asked.wait()
    await vault.take(meter, seconds - 1)
    return recording, meter, vault, ring


async def test_a_meter_that_is_behind_leaves_the_sound_to_the_vault():
    tracemalloc.start()
    try:
        recording, meter, _, ring = await far_behind(120)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 2**20
    ring.may.set()
    meter.finish(4, heard_all=False)
    await meter.drained()
    await meter.close()
    [(_, _, bars)] = recording.kept
    assert [bar["seq"] for bar in bars] == list(range(120))
    levels = [bar["energy"] for bar in bars]
    assert levels == levels[:6] * 20


async def test_what_the_vault_cannot_give_now_is_measured_later_and_in_its_place():
    recording, meter, vault, ring = await far_behind(60)
    vault.gone = True
    ring.may.set()
    await meter.drained()
    await vault.take(meter, 3)
    await meter.drained()
    vault.gone = False
    await vault.take(meter, 3)
    meter.finish(4, heard_all=False)
    await meter.drained()
    await meter.close()
    [(_, _, bars)] = recording.kept
    levels = [bar["energy"] for bar in bars]
    assert levels == levels[:6] * 11


async def test_the_next_recording_is_not_measured_as_the_one_before():
    recording, meter, vault, ring = await far_behind(60)
    meter.finish(3, heard_all=False)
    vault.samples = 0
    meter.begin()
    await vault.take(meter, 30)
    ring.may.set()
    meter.finish(4, heard_all=False)
    await meter.drained()
    await meter.close()
    bars = {number: bars for number, _, bars in recording.kept}
    assert len(bars[3]) < 10
    assert [bar["seq"] for bar in bars[4]] == list(range(30))


async def test_who_has_lost_the_recording_to_another_says_nothing_more():
    recording = Recording()
    older, newer = recording.meter(), recording.meter()
    older.begin()
    await recording.speak(older, 16_000)
    await older.drained()
    await recording.vault.drop(KEY)
    recording.at = 0
    newer.begin()
    await newer.drained()
    await recording.speak(older, 16_000)
    older.finish(1, heard_all=True)
    await older.drained()
    [mark] = await recording.ring.marks([KEY])
    await older.close()
    await newer.close()
    assert mark is not None
    assert (mark.eid, mark.ended) == (0, False)
    assert recording.kept == []


async def test_what_was_captured_before_is_measured_to_its_end_by_whoever_evaluates_it():
    recording = Recording()
    first = recording.meter()
    first.begin()
    await recording.speak(first, 40_000)
    recording.hear(first, "one two three four", 0, 2)
    await first.drained()
    await first.close()
    second = recording.meter()
    second.finish(7, heard_all=False)
    await second.drained()
    await second.close()
    [(number, _, bars)] = recording.kept
    assert number == 7
    assert [bar["t1"] for bar in bars] == [1, 2, 2.5]
    assert [bar["words"] for bar in bars] == [2, 2, None]
    assert [bar["final"] for bar in bars] == [True, True, False]


async def test_what_is_erased_is_gone():
    recording = Recording()
    meter = recording.meter()
    meter.begin()
    await recording.speak(meter, 16_000)
    await meter.drop()
    await recording.speak(meter, 16_000)
    await meter.drained()
    await meter.close()
    assert await recording.ring.marks([KEY]) == [None]

"""One look at the ring serves all readers, and none of them costs memory by not reading."""

import asyncio
import json
from typing import Any

import pytest

from sessions_app.stream import Entry, Mark, RingUnavailableError, broadcaster
from sessions_app.stream.broadcaster import Broadcaster, Changed, Ended, Reset
from sessions_app.stream.memory import MemoryRing

KEY = "1.speech"


def bars(first: int, last: int, rev: int = 1, *, forming: bool = False) -> list[Entry]:
    return [Entry(seq, rev, forming, json.dumps({"seq": seq})) for seq in range(first, last)]


class Counting(MemoryRing):
    """Counts the looks, and may be away."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0
        self.away = False
        self.asked = asyncio.Event()

    async def marks(self, keys):
        if self.away:
            self.asked.set()
            raise RingUnavailableError
        return await super().marks(keys)

    async def read(self, key, after=0):
        self.reads += 1
        return await super().read(key, after)


async def gathered(reader, count: int) -> list[Any]:
    events: list[Any] = []
    async with asyncio.timeout(60):
        while len(events) < count:
            events += await reader.next(60)
    return events


async def test_a_reader_gets_what_there_is_and_then_what_changes():
    ring = MemoryRing()
    epoch = await ring.begin(KEY)
    await ring.put(KEY, epoch, bars(0, 3))
    async with Broadcaster(ring).watch(KEY, None) as reader:
        assert [event.entry.seq for event in await gathered(reader, 3)] == [0, 1, 2]
        await ring.put(KEY, epoch, bars(1, 2, rev=2))
        [event] = await gathered(reader, 1)
        assert event == Changed(Mark(epoch, 4), Entry(1, 2, False, '{"seq": 1}', 4))
        await ring.end(KEY, epoch)
        assert await gathered(reader, 1) == [Ended(Mark(epoch, 4, ended=True))]


async def test_all_readers_of_a_speech_share_one_look():
    ring = Counting()
    epoch = await ring.begin(KEY)
    caster = Broadcaster(ring)
    async with asyncio.TaskGroup() as group:
        done = asyncio.Event()
        opened = asyncio.Barrier(6)

        async def watch():
            async with caster.watch(KEY, None) as reader:
                await opened.wait()
                await gathered(reader, 5)

        for _ in range(5):
            group.create_task(watch())
        await opened.wait()
        reads = ring.reads
        await ring.put(KEY, epoch, bars(0, 5))
        done.set()
    assert ring.reads == reads + 1


async def test_a_burst_comes_in_parts_of_at_most_sixty_four():
    ring = MemoryRing()
    epoch = await ring.begin(KEY)
    await ring.put(KEY, epoch, bars(0, 200))
    async with Broadcaster(ring).watch(KEY, None) as reader:
        sizes = [len(await reader.next(60)) for _ in range(4)]
    assert sizes == [64, 64, 64, 8]


async def test_what_changed_often_while_nobody_took_it_comes_once():
    ring = MemoryRing()
    epoch = await ring.begin(KEY)
    async with Broadcaster(ring).watch(KEY, Mark(epoch, 0)) as reader:
        for rev in range(1, 500):
            await ring.put(KEY, epoch, bars(0, 1, rev, forming=True))
        [event] = await gathered(reader, 1)
    assert event.entry.rev == 499


async def test_bars_that_begin_anew_or_are_gone_reset_a_reader():
    ring = MemoryRing()
    first = await ring.begin(KEY)
    async with Broadcaster(ring).watch(KEY, Mark(first, 0)) as reader:
        second = await ring.begin(KEY)
        assert await gathered(reader, 1) == [Reset(Mark(second, 0), "epoch")]
        await ring.drop(KEY)
        assert await gathered(reader, 1) == [Reset(Mark("0", 0), "epoch")]


async def test_a_reader_before_the_first_word_waits_for_it():
    ring = MemoryRing()
    async with Broadcaster(ring).watch(KEY, None) as reader:
        epoch = await ring.begin(KEY)
        await ring.put(KEY, epoch, bars(0, 1))
        [event] = await gathered(reader, 1)
        assert isinstance(event, Changed)


async def test_a_reader_that_takes_nothing_is_dropped(monkeypatch):
    monkeypatch.setattr(broadcaster, "STALL_SECONDS", 0.0)
    ring = MemoryRing()
    epoch = await ring.begin(KEY)
    caster = Broadcaster(ring)
    async with caster.watch(KEY, None) as other:

        async def never_reads() -> None:
            async with caster.watch(KEY, None):
                await asyncio.Event().wait()

        task = asyncio.create_task(never_reads())
        async with asyncio.timeout(60):
            with pytest.raises(asyncio.CancelledError):
                await task
        assert len(caster._topics[KEY].readers) == 1
        monkeypatch.undo()
        await ring.put(KEY, epoch, bars(0, 1))
        assert await gathered(other, 1)
    assert caster._topics == {}


async def test_nothing_looks_when_nobody_watches():
    ring = MemoryRing()
    caster = Broadcaster(ring)
    async with caster.watch(KEY, None):
        task = caster._task
        assert task is not None
    assert caster._task is None
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_ring_that_was_away_has_cost_no_bar(monkeypatch):
    monkeypatch.setattr(broadcaster, "LOOK_AGAIN_SECONDS", 0.0)
    ring = Counting()
    epoch = await ring.begin(KEY)
    async with Broadcaster(ring).watch(KEY, Mark(epoch, 0)) as reader:
        ring.away = True
        async with asyncio.timeout(60):
            await ring.asked.wait()
        await ring.put(KEY, epoch, bars(0, 2))
        ring.away = False
        assert [event.entry.seq for event in await gathered(reader, 2)] == [0, 1]

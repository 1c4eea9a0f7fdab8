"""What every ring promises, and that no loss on the way of a reader leaves a chart wrong."""

import json
import uuid
from dataclasses import dataclass, field

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_app.stream import (
    ENDED_TTL_SECONDS,
    NOWHERE,
    TTL_SECONDS,
    WATCH_SECONDS,
    BarRing,
    Entry,
    Mark,
    Put,
    sse,
)
from sessions_app.stream.broadcaster import Broadcaster, Reader, _Topic
from sessions_app.stream.history import Asked, of_speech
from sessions_app.stream.memory import AT_REST_SECONDS, MemoryRing


def bar(seq: int, rev: int, *, forming: bool = False) -> Entry:
    return Entry(seq, rev, forming, json.dumps({"seq": seq, "rev": rev}))


async def test_a_change_is_numbered_and_kept_in_its_order(make_ring, key):
    ring: BarRing = make_ring()
    epoch = await ring.begin(key)
    assert (await ring.put(key, epoch, [bar(0, 1), bar(1, 1, forming=True)])).kept
    assert (await ring.put(key, epoch, [bar(0, 2)])).kept
    page = await ring.read(key)
    assert page is not None
    assert page.mark == Mark(epoch, 3)
    assert [(one.seq, one.rev, one.forming, one.eid) for one in page.entries] == [
        (1, 1, True, 2),
        (0, 2, False, 3),
    ]
    assert [json.loads(one.text) for one in page.entries] == [
        {"seq": 1, "rev": 1},
        {"seq": 0, "rev": 2},
    ]
    later = await ring.read(key, 2)
    assert later is not None
    assert [one.seq for one in later.entries] == [0]
    await ring.drop(key)


async def test_what_is_not_newer_is_no_change(make_ring, key):
    ring: BarRing = make_ring()
    epoch = await ring.begin(key)
    await ring.put(key, epoch, [bar(0, 2)])
    assert (await ring.put(key, epoch, [bar(0, 2), bar(0, 1)])).kept
    assert await ring.marks([key]) == [Mark(epoch, 1)]
    await ring.drop(key)


async def test_another_epoch_takes_nothing_from_who_had_the_last_one(make_ring, key):
    ring: BarRing = make_ring()
    old = await ring.begin(key)
    await ring.put(key, old, [bar(0, 1)])
    new = await ring.begin(key)
    assert old != new
    assert not (await ring.put(key, old, [bar(0, 9)])).kept
    assert await ring.end(key, old) is None
    page = await ring.read(key)
    assert page is not None
    assert page.entries == ()
    assert page.mark == Mark(new, 0)
    await ring.drop(key)


async def test_an_end_is_told_and_changes_no_bar(make_ring, key):
    ring: BarRing = make_ring()
    epoch = await ring.begin(key)
    await ring.put(key, epoch, [bar(0, 1)])
    ended = Mark(epoch, 1, ended=True)
    assert await ring.end(key, epoch) == ended
    assert await ring.marks([key]) == [ended]
    await ring.drop(key)


async def test_what_is_not_there_is_none(make_ring, key):
    ring: BarRing = make_ring()
    epoch = await ring.begin(key)
    assert await ring.marks([f"{key}.x", key]) == [None, Mark(epoch, 0)]
    await ring.drop(key)
    await ring.drop(key)
    assert await ring.read(key) is None
    assert not (await ring.put(key, epoch, [bar(0, 1)])).kept
    assert await ring.marks([]) == []


async def test_this_process_forgets_what_is_kept_elsewhere_or_left(key):
    now = 0.0
    ring = MemoryRing(clock=lambda: now, most_speeches=3)
    epochs = {name: await ring.begin(name) for name in ("ended", "left")}
    await ring.end("ended", epochs["ended"])
    now = ENDED_TTL_SECONDS + 1
    assert [mark is None for mark in await ring.marks(["ended", "left"])] == [True, False]
    assert await ring.read("ended") is None
    now = TTL_SECONDS + 1
    assert not (await ring.put("left", epochs["left"], [bar(0, 1)])).kept
    for name in "abc":
        await ring.begin(name)
    now += AT_REST_SECONDS + 1
    await ring.begin("d")
    assert [mark is None for mark in await ring.marks(list("abcd"))] == [True, False, False, False]


async def test_running_speeches_lose_their_bars_to_nobody(key):
    now = 0.0
    ring = MemoryRing(clock=lambda: now, most_speeches=2)
    epochs = {name: await ring.begin(name) for name in "abcd"}
    assert None not in await ring.marks(list("abcd"))
    # What has ended makes room first, and what nobody has touched for long.
    await ring.end("a", epochs["a"])
    now = AT_REST_SECONDS + 1
    await ring.put("d", epochs["d"], [bar(0, 1)])
    await ring.begin("e")
    assert [mark is None for mark in await ring.marks(list("abcde"))] == [True] * 3 + [False] * 2


async def test_who_puts_bars_is_told_whether_somebody_watches(make_ring, key):
    ring: BarRing = make_ring()
    epoch = await ring.begin(key)
    assert await ring.put(key, epoch, [bar(0, 1)]) == Put(kept=True, watched=False)
    await ring.watch([key, f"{key}.x"])
    assert await ring.put(key, epoch, [bar(0, 2)]) == Put(kept=True, watched=True)
    await ring.drop(key)


async def test_who_watched_a_while_ago_is_forgotten(key):
    now = 0.0
    ring = MemoryRing(clock=lambda: now)
    epoch = await ring.begin(key)
    await ring.watch([key])
    now = WATCH_SECONDS + 1
    assert not (await ring.put(key, epoch, [bar(0, 1)])).watched


@pytest.mark.stack
async def test_redis_forgets_likewise(redis_url, key):
    from sessions_app.stream.redis import RedisRing  # noqa: PLC0415 - an optional extra

    ring = RedisRing(redis_url)
    epoch = await ring.begin(key)
    await ring.put(key, epoch, [bar(0, 1)])
    with redis.Redis.from_url(redis_url) as server:
        names = server.keys(f"speechcoach.bars.*{key}*")
        assert len(names) == 3
        assert all(0 < server.ttl(name) <= TTL_SECONDS for name in names)
        await ring.end(key, epoch)
        assert all(0 < server.ttl(name) <= ENDED_TTL_SECONDS for name in names)
    await ring.drop(key)


@dataclass
class Page:
    """A reader as the contract wants it: bars by ``seq``, and the higher ``rev`` wins."""

    bars: dict[int, dict[str, int]] = field(default_factory=dict)
    known: str = ""
    wants_history: bool = True

    def load(self, answer: str) -> None:
        history = json.loads(answer)
        if history["reset"] or self.wants_history:
            self.bars.clear()
        for one in history["bars"]:
            self._apply(one)
        self.known = f"{history['epoch']}-{history['eid']}"
        self.wants_history = False

    def take(self, text: str) -> None:
        fields = dict(line.split(": ", 1) for line in text.strip().split("\n"))
        self.known = fields["id"]
        if fields["event"] == "reset":
            self.wants_history = True
        elif fields["event"] in {"bar", "micro"}:
            self._apply(json.loads(fields["data"]))

    def _apply(self, told: dict[str, int]) -> None:
        mine = self.bars.get(told["seq"])
        if mine is None or mine["rev"] < told["rev"]:
            self.bars[told["seq"]] = told


STEPS = st.lists(
    st.one_of(
        # The next second forms, or is complete; captions change older ones.
        st.tuples(st.just("bars"), st.integers(1, 90)),
        st.tuples(st.just("late"), st.integers(0, 40)),
        # The connection is lost, having delivered so many of the events that were sent.
        st.tuples(st.just("lost"), st.integers(0, 70)),
        st.tuples(st.just("twice"), st.integers(0, 70)),
        st.tuples(st.just("reload"), st.just(0)),
        st.tuples(st.just("restart"), st.just(0)),
        st.tuples(st.just("anew"), st.just(0)),
    ),
    max_size=30,
)


class Speech:
    """A speech that is measured into a ring."""

    def __init__(self, ring: BarRing, key: str) -> None:
        self.ring, self.key = ring, key
        self.epoch = ""
        self.revs: list[int] = []

    async def begin(self) -> None:
        self.epoch, self.revs = await self.ring.begin(self.key), []

    async def bars(self, count: int) -> None:
        for _ in range(count):
            self.revs.append(1)
            seq = len(self.revs) - 1
            await self.ring.put(self.key, self.epoch, [bar(seq, 1, forming=True)])
            await self.late(seq)

    async def late(self, seq: int) -> None:
        if self.revs:
            seq %= len(self.revs)
            self.revs[seq] += 1
            await self.ring.put(self.key, self.epoch, [bar(seq, self.revs[seq])])

    async def lose_and_take_up(self) -> None:
        """The ring is lost with its process; whoever goes on measures from the first sample."""
        await self.ring.drop(self.key)
        revs = len(self.revs)
        await self.begin()
        await self.bars(revs)


async def caught_up(ring: BarRing, key: str, page: Page, most: int | None = None) -> list[str]:
    """Everything that a stream brings to who comes with the page's last id; at most so many."""
    topic, found = _Topic(), await ring.read(key)
    if found is not None:
        Broadcaster._merge(topic, found.mark, found.entries)
    reader = Reader(topic, sse.known(page.known))
    texts: list[str] = []
    while events := await reader.next(0):
        texts += [sse.written(event, key) for event in events]
        if most is not None and len(texts) >= most:
            return texts[:most]
    return texts


async def load(ring: BarRing, key: str, page: Page) -> None:
    found = await ring.read(key)
    page.load(of_speech(found, Asked()) if found else json.dumps(_nothing()))


def _nothing() -> dict[str, object]:
    return {"epoch": NOWHERE.epoch, "eid": 0, "reset": False, "bars": []}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_any_losses_doubles_late_captions_restarts_and_reloads_end_in_what_history_gives(
    make_ring, steps
):
    ring, key, page = make_ring(), f"1.{uuid.uuid4()}", Page()
    speech = Speech(ring, key)
    await speech.begin()
    for kind, number in steps:
        match kind:
            case "bars":
                await speech.bars(number)
            case "late":
                await speech.late(number)
            case "lost" | "twice":
                texts = await caught_up(ring, key, page, number)
                for text in texts * (2 if kind == "twice" else 1):
                    page.take(text)
                if page.wants_history:
                    await load(ring, key, page)
            case "reload":
                page = Page()
                await load(ring, key, page)
            case "restart":
                await speech.lose_and_take_up()
            case "anew":
                await speech.begin()
    # The last connection lasts.
    for _ in range(2):
        for text in await caught_up(ring, key, page):
            page.take(text)
        if page.wants_history:
            await load(ring, key, page)
    found = await ring.read(key)
    assert found is not None
    shown = [page.bars[seq] for seq in sorted(page.bars)]
    assert shown == json.loads(of_speech(found, Asked()))["bars"]
    assert [one["rev"] for one in shown] == speech.revs
    await ring.drop(key)


async def test_what_is_older_than_the_ring_is_loaded_afresh(make_ring, key):
    ring: BarRing = make_ring()
    epoch = await ring.begin(key)
    for rev in range(1, 603):
        await ring.put(key, epoch, [bar(0, rev)])
    for eid, reset in ((1, True), (2, False), (602, False), (603, True)):
        page = await ring.read(key)
        assert page is not None
        answer = json.loads(of_speech(page, Asked(since=Mark("", eid))))
        assert answer["reset"] == reset, eid
        kinds = [
            "reset" in text for text in await caught_up(ring, key, Page(known=f"{epoch}-{eid}"))
        ]
        assert kinds[:1] == ([True] if reset else [False] * (eid < 602)), eid
    await ring.drop(key)

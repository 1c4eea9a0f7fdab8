"""One reader of the ring in each process, for all who watch there."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice, takewhile
from typing import Final

from sessions_app.stream import (
    NOWHERE,
    WATCH_SECONDS,
    BarRing,
    Entry,
    Mark,
    RingUnavailableError,
    voided,
)

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.1
"""Between looks at the ring: what changes more often is shown as it is by then."""
LOOK_AGAIN_SECONDS: Final = 1.0
MOST_AT_ONCE: Final = 64
STALL_SECONDS: Final = 15.0
"""Who takes nothing of what there is for so long does not read."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A bar as it is now."""

    mark: Mark
    entry: Entry


@dataclass(frozen=True, slots=True)
class Reset:
    """What the reader has is void; history is as far as ``mark`` at least."""

    mark: Mark
    reason: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing more will come."""

    mark: Mark


Event = Changed | Reset | Ended


@dataclass(slots=True)
class _Topic:
    """A speech that is watched: its bars by ``seq`` in the order of their last change."""

    mark: Mark = NOWHERE
    entries: dict[int, Entry] = field(default_factory=dict)
    readers: set["Reader"] = field(default_factory=set)

    def after(self, eid: int) -> Iterator[Entry]:
        newer = takewhile(lambda entry: entry.eid > eid, reversed(self.entries.values()))
        return reversed(list(newer))


class Reader:
    """Who watches a speech. Holds nothing but a place: what it has not taken is not kept for it.

    ``since`` is up to where it knows the bars, and None where it knows none. Without an epoch it is
    of the one that is in force.
    """

    def __init__(self, topic: _Topic, since: Mark | None) -> None:
        self._topic = topic
        self._mark = since
        # Who knows nothing gets every bar; how many changes made them does not matter.
        self._catching_up = since is None
        self._news = asyncio.Event()
        self._news.set()
        self._task = asyncio.current_task()
        self._idle_since = asyncio.get_running_loop().time()
        self._over = False
        self.closed = False

    async def next(self, timeout: float) -> list[Event]:  # noqa: ASYNC109 - nothing is cancelled
        """What is new, at most 64 events; empty after ``timeout`` seconds, or when closed."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._news.wait()
        self._idle_since = asyncio.get_running_loop().time()
        return [] if self.closed else self._take()

    def wake(self) -> None:
        """There is something new."""
        if not self._news.is_set():
            self._idle_since = asyncio.get_running_loop().time()
            self._news.set()

    def close(self) -> None:
        """Its right to watch has ended."""
        self.closed = True
        self._news.set()

    def drop_if_stalled(self, now: float) -> None:
        """End the task that should take what there is, but waits for its client to read."""
        if (
            self._news.is_set()
            and now - self._idle_since > STALL_SECONDS
            and self._task is not None
        ):
            log.info("a reader of a stream is dropped: it does not read")
            self._task.cancel()

    def _take(self) -> list[Event]:
        topic, current = self._topic, self._topic.mark
        if self._over:
            self._news.clear()
            return []
        known = self._mark
        if known is None:
            if current == NOWHERE:
                self._news.clear()
                return []
            known = Mark(current.epoch, 0)
        elif not known.epoch:
            known = replace(known, epoch=current.epoch)
        if known.epoch != current.epoch:
            return self._reset("epoch")
        if not self._catching_up and voided(known, current):
            return self._reset("overflow")
        entries = list(islice(topic.after(known.eid), MOST_AT_ONCE))
        events: list[Event] = [Changed(replace(current, eid=one.eid), one) for one in entries]
        if len(entries) == MOST_AT_ONCE:
            self._mark = Mark(current.epoch, entries[-1].eid)
            return events
        self._mark, self._catching_up = Mark(current.epoch, current.eid), False
        self._news.clear()
        if current.ended:
            self._over = True
            events.append(Ended(current))
        return events

    def _reset(self, reason: str) -> list[Event]:
        self._mark = replace(self._topic.mark, ended=False)
        self._catching_up = False
        return [Reset(self._mark, reason)]


class Broadcaster:
    """Follows the ring for the readers of this process, whatever their number. No database.

    One event loop; where another one runs than before (tests), it begins anew.
    """

    def __init__(self, ring: BarRing) -> None:
        self.ring = ring
        self._topics: dict[str, _Topic] = {}
        self._task: asyncio.Task[None] | None = None
        self._said_at = float("-inf")

    @contextlib.asynccontextmanager
    async def watch(self, key: str, since: Mark | None) -> AsyncIterator[Reader]:
        """Follow a speech from ``since`` on."""
        if self._task is None or self._task.get_loop() is not asyncio.get_running_loop():
            self._topics = {}
            self._task = None
        topic = self._topics.get(key)
        if topic is None:
            looked = await self._first_look(key)
            # Another reader may have looked meanwhile.
            topic = self._topics.setdefault(key, looked)
        reader = Reader(topic, since)
        topic.readers.add(reader)
        if self._task is None:
            self._task = asyncio.create_task(self._follow(), name="bars")
        try:
            yield reader
        finally:
            topic.readers.discard(reader)
            if not topic.readers and self._topics.get(key) is topic:
                del self._topics[key]
                if not self._topics and self._task is not None:
                    self._task.cancel()
                    self._task = None

    def close(self) -> None:
        """End every reader: whoever watches looks for another process."""
        for topic in self._topics.values():
            for reader in topic.readers:
                reader.close()

    async def _first_look(self, key: str) -> _Topic:
        topic = _Topic()
        await self.ring.watch([key])
        page = await self.ring.read(key)
        if page is not None:
            self._merge(topic, page.mark, page.entries)
        return topic

    async def _follow(self) -> None:
        while True:
            try:
                await self._look()
            except RingUnavailableError:
                log.warning("the ring of bars does not answer")
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
            except Exception:
                # Whoever watches must not be left without anybody who looks.
                log.exception("the bars could not be followed")
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        keys = list(self._topics)
        now = asyncio.get_running_loop().time()
        if now - self._said_at >= WATCH_SECONDS / 2:
            await self.ring.watch(keys)
            self._said_at = now
        marks = await self.ring.marks(keys)
        for key, mark in zip(keys, marks, strict=True):
            topic = self._topics.get(key)
            if topic is None:
                continue
            if (mark or NOWHERE) != topic.mark:
                await self._catch_up(key, topic, mark)
            for reader in list(topic.readers):
                reader.drop_if_stalled(now)

    async def _catch_up(self, key: str, topic: _Topic, mark: Mark | None) -> None:
        same = mark is not None and mark.epoch == topic.mark.epoch
        page = await self.ring.read(key, topic.mark.eid if same else 0)
        if page is None:
            topic.mark, topic.entries = NOWHERE, {}
        else:
            self._merge(topic, page.mark, page.entries)
        for reader in topic.readers:
            reader.wake()

    @staticmethod
    def _merge(topic: _Topic, mark: Mark, entries: tuple[Entry, ...]) -> None:
        if mark.epoch != topic.mark.epoch:
            topic.entries = {}
        for entry in entries:
            topic.entries.pop(entry.seq, None)
            topic.entries[entry.seq] = entry
        topic.mark = mark

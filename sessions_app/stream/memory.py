"""Bars of running speeches in this process's memory."""

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from sessions_app.stream import (
    ENDED_TTL_SECONDS,
    TTL_SECONDS,
    WATCH_SECONDS,
    Entry,
    Mark,
    Page,
    Put,
)

MOST_SPEECHES = 256
"""The longest untouched goes first: what has ended is in the database, and may leave the ring."""
AT_REST_SECONDS = 60.0
"""Bars that were touched since are of a running speech, which loses them to nobody."""


@dataclass(slots=True)
class _Bars:
    """``entries`` by ``seq``, in the order of their last change."""

    mark: Mark
    touched_at: float
    entries: dict[int, Entry] = field(default_factory=dict)


class MemoryRing:
    """A ``BarRing`` for one process. Safe to use from several threads and event loops."""

    def __init__(
        self,
        *,
        most_speeches: int = MOST_SPEECHES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = most_speeches
        self._clock = clock
        self._speeches: dict[str, _Bars] = {}
        self._watched: dict[str, float] = {}
        self._lock = threading.Lock()

    async def begin(self, key: str) -> str:
        """See ``BarRing.begin``."""
        epoch = secrets.token_hex(4)
        with self._lock:
            self._speeches.pop(key, None)
            self._make_room()
            self._speeches[key] = _Bars(Mark(epoch, 0), self._clock())
        return epoch

    async def put(self, key: str, epoch: str, entries: Sequence[Entry]) -> Put:
        """See ``BarRing.put``."""
        with self._lock:
            bars = self._touched(key, epoch)
            if bars is None:
                return Put(kept=False, watched=False)
            eid = bars.mark.eid
            for entry in entries:
                kept = bars.entries.get(entry.seq)
                if kept is None or kept.rev < entry.rev:
                    eid += 1
                    # Out and in again: the last one changed stands last.
                    bars.entries.pop(entry.seq, None)
                    bars.entries[entry.seq] = Entry(
                        entry.seq, entry.rev, entry.forming, entry.text, eid
                    )
            bars.mark = Mark(bars.mark.epoch, eid, bars.mark.ended)
            seen_at = self._watched.get(key, float("-inf"))
            return Put(kept=True, watched=self._clock() - seen_at <= WATCH_SECONDS)

    async def watch(self, keys: Sequence[str]) -> None:
        """See ``BarRing.watch``."""
        now = self._clock()
        with self._lock:
            seen = {key: at for key, at in self._watched.items() if now - at <= WATCH_SECONDS}
            self._watched = {**seen, **dict.fromkeys(keys, now)}

    async def end(self, key: str, epoch: str) -> Mark | None:
        """See ``BarRing.end``."""
        with self._lock:
            bars = self._touched(key, epoch)
            if bars is None:
                return None
            bars.mark = replace(bars.mark, ended=True)
            return bars.mark

    async def marks(self, keys: Sequence[str]) -> list[Mark | None]:
        """See ``BarRing.marks``."""
        with self._lock:
            found = [self._found(key) for key in keys]
            return [bars.mark if bars is not None else None for bars in found]

    async def read(self, key: str, after: int = 0) -> Page | None:
        """See ``BarRing.read``."""
        with self._lock:
            bars = self._found(key)
            if bars is None:
                return None
            newest = takewhile(lambda entry: entry.eid > after, reversed(bars.entries.values()))
            return Page(bars.mark, tuple(newest)[::-1])

    async def drop(self, key: str) -> None:
        """See ``BarRing.drop``."""
        with self._lock:
            self._speeches.pop(key, None)

    def _make_room(self) -> None:
        while len(self._speeches) >= self._most:
            key, oldest = next(iter(self._speeches.items()))
            if self._clock() - oldest.touched_at < AT_REST_SECONDS and not oldest.mark.ended:
                return
            del self._speeches[key]

    def _touched(self, key: str, epoch: str) -> _Bars | None:
        bars = self._found(key)
        if bars is None or bars.mark.epoch != epoch:
            return None
        bars.touched_at = self._clock()
        self._speeches[key] = self._speeches.pop(key)
        return bars

    def _found(self, key: str) -> _Bars | None:
        """The bars, unless their time is over: what was forgotten elsewhere is not told here."""
        bars = self._speeches.get(key)
        if bars is None:
            return None
        lives = ENDED_TTL_SECONDS if bars.mark.ended else TTL_SECONDS
        if self._clock() - bars.touched_at > lives:
            del self._speeches[key]
            return None
        return bars

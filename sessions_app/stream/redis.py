"""Bars of running speeches in Redis, for every web process."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from redis.exceptions import RedisError

from sessions_app.redis_clients import RedisClients
from sessions_app.stream import (
    ENDED_TTL_SECONDS,
    TTL_SECONDS,
    WATCH_SECONDS,
    Entry,
    Mark,
    Page,
    Put,
    RingUnavailableError,
)
from sessions_app.stream.redis_scripts import BEGIN, END, PUT, READ

CONNECTIONS: Final = 8


class RedisRing:
    """A ``BarRing`` on Redis. Safe to use from several processes, threads and event loops.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://``.
        ttl_seconds: how long bars outlive their last change.
    """

    def __init__(self, url: str, *, ttl_seconds: int = TTL_SECONDS) -> None:
        # Whatever is put twice is put once: a revision that is there is no change.
        self._redis = RedisClients(url, CONNECTIONS)
        self._ttl = ttl_seconds

    async def begin(self, key: str) -> str:
        """See ``BarRing.begin``."""
        epoch = secrets.token_hex(4)
        await self._call(BEGIN, key, epoch, self._ttl)
        return epoch

    async def put(self, key: str, epoch: str, entries: Sequence[Entry]) -> Put:
        """See ``BarRing.put``."""
        given: list[str | int] = []
        for entry in entries:
            given += [entry.seq, entry.rev, int(entry.forming), entry.text]
        kept, watched = await self._call(PUT, key, epoch, self._ttl, *given)
        return Put(kept=bool(kept), watched=bool(watched))

    async def watch(self, keys: Sequence[str]) -> None:
        """See ``BarRing.watch``."""
        with _translated():
            async with (await self._redis.here()).pipeline(transaction=False) as asked:
                for key in keys:
                    asked.set(_keys(key)[-1], 1, ex=WATCH_SECONDS)
                await asked.execute()

    async def end(self, key: str, epoch: str) -> Mark | None:
        """See ``BarRing.end``."""
        eid = await self._call(END, key, epoch, min(self._ttl, ENDED_TTL_SECONDS))
        return None if eid is None else Mark(epoch, int(eid), ended=True)

    async def marks(self, keys: Sequence[str]) -> list[Mark | None]:
        """See ``BarRing.marks``."""
        with _translated():
            async with (await self._redis.here()).pipeline(transaction=False) as asked:
                for key in keys:
                    asked.hmget(_keys(key)[0], ["epoch", "eid", "ended"])
                return [_mark(found) for found in await asked.execute()]

    async def read(self, key: str, after: int = 0) -> Page | None:
        """See ``BarRing.read``."""
        found = await self._call(READ, key, after)
        mark = _mark(found[0]) if found else None
        if mark is None:
            return None
        return Page(
            mark,
            tuple(
                Entry(int(seq), int(rev), bool(forming), text.decode(), int(eid))
                for seq, rev, forming, text, eid in found[1:]
            ),
        )

    async def drop(self, key: str) -> None:
        """See ``BarRing.drop``."""
        with _translated():
            await (await self._redis.here()).delete(*_keys(key))

    async def _call(self, script: str, key: str, *args: Any) -> Any:  # what a script gives
        with _translated():
            run = (await self._redis.here()).register_script(script)
            return await run(keys=_keys(key), args=args)


def _keys(key: str) -> list[str]:
    # In braces: what a Redis cluster keeps on one node.
    base = f"speechcoach.bars.{{{key}}}"
    return [f"{base}.mark", f"{base}.bars", f"{base}.order", f"{base}.watched"]


def _mark(found: Sequence[bytes | None]) -> Mark | None:
    epoch, eid, ended = found
    if epoch is None or eid is None:
        return None
    return Mark(epoch.decode(), int(eid), ended=ended == b"1")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise RingUnavailableError(str(error)) from error

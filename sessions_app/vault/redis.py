"""Captured speech in Redis, where it survives the loss of any web process.

Redis must not persist (speech never reaches a disk) and must not evict: ``save ""``,
``appendonly no``, ``maxmemory-policy noeviction``. Version 7 or newer.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any, Final

from redis.exceptions import OutOfMemoryError, RedisError

from sessions_app.core.audio import BYTES_PER_SAMPLE, MAX_SPEECH_SECONDS
from sessions_app.redis_clients import RedisClients
from sessions_app.vault import VaultFullError, VaultUnavailableError
from sessions_app.vault.blocks import BLOCK_BYTES, TAIL_BLOCKS, seal, unseal
from sessions_app.vault.redis_scripts import APPEND, LENGTH, PIECE, SEAL

log = logging.getLogger(__name__)

TTL_SECONDS: Final = MAX_SPEECH_SECONDS + 24 * 3_600
"""From the last append on: the longest purge clock, should nobody be left to run it."""
CONNECTIONS: Final = 16
"""Of one event loop; an append holds one for less than a millisecond."""


class RedisVault:
    """An ``AudioVault`` on Redis. Safe to use from several processes, threads and event loops.

    Two that append to the same recording (a hand-over after a lost connection) do no harm: each
    append is checked and made in one step.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://``.
        block_bytes: PCM in a sealed block, whole samples. It is part of the keys, because a process
            with another size would read the blocks wrong.
        ttl_seconds: how long a recording outlives its last append.
    """

    def __init__(
        self, url: str, *, block_bytes: int = BLOCK_BYTES, ttl_seconds: int = TTL_SECONDS
    ) -> None:
        # Every script may be repeated: what was done before is seen and skipped.
        self._redis = RedisClients(url, CONNECTIONS)
        self._block_bytes = block_bytes
        self._ttl = ttl_seconds

    async def append(self, key: str, start: int, pcm: bytes) -> int:
        """See ``AudioVault.append``."""
        if start < 0 or len(pcm) % BYTES_PER_SAMPLE:
            raise _hole(start, pcm)
        at = start * BYTES_PER_SAMPLE
        name = secrets.token_bytes(8)
        size, raw = await self._call(APPEND, key, at, pcm, self._ttl, name)
        if size < 0:
            raise _hole(start, pcm)
        if raw >= TAIL_BLOCKS * self._block_bytes:
            await self._seal(key, (size - raw) // self._block_bytes, raw)
        return int(size) // BYTES_PER_SAMPLE

    def append_now(self, key: str, start: int, pcm: bytes) -> int | None:
        """See ``AudioVault.append_now``: it always needs to wait."""
        return None

    async def length(self, key: str) -> int:
        """See ``AudioVault.length``."""
        return int(await self._call(LENGTH, key)) // BYTES_PER_SAMPLE

    async def read(self, key: str, start: int = 0) -> AsyncIterator[bytes]:
        """See ``AudioVault.read``. Ends early when the audio is dropped meanwhile."""
        at = start * BYTES_PER_SAMPLE
        recording: bytes | None = None
        while found := await self._call(PIECE, key, at):
            name, is_sealed, piece = found
            if recording not in {None, name}:
                return
            recording = name
            if is_sealed:
                piece = (await asyncio.to_thread(unseal, piece))[at % self._block_bytes :]
            at += len(piece)
            yield piece

    async def drop(self, key: str) -> None:
        """See ``AudioVault.drop``."""
        with _translated():
            await (await self._redis.here()).delete(*self._keys(key))

    async def _seal(self, key: str, blocks: int, raw_bytes: int) -> None:
        """Seal the older part of the tail. What fails here is done by the next append."""
        try:
            while raw_bytes >= TAIL_BLOCKS * self._block_bytes:
                found = await self._call(PIECE, key, blocks * self._block_bytes)
                if not found or found[1]:
                    return
                name, _, raw = found
                packed = await asyncio.to_thread(seal, raw)
                blocks, raw_bytes = await self._call(SEAL, key, name, blocks, packed)
        except VaultUnavailableError:
            log.warning("could not seal a block of %s; it stays raw", key)

    def _keys(self, key: str) -> list[str]:
        # In braces: what a Redis cluster keeps on one node.
        base = f"speechcoach.vault.{self._block_bytes}.{{{key}}}"
        return [f"{base}.tail", f"{base}.blocks"]

    async def _call(self, script: str, key: str, *args: Any) -> Any:  # what a script gives
        with _translated():
            run = (await self._redis.here()).register_script(script)
            return await run(keys=self._keys(key), args=[self._block_bytes, *args])


def _hole(start: int, pcm: bytes) -> ValueError:
    return ValueError(f"{len(pcm)} bytes at sample {start} do not continue the audio")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OutOfMemoryError as error:
        raise VaultFullError from error
    except (RedisError, OSError) as error:
        raise VaultUnavailableError(str(error)) from error

"""What it costs to keep captured audio."""

import asyncio
import os
import secrets
import time
from typing import Any

import redis

from sessions_app.core.audio import CHUNK_SAMPLES
from sessions_app.vault import AudioVault
from sessions_app.vault.blocks import BLOCK_BYTES, seal
from sessions_app.vault.memory import MemoryVault
from sessions_app.vault.redis import RedisVault
from tests.bench import audio
from tests.bench.figures import percentiles, rounded


def memory_vault(seconds: int) -> dict[str, Any]:
    """Appends to a vault in memory, and what sealing a block takes and saves."""
    raw = b"".join(audio.chunks(60))
    blocks = [raw[at : at + BLOCK_BYTES] for at in range(0, len(raw), BLOCK_BYTES)]
    before = time.process_time()
    sealed = sum(len(seal(block)) for block in blocks)
    per_block = (time.process_time() - before) / len(blocks)
    return {
        **asyncio.run(_appends(MemoryVault(2**30), seconds)),
        "sealMsPerBlock": rounded(per_block * 1e3),
        "sealedToRaw": rounded(sealed / len(raw)),
    }


def redis_url() -> str | None:
    """The address of a Redis that answers; None when there is none."""
    url = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"
    with redis.Redis.from_url(url, socket_connect_timeout=2) as client:
        try:
            client.ping()
        except redis.RedisError:
            return None
    return url


def redis_vault(seconds: int, url: str) -> dict[str, Any]:
    """Appends to a vault in Redis, one after another as a session makes them."""
    return asyncio.run(_appends(RedisVault(url), seconds))


async def _appends(vault: AudioVault, seconds: int) -> dict[str, Any]:
    key = f"bench.{secrets.token_hex(8)}"
    took: list[float] = []
    try:
        for at, chunk in enumerate(audio.chunks(seconds)):
            before = time.perf_counter()
            await vault.append(key, at * CHUNK_SAMPLES, chunk)
            took.append(time.perf_counter() - before)
    finally:
        await vault.drop(key)
    return percentiles(took, "MicrosPerAppend", 1e6)

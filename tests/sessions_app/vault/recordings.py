"""What tests do with a vault, here and in a process that they kill."""

import asyncio
import itertools
import random
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection

from sessions_app.vault import AudioVault

BLOCK = 2_000
"""Bytes: small, so that a few hundred samples are sealed as often as a whole speech would be."""


async def everything(vault: AudioVault, key: str, start: int = 0) -> bytes:
    return b"".join([block async for block in vault.read(key, start)])


async def append_all(vault: AudioVault, key: str, truth: bytes, cuts: Sequence[int]) -> None:
    """Append ``truth`` from where the vault stands, in chunks of ``cuts`` samples, in turn."""
    at = await vault.length(key)
    for samples in itertools.cycle(cuts):
        if at * 2 >= len(truth):
            return
        kept = await vault.append(key, at, truth[at * 2 : (at + samples) * 2])
        assert kept >= min(at + samples, len(truth) // 2)
        at += samples


def append_until_killed(url: str, key: str, truth: bytes, seed: int, told: Connection) -> None:
    """What a web process does, in one of its own: go on from where the vault stands.

    The kernel ends it at a moment that has nothing to do with what it is doing.
    """
    asyncio.run(_append_for_ever(url, key, truth, random.Random(seed), told))


async def _append_for_ever(
    url: str, key: str, truth: bytes, chance: random.Random, told: Connection
) -> None:
    from sessions_app.vault.redis import RedisVault  # noqa: PLC0415 - an optional extra

    vault = RedisVault(url, block_bytes=BLOCK, ttl_seconds=60)
    kept = await vault.length(key)
    # Nothing handles this signal: the process ends as it does by SIGKILL.
    signal.setitimer(signal.ITIMER_REAL, chance.uniform(0.001, 0.1))
    while True:
        # A replay goes back; at the end of the speech everything is one.
        at = max(0, kept - chance.randrange(0, 400))
        kept = await vault.append(key, at, truth[at * 2 : (at + chance.randrange(1, 3_000)) * 2])
        told.send(kept)

"""What is the memory vault's own: its cap, and sealing in another thread."""

import asyncio
import threading

import numpy as np
import pytest

from sessions_app.vault import VaultFullError
from sessions_app.vault import memory as module
from sessions_app.vault.blocks import BLOCK_BYTES, TAIL_BLOCKS
from sessions_app.vault.memory import MemoryVault
from tests.sessions_app.vault.recordings import everything
from tests.speech import burst

CAP = 100_000_000


async def test_a_long_speech_takes_less_than_it_is():
    vault, speech = MemoryVault(CAP), np.tile(np.r_[burst(1, 800), burst(1, 5)], 30).tobytes()
    for at in range(0, len(speech), 64_000):
        await vault.append("a", at // 2, speech[at : at + 64_000])
    assert vault._used < 0.8 * len(speech)


async def test_the_cap_counts_all_recordings_and_a_drop_frees_its_share():
    vault = MemoryVault(1_000)
    await vault.append("a", 0, bytes(600))
    with pytest.raises(VaultFullError):
        await vault.append("b", 0, bytes(600))
    assert await vault.length("b") == 0
    await vault.drop("a")
    await vault.append("b", 0, bytes(1_000))
    await vault.drop("b")
    await vault.drop("never seen")
    assert await everything(vault, "b") == b""
    assert vault._used == 0


async def test_audio_dropped_while_it_is_being_sealed_stays_dropped(monkeypatch):
    encoding, go_on = threading.Event(), threading.Event()

    def slowly(raw: bytes) -> bytes:
        encoding.set()
        go_on.wait()
        return raw

    monkeypatch.setattr(module, "seal", slowly)
    vault = MemoryVault(CAP)
    appending = asyncio.create_task(vault.append("a", 0, bytes(TAIL_BLOCKS * BLOCK_BYTES)))
    await asyncio.to_thread(encoding.wait)
    await vault.drop("a")
    go_on.set()
    await appending
    assert await everything(vault, "a") == b""
    assert vault._used == 0


async def test_what_needs_no_waiting_is_kept_at_once_and_a_block_that_is_due_is_not():
    vault = MemoryVault(1_000, block_bytes=200)
    assert vault.append_now("a", 0, bytes(10)) is None
    await vault.append("a", 0, bytes(10))
    assert vault.append_now("a", 5, bytes(380)) == 195
    assert vault.append_now("a", 195, bytes(10)) is None
    assert await vault.length("a") == 195
    with pytest.raises(ValueError, match="do not continue"):
        vault.append_now("a", 196, bytes(2))
    full = MemoryVault(100)
    await full.append("a", 0, bytes(90))
    with pytest.raises(VaultFullError):
        full.append_now("a", 45, bytes(20))

"""Captured speech in this process's memory: the last seconds raw, the rest as lossless FLAC."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from sessions_app.core.audio import BYTES_PER_SAMPLE
from sessions_app.core.pieces import Pieces
from sessions_app.vault import VaultFullError
from sessions_app.vault.blocks import BLOCK_BYTES, TAIL_BLOCKS, seal, unseal


@dataclass(slots=True)
class _Recording:
    """Sealed blocks of exactly ``block_bytes`` each, then the raw tail."""

    block_bytes: int
    blocks: list[bytes] = field(default_factory=list)
    tail: Pieces = field(default_factory=Pieces)
    sealing: bool = False
    dropped: bool = False

    @property
    def size(self) -> int:
        """Bytes of PCM kept."""
        return len(self.blocks) * self.block_bytes + len(self.tail)


class MemoryVault:
    """An ``AudioVault`` for one process. Safe to use from several threads and event loops.

    Args:
        cap_bytes: the most that all recordings together may take, as they are stored.
        block_bytes: PCM in a sealed block, whole samples.
    """

    def __init__(self, cap_bytes: int, *, block_bytes: int = BLOCK_BYTES) -> None:
        self._cap = cap_bytes
        self._block_bytes = block_bytes
        self._used = 0
        self._recordings: dict[str, _Recording] = {}
        self._lock = threading.Lock()  # held for list operations only, never while encoding

    async def append(self, key: str, start: int, pcm: bytes) -> int:
        """See ``AudioVault.append``."""
        recording, kept = self._take(key, start, pcm)
        await self._seal(recording)
        return kept

    def append_now(self, key: str, start: int, pcm: bytes) -> int | None:
        """See ``AudioVault.append_now``: to seal a block needs to wait."""
        recording = self._recordings.get(key)
        if recording is None or self._is_due(recording, len(pcm)):
            return None
        return self._take(key, start, pcm)[1]

    def _is_due(self, recording: _Recording, more: int = 0) -> bool:
        return len(recording.tail) + more >= TAIL_BLOCKS * self._block_bytes

    def _take(self, key: str, start: int, pcm: bytes) -> tuple[_Recording, int]:
        with self._lock:
            recording = self._recordings.get(key)
            size = recording.size if recording is not None else 0
            skip = size - start * BYTES_PER_SAMPLE
            if skip < 0 or start < 0 or len(pcm) % BYTES_PER_SAMPLE:
                raise ValueError(f"{len(pcm)} bytes at sample {start} do not continue the audio")
            new = pcm[skip:] if skip else pcm
            if self._used + len(new) > self._cap:
                raise VaultFullError
            if recording is None:
                recording = self._recordings[key] = _Recording(self._block_bytes)
            recording.tail.push(new)
            self._used += len(new)
            return recording, recording.size // BYTES_PER_SAMPLE

    async def length(self, key: str) -> int:
        """See ``AudioVault.length``."""
        with self._lock:
            recording = self._recordings.get(key)
            return recording.size // BYTES_PER_SAMPLE if recording is not None else 0

    async def read(self, key: str, start: int = 0) -> AsyncIterator[bytes]:
        """See ``AudioVault.read``. Ends early when the audio is dropped meanwhile."""
        at = start * BYTES_PER_SAMPLE
        while True:
            with self._lock:
                recording = self._recordings.get(key)
                if recording is None or at >= recording.size:
                    return
                index, offset = divmod(at, self._block_bytes)
                sealed = recording.blocks[index] if index < len(recording.blocks) else None
                if sealed is None:
                    begin = at - len(recording.blocks) * self._block_bytes
                    piece = recording.tail.read(begin, begin + self._block_bytes)
            if sealed is not None:
                piece = (await asyncio.to_thread(unseal, sealed))[offset:]
            at += len(piece)
            yield piece

    async def drop(self, key: str) -> None:
        """See ``AudioVault.drop``."""
        with self._lock:
            recording = self._recordings.pop(key, None)
            if recording is not None:
                recording.dropped = True
                self._used -= len(recording.tail) + sum(map(len, recording.blocks))
                recording.tail = Pieces()
                recording.blocks.clear()

    async def _seal(self, recording: _Recording) -> None:
        while True:
            with self._lock:
                if recording.sealing or not self._is_due(recording):
                    return
                recording.sealing = True
                raw = recording.tail.read(0, self._block_bytes)
            block: bytes | None = None
            try:
                block = await asyncio.to_thread(seal, raw)
            finally:
                with self._lock:
                    recording.sealing = False
                    if block is not None and not recording.dropped:
                        recording.blocks.append(block)
                        recording.tail.forget(self._block_bytes)
                        self._used += len(block) - self._block_bytes

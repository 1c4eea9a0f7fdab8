"""A recording as compressed parts, for sending, and a vendor asked about each of them.

Nothing touches a disk.
"""

import asyncio
import io
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
import soundfile

from sessions_app.core.audio import BYTES_PER_SAMPLE, SAMPLE_RATE

PART_SECONDS: Final = 600
OVERLAP_SECONDS: Final = 8
"""Long enough to find words in it that both parts heard, through a pause of some seconds."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class EncodedPart:
    """``samples`` of a speech from ``start`` on, as FLAC: half the size, and the same sound.

    ``peak`` is the largest distance of a sample from zero.
    """

    start: int
    samples: int
    flac: bytes
    peak: int


class _Writer:
    """Encodes one part as its samples come."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.samples = 0
        self._peak = 0
        self._file = io.BytesIO()
        self._flac = soundfile.SoundFile(
            self._file, "w", SAMPLE_RATE, channels=1, format="FLAC", subtype="PCM_16"
        )

    def write(self, pcm: bytes) -> None:
        samples = np.frombuffer(pcm, dtype="<i2")
        self._flac.write(samples)
        self._peak = max(self._peak, int(samples.max(initial=0)), -int(samples.min(initial=0)))
        self.samples += len(pcm) // BYTES_PER_SAMPLE

    def finish(self) -> EncodedPart:
        self._flac.close()
        return EncodedPart(self.start, self.samples, self._file.getvalue(), self._peak)


async def encoded_parts(
    audio: AsyncIterator[bytes],
    part_samples: int = PART_SECONDS * SAMPLE_RATE,
    overlap_samples: int = OVERLAP_SECONDS * SAMPLE_RATE,
) -> AsyncGenerator[EncodedPart, None]:
    """The recording in parts of at most ``part_samples``, each beginning before the last one ends.

    Encodes in threads. No part for a recording without samples.
    """
    writer = _Writer(0)
    tail = b""
    waiting = bytearray()
    async for block in audio:
        waiting += block
        while waiting:
            room = (part_samples - writer.samples) * BYTES_PER_SAMPLE
            piece = bytes(waiting[:room])
            del waiting[:room]
            await asyncio.to_thread(writer.write, piece)
            tail = (tail + piece)[-overlap_samples * BYTES_PER_SAMPLE :]
            # Only with more to come: a part of nothing but overlap would say nothing new.
            if writer.samples >= part_samples and waiting:
                yield await asyncio.to_thread(writer.finish)
                writer = _Writer(writer.start + writer.samples - len(tail) // BYTES_PER_SAMPLE)
                await asyncio.to_thread(writer.write, tail)
    if writer.samples:
        yield await asyncio.to_thread(writer.finish)


async def asked_in_parts(
    audio: AsyncIterator[bytes],
    ask: Callable[[EncodedPart], Coroutine[Any, Any, _T]],
    part_samples: int,
    overlap_samples: int,
) -> list[_T]:
    """What ``ask`` answers for each part, in order; each is asked for as soon as it is encoded.

    One that fails ends all.
    """
    asked: list[asyncio.Task[_T]] = []
    async with aclosing(encoded_parts(audio, part_samples, overlap_samples)) as parts:
        try:
            async for part in parts:
                asked.append(asyncio.create_task(ask(part)))  # noqa: PERF401 - asked meanwhile
            return list(await asyncio.gather(*asked))
        finally:
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)

"""Sentences into sound at 24 kHz, as fast as the voice can speak them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Final

import numpy as np
import soxr

from evaluations.speech import Synthesizer
from sessions_app.coach.engine.core.coaching.phrases import OPENERS
from sessions_app.coach.engine.core.tempo import Tempo
from sessions_app.coach.protocol.session import RATE
from speechcoach.errors import ProviderError

QUIET: Final = 200
"""Samples softer than this at the beginning of a sentence are the voice's own delay."""
KEPT_SAMPLES: Final = RATE // 50
LONGEST_CUT_SAMPLES: Final = RATE // 2

OnVoice = Callable[[int, bytes], None]
OnLost = Callable[[int, str], None]


class Voice:
    """A voice at 24 kHz that begins without delay. What opens an answer is kept, ready to be sent.

    Nothing else is kept: other sentences may hold what somebody said.
    """

    def __init__(self, synthesizer: Synthesizer) -> None:
        self._synthesizer = synthesizer
        self._openers: dict[str, bytes] = {}

    async def warm(self) -> None:
        """Have the openers ready."""
        for text in OPENERS:
            if text not in self._openers:
                pieces = [pcm async for pcm in self._spoken(text)]
                self._openers[text] = b"".join(pieces)

    async def speak(self, text: str, speed: float) -> AsyncIterator[bytes]:
        """PCM16LE at 24 kHz, in pieces as they come.

        Raises:
            speechcoach.errors.ProviderError: the voice could not speak.
        """
        tempo = Tempo(speed)
        ready = self._openers.get(text)
        if ready is not None:
            yield tempo.push(ready)
        else:
            async for pcm in self._spoken(text):
                yield tempo.push(pcm)
        yield tempo.finish()

    async def _spoken(self, text: str) -> AsyncIterator[bytes]:
        upsampler = soxr.ResampleStream(self._synthesizer.sample_rate, RATE, 1, dtype="int16")
        begin = Beginning()
        async for pcm in self._synthesizer.synthesize(text):
            yield begin.push(upsampler.resample_chunk(np.frombuffer(pcm, dtype="<i2")).tobytes())
        rest = upsampler.resample_chunk(np.zeros(0, dtype="<i2"), last=True).tobytes()
        yield begin.push(rest)


class Beginning:
    """Cuts the silence with which a voice begins, so that the first word is heard at once."""

    def __init__(self) -> None:
        self._cut = 0
        self._begun = False
        self._held = b""

    def push(self, pcm: bytes) -> bytes:
        """Take the next PCM16LE; return what is to be heard of it."""
        if self._begun:
            return pcm
        data = self._held + pcm
        loud = np.flatnonzero(np.abs(np.frombuffer(data, dtype="<i2").astype(np.int32)) > QUIET)
        if len(loud):
            self._begun = True
            return data[max(0, int(loud[0]) - KEPT_SAMPLES) * 2 :]
        keep = min(len(data), KEPT_SAMPLES * 2)
        self._cut += len(data) - keep
        self._held = data[len(data) - keep :]
        if self._cut > LONGEST_CUT_SAMPLES * 2:
            self._begun = True
            return self._held
        return b""


class Mouth:
    """Speaks one sentence at a time, and can be hushed in the middle of it."""

    def __init__(self, voice: Voice, on_voice: OnVoice, on_lost: OnLost) -> None:
        self._voice = voice
        self._on_voice = on_voice
        self._on_lost = on_lost
        self._tasks: set[asyncio.Task[None]] = set()
        self._current: asyncio.Task[None] | None = None

    def say(self, number: int, text: str, speed: float) -> None:
        """Begin to speak; the sound comes under ``number``, b"" after its end."""
        self.hush()
        self._current = asyncio.create_task(self._speak(number, text, speed))
        self._tasks.add(self._current)
        self._current.add_done_callback(self._tasks.discard)

    def hush(self) -> None:
        """Stop speaking."""
        if self._current is not None:
            self._current.cancel()
            self._current = None

    async def close(self) -> None:
        """Stop speaking, and wait until nothing runs any more."""
        for task in self._tasks:
            task.cancel()
        while self._tasks:
            task = next(iter(self._tasks))
            with contextlib.suppress(asyncio.CancelledError):
                await task
            self._tasks.discard(task)

    async def _speak(self, number: int, text: str, speed: float) -> None:
        made = 0
        try:
            async for pcm in self._voice.speak(text, speed):
                if pcm:
                    made += len(pcm)
                    self._on_voice(number, pcm)
        except ProviderError as error:
            self._on_lost(number, error.sentence)
            return
        if made:
            self._on_voice(number, b"")
        else:
            self._on_lost(number, "The voice gave no sound.")

"""A voice and an ear for the built-in engine that cost nothing: no process, no model."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from types import TracebackType
from typing import Self

import numpy as np

from evaluations.billing import Bill
from evaluations.core.shapes import AudioFormat, Segment, Word
from sessions_app.transcription import SpeechEvent, TranscriberContext, Utterance

RATE = 24_000


def tone(seconds: float, hertz: float = 300.0, level: int = 4_000) -> bytes:
    """PCM16LE at 24 kHz that a gate takes for speech."""
    at = np.arange(round(seconds * RATE))
    return (level * np.sin(at * 2 * np.pi * hertz / RATE)).astype("<i2").tobytes()


def quiet(seconds: float) -> bytes:
    return bytes(round(seconds * RATE) * 2)


class ToneVoice:
    """A ``Synthesizer`` that hums for as long as a sentence would last."""

    name = "tone"
    sample_rate = 24_000
    words_per_minute = 150.0

    def __init__(self, seconds_per_letter: float = 0.06) -> None:
        self._seconds_per_letter = seconds_per_letter

    async def synthesize(self, script: str, bill: Bill | None = None) -> AsyncIterator[bytes]:
        sound = tone(len(script) * self._seconds_per_letter, hertz=440.0)
        for at in range(0, len(sound), 9_600):
            await asyncio.sleep(0)
            yield sound[at : at + 9_600]


class TurnWords:
    """A ``Transcriber`` that hears the next of ``texts`` in each turn, whatever its sound."""

    name = "scripted"

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.texts = list(texts)
        self.heard: list[bytes] = []
        """The sound of each turn, at 16 kHz."""

    def stream(self, fmt: AudioFormat, context: TranscriberContext) -> "TurnStream":
        assert fmt.sample_rate == 16_000
        return TurnStream(self, context.start_sample / fmt.sample_rate)


class TurnStream:
    def __init__(self, owner: TurnWords, start: float) -> None:
        self._owner = owner
        self._start = start
        self._sound = b""
        self._events: asyncio.Queue[SpeechEvent | None] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pass

    def push(self, pcm: bytes) -> None:
        self._sound += pcm

    async def finish(self) -> None:
        self._owner.heard.append(self._sound)
        text = self._owner.texts.pop(0) if self._owner.texts else ""
        if words := self._words(text):
            segment = Segment(
                text=text,
                start_time=words[0].start_time,
                end_time=words[-1].end_time,
                words=words,
                is_final=True,
            )
            self._events.put_nowait(Utterance(segment))
        self._events.put_nowait(None)

    def _words(self, text: str) -> tuple[Word, ...]:
        words = text.split()
        each = len(self._sound) / 32_000 / max(1, len(words))
        return tuple(
            Word(
                word=word,
                start_time=self._start + at * each,
                end_time=self._start + (at + 0.8) * each,
                confidence=0.95,
            )
            for at, word in enumerate(words)
        )

    async def __aiter__(self) -> AsyncIterator[SpeechEvent]:
        while (event := await self._events.get()) is not None:
            yield event

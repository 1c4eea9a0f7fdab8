"""Live captions by a decoder process, which may be late, busy or lost."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Final, Self, assert_never

from evaluations.core.shapes import AudioFormat, Segment, Word
from sessions_app.core.audio import BYTES_PER_SAMPLE, BYTES_PER_SECOND, SAMPLE_RATE
from sessions_app.transcription import (
    Heard,
    Hypothesis,
    SpeechEvent,
    StreamStatus,
    TranscriberContext,
    Utterance,
)
from sessions_app.transcription.builtin.frames import Message, Words
from sessions_app.transcription.builtin.pool import DecoderPool, Lane
from sessions_app.transcription.builtin.process import DecoderProcess, Sink
from speechcoach.errors import ProviderError, Reason

NAME: Final = "builtin"
KEPT_BYTES: Final = 30 * BYTES_PER_SECOND
"""Audio kept until it is decoded: an utterance of 12 s, and 18 s of lag."""
AHEAD_BYTES: Final = 30 * BYTES_PER_SECOND
"""How far a final pass runs ahead of its decoder; half of it must exceed the longest utterance."""
KEPT_AFTER_SKIP_BYTES: Final = 2 * BYTES_PER_SECOND
MAX_LOSSES: Final = 3
"""Processes lost in a row, with nothing decoded in between, before the stream gives up."""


class BuiltinStream:
    """A ``TranscriptStream``.

    Audio is kept until the decoder has heard it, so that another process can take over from a lost
    one without a hole. When more than 30 s wait, a live stream skips to what is said now: from
    there on ``Heard`` stands still, and the final pass decodes the rest again.

    Args:
        lane: ``live`` gives hypotheses; ``final`` gives none and skips nothing, so that who
            pushes waits for ``room`` before.
        offset: the speech's sample at which the audio begins.
    """

    def __init__(self, pool: DecoderPool, lane: Lane = "live", offset: int = 0) -> None:
        self._pool = pool
        self._lane = lane
        self._process: DecoderProcess | None = None
        self._attaching: asyncio.Task[None] | None = None
        self._events: asyncio.Queue[SpeechEvent | None] = asyncio.Queue()
        self._kept: deque[bytes] = deque()
        self._kept_bytes = 0
        self._first_kept = offset
        self._pushed = offset
        self._heard = offset
        self._hole: int | None = None
        self._losses = 0
        self._queued = False
        self._away = False
        self._finishing = False
        self._ended = False
        self._failed = False
        self._room = asyncio.Event()
        self._room.set()

    async def __aenter__(self) -> Self:
        self._attach()
        if self._queued:
            self._go_away()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()
        if self._attaching is not None:
            self._attaching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._attaching

    async def __aiter__(self) -> AsyncIterator[SpeechEvent]:
        while (event := await self._events.get()) is not None:
            yield event

    async def room(self) -> None:
        """Wait until a ``final`` stream has decoded most of what it was given."""
        await self._room.wait()

    def push(self, pcm: bytes) -> None:
        """See ``TranscriptStream.push``."""
        if self._failed:
            raise ProviderError(Reason.UNAVAILABLE, "The built-in transcription stopped working.")
        if self._ended:
            return
        self._kept.append(pcm)
        self._kept_bytes += len(pcm)
        self._pushed += len(pcm) // BYTES_PER_SAMPLE
        if self._process is not None:
            self._process.send(pcm)
        if self._lane == "final" and self._kept_bytes > AHEAD_BYTES:
            self._room.clear()
        elif self._lane == "live" and self._kept_bytes > KEPT_BYTES:
            self._skip()

    async def finish(self) -> None:
        """See ``TranscriptStream.finish``. While others hold every decoder, it ends at once."""
        self._finishing = True
        if self._process is not None:
            self._process.finish()
        elif self._queued:
            self._end()

    def _attach(self) -> None:
        self._queued = self._lane == "live" and not self._pool.available(self._lane)
        self._attaching = asyncio.create_task(self._take_a_process())

    async def _take_a_process(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            process = await self._pool.lease(self._lane)
        except OSError:
            self._fail()
            return
        if self._ended:
            self._pool.release(self._lane, process)
            return
        self._process, self._queued = process, False

        def sink(message: Message | None) -> None:
            # The loop may have ended with the stream still open; then nobody listens.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._receive, process, message)

        self._open(process, sink)

    def _open(self, process: DecoderProcess, sink: Sink) -> None:
        self._sink = sink
        process.open(self._first_kept, sink, interim=self._lane == "live")
        for pcm in self._kept:
            process.send(pcm)
        if self._finishing:
            process.finish()
        self._come_back()

    def _receive(self, process: DecoderProcess, message: Message | None) -> None:
        if process is not self._process:
            return
        if message is None:
            self._lose(process)
            return
        match message["kind"]:
            case "hypothesis":
                self._events.put_nowait(Hypothesis(_segment(message, is_final=False)))
            case "utterance":
                self._events.put_nowait(Utterance(_segment(message, is_final=True)))
            case "progress":
                self._losses = 0
                self._forget(message["heard"])
            case "done":
                self._forget(self._pushed)
                self._end()
            case unknown:
                assert_never(unknown)

    def _forget(self, heard: int) -> None:
        """Let go of what is decoded, and say so as far as there is no hole before it."""
        while self._kept:
            samples = len(self._kept[0]) // BYTES_PER_SAMPLE
            if self._first_kept + samples > heard:
                break
            self._kept_bytes -= len(self._kept.popleft())
            self._first_kept += samples
        if self._kept and heard > self._first_kept:
            cut = (heard - self._first_kept) * BYTES_PER_SAMPLE
            self._kept[0] = self._kept[0][cut:]
            self._kept_bytes -= cut
            self._first_kept = heard
        if self._kept_bytes <= AHEAD_BYTES // 2:
            self._room.set()
        told = heard if self._hole is None else min(heard, self._hole)
        if told > self._heard:
            self._heard = told
            self._events.put_nowait(Heard(told))

    def _skip(self) -> None:
        """Drop the oldest audio; the final pass will decode it."""
        if self._hole is None:
            self._hole = self._first_kept
        while self._kept_bytes > KEPT_AFTER_SKIP_BYTES and len(self._kept) > 1:
            dropped = len(self._kept.popleft())
            self._kept_bytes -= dropped
            self._first_kept += dropped // BYTES_PER_SAMPLE
        self._go_away()
        if self._process is not None:
            self._open(self._process, self._sink)

    def _lose(self, process: DecoderProcess) -> None:
        self._process = None
        self._pool.release(self._lane, process)
        self._losses += 1
        if self._losses > MAX_LOSSES:
            self._fail()
        else:
            self._go_away()
            self._attach()

    def _go_away(self) -> None:
        if not self._away:
            self._away = True
            self._events.put_nowait(StreamStatus("reconnecting"))

    def _come_back(self) -> None:
        if self._away:
            self._away = False
            self._events.put_nowait(StreamStatus("reconnected"))

    def _fail(self) -> None:
        self._failed = True
        self._events.put_nowait(StreamStatus("failed"))
        self._end()

    def _end(self) -> None:
        if self._ended:
            return
        self._ended = True
        self._room.set()
        self._kept.clear()
        if self._process is not None:
            self._pool.release(self._lane, self._process)
            self._process = None
        self._events.put_nowait(None)


class BuiltinTranscriber:
    """A ``Transcriber`` on a pool of decoder processes. The model knows English only."""

    name = NAME

    def __init__(self, pool: DecoderPool) -> None:
        self._pool = pool

    def stream(self, fmt: AudioFormat, context: TranscriberContext) -> BuiltinStream:
        """See ``Transcriber.stream``.

        Raises:
            speechcoach.errors.ProviderError: ``fmt`` is not 16 kHz, or the language not English.
        """
        require_english(context)
        if fmt.sample_rate != SAMPLE_RATE:
            raise ProviderError(Reason.BAD_INPUT, "The built-in transcription takes 16 kHz audio.")
        return BuiltinStream(self._pool, offset=context.start_sample)


def require_english(context: TranscriberContext) -> None:
    """Refuse a language that the model does not know, rather than invent English words for it."""
    if context.language.split("-")[0].lower() != "en":
        raise ProviderError(Reason.BAD_INPUT, "The built-in transcription knows English only.")


def _segment(message: Words, *, is_final: bool) -> Segment:
    words = tuple(
        Word(word=word, start_time=start, end_time=end, confidence=confidence)
        for word, start, end, confidence in message["words"]
    )
    text = " ".join(word.word for word in words)
    return Segment(
        text=text[:1].upper() + text[1:],
        start_time=words[0].start_time if words else message["start"],
        end_time=words[-1].end_time if words else message["end"],
        words=words,
        is_final=is_final,
    )

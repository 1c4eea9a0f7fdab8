"""Going on with another engine where the first one is given up."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Final, Self

from evaluations.billing import Bill
from evaluations.core.shapes import AudioFormat, Transcript
from sessions_app.core.audio import BYTES_PER_SAMPLE, SAMPLE_RATE
from sessions_app.core.kept import KeptAudio
from sessions_app.transcription import (
    FinalTranscriber,
    Heard,
    LiveTranscript,
    SpeechEvent,
    StreamStatus,
    Transcriber,
    TranscriberContext,
    TranscriptStream,
    Utterance,
)
from speechcoach.errors import ProviderError
from speechcoach.metrics import ENGINE_FAILURES

log = logging.getLogger(__name__)

MAX_KEPT: Final = 120 * SAMPLE_RATE
REPLAYED: Final = SAMPLE_RATE // 4


class FallbackTranscriber:
    """A ``Transcriber``: ``first``, and ``net`` for the rest of a speech that it is given up in."""

    def __init__(self, first: Transcriber, net: Transcriber) -> None:
        self.name = first.name
        self._first = first
        self._net = net

    def stream(self, fmt: AudioFormat, context: TranscriberContext) -> "FallbackStream":
        """See ``Transcriber.stream``."""
        return FallbackStream(self._first, self._net, fmt, context)


class FallbackStream:
    """A ``TranscriptStream``.

    Keeps the audio that the first engine has not made final, so that the other can begin where it
    stopped: no word is lost, and none comes twice.
    """

    def __init__(
        self, first: Transcriber, net: Transcriber, fmt: AudioFormat, context: TranscriberContext
    ) -> None:
        self._first_name = first.name
        self._net = net
        self._fmt = fmt
        self._context = context
        self._stream: TranscriptStream = first.stream(fmt, context)
        self._entered: list[TranscriptStream] = []
        self._kept = KeptAudio(context.start_sample, MAX_KEPT)
        self._heard = context.start_sample
        self._whole = True
        self._taken_over = False
        self._finished = False

    async def __aenter__(self) -> Self:
        await self._enter(self._stream)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for stream in reversed(self._entered):
            await stream.__aexit__(exc_type, exc, traceback)

    async def __aiter__(self) -> AsyncIterator[SpeechEvent]:
        away, why = False, "given_up"
        try:
            async for event in self._stream:
                if isinstance(event, StreamStatus):
                    if event.status == "failed":
                        break
                    away = event.status == "reconnecting"
                self._follow(event)
                yield event
            else:
                return
        except ProviderError as error:
            log.info("an engine is given up: %s", error.reason.value)
            why = error.reason.value
        if not away:
            yield StreamStatus("reconnecting")
        try:
            await self._take_over()
        except (ProviderError, OSError) as error:
            log.warning("%s cannot take the captions over: %s", self._net.name, error)
            yield StreamStatus("failed")
            return
        log.warning("captions go on with %s", self._net.name)
        ENGINE_FAILURES.inc(step="captions", engine=self._first_name, reason=why)
        yield StreamStatus("reconnected", engine=self._net.name)
        async for event in self._stream:
            # Past a hole nothing is complete; the final pass will hear it.
            if self._whole or not isinstance(event, Heard):
                yield event

    def push(self, pcm: bytes) -> None:
        """See ``TranscriptStream.push``."""
        if self._taken_over:
            self._stream.push(pcm)
            return
        self._kept.push(pcm)
        if self._kept.full:
            self._kept.forget(self._kept.end - MAX_KEPT // 2)
        # Where it is gone, its iteration says so too, and there the other one takes over.
        with suppress(ProviderError):
            self._stream.push(pcm)

    async def finish(self) -> None:
        """See ``TranscriptStream.finish``."""
        self._finished = True
        try:
            await self._stream.finish()
        except ProviderError:
            if self._taken_over:
                raise

    async def _enter(self, stream: TranscriptStream) -> None:
        await stream.__aenter__()
        self._entered.append(stream)

    def _follow(self, event: SpeechEvent) -> None:
        match event:
            case Heard(samples=samples):
                self._heard = max(self._heard, samples)
            case Utterance(segment) if segment.words:
                self._heard = max(self._heard, round(segment.end_time * SAMPLE_RATE))
            case _:
                return
        self._kept.forget(self._heard)

    async def _take_over(self) -> None:
        start = self._kept.first
        self._whole = start <= self._heard
        net = self._net.stream(self._fmt, replace(self._context, start_sample=start))
        await self._enter(net)
        # Until here what is pushed is kept: in the same turn it is all handed on.
        while pcm := self._kept.read(start, REPLAYED):
            net.push(pcm)
            start += len(pcm) // BYTES_PER_SAMPLE
        self._kept.forget(self._kept.end)
        self._stream, self._taken_over = net, True
        if self._finished:
            await net.finish()


async def first_that_can(
    transcribers: Sequence[FinalTranscriber],
    audio: Callable[[], AsyncIterator[bytes]],
    context: TranscriberContext,
    live: LiveTranscript,
    bill: Bill | None = None,
) -> tuple[Transcript, str]:
    """The final transcript by the first of ``transcribers`` that can give it, and its name.

    Those after the first keep what the live engine heard, whichever it was, and hear only the rest:
    there is no time left for all of it.

    Args:
        audio: begins the recording anew.

    Raises:
        ProviderError: the last one's; none of them could.
    """
    *before, last = transcribers
    for transcriber in before:
        try:
            return await transcriber.transcribe(audio(), context, live, bill), transcriber.name
        except ProviderError as error:
            log.warning("%s gave no final transcript: %s", transcriber.name, error.reason.value)
            ENGINE_FAILURES.inc(
                step="transcript", engine=transcriber.name, reason=error.reason.value
            )
    kept = replace(live, engine=last.name) if before else live
    return await last.transcribe(audio(), context, kept, bill), last.name

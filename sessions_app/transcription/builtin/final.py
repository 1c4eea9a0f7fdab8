"""The final transcript: what was decoded while the speech ran, and the rest decoded now."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from evaluations.billing import Bill
from evaluations.core.shapes import Segment, Transcript
from sessions_app.core.audio import BYTES_PER_SAMPLE, BYTES_PER_SECOND, SAMPLE_RATE
from sessions_app.transcription import (
    LiveTranscript,
    StreamStatus,
    TranscriberContext,
    Utterance,
)
from sessions_app.transcription.builtin.pool import DecoderPool
from sessions_app.transcription.builtin.stream import NAME, BuiltinStream, require_english
from speechcoach.errors import ProviderError, Reason

PUSHED_BYTES: Final = BYTES_PER_SECOND
"""Small enough that a lost process repeats little, large enough to cost nothing."""


class BuiltinFinalTranscriber:
    """A ``FinalTranscriber`` on the pool that also serves live captions.

    Its live utterances are final already (each was decoded as a whole when it ended), so only the
    audio after ``live.complete_samples`` is decoded.
    """

    name = NAME

    def __init__(self, pool: DecoderPool) -> None:
        self._pool = pool

    async def transcribe(
        self,
        audio: AsyncIterator[bytes],
        context: TranscriberContext,
        live: LiveTranscript,
        bill: Bill | None = None,
    ) -> Transcript:
        """See ``FinalTranscriber.transcribe``."""
        require_english(context)
        complete = live.complete_samples if live.engine == NAME else 0
        # The mark always stands between utterances: what begins before it is whole.
        kept = [s for s in live.segments if s.start_time * SAMPLE_RATE < complete and s.words]
        rest = _after(audio, complete)
        first = await anext(rest, None)
        if first is None:
            return _transcript(kept)
        decoded: list[Segment] = []
        async with (
            BuiltinStream(self._pool, "final", complete) as stream,
            asyncio.TaskGroup() as group,
        ):
            feeding = group.create_task(_feed(stream, first, rest))
            failed = False
            async for event in stream:
                match event:
                    case Utterance(segment) if segment.words:
                        decoded.append(segment)
                    case StreamStatus("failed"):
                        failed = True
            feeding.cancel()
        if failed:
            raise ProviderError(Reason.UNAVAILABLE, "The built-in transcription stopped working.")
        return _transcript(kept + decoded)


async def _feed(stream: BuiltinStream, first: bytes, rest: AsyncIterator[bytes]) -> None:
    try:
        stream.push(first)
        async for pcm in rest:
            await stream.room()
            stream.push(pcm)
    except ProviderError:
        return  # the stream says so itself, by StreamStatus("failed")
    await stream.finish()


async def _after(audio: AsyncIterator[bytes], samples: int) -> AsyncIterator[bytes]:
    """``audio`` from sample ``samples`` on, in pieces of at most a second."""
    skip = samples * BYTES_PER_SAMPLE
    async for block in audio:
        for at in range(min(skip, len(block)), len(block), PUSHED_BYTES):
            yield block[at : at + PUSHED_BYTES]
        skip = max(0, skip - len(block))


def _transcript(segments: list[Segment]) -> Transcript:
    return Transcript(segments=tuple(sorted(segments, key=lambda segment: segment.start_time)))

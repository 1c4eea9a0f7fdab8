"""Sound of whatever a file holds, as captured speech is: PCM16LE, mono, 16 kHz.

Runs in the decoding process only: codecs read what strangers have written.
"""

import io
from collections.abc import Iterator
from typing import Final

import av
import av.error
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from sessions_app.core.audio import BYTES_PER_SAMPLE, MAX_SPEECH_SAMPLES, SAMPLE_RATE
from sessions_app.uploads.core.containers import demuxer_of, is_protected
from sessions_app.uploads.core.refusals import Refusal

BLOCK_SAMPLES: Final = SAMPLE_RATE
_BLOCK_BYTES: Final = BLOCK_SAMPLES * BYTES_PER_SAMPLE
_LONGEST_SECONDS: Final = MAX_SPEECH_SAMPLES / SAMPLE_RATE
_SPARE_SECONDS: Final = 1.0
"""Containers round what they say of their length."""
_MOST_SOURCE_RATE: Final = 768_000
_MOST_CHANNELS: Final = 64
_HOLE_SECONDS: Final = 0.1
"""A shorter gap between two frames is rounding."""
_MOST_BAD_SHARE: Final = 0.5
_OPTIONS: Final = {"probesize": "8388608", "analyzeduration": "8000000"}


class RefusedError(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class Sound:
    """The sound in the file ``data``; ``seconds`` is how long it says it is, None if it does not.

    Raises:
        RefusedError: by every method, for what cannot be taken.
    """

    def __init__(self, data: bytes) -> None:
        demuxer = demuxer_of(data)
        if demuxer is None:
            raise RefusedError(Refusal.UNKNOWN)
        if demuxer == "mov" and is_protected(data):
            raise RefusedError(Refusal.ENCRYPTED)
        try:
            self._container: InputContainer = av.open(
                io.BytesIO(data), mode="r", format=demuxer, options=dict(_OPTIONS)
            )
        except (av.error.FFmpegError, ValueError) as error:
            raise RefusedError(_reason(error)) from error
        self._stream = self._choose()
        self.seconds = self._told_seconds()
        if self.seconds is not None and self.seconds > _LONGEST_SECONDS + _SPARE_SECONDS:
            raise RefusedError(Refusal.LONG)

    def blocks(self) -> Iterator[bytes]:
        """Yield the sound in blocks of a second; the last may be shorter."""
        waiting, samples = bytearray(), 0
        for piece in self._pieces():
            waiting += piece
            samples += len(piece) // BYTES_PER_SAMPLE
            if samples > MAX_SPEECH_SAMPLES + _SPARE_SECONDS * SAMPLE_RATE:
                raise RefusedError(Refusal.LONG)
            while len(waiting) >= _BLOCK_BYTES:
                yield bytes(waiting[:_BLOCK_BYTES])
                del waiting[:_BLOCK_BYTES]
        if waiting:
            yield bytes(waiting)
        if not samples:
            raise RefusedError(Refusal.EMPTY)

    def _choose(self) -> AudioStream:
        streams = self._container.streams
        best = streams.best("audio")
        if not isinstance(best, AudioStream):
            raise RefusedError(Refusal.CODEC if streams.audio else Refusal.SILENT)
        context = best.codec_context
        if context is None:
            raise RefusedError(Refusal.CODEC)
        if not 0 < context.sample_rate <= _MOST_SOURCE_RATE or context.channels > _MOST_CHANNELS:
            raise RefusedError(Refusal.BROKEN)
        return best

    def _told_seconds(self) -> float | None:
        stream = self._stream
        if stream.duration is not None and stream.time_base is not None:
            return float(stream.duration * stream.time_base)
        if self._container.duration is not None:
            return self._container.duration / av.time_base
        return None

    def _pieces(self) -> Iterator[bytes]:
        """The frames resampled, with silence where the file has a hole in time."""
        resampler = AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
        given, first = 0.0, None
        for frame in self._frames():
            if frame.time is not None:
                first = frame.time if first is None else first
                hole = min(frame.time - first - given, _LONGEST_SECONDS + 2 * _SPARE_SECONDS)
                if hole > _HOLE_SECONDS:
                    yield bytes(round(hole * SAMPLE_RATE) * BYTES_PER_SAMPLE)
                    given += hole
            given += frame.samples / frame.sample_rate
            # The holes are filled already: the resampler must not mind them.
            frame.pts = None
            yield from self._resampled(resampler, frame)
        yield from self._resampled(resampler, None)

    def _resampled(self, resampler: AudioResampler, frame: AudioFrame | None) -> Iterator[bytes]:
        try:
            for made in resampler.resample(frame):
                yield made.to_ndarray().tobytes()
        except (av.error.FFmpegError, ValueError) as error:
            raise RefusedError(_reason(error)) from error

    def _frames(self) -> Iterator[AudioFrame]:
        """A bad packet here and there is passed over, as players do; a file of them is broken."""
        good = bad = 0
        try:
            for packet in self._container.demux(self._stream):
                try:
                    frames = packet.decode()
                except av.error.InvalidDataError:
                    bad += 1
                    continue
                good += bool(frames)
                for frame in frames:
                    if isinstance(frame, AudioFrame) and frame.samples:
                        yield frame
        except (av.error.FFmpegError, ValueError) as error:
            if not good:
                raise RefusedError(_reason(error)) from error
            bad += 1
        if bad and bad >= (good + bad) * _MOST_BAD_SHARE:
            raise RefusedError(Refusal.BROKEN)


def _reason(error: Exception) -> Refusal:
    if isinstance(error, av.error.MemoryError):
        return Refusal.HEAVY
    if isinstance(error, av.error.DecoderNotFoundError):
        return Refusal.CODEC
    return Refusal.BROKEN

"""Spoken evaluations as files that a browser plays."""

import io
import threading
from dataclasses import dataclass
from typing import Self

import numpy as np
import soundfile


@dataclass(frozen=True, slots=True)
class EncodedAudio:
    """A complete audio file in memory."""

    content: bytes
    media_type: str
    extension: str
    duration_seconds: float


class AudioFileWriter:
    """Encodes PCM16LE mono as it comes: MP3, or WAV where libsndfile was built without MP3.

    A context manager, for whoever may give up half-way: the encoder must not outlive its file.
    """

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._mp3 = "MP3" in soundfile.available_formats()
        self._out = io.BytesIO()
        self._file = soundfile.SoundFile(
            self._out,
            "w",
            samplerate=sample_rate,
            channels=1,
            format="MP3" if self._mp3 else "WAV",
            subtype="MPEG_LAYER_III" if self._mp3 else "PCM_16",
        )
        self._samples = 0
        # Whoever gives up does not know whether a thread of theirs is still writing.
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self._file.close()

    @property
    def seconds(self) -> float:
        """How long the sound is so far."""
        return self._samples / self._rate

    def write(self, pcm: bytes) -> None:
        """Add samples.

        Raises:
            ValueError: ``pcm`` holds half a sample.
        """
        samples = np.frombuffer(pcm, dtype="<i2")
        with self._lock:
            self._file.write(samples)
        self._samples += len(samples)

    def finish(self) -> EncodedAudio:
        """The complete file.

        Raises:
            ValueError: nothing was written.
        """
        self._file.close()
        if not self._samples:
            raise ValueError("there is no sound to encode")
        kind = ("audio/mpeg", ".mp3") if self._mp3 else ("audio/wav", ".wav")
        return EncodedAudio(self._out.getvalue(), *kind, self.seconds)


def encoded(pcm: bytes, sample_rate: int) -> EncodedAudio:
    """All of ``pcm`` (PCM16LE mono) as one file.

    Raises:
        ValueError: ``pcm`` is empty or holds half a sample.
    """
    writer = AudioFileWriter(sample_rate)
    writer.write(pcm)
    return writer.finish()

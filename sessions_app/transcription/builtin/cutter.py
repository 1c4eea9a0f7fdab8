"""Cuts a speech into utterances, at its pauses or where a long one is quietest."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from pocketsphinx import Endpointer

from sessions_app.core.audio import BYTES_PER_SAMPLE, BYTES_PER_SECOND, SAMPLE_RATE

MAX_BYTES: Final = 12 * BYTES_PER_SECOND
"""Bounds what is left to decode when the speaker stops: about 2 s of work."""
SEARCH_BYTES: Final = 4 * BYTES_PER_SECOND
"""Where a long utterance may be cut: its last 4 s."""
WINDOW_SAMPLES: Final = SAMPLE_RATE * 3 // 10
"""The endpointer decides over 0.3 s, and gives the first of it with the rest."""
QUIET_SAMPLES: Final = SAMPLE_RATE * 3 // 100


@dataclass(frozen=True, slots=True)
class Piece:
    """The PCM of a finished utterance, and the sample of the speech at which it starts."""

    start: int
    pcm: bytes


class Cutter:
    """Follows one speech from sample ``offset`` on.

    ``utterance`` is the PCM of the utterance being spoken, empty in a pause; ``start`` its first
    sample.
    """

    def __init__(self, offset: int = 0) -> None:
        self._endpointer = Endpointer(window=WINDOW_SAMPLES / SAMPLE_RATE, sample_rate=SAMPLE_RATE)
        self._frame_bytes: int = self._endpointer.frame_bytes
        self._latency: int = WINDOW_SAMPLES + self._frame_bytes // BYTES_PER_SAMPLE
        self._offset = offset
        self._taken: int = offset
        self._rest = b""
        self.start: int = offset
        self.utterance = bytearray()

    @property
    def passed(self) -> int:
        """No utterance to come starts before this sample of the speech."""
        if self.utterance:
            return self.start
        return max(self.start, self._taken - self._latency)

    def push(self, pcm: bytes) -> list[Piece]:
        """Take the next PCM16LE; return the utterances it finishes."""
        data = self._rest + pcm
        size = self._frame_bytes
        whole = len(data) // size * size
        self._rest = data[whole:]
        pieces: list[Piece] = []
        for at in range(0, whole, size):
            speech = self._endpointer.process(data[at : at + size])
            self._taken += size // BYTES_PER_SAMPLE
            if speech is not None:
                self._extend(speech, pieces)
        return pieces

    def finish(self) -> list[Piece]:
        """Take the end of the speech; return the utterance it cuts off, if any."""
        pieces: list[Piece] = []
        if self._endpointer.in_speech:
            # It refuses to end with nothing, so it ends with one sample of silence at least.
            speech = self._endpointer.end_stream(self._rest or bytes(BYTES_PER_SAMPLE))
            if speech:
                self.utterance += speech
        if self.utterance:
            pieces.append(self._close(len(self.utterance)))
        self._taken += len(self._rest) // BYTES_PER_SAMPLE
        self.start = self._taken
        self._rest = b""
        return pieces

    def _extend(self, speech: bytes, pieces: list[Piece]) -> None:
        if not self.utterance:
            begin = self._offset + round(self._endpointer.speech_start * SAMPLE_RATE)
            self.start = max(self.start, begin)
        self.utterance += speech
        if not self._endpointer.in_speech:
            pieces.append(self._close(len(self.utterance)))
        elif len(self.utterance) >= MAX_BYTES:
            pieces.append(self._close(self._quietest()))

    def _close(self, size: int) -> Piece:
        piece = Piece(self.start, bytes(self.utterance[:size]))
        del self.utterance[:size]
        self.start += size // BYTES_PER_SAMPLE
        return piece

    def _quietest(self) -> int:
        """The byte in the middle of the quietest 30 ms of the stretch that may be cut."""
        begin = len(self.utterance) - SEARCH_BYTES
        samples = np.frombuffer(bytes(self.utterance[begin:]), dtype="<i2").astype(np.float32)
        windows = samples[: len(samples) // QUIET_SAMPLES * QUIET_SAMPLES]
        energy = np.square(windows).reshape(-1, QUIET_SAMPLES).sum(axis=1)
        # Three windows together: a pause between words, not a closure within one.
        smooth = np.convolve(energy, np.ones(3), mode="valid")
        middle = (int(np.argmin(smooth)) + 1) * QUIET_SAMPLES + QUIET_SAMPLES // 2
        return begin + middle * BYTES_PER_SAMPLE

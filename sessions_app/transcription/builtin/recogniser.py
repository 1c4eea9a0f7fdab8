"""Turns the audio of one speech at a time into words. Runs in a decoder process only.

Each utterance is decoded twice: roughly while it is spoken, for captions, and once more as a whole
when it is over, with the cepstral mean of the whole utterance. On recordings of real readers the
second pass gets 36 % of the words wrong where the first gets 50 %.
"""

import re
from collections.abc import Callable
from typing import Final

from pocketsphinx import Decoder

from sessions_app.core.audio import BYTES_PER_SAMPLE, CHUNK_BYTES, SAMPLE_RATE
from sessions_app.transcription.builtin.cutter import Cutter, Piece
from sessions_app.transcription.builtin.frames import Message, WordFields

FRAMES_PER_SECOND: Final = 100
MAX_HMMS: Final = 3_000
"""A tenth of the default: two thirds of the time, and whole utterances come out no worse."""
INTERIM_BYTES: Final = SAMPLE_RATE // 4 * BYTES_PER_SAMPLE
PROGRESS_SAMPLES: Final = SAMPLE_RATE // 2
ROUGH_CONFIDENCE: Final = 0.5
"""Without a lattice there is no posterior, and about half of the rough words are right."""

_PRONUNCIATION = re.compile(r"\(\d+\)$")


class Recogniser:
    """Decodes one speech after another.

    Args:
        send: takes each message as soon as it exists.
        behind: whether more audio waits than can be captioned in time; then only whole utterances
            are decoded.
    """

    def __init__(self, send: Callable[[Message], None], behind: Callable[[], bool]) -> None:
        self._send = send
        self._behind = behind
        self._final = Decoder(
            samprate=SAMPLE_RATE, loglevel="FATAL", cmn="batch", maxhmmpf=MAX_HMMS
        )
        self._rough = Decoder(
            samprate=SAMPLE_RATE,
            loglevel="FATAL",
            cmn="live",
            maxhmmpf=MAX_HMMS,
            fwdflat=False,
            bestpath=False,
        )
        self._cmn: str = self._rough.get_cmn()
        self._rough_open = False
        self.open(0, interim=True)

    def open(self, offset: int, *, interim: bool) -> None:
        """Begin a speech whose audio starts at sample ``offset``, and forget the one before."""
        self._close_rough()
        self._rough.set_cmn(self._cmn)
        self._cutter = Cutter(offset)
        self._interim = interim
        self._reported = offset
        self._captioned = ""

    def push(self, pcm: bytes) -> None:
        """Take the next PCM16LE of the speech."""
        for at in range(0, len(pcm), CHUNK_BYTES):
            for piece in self._cutter.push(pcm[at : at + CHUNK_BYTES]):
                self._decode(piece)
            if self._interim and self._cutter.utterance and not self._behind():
                self._caption()
            self._report()

    def finish(self) -> None:
        """Decode what is left."""
        for piece in self._cutter.finish():
            self._decode(piece)
        self._send({"kind": "progress", "heard": self._cutter.passed})
        self._send({"kind": "done"})

    def _decode(self, piece: Piece) -> None:
        self._close_rough()
        self._final.start_utt()
        self._final.process_raw(piece.pcm, no_search=False, full_utt=True)
        self._final.end_utt()
        words = _words(self._final, piece.start)
        if words or self._captioned:
            start = piece.start / SAMPLE_RATE
            end = start + len(piece.pcm) / BYTES_PER_SAMPLE / SAMPLE_RATE
            self._send({"kind": "utterance", "start": start, "end": end, "words": words})
        self._captioned = ""
        self._report(force=True)

    def _caption(self) -> None:
        utterance = self._cutter.utterance
        if not self._rough_open:
            self._rough.start_utt()
            self._rough_open = True
            self._rough_bytes = 0
        if len(utterance) - self._rough_bytes < INTERIM_BYTES:
            return
        self._rough.process_raw(
            bytes(utterance[self._rough_bytes :]), no_search=False, full_utt=False
        )
        self._rough_bytes = len(utterance)
        words = _words(self._rough, self._cutter.start, ROUGH_CONFIDENCE)
        text = " ".join(word for word, *_ in words)
        if text != self._captioned:
            self._captioned = text
            start = self._cutter.start / SAMPLE_RATE
            end = start + len(utterance) / BYTES_PER_SAMPLE / SAMPLE_RATE
            self._send({"kind": "hypothesis", "start": start, "end": end, "words": words})

    def _close_rough(self) -> None:
        if self._rough_open:
            self._rough.end_utt()
            self._rough_open = False

    def _report(self, *, force: bool = False) -> None:
        heard = self._cutter.passed
        if heard >= self._reported + (1 if force else PROGRESS_SAMPLES):
            self._reported = heard
            self._send({"kind": "progress", "heard": heard})


def _words(decoder: Decoder, start: int, confidence: float | None = None) -> list[WordFields]:
    """The decoder's words, without silence, noises and marks of pronunciation."""
    if decoder.hyp() is None:
        return []
    begin = start / SAMPLE_RATE
    return [
        (
            _PRONUNCIATION.sub("", segment.word),
            round(begin + segment.start_frame / FRAMES_PER_SECOND, 3),
            round(begin + (segment.end_frame + 1) / FRAMES_PER_SECOND, 3),
            round(min(1.0, segment.prob), 3) if confidence is None else confidence,
        )
        for segment in decoder.seg()
        if not segment.word.startswith(("<", "[", "++"))
    ]

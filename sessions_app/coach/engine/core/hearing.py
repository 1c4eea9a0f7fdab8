"""The input side: an audio buffer that is cut into turns, by silence or by the client."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from evaluations.core.shapes import Word
from sessions_app.coach.engine.core.detector import WINDOW, SpeechGate, Started, Stopped
from sessions_app.coach.engine.core.effects import (
    Effect,
    Forget,
    Hear,
    Listen,
    StopListening,
)
from sessions_app.coach.protocol.errors import ClientError
from sessions_app.coach.protocol.session import BYTES_PER_MS, RATE, SemanticVad, ServerVad, Session
from sessions_app.core.audio import Windower

SHORTEST_COMMIT: Final = RATE // 10
STALL_SECONDS: Final = 1.0
"""A microphone that falls silent in the middle of a word has been taken away: the turn ends."""
PATIENCE_MS: Final = {"low": 1_200, "medium": 700, "high": 400, "auto": 700}
"""The silence that ends a turn, for each eagerness of semantic turn detection."""
_LATE_MS: Final = 100
"""Speech is known to have begun so long after it began."""


@dataclass(slots=True)
class Spoken:
    """One turn of the speaker's. Samples are counted from the session's first, at 24 kHz."""

    number: int
    item_id: str
    start: int
    end: int = 0
    voiced: int = 0
    wants_answer: bool = False
    in_take: bool = False
    stopped_at: float = 0.0
    rough: tuple[Word, ...] = ()
    words: tuple[Word, ...] = field(default=())

    @property
    def seconds(self) -> float:
        return (self.end - self.start) / RATE


class Hearing:
    """Keeps no sound but the moment before speech; what is speech goes to an ear at once."""

    def __init__(self, emit: Callable[[Effect], None], new_id: Callable[[str], str]) -> None:
        self._emit = emit
        self._new_id = new_id
        self._gate = SpeechGate()
        self._windower = Windower(WINDOW)
        self._detects = True
        self._prefix_ms = 300
        self._language = "en"
        self._recent = bytearray()
        self._earliest = 0
        self._turns = 0
        self._last_sound = 0.0
        self._onset = 0
        self.samples = 0
        self.turn: Spoken | None = None
        """The turn under way."""

    @property
    def ms(self) -> int:
        """The session's audio so far."""
        return self.samples * 1000 // RATE

    @property
    def is_in_speech(self) -> bool:
        """Whether a turn is under way that silence would end."""
        return self._detects and self.turn is not None

    def configure(self, session: Session) -> None:
        """Follow what the session now says of turns."""
        detection = session.audio.input.turn_detection
        transcription = session.audio.input.transcription
        self._language = (transcription.language if transcription else None) or "en"
        if (detection is not None) != self._detects:
            self.clear()
        self._detects = detection is not None
        match detection:
            case ServerVad():
                self._gate.threshold = detection.threshold
                self._gate.silence_ms = detection.silence_duration_ms
                self._prefix_ms = detection.prefix_padding_ms
            case SemanticVad():
                self._gate.silence_ms = PATIENCE_MS[detection.eagerness]

    def push(self, pcm: bytes, now: float) -> Iterator[Started | Stopped]:
        """Take the next sound; say where speech begins and ends, each before what follows it.

        The same samples give the same answers however they were cut.
        """
        self._last_sound = now
        if not self._detects:
            self.samples += len(pcm) // 2
            if self.turn is None:
                self._open(self.samples - len(pcm) // 2)
            self._hear(pcm)
            return
        heard = bytearray()
        for window in self._windower.push(pcm):
            self.samples += WINDOW
            data = window.tobytes()
            self._remember(data)
            if self.turn is not None:
                heard += data
            change = self._gate.judge(window)
            if change is not None:
                self._hear(bytes(heard))
                heard.clear()
                yield change
        self._hear(bytes(heard))

    def begin(self, started: Started) -> Spoken:
        """Open the turn whose speech ``started``, with the moment before it."""
        kept_from = self.samples - len(self._recent) // 2
        padded = started.at - self._prefix_ms * RATE // 1000
        start = max(self._earliest, padded, kept_from)
        self._onset = started.at
        turn = self._open(start)
        self._hear(bytes(self._recent[(start - kept_from) * 2 :]))
        return turn

    def end(self, stopped: Stopped, now: float) -> Spoken | None:
        """Close the turn under way; None where there is none."""
        if self.turn is None:
            return None
        self.turn.voiced = max(0, stopped.at - self._onset)
        return self._close(self.turn, now)

    def commit(self, now: float) -> Spoken:
        """Close the buffer as the client asks.

        Raises:
            ClientError: there are less than 100 ms in it.
        """
        have = self.samples - self.turn.start if self.turn is not None else 0
        if self.turn is None or have < SHORTEST_COMMIT:
            ms = have * 1000 / RATE
            raise ClientError(
                "input_audio_buffer_commit_empty",
                "Error committing input audio buffer: buffer too small. Expected at least 100ms of "
                f"audio, but buffer only has {ms:.2f}ms of audio.",
            )
        self.turn.voiced = have
        self._gate.reset()
        return self._close(self.turn, now)

    def clear(self) -> None:
        """Forget what is in the buffer, and the speech under way."""
        if self.turn is not None:
            self._emit(Forget(self.turn.number))
            self.turn = None
        self._recent.clear()
        self._earliest = self.samples
        self._gate.reset()

    def stalled(self, now: float) -> Stopped | None:
        """Where speech ended, if the sound stopped coming in the middle of it."""
        if not self._gate.in_speech or now < self._last_sound + STALL_SECONDS:
            return None
        self._gate.reset()
        return Stopped(self.samples)

    @property
    def stalls_at(self) -> float | None:
        """When ``stalled`` is to be asked next."""
        return self._last_sound + STALL_SECONDS if self._gate.in_speech else None

    def _remember(self, data: bytes) -> None:
        """Keep what the next turn may begin with, and no more."""
        self._recent += data
        most = (self._prefix_ms + _LATE_MS) * BYTES_PER_MS
        if len(self._recent) > most:
            del self._recent[:-most]

    def _open(self, start: int) -> Spoken:
        self._turns += 1
        self.turn = Spoken(self._turns, self._new_id("item"), start)
        self._emit(Listen(self.turn.number, start, self._language))
        return self.turn

    def _hear(self, pcm: bytes) -> None:
        if self.turn is not None and pcm:
            self._emit(Hear(self.turn.number, pcm))

    def _close(self, turn: Spoken, now: float) -> Spoken:
        self.turn = None
        turn.end = self._earliest = self.samples
        turn.stopped_at = now
        self._emit(StopListening(turn.number))
        return turn

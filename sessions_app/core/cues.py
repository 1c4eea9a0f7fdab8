"""What a coach would whisper during practice: about pace, fillers and silence, and rarely.

Thresholds: measures.md, "Practice cues". Times are on the audio's clock.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from evaluations.core.fillers import FillerOccurrence, occurrences
from evaluations.core.shapes import Segment, Word
from evaluations.core.tokens import plain

CueKind = Literal["too_fast", "too_slow", "fillers", "silence"]

WINDOW_SECONDS: Final = 30.0
FAST_WPM: Final = 180.0
SLOW_WPM: Final = 100.0
RATE_WORDS: Final = 15
RATE_SECONDS: Final = 10.0
"""The rate of less is the rate of a phrase, and phrases are meant to differ."""
FILLERS: Final = 2
SILENCE_SECONDS: Final = 8.0
REST_SECONDS: Final = 30.0
"""Between two cues of a kind."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A hint to the speaker, given ``at_seconds``."""

    kind: CueKind
    message: str
    at_seconds: float


class Cues:
    """Follows one practice recording.

    Args:
        own_fillers: gives what the club and the speaker count as fillers by now.
    """

    def __init__(self, own_fillers: Callable[[], Sequence[str]] = tuple) -> None:
        self._own_fillers = own_fillers
        self._words: list[Word] = []
        self._now = 0.0
        self._spoke_at: float | None = None
        """When speech was last heard, until its silence has been spoken of."""
        self._given: dict[CueKind, float] = {}
        self._interrupted = False

    def heard(self, segment: Segment) -> list[Cue]:
        """Take a finished utterance, with the times of its words; return the cues it calls for."""
        if self._interrupted or not segment.is_final:
            return []
        self._words += [word for word in segment.words if plain(word)]
        if not self._words:
            return []
        self._words.sort(key=lambda word: word.end_time)
        end = self._words[-1].end_time
        # Twice the window, because a filler is told by the words around it.
        self._words = [word for word in self._words if word.end_time > end - 2 * WINDOW_SECONDS]
        self._now = max(self._now, end)
        if self._spoke_at is not None:
            self._spoke_at = max(self._spoke_at, end)  # Soft speech may be words but no level.
        if end <= self._now - WINDOW_SECONDS:
            return []  # The captions lag so far behind that the moment has passed.
        return [*self._about_pace(end), *self._about_fillers(end)]

    def status(self, at_seconds: float, *, is_speech: bool) -> list[Cue]:
        """Take the detector's verdict on the moment ``at_seconds``; return the cues."""
        self._now = max(self._now, at_seconds)
        if is_speech:
            self._spoke_at = self._now
        elif self._spoke_at is not None and self._now - self._spoke_at > SILENCE_SECONDS:
            cues = self._give("silence", "Take your time. One short sentence gets you going again.")
            if cues:
                self._spoke_at = None  # Once per silence.
            return cues
        return []

    def interrupted(self) -> None:
        """Captions are being re-established: until they are, what is missing proves nothing."""
        self._interrupted = True
        self._words.clear()

    def restored(self) -> None:
        """Captions flow again."""
        self._interrupted = False

    def _about_pace(self, end: float) -> list[Cue]:
        words = _latest_run(self._words, end - WINDOW_SECONDS)
        seconds = words[-1].end_time - words[0].start_time
        if len(words) < RATE_WORDS or seconds < RATE_SECONDS:
            return []
        wpm = len(words) / seconds * 60
        if wpm > FAST_WPM:
            return self._give(
                "too_fast", f"You are at {wpm:.0f} words a minute. Take a breath, and let it land."
            )
        if wpm < SLOW_WPM:
            return self._give(
                "too_slow", f"You are at {wpm:.0f} words a minute. You may let it flow a little."
            )
        return []

    def _about_fillers(self, end: float) -> list[Cue]:
        found = [
            occurrence
            for occurrence in occurrences(self._words, self._own_fillers())
            if occurrence.classification == "true_filler"
            and occurrence.start > end - WINDOW_SECONDS
        ]
        if len(found) < FILLERS:
            return []
        return self._give(
            "fillers", f"A few fillers just now ({_named(found)}). A silent pause does the same."
        )

    def _give(self, kind: CueKind, message: str) -> list[Cue]:
        last = self._given.get(kind)
        if self._interrupted or (last is not None and self._now - last < REST_SECONDS):
            return []
        self._given[kind] = self._now
        return [Cue(kind, message, self._now)]


def _latest_run(words: Sequence[Word], since: float) -> Sequence[Word]:
    """The last words, back to ``since`` or to a silence so long that it is no matter of pace."""
    first = len(words) - 1
    while (
        first > 0
        and words[first - 1].start_time >= since
        and words[first].start_time - words[first - 1].end_time <= SILENCE_SECONDS
    ):
        first -= 1
    return words[first:]


def _named(found: Sequence[FillerOccurrence]) -> str:
    """The fillers, each once, at most three: ``“um”, “you know”``."""
    names = list(dict.fromkeys(occurrence.word for occurrence in found))
    return ", ".join(f"“{name}”" for name in names[:3])

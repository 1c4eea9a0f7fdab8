"""From the vendor's spans to utterances.

A span is guessed, guessed anew, and then final; an utterance is all final spans up to the one that
ends it. A guess replaces the one before it, and is forgotten when the connection is lost.
"""

import math
from typing import Final

from evaluations.core.shapes import Segment, Word
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.transcription import Heard, Hypothesis, SpeechEvent, Utterance
from sessions_app.transcription.core.utterances import segment
from sessions_app.transcription.deepgram.core.messages import Results, UtteranceEnd

MAX_UTTERANCE_SECONDS: Final = 30.0
"""In steady noise the vendor may never end an utterance; then it ends here."""


class Splicer:
    """Makes speech events of what one speech's connections say, one after the other.

    Attributes:
        heard: everything before this sample of the speech is final.
    """

    def __init__(self, start_sample: int) -> None:
        self.heard = start_sample
        self._marked = start_sample
        self._offset = start_sample
        self._final: list[Word] = []
        self._guess: tuple[Word, ...] = ()
        self._shown = False
        self._whole = True

    def connected(self, first_sample: int) -> list[SpeechEvent]:
        """A connection begins whose audio starts at ``first_sample`` of the speech."""
        if first_sample > self.heard:
            self._whole = False
        self._offset = first_sample
        self._guess = ()
        self._shown = bool(self._final)
        return [Hypothesis(segment(self._final, is_final=False))] if self._final else []

    def hear(self, message: Results | UtteranceEnd) -> list[SpeechEvent]:
        """The events that a message brings about."""
        match message:
            case Results(is_final=True):
                return self._take(message)
            case Results():
                self._guess = self._placed(message.words)
                return self._show()
            case UtteranceEnd():
                return [*self._close(), *self._show(), *self._mark()] if self._final else []

    def end(self, *, heard: int | None = None) -> list[SpeechEvent]:
        """No more follows. A guess that was never made final is better than a hole in the text.

        Args:
            heard: the end of the audio, if the vendor has said that it transcribed all of it.
        """
        self._final += self._guess
        self._guess = ()
        events = self._close() if self._final else self._withdraw()
        # Without the vendor's word the final pass must hear the rest again.
        return events if heard is None else [*events, *self._mark(heard)]

    def give_up(self) -> list[SpeechEvent]:
        """Somebody else goes on at ``heard``: what is final stays, the guess is theirs to make."""
        self._guess = ()
        return [*(self._close() if self._final else self._withdraw()), *self._mark()]

    def _take(self, results: Results) -> list[SpeechEvent]:
        self._final += self._placed(results.words)
        self._guess = ()
        # In whole milliseconds, as the times of words are.
        end = math.floor(round(results.end * 1000, 3)) * SAMPLE_RATE // 1000
        self.heard = max(self.heard, self._offset + end)
        if not self._final:
            return [*self._withdraw(), *self._mark()]
        long = self._final[-1].end_time - self._final[0].start_time >= MAX_UTTERANCE_SECONDS
        if results.speech_final or results.from_finalize or long:
            return [*self._close(), *self._mark()]
        return self._show()

    def _placed(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """``words`` on the speech's clock, all after what was already said to be complete."""
        offset = self._offset / SAMPLE_RATE
        floor = (self._marked * 1000 // SAMPLE_RATE + 1) / 1000 if self._marked else 0.0
        placed = []
        for word in words:
            start = max(round(word.start_time + offset, 3), floor)
            end = max(round(word.end_time + offset, 3), start)
            placed.append(word.model_copy(update={"start_time": start, "end_time": end}))
        return tuple(placed)

    def _show(self) -> list[SpeechEvent]:
        words = [*self._final, *self._guess]
        if not words:
            return self._withdraw()
        self._shown = True
        return [Hypothesis(segment(words, is_final=False))]

    def _close(self) -> list[SpeechEvent]:
        closed = Utterance(segment(self._final, is_final=True))
        self._final = []
        self._shown = False
        return [closed]

    def _withdraw(self) -> list[SpeechEvent]:
        """What was shown turned out to be nothing."""
        if not self._shown:
            return []
        self._shown = False
        at = self.heard / SAMPLE_RATE
        return [Utterance(Segment(text="", start_time=at, end_time=at, is_final=True))]

    def _mark(self, heard: int | None = None) -> list[SpeechEvent]:
        """Say what is complete: only between utterances, and only up to the first hole."""
        mark = self.heard if heard is None else heard
        if not self._whole or mark <= self._marked:
            return []
        self._marked = mark
        return [Heard(mark)]

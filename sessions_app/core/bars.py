"""Bars: what is measured of each second of a speech, on the sample clock.

A bar is made of what the sound says (``bar_sound``) and of what the captions say (``bar_words``),
which come later and change older bars. Constant in time and memory per chunk: what is final leaves
the builder.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from evaluations.core.shapes import Segment
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.core.bar import Bar, Facts, PitchRange, four
from sessions_app.core.bar_sound import Second, SoundSeconds
from sessions_app.core.bar_words import SecondWords, SpokenSeconds
from sessions_app.detection import SpeechDetector
from sessions_app.transcription import Heard, SpeechEvent, StreamStatus, Utterance


@dataclass(slots=True)
class _Growing:
    """A bar that may still change; ``said`` is what was last told of it."""

    second: Second
    rev: int = 0
    pitch: PitchRange | None = None
    complete: bool = False
    said: Facts | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A bar as it is now; ``forming`` while its second is not complete."""

    bar: Bar
    forming: bool


class BarBuilder:
    """Makes the bars of one recording.

    Feed samples and captions in the order in which they come, ask ``pitch_of`` about the seconds
    that are complete and give the answers to ``pitched``; then take the ``changes``. Bars and their
    revisions are the same however the samples were cut and however often the changes are taken.

    Args:
        detector: tells speech from silence.
        own_fillers: gives what the club and the speaker count as fillers by now.
    """

    def __init__(
        self, detector: SpeechDetector, own_fillers: Callable[[], Sequence[str]] = tuple
    ) -> None:
        self._sound = SoundSeconds(detector)
        self._words = SpokenSeconds(own_fillers)
        self._growing: dict[int, _Growing] = {}
        self._changed: dict[int, None] = {}
        self._complete: list[Second] = []
        self._ended = False
        self._lost = False

    @classmethod
    def resume(
        cls,
        detector: SpeechDetector,
        bars: Iterable[Bar],
        forming: Bar | None,
        utterances: Sequence[Segment],
        heard_samples: int,
        own_fillers: Callable[[], Sequence[str]] = tuple,
    ) -> Self:
        """Go on where another builder was lost: push what follows ``next_sample``.

        ``bars`` are its complete ones, from the first; ``utterances`` what was heard before
        ``heard_samples``.
        """
        builder = cls(detector, own_fillers)
        seconds = 0
        for bar in bars:
            seconds = bar.seq + 1
            if not bar.final:
                builder._growing[bar.seq] = _Growing(
                    _second_of(bar), bar.rev, bar.pitch, complete=True, said=Facts.of(bar)
                )
        builder._sound.skip(seconds)
        if forming is not None and forming.seq == seconds:
            builder._growing[seconds] = _Growing(_second_of(forming), forming.rev)
        first = min((seq for seq, own in builder._growing.items() if own.complete), default=seconds)
        builder._words.restore(utterances, heard_samples, first)
        builder._review(seq for seq, own in list(builder._growing.items()) if own.complete)
        return builder

    @property
    def next_sample(self) -> int:
        """The sample that ``push`` expects next."""
        return self._sound.samples

    def warm_up(self, pcm: bytes) -> None:
        """Let the detector hear what came before ``next_sample``; changes no bar."""
        self._sound.warm_up(pcm)

    def push(self, pcm: bytes, *, forming: bool = True) -> list[Second]:
        """Take the next samples (PCM16LE). Returns the seconds whose pitch is to be ``pitched``.

        Without ``forming`` nothing is told of a second before it is complete.
        """
        complete = []
        for second in self._sound.push(pcm, forming=forming):
            self._take(second)
            if second.complete:
                complete.append(second)
        return complete

    def pitched(self, seq: int, pitch: PitchRange | None) -> None:
        """The pitch of a complete second: it forms no longer."""
        growing = self._growing[seq]
        growing.pitch, growing.complete = pitch, True
        self._review([seq])

    def hear(self, event: SpeechEvent) -> None:
        """Take what the captions heard; hypotheses are none of it."""
        match event:
            case Utterance(segment=segment):
                self._review(self._words.utterance(segment))
            case Heard(samples=samples):
                self._review(self._words.heard(samples))
            case StreamStatus(status=status):
                self._lost = status == "failed" if status != "reconnecting" else self._lost

    def finish(self, *, heard_all: bool) -> list[Second]:
        """No more samples follow, and no more captions.

        Without ``heard_all`` nothing is known of the words past what was heard. Returns the last,
        shorter second, whose pitch is to be ``pitched``.
        """
        last = self._sound.finish()
        if last is not None:
            self._take(last)
        self._ended = True
        self._words.finish(self._sound.samples, heard_all=heard_all and not self._lost)
        self._review(list(self._growing))
        return [last] if last is not None else []

    def changes(self) -> list[Change]:
        """Every bar that changed since this was last asked, as it is now."""
        changes = []
        for seq in self._changed:
            growing = self._growing[seq]
            if growing.said is not None:
                bar = growing.said.bar(seq, growing.rev)
                changes.append(Change(bar, forming=not growing.complete))
                if growing.complete and growing.said.final:
                    del self._growing[seq]
        self._changed.clear()
        return changes

    def _take(self, second: Second) -> None:
        growing = self._growing.get(second.seq)
        if growing is None:
            growing = self._growing[second.seq] = _Growing(second)
        growing.second = second.without_frames() if second.complete else second
        self._review([second.seq])

    def _review(self, seqs: Iterable[int]) -> None:
        """Raise the revision of each of these bars that is not what was last told of it."""
        for seq in seqs:
            growing = self._growing.get(seq)
            if growing is None:
                continue
            facts = self._facts(growing)
            if facts != growing.said:
                growing.rev += 1
                growing.said = facts
                self._changed[seq] = None

    def _facts(self, growing: _Growing) -> Facts:
        second = growing.second
        said: SecondWords = self._words.of(second.seq)
        told = said.known or not self._ended
        return Facts(
            samples=second.samples,
            final=growing.complete and said.settled,
            words=said.words if told else None,
            fillers=said.fillers,
            pause_seconds=said.pause_seconds if told else None,
            voiced_seconds=second.voiced_seconds,
            energy=second.energy,
            pitch=growing.pitch,
            pace=said.pace if told else None,
        )


def _second_of(bar: Bar) -> Second:
    return Second(
        seq=bar.seq,
        samples=round((bar.t1 - bar.t0) * SAMPLE_RATE),
        energy=four(bar.energy),
        voiced_seconds=bar.voiced_seconds or 0.0,
    )


def told_bars(segments: Sequence[Segment], seconds: float) -> tuple[Bar, ...]:
    """The bars of a speech of which only the transcript is left: nothing is said of its sound.

    ``seconds`` is how long the sound was.
    """
    spoken = SpokenSeconds()
    count = math.ceil(seconds)
    spoken.restore(segments, 0, 0)
    spoken.finish(round(seconds * SAMPLE_RATE), heard_all=True)
    bars = []
    for seq in range(count):
        said = spoken.of(seq)
        facts = Facts(
            samples=round((min(seq + 1.0, seconds) - seq) * SAMPLE_RATE),
            final=True,
            words=said.words,
            fillers=said.fillers,
            pause_seconds=said.pause_seconds,
            voiced_seconds=None,
            energy=None,
            pitch=None,
            pace=said.pace,
        )
        bars.append(facts.bar(seq, rev=1))
    return tuple(bars)

"""Bars are the same however the speech reached us, and whoever went on measuring it."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.core.metrics import measure
from evaluations.core.series import AudioSeries
from evaluations.core.shapes import Segment, Transcript, Word
from sessions_app.core.bar import Bar, PitchRange
from sessions_app.core.bar_sound import SILENCE_DB, decibels, pitch_percentiles
from sessions_app.core.bars import BarBuilder, told_bars
from sessions_app.core.timeframes import shifted
from sessions_app.detection.energy import EnergyDetector
from sessions_app.transcription import Heard, SpeechEvent, StreamStatus, Utterance
from tests.speech import burst, silence

RATE = 16_000
VOCABULARY = ("river", "um", "patient", "you", "know", "like", "so", "children", "uh", "listen.")


class Loud:
    """Without memory: what it says of a window depends on nothing before."""

    def probabilities(self, windows):
        return [0.9 if np.abs(window).mean() > 500 else 0.1 for window in windows.samples]


def utterance(text: str, start: float, end: float) -> Segment:
    texts = text.split()
    step = (end - start) / len(texts)
    words = tuple(
        Word(
            word=word,
            start_time=round(start + at * step, 3),
            end_time=round(start + (at + 1) * step, 3),
            confidence=0.9,
        )
        for at, word in enumerate(texts)
    )
    return Segment(text=text, start_time=start, end_time=end, words=words, is_final=True)


@dataclass
class Measured:
    """A builder and what it has told, as a chart keeps it."""

    builder: BarBuilder = field(default_factory=lambda: BarBuilder(Loud()))
    bars: dict[int, Bar] = field(default_factory=dict)
    forming: set[int] = field(default_factory=set)

    def push(self, pcm: bytes) -> None:
        self._pitch(self.builder.push(pcm))

    def hear(self, event: SpeechEvent) -> None:
        self.builder.hear(event)

    def finish(self, *, heard_all: bool = True) -> None:
        self._pitch(self.builder.finish(heard_all=heard_all))

    def _pitch(self, seconds) -> None:
        seconds = list(seconds)
        for second, found in zip(seconds, pitch_percentiles(seconds), strict=True):
            pitch = PitchRange(low=found[0], mid=found[1], high=found[2]) if found else None
            self.builder.pitched(second.seq, pitch)

    def take(self) -> list[Bar]:
        changes = self.builder.changes()
        for change in changes:
            bar = change.bar
            if bar.seq in self.bars:
                assert not self.bars[bar.seq].final, "what is final changes no more"
                assert bar.rev > self.bars[bar.seq].rev
            self.bars[bar.seq] = bar
            (self.forming.add if change.forming else self.forming.discard)(bar.seq)
        return [change.bar for change in changes]

    @property
    def told(self) -> list[Bar]:
        self.take()
        return [self.bars[seq] for seq in sorted(self.bars)]


def voiced(seconds: float, hertz: float = 140.0) -> bytes:
    """A buzz like a voice's."""
    at = np.arange(round(seconds * RATE)) / RATE
    wave = np.sum([np.sin(2 * np.pi * hertz * k * at) / k for k in range(1, 8)], axis=0)
    return (3_000 * wave).astype("<i2").tobytes()


SOUND = voiced(2.4) + silence(1.7).tobytes() + burst(2.1).tobytes() + voiced(1.27, 210)
CAPTIONS: tuple[tuple[int, SpeechEvent], ...] = (
    (24_000, Utterance(utterance("um when I was a child", 0.1, 1.3))),
    (24_000, Heard(22_000)),
    (81_600, Utterance(utterance("I went to the river", 3.2, 4.9))),
    (81_600, Heard(80_000)),
    (112_000, Utterance(utterance("you know, every summer", 5.1, 6.6))),
    (112_000, Heard(108_000)),
)


def give(measured: Measured, cuts: list[int], sound: bytes = SOUND) -> None:
    """The sound, cut after each of ``cuts`` samples, with the captions at their places."""
    at, waiting = measured.builder.next_sample, list(CAPTIONS)
    while waiting and waiting[0][0] <= at:
        waiting.pop(0)
    stops = sorted({*cuts, *(sample for sample, _ in waiting), len(sound) // 2})
    for stop in stops:
        if stop > at:
            measured.push(sound[at * 2 : stop * 2])
            at = stop
        while waiting and waiting[0][0] <= at:
            measured.hear(waiting.pop(0)[1])


def whole() -> Measured:
    measured = Measured()
    give(measured, [])
    measured.finish()
    return measured


WHOLE = whole().told
SAMPLES = len(SOUND) // 2


@settings(max_examples=30)
@given(
    st.lists(st.integers(1, SAMPLES), max_size=40), st.lists(st.integers(1, SAMPLES), max_size=4)
)
def test_any_cut_and_any_taking_gives_the_same_bars(cuts, takes):
    measured, ordered = Measured(), sorted(cuts)
    for stop in sorted(takes):
        at = measured.builder.next_sample
        if stop > at:
            inner = [cut for cut in ordered if at < cut < stop]
            _give_until(measured, inner, stop)
            measured.take()
    _give_until(measured, ordered, SAMPLES)
    measured.finish()
    assert measured.told == WHOLE


def _give_until(measured: Measured, cuts: list[int], stop: int) -> None:
    at = measured.builder.next_sample
    waiting = [entry for entry in CAPTIONS if at < entry[0] <= stop]
    for step in sorted({*cuts, *(sample for sample, _ in waiting), stop}):
        if at < step <= stop:
            measured.push(SOUND[at * 2 : step * 2])
            at = step
        while waiting and waiting[0][0] <= at:
            measured.hear(waiting.pop(0)[1])


def without_rev(bars: list[Bar]) -> list[Bar]:
    return [bar.model_copy(update={"rev": 0}) for bar in bars]


@settings(max_examples=30)
@given(st.integers(0, SAMPLES), st.integers(0, 40_000))
def test_whoever_goes_on_ends_with_the_same_bars(lost_at, back):
    """Another builder takes the bars up, at most as far behind in the captions as its snapshot."""
    first = Measured()
    _give_until(first, [], lost_at)
    first.take()
    complete = [bar for seq, bar in sorted(first.bars.items()) if seq not in first.forming]
    forming = next((first.bars[seq] for seq in first.forming), None)
    heard = [event.samples for at, event in CAPTIONS if isinstance(event, Heard) and at <= lost_at]
    known = max((samples for samples in heard if samples <= max(0, lost_at - back)), default=0)
    segments = [
        event.segment
        for _, event in CAPTIONS
        if isinstance(event, Utterance) and event.segment.start_time * RATE < known
    ]
    builder = BarBuilder.resume(Loud(), complete, forming, segments, known)
    second = Measured(builder, dict(first.bars))
    # What was heard past the snapshot is heard again.
    missed = [
        event
        for at, event in CAPTIONS
        if at <= lost_at
        and (
            event.samples > known
            if isinstance(event, Heard)
            else isinstance(event, Utterance) and event.segment not in segments
        )
    ]
    second.push(SOUND[builder.next_sample * 2 : lost_at * 2])
    for event in missed:
        second.hear(event)
    _give_until(second, [], SAMPLES)
    second.finish()
    assert without_rev(second.told) == without_rev(WHOLE)
    for before in first.bars.values():
        assert second.bars[before.seq].rev >= before.rev


def test_what_a_second_holds():
    assert [bar.seq for bar in WHOLE] == list(range(8))
    assert WHOLE[-1].t1 == pytest.approx(SAMPLES / RATE, abs=1e-4)
    assert all(bar.final for bar in WHOLE)
    first, paused = WHOLE[0], WHOLE[2]
    assert first.fillers[0].word == "um"
    assert first.pitch is not None
    assert first.pitch.mid == pytest.approx(140, rel=0.02)
    assert first.voiced_seconds == 1
    # From the end of one utterance to the begin of the next: 1.3 to 3.2 s.
    assert [bar.pause_seconds for bar in WHOLE[:5]] == pytest.approx([0, 0.7, 1, 0.2, 0])
    assert paused.energy is not None
    assert paused.energy.low == SILENCE_DB
    assert WHOLE[3].pitch is None


def test_sums_agree_with_the_speechs_metrics():
    segments = tuple(event.segment for _, event in CAPTIONS if isinstance(event, Utterance))
    metrics = measure(Transcript(segments=segments), AudioSeries(SAMPLES / RATE), {})
    bars = WHOLE
    assert sum(bar.words or 0 for bar in bars) == metrics.total_words
    assert sum(len(bar.fillers) for bar in bars) == metrics.filler_word_count
    assert sum(bar.pause_seconds or 0 for bar in bars) == pytest.approx(
        sum(pause.duration for pause in metrics.pauses)
    )


def test_a_late_caption_changes_older_bars_and_nothing_that_is_final():
    measured = Measured()
    measured.push(SOUND)
    before = {bar.seq: bar for bar in measured.told}
    assert not any(bar.final for bar in before.values())
    for _, event in CAPTIONS:
        measured.hear(event)
        measured.take()
    assert measured.bars[0].rev > before[0].rev
    assert measured.bars[0].words == 4
    assert measured.bars[0].final
    assert not measured.bars[6].final, "the next words may still tell of it"


@st.composite
def spoken(draw) -> list[Segment]:
    """Utterances of words that may be fillers, with silences that may be pauses."""
    at, said = 0.0, []
    for _ in range(draw(st.integers(1, 12))):
        at += draw(st.sampled_from([0.0, 0.2, 0.4, 1.5, 4.0]))
        texts = draw(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=6))
        end = at + 0.35 * len(texts)
        said.append(utterance(" ".join(texts), at, end))
        at = end
    return said


@settings(max_examples=60)
@given(spoken(), st.sampled_from([0.0, 0.4, 3.0]))
def test_what_is_said_as_it_comes_is_what_is_said_of_the_whole(said, behind):
    """Nothing that is told as final waits for a word that was still to come."""
    measured = Measured()
    for segment, following in zip(said, [*said[1:], None], strict=True):
        until = following.start_time if following else segment.end_time
        measured.push(silence(until + behind).tobytes()[measured.builder.next_sample * 2 :])
        measured.hear(Utterance(segment))
        # As far as an engine may say: no later utterance ends, or begins, before.
        measured.hear(Heard(round(until * RATE)))
        measured.take()
    measured.finish()
    told = measured.told
    seconds = measured.builder.next_sample / RATE
    for bar, whole_speech in zip(told, told_bars(said, seconds), strict=True):
        assert bar.final
        said_of = ("words", "fillers", "pause_seconds", "pace")
        assert bar.model_dump(include=set(said_of)) == whole_speech.model_dump(include=set(said_of))


def test_a_forming_bar_is_told_of_ten_times_a_second():
    measured = Measured()
    told = 0
    for at in range(0, 2 * RATE, 160):
        measured.push(SOUND[at * 2 : (at + 160) * 2])
        told += len(measured.take())
    assert told == 20
    assert measured.forming == set()


def test_pace_stays_what_it_was_where_captions_are_behind():
    measured = Measured()
    measured.hear(Utterance(utterance("one two three four five six", 0, 3)))
    measured.hear(Heard(3 * RATE))
    measured.push(silence(20).tobytes())
    bars = measured.told
    assert bars[2].pace is not None
    assert {bar.pace.close for bar in bars[3:] if bar.pace} == {bars[2].pace.close}
    measured.hear(Heard(20 * RATE))
    bars = measured.told
    held, heard = bars[2].pace, bars[19].pace
    assert held is not None
    assert heard is not None
    assert heard.close < held.close


def test_where_captions_fail_their_part_is_not_known():
    measured = Measured()
    give(measured, [])
    measured.hear(StreamStatus("failed"))
    measured.push(voiced(3))
    measured.finish(heard_all=True)
    bars = measured.told
    assert bars[2].words == 0
    assert bars[2].final
    for bar in bars[7:]:
        assert (bar.words, bar.pause_seconds, bar.pace) == (None, None, None)
        assert not bar.final
        assert bar.energy is not None


def test_words_without_times_share_those_of_their_utterance():
    measured = Measured()
    measured.push(silence(4).tobytes())
    text = Segment(text="one two three four", start_time=0, end_time=4, is_final=True)
    measured.hear(Utterance(text))
    measured.hear(Heard(4 * RATE))
    measured.finish()
    assert [bar.words for bar in measured.told] == [1, 1, 1, 1]


def test_a_speech_of_which_only_words_are_left_says_nothing_of_its_sound():
    segments = [event.segment for _, event in CAPTIONS if isinstance(event, Utterance)]
    told = told_bars(segments, SAMPLES / RATE)
    for bar, measured in zip(told, WHOLE, strict=True):
        assert (bar.energy, bar.pitch, bar.voiced_seconds) == (None, None, None)
        assert bar.model_dump(include={"words", "fillers", "pause_seconds", "t0", "t1"}) == (
            measured.model_dump(include={"words", "fillers", "pause_seconds", "t0", "t1"})
        )
        assert bar.pace == measured.pace


def test_no_words_and_no_sound_are_no_bars():
    assert told_bars([], 0) == ()
    measured = Measured()
    measured.push(bytes(1_000))
    measured.finish()
    assert measured.told == []


@pytest.mark.parametrize(("level", "expected"), [(0, -90), (32_767, 0), (327.67, -40)])
def test_decibels_are_of_full_scale(level, expected):
    assert decibels(level) == expected


def test_what_is_kept_does_not_grow_with_the_speech():
    """A quarter of an hour with captions: no more words and bars are held at its end."""
    builder = BarBuilder(EnergyDetector())
    sound, held = burst(5).tobytes(), []
    for turn in range(180):
        for second in builder.push(sound):
            builder.pitched(second.seq, None)
        begin = turn * 5
        builder.hear(Utterance(utterance("one two three four five six", begin, begin + 4.5)))
        builder.hear(Heard((begin + 5) * RATE))
        builder.changes()
        held.append((len(builder._growing), len(builder._words._words)))
    assert max(growing for growing, _ in held) <= 6
    assert max(words for _, words in held) <= 40
    assert held[-1] == held[20]


def test_a_shifted_bar_is_the_same_further_on():
    bar = shifted(WHOLE[0], 60)
    assert (bar.seq, bar.t0, bar.t1) == (60, 60, 61)
    assert bar.fillers[0].at == pytest.approx(WHOLE[0].fillers[0].at + 60)

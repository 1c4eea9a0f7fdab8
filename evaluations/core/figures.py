"""What was measured, in words: each figure with its definition, and the moments behind it.

Page, PDF and Markdown show these; thresholds and formulas are those of ``metrics``.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from evaluations.core.metrics import Metrics, clock
from evaluations.core.pace import BAND
from evaluations.core.pitch import Pitch
from evaluations.core.shapes import CamelShape, Seconds
from evaluations.core.structure import HOOKS, Feature, Structure

_PAUSE_KINDS: Final = {
    "intentional": "meant",
    "hesitation": "hesitation",
    "unclassified": "neither, not counted",
}


class Cell(CamelShape):
    """A text, or moments of the speech in seconds."""

    text: str = ""
    moments: tuple[Seconds, ...] = ()


class Column(CamelShape):
    name: str
    number: bool = False


class Table(CamelShape):
    """``rows`` have a cell for each column; the first one names the row."""

    summary: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def cells(self) -> Iterator[Iterator[tuple[Column, Cell]]]:
        """The rows, each cell with its column."""
        return (zip(self.columns, row, strict=True) for row in self.rows)


class Figure(CamelShape):
    """``reading`` says what the value means for this speech; it may be empty."""

    key: str
    name: str
    value: str
    unit: str
    reading: str = ""
    definition: str
    details: Table | None = None


def figures(metrics: Metrics) -> tuple[Figure, ...]:
    """Every figure that there is enough of a speech for, the most telling first. Pure."""
    if not metrics.total_words:
        return ()
    found = [_pace(metrics), _fillers(metrics), _pauses(metrics)]
    if metrics.pitch is not None:
        found.append(_pitch(metrics.pitch))
    if metrics.energy.windows:
        found.append(_energy(metrics))
    found.append(_vocabulary(metrics))
    if metrics.structure is not None:
        found.append(_devices(metrics.structure))
    return tuple(found)


def _pace(metrics: Metrics) -> Figure:
    low, high = BAND
    rate = metrics.words_per_minute
    place = "Below" if rate < low else "Above" if rate > high else "Within"
    return Figure(
        key="pace",
        name="Pace",
        value=f"{rate:.0f}",
        unit="words a minute",
        reading=f"{place} the band in which most listeners follow easily.",
        definition=(
            f"{metrics.total_words} words in {metrics.duration_formatted}, from the first word to "
            f"the last. The band is {low} to {high}; faster or slower for effect is fine."
        ),
        details=_table(
            "Pace over the speech",
            (_at("From"), _at("To"), _number("Words a minute"), Column(name="Band")),
            (
                (
                    _moment(window.start),
                    Cell(text=clock(window.end)),
                    Cell(text=f"{window.words_per_minute:.0f}"),
                    Cell(text=_band(window.words_per_minute)),
                )
                for window in metrics.pace.windows
            ),
        ),
    )


def _band(rate: float) -> str:
    low, high = BAND
    return "slow" if rate < low else "fast" if rate > high else "within"


def _fillers(metrics: Metrics) -> Figure:
    return Figure(
        key="fillers",
        name="Filler words",
        value=str(metrics.filler_word_count),
        unit=f"counted, {metrics.filler_word_frequency:.1f} a minute",
        definition=(
            "Sounds and words that carry no meaning, such as “um” or “you know”. Words that do "
            "their work in the sentence are not counted."
        ),
        details=_table(
            "Each with its time",
            (Column(name="Word"), _number("Count"), _at("At")),
            (
                (
                    Cell(
                        text=filler.word
                        if filler.classification == "true_filler"
                        else f"{filler.word} (in use, not counted)"
                    ),
                    Cell(text=str(filler.count)),
                    Cell(moments=filler.timestamps),
                )
                for filler in metrics.filler_words
            ),
        ),
    )


def _pauses(metrics: Metrics) -> Figure:
    return Figure(
        key="pauses",
        name="Pauses",
        value=str(metrics.pause_count),
        unit=(
            f"counted, {metrics.total_pause_duration_seconds:.1f} s in all"
            if metrics.pause_count
            else "counted"
        ),
        reading=(
            f"{metrics.intentional_pause_count} seem meant, "
            f"{metrics.hesitation_pause_count} sound like hesitation."
            if metrics.pause_count
            else ""
        ),
        definition=(
            "Silences of 1.5 seconds or more. One after a finished sentence counts as meant; one "
            "after a filler or inside a repeated word as hesitation."
        ),
        details=_table(
            "Each with its time",
            (_at("At"), _number("Seconds"), Column(name="Kind")),
            (
                (
                    _moment(pause.start),
                    Cell(text=f"{pause.duration:.1f}"),
                    Cell(text=_PAUSE_KINDS[pause.type]),
                )
                for pause in metrics.pauses
            ),
        ),
    )


def _pitch(pitch: Pitch) -> Figure:
    return Figure(
        key="pitch",
        name="Pitch",
        value=f"{pitch.range_semitones:.1f}",
        unit="semitones of range",
        definition=(
            "How far the voice moves between its low and its high tenth; the middle is "
            f"{pitch.median_hz:.0f} Hz. A wider range sounds livelier."
        ),
    )


def _energy(metrics: Metrics) -> Figure:
    return Figure(
        key="energy",
        name="Loudness",
        value=f"{metrics.energy.variation:.2f}",
        unit="variation",
        definition=(
            "How much the loudness changes around its mean while words are spoken: 0 is perfectly "
            "even. The microphone’s volume makes no difference."
        ),
    )


def _vocabulary(metrics: Metrics) -> Figure:
    vocabulary = metrics.vocabulary
    lengths = vocabulary.sentence_length
    return Figure(
        key="vocabulary",
        name="Vocabulary",
        value=f"{vocabulary.distinct_stems_per_100_words:.0f}",
        unit="different words in 100",
        reading=(
            f"Sentences have {lengths.mean:.0f} words on average; the longest has "
            f"{lengths.longest}."
            if lengths.count
            else ""
        ),
        definition="Forms of one word count once: “light”, “lights” and “lighting” are one.",
        details=_table(
            "Phrases said again and again",
            (Column(name="Phrase"), _number("Count"), _at("At")),
            (
                (
                    Cell(text=phrase.phrase),
                    Cell(text=str(phrase.count)),
                    Cell(moments=phrase.timestamps),
                )
                for phrase in vocabulary.repeated_phrases
            ),
        ),
    )


def _devices(structure: Structure) -> Figure:
    rows: list[tuple[str, str, float]] = []
    if structure.hook is not None:
        hook = structure.hook
        rows.append((f"Opens with {HOOKS.get(hook.kind, hook.kind)}", hook.words, hook.start))
    for name, features in (
        ("Signpost", structure.signposts),
        ("Rule of three", structure.rule_of_three),
        ("Repeated beginning", structure.anaphora),
        ("Contrast", structure.contrasts),
        ("Question", structure.questions),
    ):
        rows += [_device(name, feature) for feature in features]
    if structure.call_back is not None:
        back = structure.call_back
        rows.append(("Returns to the opening", back.words, back.start))
    if structure.call_to_action is not None:
        rows.append(_device("Call to action", structure.call_to_action))
    return Figure(
        key="devices",
        name="Structure",
        value=str(len(rows)),
        unit="device found" if len(rows) == 1 else "devices found",
        definition=(
            "Devices that help an audience to follow and to remember: a hook at the start, "
            "signposts, threes, repetition, contrasts, questions, a return to the opening, a call "
            "to action."
        ),
        details=_table(
            "Each with its words",
            (Column(name="Device"), Column(name="Words"), _at("At")),
            (
                (Cell(text=name), Cell(text=f"“{words}”"), _moment(start))
                for name, words, start in sorted(rows, key=lambda row: row[2])
            ),
        ),
    )


def _device(name: str, feature: Feature) -> tuple[str, str, float]:
    return name, feature.words, feature.start


def _table(
    summary: str, columns: tuple[Column, ...], rows: Iterable[tuple[Cell, ...]]
) -> Table | None:
    """A table, unless it would be empty."""
    filled = tuple(rows)
    return Table(summary=summary, columns=columns, rows=filled) if filled else None


def _number(name: str) -> Column:
    return Column(name=name, number=True)


def _at(name: str) -> Column:
    return Column(name=name)


def _moment(seconds: float) -> Cell:
    return Cell(moments=(seconds,))

"""What was measured, in words."""

import numpy as np

from evaluations.core.figures import Figure, figures
from evaluations.core.metrics import Metrics, measure
from evaluations.core.series import SeriesBuilder
from evaluations.core.shapes import Transcript
from tests.evaluations.speeches import COMPOST, PUNCTUATED, spoken


def measured(said: Transcript, *, sound: bool = True) -> Metrics:
    series = SeriesBuilder()
    if sound and said.words:
        seconds = int(said.words[-1].end_time) + 1
        time = np.arange(16_000 * seconds) / 16_000
        voice = np.sin(2 * np.pi * 150 * time) * (1 + 0.5 * np.sin(2 * np.pi * 0.7 * time))
        series.push((voice * 6000).astype(np.int16))
    return measure(said, series.finish(), {})


def by_key(metrics: Metrics) -> dict[str, Figure]:
    return {figure.key: figure for figure in figures(metrics)}


def test_every_figure_says_what_it_means() -> None:
    found = by_key(measured(spoken(PUNCTUATED)))
    assert list(found) == [
        "pace", "fillers", "pauses", "pitch", "energy", "vocabulary", "devices",
    ]  # fmt: skip
    for figure in found.values():
        assert figure.definition.endswith("."), figure.key
        assert figure.value, figure.key


def test_what_was_not_measured_is_not_shown() -> None:
    silent = by_key(measured(spoken(PUNCTUATED), sound=False))
    assert not {"pitch", "energy"} & set(silent)
    assert figures(measured(Transcript())) == ()


def test_figures_agree_with_the_metrics() -> None:
    metrics = measured(spoken(PUNCTUATED))
    found = by_key(metrics)
    assert found["pace"].value == f"{metrics.words_per_minute:.0f}"
    assert found["fillers"].value == str(metrics.filler_word_count)
    assert found["pauses"].value == str(metrics.pause_count)
    for key, listed in (("pauses", metrics.pauses), ("pace", metrics.pace.windows)):
        details = found[key].details
        assert details is not None
        assert [row[0].moments[0] for row in details.rows] == [entry.start for entry in listed]


def test_the_pace_band() -> None:
    def reading(rate: float) -> str:
        metrics = measured(spoken(COMPOST)).model_copy(update={"words_per_minute": rate})
        return by_key(metrics)["pace"].reading.split()[0]

    assert [reading(rate) for rate in (99, 100, 165, 166)] == ["Below", "Within", "Within", "Above"]


def test_a_filler_in_use_is_said_to_be() -> None:
    metrics = measured(spoken("so [1.0] we went home um and so we slept for a long time"))
    details = by_key(metrics)["fillers"].details
    assert details is not None
    said = {row[0].text for row in details.rows}
    in_use = {entry.word for entry in metrics.filler_words if entry.classification != "true_filler"}
    assert "um" in said
    assert {f"{word} (in use, not counted)" for word in in_use} <= said


def test_rows_have_a_cell_for_each_column() -> None:
    for figure in figures(measured(spoken(PUNCTUATED))):
        if figure.details is not None:
            for row in figure.details.cells:
                assert len(list(row)) == len(figure.details.columns)

"""The figures of a speech are those of its metrics, and every sign has a text."""

import pytest

from evaluations.core.metrics import measure
from evaluations.core.series import AudioSeries
from evaluations.core.shapes import Evaluation, Item
from evaluations.progress.figures import figures_of, signs_of
from evaluations.progress.habits import SIGNS
from evaluations.roles.timing import told_lights
from tests.evaluations.speeches import spoken

TALK = (
    "When I was nine my father gave me a boat and I did not know how to sail it. Um, I asked him, "
    "um, and he said nothing, um, and so I learned it by myself in one long summer."
)


def metrics_of(text=TALK, **changes):
    transcript = spoken(text)
    end = transcript.words[-1].end_time
    return measure(transcript, AudioSeries(end + 1), {}).model_copy(update=changes)


def item(kind, summary):
    return Item(
        type=kind, summary=summary, explanation="x", evidence_quote="y", evidence_timestamp=0
    )


def test_figures_are_those_of_the_metrics():
    metrics = metrics_of(duration_seconds=120.0, pause_count=3)
    remarks = (item("commendation", "A"), item("recommendation", "B"), item("commendation", "C"))
    evaluation = Evaluation(opening="", items=remarks, closing="")
    found = figures_of(metrics, evaluation, told_lights("5-7 minutes"))
    assert found.words == metrics.total_words
    assert found.words_per_minute == metrics.words_per_minute
    assert found.fillers_per_minute == metrics.filler_word_frequency
    assert found.pauses_per_minute == 1.5
    assert found.lights == (300.0, 420.0)
    assert found.commendations == ("A", "C")
    assert found.recommendations == ("B",)
    assert "under_time" in found.signs


@pytest.mark.parametrize(
    ("changes", "sign"),
    [
        ({"words_per_minute": 166.0}, "fast"),
        ({"words_per_minute": 99.0}, "slow"),
        ({"words_per_minute": 165.0}, "in_band"),
        ({"filler_word_count": 3, "filler_word_frequency": 2.0}, "fillers"),
        ({"hesitation_pause_count": 2}, "hesitations"),
        ({"intentional_pause_count": 2}, "meant_pauses"),
        ({"duration_seconds": 299.0}, "under_time"),
        ({"duration_seconds": 450.0}, "in_time"),
        ({"duration_seconds": 451.0}, "over_time"),
    ],
)
def test_a_sign_at_its_edge(changes, sign):
    found = figures_of(metrics_of(**changes), None, told_lights("5-7 minutes"))
    assert sign in found.signs


def test_without_a_time_nothing_is_said_of_it():
    found = figures_of(metrics_of(), None, None)
    assert found.lights is None
    assert not {"in_time", "over_time", "under_time"} & set(found.signs)


def test_a_few_words_have_no_signs():
    found = figures_of(metrics_of("Good evening to you all."), None, None)
    assert found.signs == ()
    assert not found.counts


def test_every_sign_has_a_text_and_every_text_a_sign():
    assert set(signs_of(metrics_of(), None)) == set(SIGNS)

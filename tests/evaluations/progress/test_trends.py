"""What moves, whether towards the goal, and in which words."""

import pytest

from evaluations.progress.goals import Aim, Direction
from evaluations.progress.trends import trend
from tests.evaluations.progress.speeches import paces, speech


@pytest.mark.parametrize("rates", [(), (130,), (130, 180)])
def test_two_speeches_are_no_trend(rates):
    assert trend("pace", paces(*rates)) is None


def test_speeches_of_a_few_words_do_not_count():
    too_short = speech(words=19, words_per_minute=400)
    assert trend("pace", [*paces(130, 130), too_short]) is None
    found = trend("pace", [*paces(130, 130, 130), too_short])
    assert found is not None
    assert found.move == "steady"


def test_three_speeches_set_the_latest_against_the_two_before():
    found = trend("pace", paces(180, 170, 140))
    assert found is not None
    assert (found.before, found.now) == (175, 140)
    assert found.sentence == "From 175 to 140 words a minute: slower."


def test_of_many_the_three_latest_are_set_against_the_five_before():
    found = trend("pace", paces(999, 120, 120, 120, 120, 120, 150, 150, 150))
    assert found is not None
    assert (found.before, found.now) == (120, 150)


@pytest.mark.parametrize(
    ("rates", "move", "bearing"),
    [
        ((180, 180, 150), "down", "towards"),
        ((90, 90, 120), "up", "towards"),
        ((150, 150, 180), "up", "away"),
        ((120, 120, 80), "down", "away"),
        # Within the band nothing is better or worse.
        ((110, 110, 150), "up", "even"),
        ((130, 130, 134), "steady", "even"),
        ((170, 170, 167), "steady", "even"),
    ],
)
def test_pace_is_good_within_its_band_and_not_by_its_direction(rates, move, bearing):
    found = trend("pace", paces(*rates))
    assert found is not None
    assert (found.move, found.bearing) == (move, bearing)


def test_a_goal_of_ones_own_wins_over_the_band():
    aim = Aim("pace", Direction.AT_MOST, 120)
    faster = trend("pace", paces(130, 130, 150), [aim])
    slower = trend("pace", paces(150, 150, 130), [aim])
    assert faster is not None
    assert slower is not None
    assert (faster.bearing, slower.bearing) == ("away", "towards")


def test_a_goal_for_another_figure_changes_nothing():
    found = trend("pace", paces(130, 130, 150), [Aim("fillers", Direction.AT_MOST, 0)])
    assert found is not None
    assert found.bearing == "even"


def test_fewer_fillers_are_better():
    speeches = [speech(fillers_per_minute=rate) for rate in (4, 4, 1)]
    found = trend("fillers", speeches)
    assert found is not None
    assert found.bearing == "towards"
    assert found.sentence == "From 4.0 to 1.0 a minute: fewer of them."


def test_how_many_pauses_are_right_nobody_can_say():
    speeches = [speech(pauses_per_minute=rate) for rate in (0, 0, 4)]
    found = trend("pauses", speeches)
    assert found is not None
    assert (found.move, found.bearing) == ("up", "even")


def test_length_is_measured_by_the_lights_of_its_own_speech():
    lights = (300.0, 420.0)
    speeches = [speech(seconds=seconds, lights=lights) for seconds in (540, 540, 400)]
    found = trend("length", speeches)
    assert found is not None
    assert found.bearing == "towards"
    assert found.sentence == "From 9.0 to 6.7 minutes: shorter."
    free = trend("length", [speech(seconds=seconds) for seconds in (540, 540, 400)])
    assert free is not None
    assert free.bearing == "even"

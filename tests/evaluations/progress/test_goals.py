"""Whether a goal is reached, as the figure is shown."""

import pytest

from evaluations.progress.goals import Aim, Direction, standing
from tests.evaluations.progress.speeches import paces, speech


@pytest.mark.parametrize(
    ("direction", "target", "reached"),
    [
        (Direction.AT_LEAST, 130, True),
        (Direction.AT_LEAST, 131, False),
        (Direction.AT_MOST, 130, True),
        (Direction.AT_MOST, 129, False),
    ],
)
def test_the_target_itself_is_reached(direction, target, reached):
    assert standing(Aim("pace", direction, target), paces(130)).reached is reached


def test_a_figure_counts_as_it_is_shown():
    aim = Aim("fillers", Direction.AT_MOST, 2)
    assert standing(aim, [speech(fillers_per_minute=2.04)]).reached
    assert not standing(aim, [speech(fillers_per_minute=2.06)]).reached


def test_the_latest_speech_decides_and_five_are_counted():
    found = standing(Aim("pace", Direction.AT_MOST, 140), paces(100, 150, 130, 130, 150, 130))
    assert (found.reached, found.met, found.of, found.latest) == (True, 3, 5, 130)


def test_without_a_speech_that_counts_nothing_is_said():
    found = standing(Aim("pace", Direction.AT_MOST, 140), [speech(words=5)])
    assert (found.reached, found.of, found.latest) == (None, 0, None)


def test_an_aim_in_words():
    assert Aim("pace", Direction.AT_MOST, 150).text == "Pace: at most 150 words a minute"
    assert Aim("length", Direction.AT_LEAST, 4.5).text == "Length: at least 4.5 minutes"

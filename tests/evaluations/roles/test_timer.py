"""The timer's lights: presets, the project's own times, and half a minute of grace."""

import pytest

from evaluations.core.shapes import Transcript
from evaluations.roles.timer import Timer
from evaluations.roles.timing import PRESETS, lights_for
from tests.evaluations.roles.meetings import content_of, facts_of, lasting


def test_the_presets_of_a_meeting():
    assert [(one.green, one.yellow, one.red) for one in PRESETS] == [
        (60, 90, 120),
        (120, 150, 180),
        (240, 300, 360),
        (300, 360, 420),
        (360, 420, 480),
        (480, 540, 600),
    ]


@pytest.mark.parametrize(
    ("project", "green", "red"),
    [
        ("Table topics", 60, 120),
        ("Evaluation", 120, 180),
        ("Ice Breaker", 240, 360),
        ("icebreaker", 240, 360),
        ("Persuasive speech", 300, 420),
        ("Ice breaker (5-7 minutes)", 300, 420),
        ("6 – 8 min", 360, 480),
        ("8 to 10", 480, 600),
        ("12-15 minutes", 720, 900),
    ],
)
def test_the_project_tells_the_lights(project, green, red):
    lights, told = lights_for(project, 30)
    assert told
    assert (lights.green, lights.yellow, lights.red) == (green, (green + red) / 2, red)


@pytest.mark.parametrize("project", ["", "Something else", "7-5", "0-3", "10-90", "2024-25"])
def test_without_a_time_the_nearest_preset_is_taken(project):
    for seconds, green in ((20, 60), (110, 60), (140, 120), (200, 120), (340, 300), (900, 480)):
        lights, told = lights_for(project, seconds)
        assert not told
        assert lights.green == green


@pytest.mark.parametrize(
    ("seconds", "light", "verdict"),
    [
        (299, "none", "under"),
        (300, "green", "within"),
        (359.9, "green", "within"),
        (360, "yellow", "within"),
        (420, "red", "within"),
        (450, "red", "within"),
        (450.1, "red", "over"),
    ],
)
def test_lights_and_verdict_at_their_edges(seconds, light, verdict):
    lights, _ = lights_for("5-7", seconds)
    assert lights.light_at(seconds) == light
    assert lights.verdict_at(seconds) == verdict


def test_a_report_within_the_time():
    result = Timer().report(lasting(372, "5 to 7 minutes"))
    assert result.role_id == "timer"
    assert content_of(result, "Time") == "The speech took 6:12, from the first word to the last."
    assert "The yellow light was on when the speech ended." in content_of(result, "Lights")
    assert result.script == (
        "The speech took six minutes and twelve seconds; the yellow light was on at the end. "
        "That is within the time of 5 to 7 minutes."
    )


def test_a_report_over_the_time_counts_from_the_end_of_grace():
    result = Timer().report(lasting(470, "5 to 7 minutes"))
    assert "twenty seconds over the time" in content_of(result, "Result")


def test_a_report_under_the_time():
    result = Timer().report(lasting(285, "5 to 7 minutes"))
    assert "fifteen seconds under the time" in content_of(result, "Result")
    assert "no light was on yet" in result.script


def test_nothing_heard():
    result = Timer().report(facts_of(Transcript()))
    assert result.script == "No words were heard, so there is no time to report."


def test_the_times_of_the_agenda_win():
    result = Timer().report(lasting(372, "5 to 7 minutes", planned=(210, 360)))
    assert "as the agenda says" in content_of(result, "Lights")
    assert "Green came at 3:30, yellow at 4:45, red at 6:00." in content_of(result, "Lights")
    assert content_of(result, "Result") == "That is within the time of 3.5 to 6 minutes."
    late = Timer().report(lasting(391, "5 to 7 minutes", planned=(210, 360)))
    assert "one second over the time" in content_of(late, "Result")

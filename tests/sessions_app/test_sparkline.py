"""Values as points of an SVG."""

from sessions_app.sparkline import HEIGHT, WIDTH, sparkline


def places(values):
    return [tuple(map(float, point.split(","))) for point in sparkline(values).points.split()]


def test_values_run_from_left_to_right_and_the_highest_is_on_top():
    assert places([1, 3, 2]) == [(6, HEIGHT - 6), (WIDTH / 2, 6), (WIDTH - 6, HEIGHT / 2)]


def test_values_that_are_all_one_lie_midway():
    assert {y for _, y in places([5, 5, 5])} == {HEIGHT / 2}


def test_one_value_is_no_line():
    assert sparkline([4]).points == ""
    assert sparkline([]).points == ""


def test_everything_stays_inside():
    for x, y in places([-1e6, 1e6, 0, 0.001]):
        assert 0 < x < WIDTH
        assert 0 < y < HEIGHT

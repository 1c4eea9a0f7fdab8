"""Two speeches side by side: which is nearer to what is aimed at, and that not every figure has an
aim."""

from evaluations.core.metrics import measure
from evaluations.core.series import AudioSeries
from evaluations.progress.comparing import Side, comparison
from evaluations.progress.figures import figures_of
from evaluations.progress.goals import Aim, Direction
from tests.evaluations.speeches import BOAT, COMPOST, spoken


def side(text, **changes):
    said = spoken(text)
    metrics = measure(said, AudioSeries(said.words[-1].end_time + 1), {}).model_copy(update=changes)
    return Side(metrics, figures_of(metrics, None, None))


def row(name, earlier, later, aims=()):
    return next(one for one in comparison(earlier, later, aims) if one.name == name)


def test_the_pace_in_its_band_is_better_on_either_side():
    slow, within, fast = (side(BOAT, words_per_minute=rate) for rate in (80.0, 130.0, 190.0))
    assert row("Pace", slow, within).better == "later"
    assert row("Pace", within, fast).better == "earlier"
    assert row("Pace", within, side(BOAT, words_per_minute=150.0)).better == "neither"
    assert row("Pace", slow, fast).values == ("80", "190")


def test_fewer_fillers_are_better_and_a_hair_is_no_difference():
    many, few = side(BOAT, filler_word_frequency=4.0), side(BOAT, filler_word_frequency=1.0)
    assert row("Fillers", many, few).better == "later"
    assert row("Fillers", few, side(BOAT, filler_word_frequency=1.2)).better == "neither"


def test_a_goal_of_one_s_own_wins():
    slow, fast = side(BOAT, words_per_minute=120.0), side(BOAT, words_per_minute=160.0)
    aim = Aim("pace", Direction.AT_LEAST, 150)
    compared = row("Pace", slow, fast, (aim,))
    assert compared.better == "later"
    assert compared.aim == "Your goal: Pace: at least 150 words a minute"


def test_of_pauses_and_words_nobody_can_say_how_many_are_right():
    for name in ("Pauses", "Different words"):
        assert row(name, side(BOAT), side(COMPOST)).better == "neither"


def test_hesitations_count_by_the_minute():
    often, never = side(BOAT, hesitation_pause_count=6), side(BOAT, hesitation_pause_count=0)
    assert row("Pauses inside a thought", often, never).better == "later"


def test_how_it_is_built():
    boat, compost = side(BOAT), side(COMPOST)
    hook = row("Opening with a hook", compost, boat)
    assert (hook.values, hook.better) == (("no", "yes"), "later")
    assert row("Closing that returns to the opening", boat, boat).better == "neither"


def test_length_counts_where_a_time_was_asked_for():
    short, long = side(BOAT, duration_seconds=60.0), side(BOAT, duration_seconds=400.0)
    assert row("Length", short, long).better == "neither"
    lit = Side(long.metrics, long.figures.model_copy(update={"lights": (300.0, 420.0)}))
    before = Side(short.metrics, short.figures.model_copy(update={"lights": (300.0, 420.0)}))
    compared = row("Length", before, lit)
    assert (compared.better, compared.aim) == ("later", "5 to 7 minutes were asked for")


def test_without_a_pitch_there_is_no_row_of_it():
    assert "Range of pitch" not in {one.name for one in comparison(side(BOAT), side(BOAT))}

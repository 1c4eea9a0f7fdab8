"""What to work on next, and how."""

from evaluations.evaluator.builtin.weaknesses import LEVEL_SEMITONES
from evaluations.progress.habits import SIGNS
from evaluations.progress.plan import MOST_STEPS, PRACTICES, plan
from tests.evaluations.progress.speeches import signed, speech


def signs(*speeches):
    return [step.sign for step in plan(signed(*speeches))]


def test_nothing_to_work_on_without_a_speech_or_a_habit():
    assert plan([]) == ()
    assert signs("hook in_band call_back") == []


def test_what_returns_comes_first_and_two_things_at_most():
    assert signs("fast fillers", "fillers no_hook", "fillers no_hook fast") == [
        "fillers",
        "no_hook",
    ]
    assert len(plan(signed("fast fillers no_hook over_time"))) == MOST_STEPS


def test_of_equals_the_one_that_costs_listeners_most():
    assert signs("fillers over_time", "over_time fillers") == ["over_time", "fillers"]


def test_what_was_overcome_is_no_work_any_more():
    assert signs("fast", "fast", "fast", "") == []
    assert signs("fast", "fast", "") == []


def test_one_of_three_is_no_habit_but_of_a_first_speech_it_is_all_there_is():
    assert signs("", "", "fast") == []
    assert signs("fast") == ["fast"]


def test_a_step_says_why_and_how_often():
    (step,) = plan(signed("fast", "", "fast"))
    assert (step.seen, step.times, step.of) == (SIGNS["fast"].text, 2, 3)


def test_speeches_of_a_few_words_do_not_count():
    assert plan([speech(words=3, signs=("fast",))]) == ()


def test_every_habit_has_its_practice_and_every_practice_is_of_a_habit():
    assert set(PRACTICES) == {name for name, sign in SIGNS.items() if sign.kind == "habit"}
    for practice in PRACTICES.values():
        assert len(practice.exercises) >= 2
        assert all(one.endswith((".", "…")) for one in practice.exercises)
    assert LEVEL_SEMITONES == 4, "the text says four"

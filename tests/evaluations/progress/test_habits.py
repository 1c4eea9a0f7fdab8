"""What returns in the latest speeches, and what is gone."""

from evaluations.progress.habits import SIGNS, habits
from tests.evaluations.progress.speeches import signed, speech


def texts(found):
    return [one.text for one in found]


def remarked(*summaries):
    return [speech(recommendations=(summary,)) for summary in summaries]


def test_two_speeches_have_no_habits():
    found = habits(signed("fast", "fast"))
    assert (found.strengths, found.habits, found.breakthroughs) == ((), (), ())


def test_a_habit_is_in_each_of_the_three_latest():
    found = habits(signed("fast", "", "fast hook", "fast hook", "fast hook"))
    assert texts(found.habits) == [SIGNS["fast"].text]
    assert texts(found.strengths) == [SIGNS["hook"].text]
    assert (found.habits[0].times, found.habits[0].of) == (4, 5)
    assert not habits(signed("fast", "fast", "fast", "fast", "")).habits


def test_only_the_last_five_are_considered():
    found = habits(signed("fast", "fast", "", "", "fast", "fast", "fast"))
    assert found.habits[0].times == 3


def test_speeches_of_a_few_words_do_not_count():
    short = speech(words=3, signs=("fast",))
    assert not habits([*signed("fast", "fast"), short]).habits


def test_a_breakthrough_is_gone_for_three():
    gone = habits(signed("fillers", "fillers", "fillers", "", "", ""))
    assert gone.breakthroughs == (SIGNS["fillers"].gone,)
    assert not habits(signed("fillers", "fillers", "fillers", "", "", "fillers")).breakthroughs
    assert not habits(signed("fillers", "", "fillers", "", "", "")).breakthroughs


def test_what_was_a_strength_is_no_breakthrough():
    assert not habits(signed("hook", "hook", "hook", "", "", "")).breakthroughs


def test_like_remarks_are_one_habit_in_the_words_of_the_last():
    found = habits(
        remarked(
            "Ease off about a minute in, where you reached 181 words a minute.",
            "Ask for one thing at the end.",
            "Ease off near the end, where you reached 175 words a minute.",
            "Ease off early on, where you reached 190 words a minute.",
        )
    )
    assert texts(found.habits) == ["Ease off early on, where you reached 190 words a minute."]
    assert (found.habits[0].source, found.habits[0].times) == ("evaluation", 3)


def test_different_remarks_are_no_habit():
    found = habits(
        remarked(
            "Ask for one thing at the end.",
            "Cut the long sentence in two.",
            "Let your pitch rise and fall more.",
        )
    )
    assert not found.habits


def test_commendations_that_return_are_strengths():
    praise = "You opened on a moment we could see for ourselves."
    found = habits([speech(commendations=(praise,))] * 3)
    assert texts(found.strengths) == [praise]


def test_every_habit_says_when_it_is_gone():
    assert all(sign.gone for sign in SIGNS.values() if sign.kind == "habit")

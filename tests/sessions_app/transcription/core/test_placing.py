"""Words without times get them: from another engine's, and from the sound."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.core.series import AudioSeries
from evaluations.core.shapes import Word
from sessions_app.transcription.core.placing import placed
from tests.sessions_app.transcription.words import word

LOUD, QUIET = 3_000.0, 2.0


def series(*levels: tuple[float, float]) -> AudioSeries:
    """Loudness as pairs of a level and the seconds that it lasts."""
    rms = [level for level, seconds in levels for _ in range(round(seconds * 4))]
    return AudioSeries(len(rms) / 4, np.array(rms, dtype=np.float32))


TALK = series((LOUD, 20))


def times(words: tuple[Word, ...]) -> list[tuple[str, float, float]]:
    return [(one.word, one.start_time, one.end_time) for one in words]


def test_words_that_both_heard_have_their_time_and_our_spelling():
    heard = [word("good", 1, 1.4), word("evening", 1.5, 2), word("everyone", 2.2, 3)]
    assert times(placed(["Good", "evening,", "everyone."], heard, (0, 20), TALK)) == [
        ("Good", 1, 1.4),
        ("evening,", 1.5, 2),
        ("everyone.", 2.2, 3),
    ]


def test_a_word_that_was_heard_otherwise_lies_between_its_neighbours():
    heard = [word("my", 1, 1.4), word("farther", 1.5, 2), word("took", 2.2, 2.6)]
    _, (text, start, end), _ = times(placed(["my", "father", "took"], heard, (0, 20), TALK))
    assert text == "father"
    assert 1.4 <= start < end <= 2.2


def test_words_that_only_we_have_do_not_lie_in_a_pause():
    heard = [word("one", 7, 7.5), word("four", 12.5, 13)]
    sound = series((LOUD, 8), (QUIET, 4), (LOUD, 8))
    assert times(placed(["one", "two", "six", "four"], heard, (0, 20), sound))[1:3] == [
        ("two", 7.5, 8),
        ("six", 12, 12.5),
    ]


def test_without_another_engine_words_are_spread_over_what_sounds():
    sound = series((QUIET, 5), (LOUD, 10), (QUIET, 5))
    found = placed(["one", "two", "three", "four", "five"], [], (0, 20), sound)
    assert (found[0].start_time, found[-1].end_time) == (5, 15)
    assert all(one.end_time > one.start_time for one in found)


def test_a_word_for_which_there_is_no_room_moves_its_neighbour():
    """The other engine missed a word: those around it lie side by side in its answer."""
    heard = [word("it", 1.0, 1.2), word("was", 1.2, 1.5), word("late", 1.5, 2)]
    found = placed(["it", "was", "very", "late"], heard, (0, 20), TALK)
    assert times(found)[0] == ("it", 1.0, 1.2)
    assert times(found)[3] == ("late", 1.5, 2)
    assert all(one.end_time > one.start_time for one in found)


def test_what_was_heard_outside_the_span_is_no_help():
    found = placed(["one"], [word("one", 15, 16)], (0, 10), TALK)
    assert found[0].end_time <= 10


def test_the_same_word_again_and_again_keeps_its_order():
    heard = [word("very", at) for at in (1, 1.5, 2)]
    found = placed(["very"] * 4, heard, (0, 4), TALK)
    starts = [one.start_time for one in found]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("texts", "kept"), [([], []), (["…"], []), (["[noise]", "—", "one"], ["[noise]", "one"])]
)
def test_bare_punctuation_takes_no_time(texts, kept):
    assert [one.word for one in placed(texts, [word("one", 1)], (0, 2), TALK)] == kept


def test_no_time_for_words_where_there_is_no_audio():
    assert placed(["one"], [], (0, 0), series()) == ()


@given(
    st.lists(st.sampled_from(["a", "b", "c", "d."]), min_size=1, max_size=40),
    st.lists(st.tuples(st.sampled_from("abcd"), st.floats(0, 1), st.floats(0, 0.6)), max_size=40),
    st.integers(0, 10),
)
def test_all_words_in_order_within_the_span_and_never_without_time(texts, others, start):
    clock, heard = float(start), []
    for text, gap, length in others:
        clock += gap
        heard.append(word(text, clock, clock + length))
        clock += length
    span = (float(start), 20.0)
    found = placed(texts, heard, span, TALK)
    assert [one.word for one in found] == texts
    starts = [one.start_time for one in found]
    assert starts == sorted(starts)
    assert span[0] <= starts[0]
    assert max(one.end_time for one in found) <= span[1] + 0.002
    assert found[-1].end_time > found[0].start_time

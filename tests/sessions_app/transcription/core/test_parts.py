"""Parts of a recording, joined."""

from hypothesis import given
from hypothesis import strategies as st

from sessions_app.transcription.core.parts import Part, joined
from tests.sessions_app.transcription.words import word


def texts(parts: list[Part]) -> list[str]:
    return [one.word for one in joined(parts)]


def test_a_word_in_the_overlap_comes_once():
    left = Part(0, 20, (word("a", 1), word("b", 14), word("c", 16), word("d", 19)))
    right = Part(12, 30, (word("b", 14.05), word("c", 15.9), word("d", 19.1), word("e", 25)))
    assert texts([left, right]) == ["a", "b", "c", "d", "e"]
    assert texts([right, left]) == ["a", "b", "c", "d", "e"]


def test_half_a_word_at_an_edge_is_taken_from_whoever_heard_all_of_it():
    left = Part(0, 20, (word("one", 15), word("two", 17), word("thr", 19.9)))
    right = Part(12, 30, (word("n", 12), word("one", 15), word("two", 17), word("three", 19.9)))
    assert texts([left, right]) == ["one", "two", "three"]


def test_said_twice_is_heard_twice():
    said = (word("very", 15), word("very", 15.3), word("very", 15.6))
    assert texts([Part(0, 20, said), Part(12, 30, said)]) == ["very"] * 3


def test_where_the_parts_agree_on_nothing_they_change_over_in_the_middle():
    left = Part(0, 20, (word("a", 13), word("b", 18)))
    right = Part(12, 30, (word("x", 13), word("y", 18), word("z", 25)))
    assert texts([left, right]) == ["a", "y", "z"]


def test_a_pause_in_the_overlap_loses_nothing():
    assert texts([Part(0, 20, (word("a", 1),)), Part(12, 30, (word("z", 29),))]) == ["a", "z"]


@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.floats(0.25, 4)), max_size=60),
    st.integers(20, 40),
    st.integers(3, 8),
)
def test_parts_of_one_speech_give_it_back(said, length, overlap):
    """Words anywhere, cut anywhere: heard by both, by one, or cut through at an edge."""
    clock, words = 0.0, []
    for text, gap in said:
        clock += gap
        words.append(word(text, clock))
        clock += 0.2
    parts, start = [], 0.0
    while start < clock:
        end = start + length
        inside = tuple(w for w in words if start <= w.start_time and w.end_time <= end)
        parts.append(Part(start, end, inside))
        start = end - overlap
    assert list(joined(parts)) == words


def test_of_two_places_that_may_be_the_same_the_one_between_the_same_words_is_taken():
    """As where nobody has said when the words were said."""
    said = ["I", "am", "very", "very", "glad", "to", "be", "here"]
    left = Part(0, 20, tuple(word(text, 14 + at * 0.5) for at, text in enumerate(said)))
    late = Part(12, 30, tuple(word(text, 15.2 + at * 0.5) for at, text in enumerate([*said, "x"])))
    assert [one.word for one in joined([left, late], same_seconds=2.0)] == [*said, "x"]

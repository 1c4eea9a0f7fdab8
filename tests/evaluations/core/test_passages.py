"""A chosen quote was said, fits its place, and was heard well where that can be had."""

from hypothesis import given
from hypothesis import strategies as st

from evaluations.core.alignment import spoken_words
from evaluations.core.evidence import find_quote
from evaluations.core.passages import Passages
from tests.evaluations.speeches import BOAT, COMPOST, PUNCTUATED, spoken

WORDS = spoken_words(spoken(BOAT))


@given(st.sampled_from([BOAT, COMPOST, PUNCTUATED]), st.data())
def test_chosen_quotes_pass_and_touch_the_place(text, data):
    words = spoken_words(spoken(text))
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    quote = Passages(words).best(first, last)
    assert quote is not None
    assert quote.first < last
    assert quote.last > first
    said = " ".join(word.word for word in words[quote.first : quote.last])
    assert find_quote(said, words, quote.start) == quote


def test_words_heard_with_doubt_are_not_quoted_while_others_will_do():
    words = list(WORDS)
    words[:12] = [word.model_copy(update={"confidence": 0.3}) for word in words[:12]]
    quote = Passages(words).best(0, 30)
    assert quote is not None
    run = words[quote.first : quote.last]
    assert sum(word.confidence for word in run) / len(run) >= 0.6

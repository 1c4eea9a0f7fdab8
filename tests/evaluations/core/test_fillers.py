"""Fillers, rule by rule: each with what it counts, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.core.alignment import spoken_words
from evaluations.core.fillers import occurrences, tally
from tests.evaluations.speeches import spoken


def heard(text, kind, extra=()):
    found = occurrences(spoken_words(spoken(text)), extra)
    return [one.word for one in found if one.classification == kind]


COUNTED = {
    # Sounds, however they are spelt.
    "um we left": ["um"],
    "Ummm, we left": ["um"],
    "we, uh, left. Uhh": ["uh", "uh"],
    "er we erm left": ["er", "er"],
    "ahh hmm we left": ["ah", "hm"],
    "the umbrella and the errand": [],
    "ham and hers": [],
    # "you know": discourse, and not a question or what is known.
    "we left you know early": ["you know"],
    "it was, You Know, early": ["you know"],
    "do you know the way": [],
    "as you know we left": [],
    "you know what we need": [],
    "you know whose it is": [],
    "people you know may come": [],
    "let me know": [],
    # "I mean": a correction, and not a meaning.
    "we left i mean we ran": ["i mean"],
    "that is what i mean": [],
    "i mean to leave": [],
    "do you see what i mean by it": [],
    # "sort of", "kind of": a hedge, and not a sort or a kind.
    "it was sort of late": ["sort of"],
    "we kind of ran": ["kind of"],
    "this kind of bread": [],
    "a new sort of boat": [],
    "what kind of people are we": [],
    "it was, kind of, the end": ["kind of"],
    # "like": not after perception or being, not before a comparison.
    "we were um like late": ["um", "like"],
    "we left, like, early": ["like"],
    "they like boats": [],
    "it tastes like bread": [],
    "she was like her mother": [],
    "he runs like the wind": [],
    "it feels like home": [],
    "would you like tea": [],
}


@pytest.mark.parametrize("text", COUNTED)
def test_true_fillers(text):
    assert heard(text, "true_filler") == COUNTED[text]


MARKED = {
    # "so": only where a pause or a full stop comes before it.
    "it rained. So we left": ["so"],
    "it rained [0.5] so we left": ["so"],
    "so we left": ["so"],
    "it rained, so we left": [],
    "it was so late": [],
    "i think so": [],
    # "right", "okay": set off on both sides.
    "okay, we begin": ["okay"],
    "we begin, ok?": ["okay"],
    "it works, right?": ["right"],
    "Right. [0.4] We begin": ["right"],
    "right now we begin": [],
    "turn right": [],
    "that is okay with me": [],
    "the right answer": [],
    # "actually", "basically", "literally": opening a clause, or set off.
    "actually we left": ["actually"],
    "it was late, actually": ["actually"],
    "Basically, we ran": ["basically"],
    "it rained [0.4] literally it poured": ["literally"],
    "we actually left": [],
    "it is basically bread": [],
    "he literally ran": [],
}


@pytest.mark.parametrize("text", MARKED)
def test_discourse_markers_are_listed_and_not_counted(text):
    assert heard(text, "discourse_marker") == MARKED[text]
    assert heard(text, "true_filler") == []


def test_own_words_count_wherever_they_stand():
    assert heard("maybe we left and maybe not", "true_filler", ["Maybe"]) == ["maybe", "maybe"]
    assert heard("at the end of the day we left", "true_filler", ["end of the day"]) == [
        "end of the day"
    ]
    assert heard("we left", "true_filler", ["", "  "]) == []


WORDS = ["um", "like", "so", "you", "know", "right", "kind", "of", "boats", "we", "sail", "the"]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=30))
def test_no_word_is_counted_twice_and_each_has_its_time(pieces):
    words = spoken_words(spoken(" ".join(pieces)))
    found = occurrences(words)
    places = [one.index + step for one in found for step in range(one.length)]
    assert len(set(places)) == len(places)
    assert all(one.start == round(words[one.index].start_time, 2) for one in found)
    assert sum(entry.count for entry in tally(found)) == len(found)
    assert all(entry.count == len(entry.timestamps) for entry in tally(found))


@given(
    st.lists(st.sampled_from(["um", "uh", "boats", "we", "sail"]), min_size=1, max_size=12),
    st.sampled_from(["", ",", ".", "?", "…", " —", '"']),
)
def test_case_and_marks_never_hide_a_sound(pieces, mark):
    plain = heard(" ".join(pieces), "true_filler")
    dressed = heard(" ".join(piece.upper() + mark for piece in pieces), "true_filler")
    assert dressed == plain

"""The corpus is what its README says, and its marks are read as they are meant."""

import pytest

from tests.corpus.naming import NAMES
from tests.corpus.script import MarkupError, names, parse, read
from tests.corpus.timing import bare, seconds_of, timed

HEAD = """title: Tea
kind: Report
speaker: Ana
objectives: Be brief; Be clear
pace: 120
strengths: story
weaknesses: fillers
---
"""


def test_twelve_speeches_of_different_kinds():
    scripts = [read(name) for name in names()]
    assert len(scripts) == 12
    assert len({script.kind for script in scripts}) == 12
    assert len({script.title for script in scripts}) == 12


@pytest.mark.parametrize("name", names())
def test_a_speech_lasts_one_to_eight_minutes_and_is_marked(name):
    script = read(name)
    assert 60 <= seconds_of(script) <= 8 * 60
    assert script.strengths
    assert script.weaknesses
    assert set(script.strengths) | set(script.weaknesses) <= set(NAMES)
    assert script.marks


def test_marks_are_where_their_words_are():
    script = parse(
        "tea", HEAD + "I drink {triad: black, ~um~, red and green} tea. (1.8) @150 Now.@"
    )
    assert script.words == ("I", "drink", "black,", "um,", "red", "and", "green", "tea.", "Now.")
    (triad,) = script.of("triad")
    assert script.words[triad.first : triad.last] == ("black,", "um,", "red", "and", "green")
    (filler,) = script.of("filler")
    assert script.words[filler.first : filler.last] == ("um,",)
    assert script.pauses == {8: 1.8}
    assert [script.pace_at(at) for at in (0, 7, 8)] == [120, 120, 150]


def test_a_mark_may_hold_another_and_end_at_a_full_stop():
    script = parse("tea", HEAD + "{call: Drink it {triad: hot, sweet and slow}}. Thank you.")
    (call,) = script.of("call")
    assert script.words[call.first : call.last] == ("Drink", "it", "hot,", "sweet", "and", "slow.")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HEAD + "{triad: one, two", "never closed"),
        (HEAD + "one} two", "without “{” after “one”"),
        (HEAD + "{joke: one} two", "no device called “joke”"),
        (HEAD.replace("speaker: Ana\n", "") + "one", "field 'speaker' is missing"),
        ("one two three", "three dashes"),
        ("title\n---\none", "no field in “title”"),
    ],
)
def test_a_speech_that_cannot_be_read_says_where(text, problem):
    with pytest.raises(MarkupError, match=problem):
        parse("tea", text)


def test_a_sentence_takes_the_time_its_pace_gives_it():
    script = parse("tea", HEAD + "I drink tea. (2.0) You drink black coffee. We stop.")
    words = timed(script).words
    assert words[3].start_time - words[2].end_time == pytest.approx(2.0, abs=0.05)
    assert words[7].start_time - words[3].start_time == pytest.approx(2.0, abs=0.01)
    assert words[-1].end_time - words[0].start_time == pytest.approx(seconds_of(script), abs=0.05)


def test_the_bare_form_has_the_same_words_at_the_same_times():
    full = timed(read("toast"))
    plain = bare(full)
    assert plain.words[0].word == "my"
    assert [word.start_time for word in plain.words] == [word.start_time for word in full.words]
    assert not any(letter in ".,?!" for word in plain.words for letter in word.word)

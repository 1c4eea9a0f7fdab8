"""Phrases to keep, phrases that return, long sentences, and slips only where there is no doubt."""

import pytest

from evaluations.core.alignment import spoken_words
from evaluations.roles.grammarian import Grammarian
from evaluations.roles.slips import slips
from tests.evaluations.roles.meetings import content_of, facts, headings
from tests.evaluations.speeches import BOAT, COMPOST, INAUGURAL, PUNCTUATED, spoken


def test_phrases_worth_keeping_and_phrases_that_returned():
    result = Grammarian().report(facts(BOAT))
    kept = content_of(result, "Phrases worth keeping")
    assert "“not a feeling but a thing you do with your hands”, two ideas" in kept
    assert "“put it in the water”: three times" in content_of(result, "Phrases that returned")
    assert result.script.startswith("A phrase to keep is “")


def test_the_longest_stretch_is_named_with_its_first_words():
    result = Grammarian().report(facts(COMPOST))
    said = content_of(result, "Long sentences")
    assert said.startswith("The longest stretch without rest runs to 141 words")
    assert "“today i want to talk about”" in said


@pytest.mark.parametrize("text", [BOAT, COMPOST, PUNCTUATED, INAUGURAL])
def test_clean_speech_has_no_slips(text):
    assert slips(spoken_words(spoken(text, 0.95))) == ()


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("and he don't know what to do with it", "he doesn't"),
        ("when we was young the river froze", "we were"),
        ("because they was late we waited outside", "they were"),
        ("i was told that you should have went home", "have gone"),
        ("he said that he didn't saw the train", "didn't see"),
        ("the second one is more better than the first", "better"),
    ],
)
def test_a_slip_without_a_second_reading_is_found(text, better):
    (slip,) = slips(spoken_words(spoken(text, 0.95)))
    assert slip.better == better


@pytest.mark.parametrize(
    "text",
    [
        "the man who told you was my uncle",
        "one of them we has beens know well",
        "the boat behind it don't mind was old",
        "i looked at they is a pronoun",
        "is it you, was it me",
        "have you [1.0] went she on",
    ],
)
def test_what_may_be_right_is_left_alone(text):
    assert slips(spoken_words(spoken(text, 0.95))) == ()


def test_a_slip_the_transcriber_doubts_is_left_alone():
    assert slips(spoken_words(spoken("and he don't know what to do", 0.8))) == ()


def test_a_slip_is_told_with_its_context_and_form():
    text = f"{COMPOST} and he don't know what to do with it"
    result = Grammarian().report(facts(text))
    said = content_of(result, "Agreement and tense")
    assert "“he don't” in “" in said
    assert "the form that agrees is “he doesn't”" in said
    assert "Where we heard “he don't”, the form that agrees is “he doesn't”." in result.script


def test_the_word_of_the_day_in_context():
    result = Grammarian().report(facts(BOAT, word_of_the_day="polish"))
    assert "i polished it" in content_of(result, "Word of the day")
    assert "Word of the day" not in headings(Grammarian().report(facts(BOAT)))

"""Fillers with time and context, and honesty about what the engine does not hear."""

from evaluations.roles.ah_counter import AhCounter
from tests.evaluations.roles.meetings import content_of, facts, headings
from tests.evaluations.speeches import BOAT, COMPOST, PUNCTUATED


def test_each_filler_with_time_and_context():
    result = AhCounter().report(facts(BOAT))
    assert "four fillers in 1:30, which is 2.6 a minute" in content_of(result, "Count")
    lines = content_of(result, "“um”, three times").splitlines()
    assert lines[0] == "0:16: “boats are for um for years i”."
    assert len(lines) == 3
    assert "“uh”, once" in headings(result)
    assert result.script == "I heard four fillers, most often “um”, three times."


def test_discourse_markers_are_listed_and_not_counted():
    result = AhCounter().report(facts(BOAT))
    assert content_of(result, "Discourse markers, not counted") == "“so” twice, from 0:49 on."


def test_one_filler_is_one():
    assert AhCounter().report(facts(PUNCTUATED)).script == "I heard one filler, “um”."


def test_an_engine_that_hears_no_fillers_is_named_as_such():
    deaf = AhCounter().report(facts(COMPOST, engine="builtin"))
    assert "does not write down “um” and “uh”" in content_of(deaf, "Count")
    assert "does not write down “um” and “uh”" in deaf.script
    hearing = AhCounter().report(facts(COMPOST, engine="deepgram"))
    assert content_of(hearing, "Count") == "We heard no fillers."


def test_the_word_of_the_day_is_counted_with_its_inflections():
    said = "we polish the shelf and she polished it while polishing the boat " * 2
    result = AhCounter().report(facts(said, word_of_the_day="polish"))
    assert content_of(result, "Word of the day") == "“polish”: six times, inflections included."
    missing = AhCounter().report(facts(said, word_of_the_day="serendipity"))
    assert "not heard" in content_of(missing, "Word of the day")


def test_many_fillers_are_cut_short():
    result = AhCounter().report(facts("and um then we go on " * 20))
    lines = content_of(result, "“um”, twenty times").splitlines()
    assert len(lines) == 13
    assert lines[-1] == "And eight more."

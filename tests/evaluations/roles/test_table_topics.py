"""An answer's opening, body and close, and two questions from the speaker's own words."""

from evaluations.roles.table_topics import TableTopics
from tests.evaluations.roles.meetings import content_of, facts
from tests.evaluations.speeches import BOAT, COMPOST, INAUGURAL, PUNCTUATED


def test_a_whole_answer():
    result = TableTopics().report(facts(BOAT))
    assert "within the one to two minutes" in content_of(result, "Length")
    assert content_of(result, "Opening").startswith("It opened with a story: “when i was nine")
    assert "“last summer i lost my job”" in content_of(result, "Body")
    assert "a boat that stays in the harbour" in content_of(result, "Close")
    assert result.script.startswith("The answer had an opening, a body and a close.")


def test_what_is_missing_is_asked_for():
    result = TableTopics().report(facts(COMPOST))
    assert result.script.startswith("We heard a body; the opening and close could be made plainer.")


def test_two_questions_from_the_speakers_own_words():
    asked = [
        content_of(TableTopics().report(facts(text)), "To ask next").splitlines()
        for text in (BOAT, COMPOST, PUNCTUATED, INAUGURAL)
    ]
    assert all(len(lines) == 2 and lines[0] != lines[1] for lines in asked)
    assert all(line.endswith("?") for lines in asked for line in lines)
    assert "“boat”" in asked[0][1]
    assert "“composting”" in asked[1][1]
    assert len({line for lines in asked for line in lines}) == 8


def test_a_long_speech_is_no_answer():
    result = TableTopics().report(facts(f"{BOAT} {COMPOST} {BOAT}"))
    assert "longer than an answer" in content_of(result, "Length")

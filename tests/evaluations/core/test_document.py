"""One document of a speech, built from values."""

from evaluations.core.document import About, Given, Notice, SpeechDocument, document
from evaluations.core.metrics import clock
from evaluations.core.script import FittedScript
from evaluations.core.shapes import Evaluation, Segment, Transcript
from tests.sessions_app.kept import LINES, REPORT, evaluation, transcript

ABOUT = About(club="Anchor", title="Ten minutes early", speaker="Ada")


def told(**given) -> SpeechDocument:
    said = transcript()
    return document(ABOUT, Given(transcript=said, scripted=evaluation(said), **given))


def test_nothing_kept_is_empty() -> None:
    made = document(ABOUT, None)
    assert made.is_empty
    assert made.notice is None


def test_what_has_no_name_is_called_something() -> None:
    made = document(About(club="Anchor"), None)
    assert (made.title, made.speaker) == ("Untitled speech", "Speaker not named")


def test_a_quote_knows_its_line() -> None:
    made = told(roles=(REPORT,))
    assert made.evaluation is not None
    assert [remark.quote.line for remark in made.evaluation.remarks] == [0, len(LINES) - 1]
    assert made.reports == (REPORT.report,)
    assert made.notice is None


def test_a_moment_belongs_to_the_line_that_is_being_said() -> None:
    made = told()
    starts = [line.at for line in made.transcript]
    assert starts == [0, 6, 12, 18]
    assert [made.line_at(at) for at in (0, 5.9, 6, 13, 999)] == [0, 0, 1, 2, 3]
    late = Segment(text="Late.", start_time=3, end_time=4, is_final=True)
    before = document(ABOUT, Given(transcript=Transcript(segments=(late,))))
    assert before.line_at(1) == 0
    assert document(ABOUT, Given()).line_at(1) is None


def test_empty_segments_are_no_lines_and_do_not_shift_the_quotes() -> None:
    said = transcript()
    blank = Segment(text="  ", start_time=4.5, end_time=5, is_final=True)
    padded = Transcript(segments=(said.segments[0], blank, *said.segments[1:]))
    made = document(ABOUT, Given(transcript=padded, scripted=evaluation(said)))
    assert len(made.transcript) == len(LINES)
    assert made.evaluation is not None
    assert made.evaluation.remarks[1].quote.line == len(LINES) - 1


def test_why_there_is_no_evaluation() -> None:
    assert document(ABOUT, Given(too_short=True)).notice == Notice(
        title="Too short to evaluate.", text="An evaluation needs at least 20 words."
    )
    failed = document(ABOUT, Given(problem="The recording is gone.")).notice
    assert failed is not None
    assert failed.text == "The recording is gone."


def test_a_style_is_told_in_its_own_parts() -> None:
    said = transcript()
    plain = evaluation(said).evaluation
    items = tuple(
        {
            "type": item.type,
            "situation": "At the start",
            "behaviour": item.summary,
            "impact": "",
            "evidence_quote": item.evidence_quote,
            "evidence_timestamp": item.evidence_timestamp,
        }
        for item in plain.items
    )
    styled = Evaluation.model_validate(
        {**plain.model_dump(), "evaluation_style": "sbi", "style_items": items}
    )
    scripted = FittedScript(evaluation=styled, script="x", estimated_seconds=1)
    made = document(ABOUT, Given(transcript=said, scripted=scripted)).evaluation
    assert made is not None
    assert made.style == "Situation, behaviour, impact"
    assert [(part.label, part.text) for part in made.remarks[0].parts] == [
        ("Situation", "At the start"),
        ("Behaviour", "A question at the start"),
    ]


def test_structure_is_told_where_there_is_something_to_tell() -> None:
    made = told().evaluation
    assert made is not None
    assert [(part.label, part.text) for part in made.structure] == [
        ("Opening", "The opening asks.")
    ]


def test_clock() -> None:
    assert [clock(at) for at in (0, 59.99, 60, 3600)] == ["0:00", "0:59", "1:00", "60:00"]

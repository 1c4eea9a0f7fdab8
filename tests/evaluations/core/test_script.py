"""A script says exactly its evaluation, and is cut in the order agreed."""

from hypothesis import given
from hypothesis import strategies as st

from evaluations.core.prose import split_sentences
from evaluations.core.rendering import evaluation_text, timestamp, transcript_text
from evaluations.core.script import fit, render
from evaluations.core.shapes import Evaluation, Item, StructureCommentary
from evaluations.core.timing import estimate_seconds, spoken_word_count
from tests.evaluations.speeches import INAUGURAL, spoken


def item(number, kind):
    return Item(
        type=kind,
        summary=f"Summary {kind} {number} names the thing that was done.",
        explanation="First effect on those who listen. Second sentence adds an example to try.",
        evidence_quote=f"these are the words of {kind} {number}",
        evidence_timestamp=number,
    )


FULL = Evaluation(
    opening="Thank you, Ana. This is a second sentence of the opening.",
    items=(
        *(item(number, "commendation") for number in (1, 2, 3)),
        *(item(number, "recommendation") for number in (4, 5)),
    ),
    closing="For next time, one thing. I look forward to it.",
    structure_commentary=StructureCommentary(opening_comment="Opening.", body_comment="Body."),
    evaluation_style="classic",
    category_scores={"a": 1.0},
)


@given(st.integers(30, 600), st.floats(80, 220))
def test_what_is_shown_is_what_is_spoken(limit, rate):
    fitted = fit(FULL, limit, rate)
    assert fitted.script == render(fitted.evaluation)
    kinds = [one.type for one in fitted.evaluation.items]
    assert "commendation" in kinds
    assert "recommendation" in kinds
    assert fitted.evaluation.category_scores == FULL.category_scores
    for one in fitted.evaluation.items:
        assert one.evidence_quote in fitted.script


@given(st.floats(80, 220))
def test_a_longer_limit_never_says_less(rate):
    lengths = [len(fit(FULL, limit, rate).script) for limit in range(30, 601, 30)]
    assert lengths == sorted(lengths)


def test_cut_in_the_order_agreed():
    seen = []
    for limit in range(200, 20, -1):
        evaluation = fit(FULL, limit, 120).evaluation
        commendations = sum(one.type == "commendation" for one in evaluation.items)
        structure = evaluation.structure_commentary != StructureCommentary()
        state = (structure, commendations, len(evaluation.items) - commendations)
        if state not in seen:
            seen.append(state)
    assert seen == [(True, 3, 2), (False, 3, 2), (False, 2, 2), (False, 2, 1), (False, 1, 1)]


def test_a_quote_that_is_woven_in_is_not_said_twice():
    woven = FULL.items[0].model_copy(
        update={"summary": "You said, “these are the words of commendation 1”."}
    )
    script = render(FULL.model_copy(update={"items": (woven,)}))
    assert script.count("these are the words") == 1


def test_figures_are_counted_as_they_are_said():
    assert spoken_word_count("142 words, it's 7.5") == 4 + 1 + 1 + 3
    assert spoken_word_count("10 m² or ³") == 1 + 1 + 1 + 1
    assert estimate_seconds("one two three", 180) == 1.0


def test_a_quotation_is_one_sentence():
    text = "You said, “Stop. Look! Go?” It worked. Mr. Smith agreed."
    assert split_sentences(text) == (
        "You said, “Stop. Look! Go?”",
        "It worked.",
        "Mr. Smith agreed.",
    )


def test_text_files():
    transcript = spoken(INAUGURAL, begin=61.2)
    assert transcript_text(transcript).startswith("[01:01] and so my fellow americans")
    assert timestamp(3725) == "62:05"
    fitted = fit(FULL, 600, 150)
    text = evaluation_text(fitted.evaluation, fitted.script)
    assert fitted.script in text
    assert "[00:04] “these are the words of recommendation 4”" in text

"""What is never said is found; what the speaker said is left alone."""

import pytest

from evaluations.core.shapes import Evaluation, Item, StructureCommentary
from evaluations.core.tone import cleaned, cleaned_text, violations


@pytest.mark.parametrize(
    ("sentence", "category"),
    [
        ("You seemed nervous at the start.", "inference"),
        ("Your passion came through.", "inference"),
        ("You kept good eye contact.", "unseen"),
        ("Your gestures were open.", "unseen"),
        ("That was a terrible opening.", "punitive"),
        ("You failed to close.", "punitive"),
        ("I give this eight out of ten.", "score"),
        ("You improved by 20%.", "score"),
        ("The audience loved it.", "unfounded"),
        ("Research shows that pauses help.", "unfounded"),
        ("You may have a speech disorder.", "professional_advice"),
        ("Great job!", "empty_praise"),
        ("As an AI, I cannot hear you.", "machine"),
        ("That said, it was long.", "formula"),
        ("A good opening, but it ran long.", "formula"),
    ],
)
def test_each_category_is_found(sentence, category):
    assert category in [violation.category for violation in violations(sentence)]


def test_the_speakers_own_words_are_not_judged():
    assert violations("You said, “i was nervous and i failed, great job me”.") == []


def test_only_the_offending_sentence_goes():
    assert cleaned_text("You paused. You seemed nervous. It helped.") == "You paused. It helped."


def test_an_item_survives_on_its_explanation_and_quotes_are_untouched():
    def item(summary, explanation):
        return Item(
            type="commendation",
            summary=summary,
            explanation=explanation,
            evidence_quote="great job said my terrible boss to me",
            evidence_timestamp=1,
        )

    evaluation = Evaluation(
        opening="Great job!",
        items=(item("Well done.", "You paused. It helped."), item("Well done.", "Great job!")),
        closing="Keep it up! Thank you.",
        structure_commentary=StructureCommentary(body_comment="Awful."),
        category_scores={"a": 1.0},
    )
    result = cleaned(evaluation)
    assert result.opening == "Thank you for your speech."
    assert result.closing == "Thank you."
    assert result.structure_commentary.body_comment is None
    assert result.category_scores == {"a": 1.0}
    (kept,) = result.items
    assert (kept.summary, kept.explanation) == ("You paused.", "It helped.")
    assert kept.evidence_quote.startswith("great job")

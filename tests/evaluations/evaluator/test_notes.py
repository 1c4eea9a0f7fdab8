"""The operator's notes say which of the true findings come first, and nothing else."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from evaluations.core.evidence import grounded
from evaluations.core.metrics import measure
from evaluations.core.script import render
from evaluations.core.series import AudioSeries
from evaluations.core.shapes import Brief, Evaluation, Item, Transcript
from evaluations.core.styles import DEFINITIONS
from evaluations.core.tokens import tokenise
from evaluations.core.tone import cleaned, violations
from evaluations.evaluator.builtin.compose import compose
from tests.evaluations.speeches import BOAT, COMPOST, PUNCTUATED, spoken

BRIEF = Brief(speaker_name="Ana Ruiz")


def evaluated(said: str | Transcript, notes: str = "", style: str = "classic") -> Evaluation:
    transcript = spoken(said) if isinstance(said, str) else said
    metrics = measure(transcript, AudioSeries(transcript.words[-1].end_time + 1), {})
    brief = BRIEF.model_copy(update={"notes": notes, "style": style})
    return compose(brief, transcript, metrics, "full")


def first(evaluation: Evaluation, kind: str) -> Item:
    return next(item for item in evaluation.items if item.type == kind)


@pytest.mark.parametrize(
    ("speech", "notes", "kind", "words"),
    [
        (BOAT, "Great pace!", "commendation", "pace"),
        (BOAT, "strong opening", "commendation", "story"),
        (BOAT, "The pauses", "commendation", "silence"),
        (BOAT, "I liked the question.", "commendation", "asking"),
        (BOAT, "Lovely story, but too many ums", "recommendation", "fillers"),
        (COMPOST, "The ending came too abruptly", "recommendation", "ending"),
        (COMPOST, "missing a hook", "recommendation", "very front"),
        (COMPOST, "The transitions are hard to follow", "recommendation", "next point"),
        (PUNCTUATED, "clear signposts (organisation)", "commendation", "“second”"),
    ],
)
def test_what_a_note_is_about_comes_first(speech, notes, kind, words):
    told = first(evaluated(speech, notes), kind)
    assert words in f"{told.summary} {told.explanation}"


@pytest.mark.parametrize("notes", ["Great pace!", "The pauses", "I liked the question."])
def test_without_the_note_something_else_came_first(notes):
    before, after = evaluated(BOAT), evaluated(BOAT, notes)
    assert first(before, "commendation") != first(after, "commendation")


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        ("Loved “I polished it”.", "i polished it"),
        ('"eleven years" was moving', "eleven years"),
        ("She wrote to three people she admired, good", "wrote to three people"),
        ("nice line about the kitchen", "in the kitchen"),
        ("0:44 lovely", "last summer"),
        ("- Loved “I polished it”.\n- 9:59 nothing", "i polished it"),
    ],
)
def test_the_passage_that_a_note_means_is_quoted_first(notes, said):
    assert said in first(evaluated(BOAT, notes), "commendation").evidence_quote


def test_a_note_that_asks_for_a_change_praises_nothing():
    plain = evaluated(BOAT)
    noted = evaluated(BOAT, "“I polished it” was unclear. Too slow, could be faster.")
    assert noted == plain


def test_each_note_counts():
    noted = evaluated(BOAT, "great pace\nloved “I polished it”\nlovely question")
    praised = [item for item in noted.items if item.type == "commendation"]
    told = " ".join(f"{item.summary} {item.evidence_quote}" for item in praised)
    assert all(words in told for words in ("pace", "i polished it", "asking"))


@pytest.mark.parametrize(
    "notes",
    [
        "",
        "  \n ;; …",
        "Great eye contact and a warm smile",
        "He looked nervous, seemed afraid, failed badly. Score: 3/10",
        "She told us that penguins won the war: “penguins for ever”",
        "99:59 99:99 1:2",
        "the and a of",
    ],
)
def test_what_was_not_heard_changes_nothing(notes):
    assert evaluated(BOAT, notes) == evaluated(BOAT)


def test_doubtful_words_are_not_quoted_for_a_note():
    transcript = spoken(BOAT)
    at = [word.word for word in transcript.words].index("polished")
    words = tuple(
        word.model_copy(update={"confidence": 0.3}) if abs(index - at) < 15 else word
        for index, word in enumerate(transcript.words)
    )
    segment = transcript.segments[0].model_copy(update={"words": words})
    doubtful = transcript.model_copy(update={"segments": (segment,)})
    noted = evaluated(doubtful, "Loved “I polished it”")
    assert all("polished" not in item.evidence_quote for item in noted.items)


@pytest.mark.parametrize("style", sorted(DEFINITIONS))
def test_in_every_style(style):
    noted = evaluated(BOAT, "Loved “I polished it”, but too many ums", style)
    assert "i polished it" in first(noted, "commendation").evidence_quote
    assert grounded(noted, spoken(BOAT)) == noted
    assert violations(render(noted)) == []


_PIECES = st.sampled_from(
    [
        *BOAT.split(), "loved", "too", "much", "not", "pace", "fillers", "story", "“", "”", '"',
        "\n", ".", "0:30", "1:05", "nervous", "smiled", "gestures", "zeppelin", "great job",
        "<script>alert(1)</script>", "{quote}", "{0}", "but",
    ]
)  # fmt: skip


# Shrinking takes minutes; a failing note is short enough as it is.
@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(_PIECES, max_size=30).map(" ".join))
def test_any_note_gives_a_deliverable_evaluation_of_what_was_said(notes):
    transcript = spoken(BOAT)
    noted = evaluated(transcript, notes)
    assert grounded(noted, transcript) == noted
    assert cleaned(noted) == noted
    told = render(noted)
    assert violations(told) == []
    assert not {"zeppelin", "script", "nervous", "gestures"} & set(tokenise(told))
    assert "{" not in told

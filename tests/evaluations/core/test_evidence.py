"""No quote passes that was not said; every quote passes that was."""

from hypothesis import given
from hypothesis import strategies as st

from evaluations.core.alignment import spoken_words
from evaluations.core.evidence import (
    Occurrence,
    check_item,
    filled_up,
    find_quote,
    grounded,
    quote_text,
)
from evaluations.core.shapes import Evaluation, Item, StructureCommentary
from evaluations.core.tokens import tokenise
from tests.evaluations.speeches import BOAT, spoken

WORDS = spoken_words(spoken(BOAT))
TOKENS = tuple(token for word in WORDS for token in tokenise(word.word))


def item(quote, at=0.0, kind="commendation"):
    return Item(
        type=kind, summary="S.", explanation="E.", evidence_quote=quote, evidence_timestamp=at
    )


def contiguous(quote, tokens):
    wanted = tokenise(quote)
    return any(tokens[at : at + len(wanted)] == wanted for at in range(len(tokens)))


@given(st.lists(st.sampled_from(TOKENS), max_size=18), st.floats(0, 120))
def test_what_passes_stands_whole_in_the_transcript(tokens, at):
    checked = check_item(item(" ".join(tokens), at), WORDS)
    if checked is not None:
        assert 6 <= len(tokens) <= 15
        assert contiguous(checked.evidence_quote, TOKENS)
        assert abs(checked.evidence_timestamp - at) <= 20.01


@given(st.integers(0, len(WORDS) - 6), st.integers(6, 15), st.floats(-20, 20))
def test_what_was_said_passes_and_gets_its_own_time(first, length, away):
    run = WORDS[first : first + length]
    quote = " ".join(word.word for word in run)
    found = find_quote(quote, WORDS, max(0.0, run[0].start_time + away * 0.999))
    assert found is not None
    assert tokenise(quote) == tuple(
        token for word in WORDS[found.first : found.last] for token in tokenise(word.word)
    )


def test_case_punctuation_and_typography_do_not_matter():
    words = spoken_words(spoken("It’s not about SPEED—it's about leaving early, my friends."))
    assert find_quote("its not about speed, it’s about leaving", words, 0)
    assert find_quote("it is not about speed it is about", words, 0) is None


def test_other_scripts_are_kept():
    words = spoken_words(spoken("сегодня я хочу рассказать вам одну историю"))
    assert find_quote("Сегодня, я хочу рассказать вам одну", words, 0)
    assert find_quote("завтра я хочу рассказать вам одну", words, 0) is None


def test_the_occurrence_nearest_to_the_claim_is_taken():
    quote = "a boat that stays in the harbour is safe"
    early = find_quote(quote, WORDS, 5)
    late = find_quote(quote, WORDS, 90)
    assert early is not None
    assert late is not None
    assert late.start - early.start > 20
    assert find_quote(quote, WORDS, (early.start + late.start) / 2) is None


def test_only_what_passed_is_kept_and_no_other_field_is_lost():
    good = item("my grandmother gave me a small wooden boat", 10)
    styled = {"situation": "x", "evidence_quote": good.evidence_quote, "evidence_timestamp": 9.0}
    evaluation = Evaluation(
        opening="O.",
        items=(good, item("my grandmother gave me a small wooden house", 10)),
        closing="C.",
        structure_commentary=StructureCommentary(opening_comment="X."),
        evaluation_style="sbi",
        style_items=(styled, {**styled, "evidence_quote": "never said at all by anyone here"}),
        category_scores={"structure": 1.0},
    )
    kept = grounded(evaluation, spoken(BOAT))
    assert [one.evidence_quote for one in kept.items] == [good.evidence_quote]
    assert kept.style_items is not None
    assert len(kept.style_items) == 1
    untouched = {"items", "style_items"}
    assert kept.model_dump(exclude=untouched) == evaluation.model_dump(exclude=untouched)


def test_filling_up_adds_what_is_missing_and_no_more():
    mine = item("my grandmother gave me a small wooden boat", 10)
    spare = (
        item("MY grandmother gave me a small wooden boat", 10),
        item("i sat in the kitchen and i looked", 50),
        item("i once more sat in the kitchen", 50),
        item("there was the boat so i did something", 50, "recommendation"),
    )
    base = Evaluation(opening="O.", items=(mine,), closing="C.")
    full = filled_up(base, base.model_copy(update={"items": spare}))
    assert full.items == (mine, spare[1], spare[3])


def test_quotation_marks_in_a_quote_do_not_end_it_and_it_still_passes():
    words = spoken_words(spoken('she said “never again” and "left" the house for good'))
    quote = quote_text(words, Occurrence(0, len(words), words[0].start_time))
    assert quote == "she said never again and left the house for good"
    assert find_quote(quote, words, 0) is not None

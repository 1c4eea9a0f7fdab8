"""Every style tells the same findings in its own fields, and keeps every rule of the others."""

import re
from functools import lru_cache

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from evaluations.core.evidence import filled_up, grounded, is_enough
from evaluations.core.metrics import measure
from evaluations.core.rendering import evaluation_text
from evaluations.core.script import fit, render
from evaluations.core.series import AudioSeries
from evaluations.core.shapes import Brief, ProjectContext
from evaluations.core.styles import CLASSIC, DEFINITIONS, STYLES, style_of
from evaluations.core.styling import base_item, in_step, labelled
from evaluations.core.summary import form_of
from evaluations.core.tone import cleaned, violations
from evaluations.evaluator.builtin import BuiltinEvaluator
from tests.evaluations.speeches import BOAT, COMPOST, INAUGURAL, PUNCTUATED, spoken

SPEECHES = (BOAT, COMPOST, PUNCTUATED, INAUGURAL)
STYLED = tuple(style for style in STYLES if style != CLASSIC)
WORDS = sorted({word for text in SPEECHES for word in text.split() if word[0] != "["})
ODD = ["<b>bold</b>", "“quoted”", 'so"', "great", "job", "{quote}", "…", "you", "seemed", "nervous"]
ANY_WORD = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(ODD),
    st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=8).filter(
        lambda text: not text.startswith("[")
    ),
)


@lru_cache
def measured(text, confidence):
    transcript = spoken(text, confidence)
    return transcript, measure(transcript, AudioSeries(transcript.words[-1].end_time + 1), {})


async def evaluated(text, style, limit=120, objectives=(), confidence=0.8):
    transcript, metrics = measured(text, confidence)
    brief = Brief(
        speaker_name="Ana Ruiz",
        style=style,
        time_limit_seconds=limit,
        project=ProjectContext(objectives=objectives),
    )
    return transcript, await BuiltinEvaluator().evaluate(brief, transcript, metrics)


def assert_deliverable(evaluation, transcript):
    style = style_of(evaluation.evaluation_style)
    assert grounded(evaluation, transcript) == evaluation
    assert cleaned(evaluation) == evaluation
    assert violations(render(evaluation)) == []
    assert is_enough(evaluation, short=form_of(transcript) == "short")
    assert in_step(evaluation) == evaluation
    for item, told in zip(evaluation.items, evaluation.style_items, strict=True):
        assert base_item(style, told) == item
        assert set(told) - {field.name for field in style.fields} == {
            "type",
            "evidence_quote",
            "evidence_timestamp",
        }


@pytest.mark.parametrize("style", STYLED)
@pytest.mark.parametrize("text", SPEECHES)
async def test_every_style_is_deliverable(style, text):
    transcript, evaluation = await evaluated(text, style)
    assert evaluation.evaluation_style == style
    assert_deliverable(evaluation, transcript)
    assert not re.search(r"[{}<>*_#]|“”", render(evaluation))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("limit", [30, 60])
@pytest.mark.parametrize("text", [BOAT, PUNCTUATED])
async def test_every_style_fits_every_limit(style, limit, text):
    _, evaluation = await evaluated(text, style, limit)
    for rate in (145, 175):
        fitted = fit(evaluation, limit, rate)
        assert fitted.estimated_seconds <= limit
        assert fitted.script == render(fitted.evaluation)
        for item in fitted.evaluation.items:
            assert item.evidence_quote.rstrip(".,;:") in fitted.script


@pytest.mark.parametrize("style", STYLED)
async def test_a_style_keeps_its_essential_fields_when_time_is_short(style):
    _, evaluation = await evaluated(BOAT, style, 30)
    definition = style_of(style)
    essential = {field.name for field in definition.fields} - set(definition.spare)
    for item in fit(evaluation, 30, 145).evaluation.style_items or ():
        assert essential <= set(item)


@pytest.mark.parametrize("style", STYLED)
async def test_what_is_shown_is_what_is_spoken(style):
    _, evaluation = await evaluated(COMPOST, style)
    fitted = fit(evaluation, 75, 150)
    text = evaluation_text(fitted.evaluation, fitted.script)
    definition = style_of(style)
    assert text.startswith(f"Evaluation: {definition.name}\n")
    for item in fitted.evaluation.style_items or ():
        for label, told in labelled(definition, item):
            assert told in fitted.script
            assert f"{label}: {told}" in text


@pytest.mark.parametrize("style", STYLED)
async def test_different_speeches_are_told_differently(style):
    told = [(await evaluated(text, style))[1].items for text in SPEECHES]
    summaries = [{item.explanation for item in items} for items in told]
    assert not set.intersection(*summaries)
    assert len({tuple(items) for items in told}) == len(SPEECHES)


async def test_styles_differ_from_each_other():
    scripts = {render((await evaluated(BOAT, style))[1]) for style in STYLES}
    assert len(scripts) == len(STYLES)


async def test_classic_has_no_items_but_the_base_ones():
    _, evaluation = await evaluated(BOAT, CLASSIC)
    assert evaluation.style_items is None


async def test_socratic_asks():
    _, evaluation = await evaluated(BOAT, "socratic")
    for item in evaluation.style_items:
        assert item["notice"].endswith("?")
        assert item["explore"].endswith("?")
        assert item["next"].endswith("?")


async def test_comparative_measures_the_weaker_moment_against_the_strongest():
    _, evaluation = await evaluated(BOAT, "comparative")
    moments = [item["moment"] for item in evaluation.style_items]
    assert moments[0].startswith("Your strongest moment")
    assert moments[-1].startswith("The moment with the most to gain")
    assert "at your strongest moment it was 1" in evaluation.style_items[-1]["comparison"]


async def test_holistic_looks_at_different_sides():
    _, evaluation = await evaluated(BOAT, "holistic")
    areas = [item["area"] for item in evaluation.style_items]
    assert len(set(areas)) == len(areas) == 4


async def test_micro_focus_goes_into_one_thing():
    _, evaluation = await evaluated(BOAT, "micro_focus")
    (focused,) = [item for item in evaluation.style_items if item["type"] == "recommendation"]
    assert set(focused) >= {"focus", "close_up", "reason", "practice", "check"}
    assert "ten words in three seconds" in focused["close_up"]


async def test_an_objective_is_taken_up():
    for style in STYLED:
        _, evaluation = await evaluated(BOAT, style, objectives=("Tell a personal story",))
        assert "“Tell a personal story”" in render(evaluation)


async def test_an_unknown_style_is_refused_by_name():
    with pytest.raises(ValueError, match=r"Invalid evaluation style “haiku”.*classic.*micro_focus"):
        await evaluated(BOAT, "haiku")


def test_every_definition_is_whole():
    for style in DEFINITIONS.values():
        names = [field.name for field in style.fields]
        assert len(set(names)) == len(names)
        assert set(style.spare) < set(names) or style.id == CLASSIC
        assert style.description.endswith(".")


async def test_style_items_are_filled_up_with_their_own():
    _, whole = await evaluated(BOAT, "sbi")
    thinned = whole.model_copy(
        update={"items": whole.items[:1], "style_items": whole.style_items[:1]}
    )
    full = filled_up(thinned, whole)
    assert is_enough(full)
    assert in_step(full) == full
    assert [item["evidence_quote"] for item in full.style_items or ()] == [
        item.evidence_quote for item in full.items
    ]


async def test_a_draft_without_style_items_is_filled_up_in_the_base_shape():
    _, styled = await evaluated(BOAT, "sbi")
    _, plain = await evaluated(BOAT, CLASSIC)
    draft = plain.model_copy(update={"items": plain.items[:1], "evaluation_style": "sbi"})
    full = filled_up(draft, styled)
    assert is_enough(full)
    assert draft.items[0] in full.items
    assert full.style_items is None


async def test_style_items_that_cannot_be_told_go():
    _, evaluation = await evaluated(BOAT, "sbi")
    hollow = {"evidence_quote": "a", "evidence_timestamp": 1.0, "type": "commendation"}
    mixed = evaluation.model_copy(update={"style_items": (hollow, *evaluation.style_items)})
    assert in_step(mixed) == evaluation
    empty = evaluation.model_copy(update={"style_items": (hollow,)})
    assert in_step(empty).items == evaluation.items
    assert in_step(empty).style_items is None


@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    st.lists(ANY_WORD, min_size=20, max_size=80),
    st.floats(0.2, 1),
    st.sampled_from(STYLED),
    st.integers(45, 600),
)
async def test_any_words_in_any_style_are_deliverable(pieces, confidence, style, limit):
    text = " ".join(pieces) + " end"
    if form_of(spoken(text)) == "none":
        return
    transcript, evaluation = await evaluated(text, style, limit, confidence=confidence)
    assert_deliverable(evaluation, transcript)
    assert fit(evaluation, limit, 145).estimated_seconds <= limit
    _, again = await evaluated(text, style, limit, confidence=confidence)
    assert again == evaluation

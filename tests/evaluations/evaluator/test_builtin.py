"""The built-in evaluator says what it found, quotes what was said, and nothing else."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from evaluations.core.evidence import grounded, is_enough
from evaluations.core.metrics import measure
from evaluations.core.script import fit, render
from evaluations.core.series import AudioSeries
from evaluations.core.shapes import Brief, ProjectContext
from evaluations.core.summary import form_of
from evaluations.core.tone import cleaned, violations
from evaluations.evaluator.builtin import BuiltinEvaluator
from speechcoach.errors import ProviderError, Reason
from tests.evaluations.speeches import BOAT, COMPOST, INAUGURAL, PUNCTUATED, spoken

BRIEF = Brief(speaker_name="Ana Ruiz")
WORDS = sorted(set(BOAT.split()) | set(COMPOST.split()) | set(PUNCTUATED.split()))


async def evaluated(transcript, brief=BRIEF):
    metrics = measure(transcript, AudioSeries(transcript.words[-1].end_time + 1), {})
    return await BuiltinEvaluator().evaluate(brief, transcript, metrics)


def assert_deliverable(evaluation, transcript):
    assert grounded(evaluation, transcript) == evaluation
    assert violations(render(evaluation)) == []
    assert cleaned(evaluation) == evaluation
    assert is_enough(evaluation, short=form_of(transcript) == "short")
    assert "{" not in render(evaluation)
    assert "“”" not in render(evaluation)


@pytest.mark.parametrize("text", [BOAT, COMPOST, PUNCTUATED, INAUGURAL])
async def test_every_remark_stands_on_what_was_said(text):
    transcript = spoken(text)
    evaluation = await evaluated(transcript)
    assert_deliverable(evaluation, transcript)
    quotes = [item.evidence_quote for item in evaluation.items]
    assert len(set(quotes)) == len(quotes)


@pytest.mark.parametrize("text", [BOAT, COMPOST, PUNCTUATED, INAUGURAL])
@pytest.mark.parametrize("limit", [30, 45, 60, 90, 120, 300, 600])
@pytest.mark.parametrize("rate", [145, 175])
async def test_fits_every_limit(text, limit, rate):
    brief = BRIEF.model_copy(update={"time_limit_seconds": limit})
    fitted = fit(await evaluated(spoken(text), brief), limit, rate)
    assert fitted.estimated_seconds <= limit


async def test_same_speech_same_remarks():
    first, second = [await evaluated(spoken(BOAT)) for _ in range(2)]
    assert first.model_dump_json() == second.model_dump_json()


async def test_different_speeches_get_different_remarks():
    said = [
        {item.summary for item in (await evaluated(spoken(text))).items}
        for text in (BOAT, COMPOST, PUNCTUATED, INAUGURAL)
    ]
    assert not said[0] & said[1] | said[0] & said[2] | said[1] & said[2] | said[0] & said[3]


async def test_short_form_is_one_of_each():
    evaluation = await evaluated(spoken(INAUGURAL))
    assert [item.type for item in evaluation.items] == ["commendation", "recommendation"]
    assert "“ask”" in evaluation.items[0].summary


async def test_a_story_and_fillers_are_found():
    evaluation = await evaluated(spoken(BOAT))
    assert any("story" in item.summary or "moment" in item.summary for item in evaluation.items)
    assert any("“um”" in item.summary for item in evaluation.items)


async def test_title_and_objective_are_taken_up():
    project = ProjectContext(speech_title="The Boat", objectives=("Tell a personal story",))
    evaluation = await evaluated(spoken(BOAT), BRIEF.model_copy(update={"project": project}))
    assert "“The Boat”" in evaluation.opening
    assert "“Tell a personal story”" in render(evaluation)


async def test_a_poor_recording_claims_less_and_says_so():
    transcript = spoken(BOAT, confidence=0.4)
    evaluation = await evaluated(transcript)
    assert_deliverable(evaluation, transcript)
    assert "hard to hear" in evaluation.opening
    assert [item.type for item in evaluation.items].count("commendation") == 2
    assert [item.type for item in evaluation.items].count("recommendation") == 1


async def test_words_heard_surely_are_quoted_where_they_will_do():
    transcript = spoken(BOAT)
    words = transcript.words
    unsure = tuple(
        word.model_copy(update={"confidence": 0.3 if index % 2 and index < 120 else 0.9})
        for index, word in enumerate(words)
    )
    segment = transcript.segments[0].model_copy(update={"words": unsure})
    evaluation = await evaluated(transcript.model_copy(update={"segments": (segment,)}))
    times = {word.start_time: index for index, word in enumerate(words)}
    for item in evaluation.items:
        first = times[min(times, key=lambda time: abs(time - item.evidence_timestamp))]
        run = unsure[first : first + len(item.evidence_quote.split())]
        assert sum(word.confidence for word in run) / len(run) >= 0.6


async def test_too_few_words_are_a_clear_signal():
    with pytest.raises(ProviderError) as refusal:
        await evaluated(spoken("only these few words were said"))
    assert refusal.value.reason is Reason.BAD_INPUT


# A failing speech is shrunk word by word, which takes minutes; it is short enough as it is.
@settings(
    max_examples=30,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    st.lists(st.sampled_from(WORDS), min_size=20, max_size=120),
    st.floats(0.2, 1),
    st.sampled_from(["", "Ana", "Great Job Smith"]),
    st.lists(st.sampled_from(["Use pauses", "Great job with stories"]), max_size=3),
)
async def test_any_words_give_a_deliverable_evaluation(pieces, confidence, name, objectives):
    transcript = spoken(" ".join(pieces) + " end", confidence)
    if form_of(transcript) == "none":
        return
    brief = Brief(speaker_name=name, project=ProjectContext(objectives=tuple(objectives)))
    assert_deliverable(await evaluated(transcript, brief), transcript)

"""What every ``Evaluator`` and every ``Synthesizer`` must do, whoever stands behind it."""

import asyncio

import pytest

from evaluations.billing import Bill
from evaluations.core.evidence import grounded, is_enough
from evaluations.core.metrics import measure
from evaluations.core.series import AudioSeries
from evaluations.core.shapes import Brief
from evaluations.core.styles import STYLES
from evaluations.core.styling import in_step
from evaluations.core.summary import form_of
from evaluations.evaluator import Allowance, Objection
from evaluations.evaluator.builtin import BuiltinEvaluator
from evaluations.speech.builtin.espeak_process import EspeakSynthesizer
from speechcoach.errors import ProviderError, Reason
from tests.evaluations.openai_engines import evaluator as openai_evaluator
from tests.evaluations.openai_engines import synthesizer as openai_synthesizer
from tests.evaluations.speeches import BOAT, INAUGURAL, spoken
from tests.fakes import openai_server as fakes

SCRIPT = "Thank you, Mary. That line gave the room a place to stand. For next time, slow down."


@pytest.fixture
def fake():
    with fakes.openai_server() as running:
        yield running


@pytest.fixture(params=["builtin", "openai", "compatible"])
def evaluator(request, fake):
    match request.param:
        case "builtin":
            return BuiltinEvaluator()
        case "openai":
            return openai_evaluator(fake)
    fake.answers("/v1/responses", fakes.status(404))
    return openai_evaluator(fake, model="somebodys-own-model")


def question(text: str, style: str = "classic"):
    transcript = spoken(text)
    metrics = measure(transcript, AudioSeries(transcript.words[-1].end_time + 1), {})
    return Brief(speaker_name="Ana", style=style), transcript, metrics


class TestEvaluators:
    @pytest.mark.parametrize("text", [BOAT, INAUGURAL])
    @pytest.mark.parametrize("style", [STYLES[0], STYLES[1]])
    async def test_a_draft_has_the_full_shape(self, evaluator, text, style):
        brief, transcript, metrics = question(text, style)
        draft = await evaluator.evaluate(brief, transcript, metrics, Allowance())
        # Times are set by the check: a vendor may be some seconds off.
        assert len(grounded(draft, transcript).items) == len(draft.items)
        assert is_enough(draft, short=form_of(transcript) == "short")
        assert in_step(draft) == draft
        assert draft.evaluation_style == style
        assert draft.opening
        assert draft.closing

    async def test_a_revision_has_it_too(self, evaluator):
        brief, transcript, metrics = question(BOAT)
        draft = await evaluator.evaluate(brief, transcript, metrics)
        objections = [Objection(draft.items[0].summary, "Say it otherwise.")]
        revised = await evaluator.revise(brief, transcript, metrics, draft, objections)
        assert is_enough(revised)

    async def test_too_few_words_are_refused(self, evaluator):
        with pytest.raises(ProviderError) as refused:
            await evaluator.evaluate(*question("only a few words"))
        assert refused.value.reason is Reason.BAD_INPUT

    async def test_a_style_that_is_none_is_an_error(self, evaluator):
        with pytest.raises(ValueError, match="Invalid evaluation style"):
            await evaluator.evaluate(*question(BOAT, "interpretive_dance"))

    async def test_it_may_be_given_up(self, evaluator):
        asked = asyncio.create_task(evaluator.evaluate(*question(BOAT)))
        await asyncio.sleep(0)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

    def test_its_name_fits_the_row(self, evaluator):
        assert 0 < len(evaluator.name) <= 60


@pytest.fixture(params=["builtin", "openai"])
def voice(request, fake):
    return EspeakSynthesizer() if request.param == "builtin" else openai_synthesizer(fake)


class TestSynthesizers:
    async def test_sound_comes_in_pieces_of_even_length(self, voice):
        pieces = [piece async for piece in voice.synthesize(SCRIPT, Bill())]
        assert len(pieces) > 1
        assert all(piece and len(piece) % 2 == 0 for piece in pieces)
        minutes = sum(map(len, pieces)) / 2 / voice.sample_rate / 60
        assert len(SCRIPT.split()) / minutes == pytest.approx(voice.words_per_minute, rel=0.2)

    async def test_nothing_to_say_is_no_sound(self, voice):
        assert [piece async for piece in voice.synthesize(" \n")] == []

    async def test_no_bill_is_needed_and_it_may_be_given_up(self, voice):
        stream = voice.synthesize(SCRIPT)
        assert await anext(stream)
        await stream.aclose()

    def test_its_name_fits_the_row(self, voice):
        assert 0 < len(voice.name) <= 60

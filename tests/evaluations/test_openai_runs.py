"""Whole runs with OpenAI: whatever fails, an evaluation of full shape with checked quotes is ready
within its deadline, nothing is paid for twice, and the row says who served."""

import json
import logging
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from evaluations import claims, outputs
from evaluations.billing import Charge
from evaluations.core import evidence
from evaluations.drafting import GRACE_SECONDS
from evaluations.evaluator.builtin import BuiltinEvaluator
from evaluations.models import Run, StageResult
from evaluations.pipeline import EVALUATION_SECONDS
from evaluations.speaking import VOICE_SECONDS
from tests.evaluations.openai_engines import evaluator, synthesizer
from tests.evaluations.runs import HumSynthesizer, ScriptSource, carry, engines
from tests.fakes import openai_server as fakes
from tests.virtual_clock import VirtualClock

pytestmark = pytest.mark.django_db

RESPONSES, SPEECH = "/v1/responses", "/v1/audio/speech"
DRAFTER, VOICE = "openai:gpt-5.4-mini", "openai:gpt-4o-mini-tts:coral"
INVENTED = "Words that nobody in the whole room has said"


@pytest.fixture
def fake():
    with fakes.openai_server() as running:
        yield running


@pytest.fixture
def clock(fake):
    clock = VirtualClock(skip=8)
    fake.on_hang = lambda: clock.advance(6)
    return clock


def openai(fake, clock):
    return engines(
        evaluator=evaluator(fake, clock=clock),
        synthesizer=synthesizer(fake, clock),
        spare_voice=HumSynthesizer(name="builtin:hum"),
        clock=clock,
    )


def served(run: Run) -> dict[str, str]:
    return outputs.engines_of(run)


def assert_deliverable(run: Run) -> None:
    assert run.status == Run.Status.READY
    scripted, transcript = outputs.scripted_of(run), outputs.transcript_of(run)
    assert scripted is not None
    assert transcript is not None
    evaluation = scripted.evaluation
    assert evidence.grounded(evaluation, transcript) == evaluation
    assert evidence.is_enough(evaluation)
    assert evaluation.opening
    assert evaluation.closing
    assert outputs.sound_of(run) is not None
    assert {file.name for file in outputs.files_of(run)} >= {
        "evaluation.txt",
        "evaluation_audio.mp3",
        "metrics.json",
        "transcript.txt",
    }


def test_openai_drafts_and_speaks(run, fake, clock):
    carry(run, openai(fake, clock))
    assert_deliverable(run)
    assert served(run)["draft"] == DRAFTER
    assert served(run)["speech"] == VOICE
    scripted = outputs.scripted_of(run)
    assert scripted is not None
    assert "We noted" in scripted.script
    assert fake.billed == [RESPONSES, SPEECH]


def test_the_row_holds_the_bill(run, fake, clock):
    carry(run, openai(fake, clock))
    draft = StageResult.objects.get(run=run, stage="draft")
    assert draft.cost_usd == Decimal("0.003750")
    (charge,) = (Charge.model_validate(one) for one in draft.charges)
    assert charge.request_id == "req_1"
    assert charge.prompt.startswith("evaluate-")
    assert StageResult.objects.get(run=run, stage="speech").cost_usd > 0
    assert StageResult.objects.get(run=run, stage="metrics").cost_usd == 0


def test_so_does_that_of_a_transcript(run, fake, clock):
    class Vendors(ScriptSource):
        async def transcribe(self, recording, bill):
            bill.add(Charge(vendor="openai", model="whisper-1", cost_usd=Decimal("0.0125")))
            return await super().transcribe(recording, bill)

    carry(run, replace(openai(fake, clock), source=Vendors()))
    result = StageResult.objects.get(run=run, stage="transcript")
    assert result.cost_usd == Decimal("0.0125")
    (charge,) = (Charge.model_validate(one) for one in result.charges)
    assert charge.model == "whisper-1"


def invent(answer, _request):
    answer["items"][0]["evidence_quote"] = INVENTED


def toneless(answer, _request):
    answer["items"][0]["explanation"] = "You seemed nervous, and you failed. Great job!"


FAILURES = {
    "401": fakes.status(401),
    "429": fakes.status(429, retry_after="3"),
    "429 for long": fakes.status(429, retry_after="600"),
    "quota": fakes.status(429, "insufficient_quota"),
    "500": fakes.status(500),
    "hang": fakes.hang(),
    "drip": fakes.drip(),
    "no json": fakes.not_json(),
    "wrong schema": fakes.wrong_schema(),
    "refusal": fakes.refusal(),
    "not an api": fakes.garbage(),
}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("stage", ["draft", "evidence", "tone"])
def test_a_failing_evaluator(run, fake, clock, stage, failure):
    before = {
        "draft": [],
        "evidence": [fakes.drafted(invent)],
        "tone": [fakes.drafted(toneless)],
    }[stage]
    fake.answers(RESPONSES, *before, FAILURES[failure])
    began = clock.now()
    carry(run, openai(fake, clock))
    assert clock.now() - began <= EVALUATION_SECONDS + GRACE_SECONDS + 6 + VOICE_SECONDS
    assert_deliverable(run)
    assert served(run)["draft"] == ("builtin" if stage == "draft" else DRAFTER)
    assert served(run)["speech"] == VOICE
    scripted = outputs.scripted_of(run)
    assert scripted is not None
    assert INVENTED not in scripted.script
    assert "nervous" not in scripted.script
    # At most one answer was paid for at each stage, whatever it was worth.
    assert fake.billed.count(RESPONSES) <= len(before) + 1


@pytest.mark.parametrize(
    "failure",
    [
        *[name for name in FAILURES if name not in {"no json", "wrong schema", "refusal"}],
        "cut off",
        "no sound",
        "json as sound",
    ],
)
def test_a_failing_voice(run, fake, clock, failure):
    replies = {
        **FAILURES,
        "cut off": fakes.spoken(stop_after=2.0),
        "no sound": fakes.sound(b""),
        "json as sound": fakes.sound(b'{"detail": "no such voice"}', "application/json"),
        "not an api": fakes.sound(b"<html>Welcome</html>" * 40, "text/html"),
    }
    fake.answers(SPEECH, replies[failure])
    carry(run, openai(fake, clock))
    assert_deliverable(run)
    assert served(run) | {"draft": DRAFTER, "speech": "builtin:hum"} == served(run)
    sound, scripted = outputs.sound_of(run), outputs.scripted_of(run)
    assert sound is not None
    assert scripted is not None
    # All of it by one voice: as long as the built-in one takes for the whole script.
    assert sound.seconds == pytest.approx(len(scripted.script.split()) / 150 * 60, rel=0.01)
    assert fake.billed.count(SPEECH) <= 1


def test_a_voice_that_is_too_slow_speaks_a_shorter_script(run, fake, clock):
    run.request["brief"]["time_limit_seconds"] = 60
    run.save()
    fake.answers(SPEECH, fakes.spoken(slower=1.4))
    carry(run, openai(fake, clock))
    assert_deliverable(run)
    sound = outputs.sound_of(run)
    assert sound is not None
    assert sound.seconds <= 60
    texts = [request.body["input"] for request in fake.calls(SPEECH)]
    scripted = outputs.scripted_of(run)
    assert scripted is not None
    assert " ".join(scripted.script.split()) == texts[-1]


def test_a_rejected_quote_goes_back_once(run, fake, clock):
    fake.answers(RESPONSES, fakes.drafted(invent), fakes.drafted())
    carry(run, openai(fake, clock))
    assert_deliverable(run)
    assert served(run)["evidence"] == DRAFTER
    first, second = fake.calls(RESPONSES)
    assert len(first.messages) == 2
    assert INVENTED in second.messages[-1]["content"]
    charges = StageResult.objects.get(run=run, stage="evidence").charges
    assert [charge["prompt"].split("-")[0] for charge in charges] == ["revise"]


def test_what_is_invented_again_is_dropped(run, fake, clock):
    fake.answers(RESPONSES, fakes.drafted(invent))
    carry(run, openai(fake, clock))
    assert_deliverable(run)
    assert len(fake.calls(RESPONSES)) == 2


def test_when_all_is_invented_the_built_in_evaluator_fills_up(run, fake, clock):
    def all_invented(answer, _request):
        for item in answer["items"]:
            item["evidence_quote"] = INVENTED

    fake.answers(RESPONSES, fakes.drafted(all_invented))
    carry(run, openai(fake, clock))
    assert_deliverable(run)
    assert (served(run)["draft"], served(run)["evidence"]) == (DRAFTER, "builtin")


def test_a_sentence_in_the_wrong_tone_goes_back_once(run, fake, clock):
    fake.answers(RESPONSES, fakes.drafted(toneless), fakes.drafted())
    carry(run, openai(fake, clock))
    assert_deliverable(run)
    assert served(run)["tone"] == DRAFTER
    objections = json.loads(fake.calls(RESPONSES)[1].messages[-1]["content"].rpartition("\n\n")[2])
    assert {objection["why"].split(",")[0] for objection in objections} == {"Tone"}


def test_a_draft_goes_back_once_and_not_once_for_each_check(run, fake, clock):
    fake.answers(RESPONSES, fakes.drafted(invent), fakes.drafted(toneless))
    carry(run, openai(fake, clock))
    assert_deliverable(run)
    assert len(fake.calls(RESPONSES)) == 2


def test_words_put_into_the_speakers_mouth_go(run, fake, clock):
    """In quotation marks the tone rules do not look, so nothing may stand there but the speech."""

    def misquote(answer, _request):
        answer["closing"] = "You told us: “I was so nervous that I failed”. Keep one pause longer."

    fake.answers(RESPONSES, fakes.drafted(misquote))
    carry(run, openai(fake, clock))
    scripted = outputs.scripted_of(run)
    assert scripted is not None
    assert scripted.evaluation.closing == "Keep one pause longer."


def test_a_second_attempt_asks_nothing_that_is_stored(run, fake, clock):
    """The worker dies while the evaluation is spoken; another one goes on."""

    class Dying(HumSynthesizer):
        async def synthesize(self, script, bill=None):
            if script:
                raise KeyboardInterrupt
            yield b""

    dying = openai(fake, clock)
    with pytest.raises(KeyboardInterrupt):
        carry(run, engines(evaluator=dying.evaluator, synthesizer=Dying(), clock=clock))
    assert fake.billed == [RESPONSES]
    assert claims.take_back(Run.objects.get(pk=run.pk), timezone.now())
    carry(run, openai(fake, clock))
    assert_deliverable(run)
    assert fake.billed == [RESPONSES, SPEECH]


def test_a_run_that_is_late_is_drafted_without_asking(run, fake, clock):
    """As after the death of a worker: what is left of the 45 s counts from Stop."""
    old = run.asked_at - timedelta(seconds=EVALUATION_SECONDS + 1)
    Run.objects.filter(pk=run.pk).update(asked_at=old)
    carry(run, openai(fake, clock))
    assert_deliverable(run)
    assert served(run)["draft"] == "builtin"
    assert not fake.calls(RESPONSES)


@pytest.mark.parametrize("failure", ["none", *FAILURES])
def test_nothing_that_was_said_or_is_secret_is_logged(run, fake, clock, caplog, failure):
    """At the most talkative level, and in what errors hold."""
    caplog.set_level(logging.DEBUG)
    if failure != "none":
        fake.answers(RESPONSES, FAILURES[failure]).answers(SPEECH, FAILURES[failure])
    carry(run, openai(fake, clock))
    logged = "\n".join(
        f"{record.getMessage()} {record.exc_text} {record.__dict__}" for record in caplog.records
    )
    assert ("gave nothing reason=" in logged) is (failure != "none")
    for canary in (fakes.KEY, "quibblestone", "shoe in my hand", "Bearer", "We noted"):
        assert canary not in logged


def test_the_built_in_engines_alone_ask_nobody(run, fake):
    carry(run, engines(evaluator=BuiltinEvaluator()))
    assert run.status == Run.Status.READY
    assert not fake.requests


def test_the_page_of_the_speech_names_the_engines_that_served(run, fake, clock, cast):
    fake.answers(SPEECH, fakes.status(500))
    carry(run, openai(fake, clock))
    outputs.keep(run)
    client = Client()
    client.force_login(cast.owner)
    page = client.get(f"/clubs/{cast.club.slug}/sessions/{run.speech_id}/").content.decode()
    assert f"scripted (transcript), {DRAFTER} (evaluation), builtin:hum (voice)" in page

"""Runs: stages in order, results kept, attempts counted, moved-on speeches left alone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from clubs.models import DailyUsage
from evaluations import claims, outputs, queueing, runner
from evaluations.billing import Charge
from evaluations.core import evidence
from evaluations.evaluator.builtin import BuiltinEvaluator
from evaluations.models import Output, Run, StageResult
from evaluations.pipeline import STAGES, RunRequest
from speechcoach.errors import ProviderError, Reason
from tests.evaluations.runs import LINES, HumSynthesizer, ScriptSource, carry, engines

pytestmark = pytest.mark.django_db
GONE = ProviderError(Reason.BAD_INPUT, "The recording is no longer there.")


def test_every_stage_leaves_its_result_and_every_file_is_there(run):
    carry(run, engines())
    assert run.status == Run.Status.READY
    assert [r.stage for r in StageResult.objects.filter(run=run).order_by("pk")] == [
        stage.name for stage in STAGES
    ]
    assert {file.name for file in outputs.files_of(run)} == {
        "consent.json",
        "evaluation.txt",
        "evaluation_audio.mp3",
        "metrics.json",
        "transcript.txt",
    }


def test_every_quote_stands_in_the_transcript(run):
    carry(run, engines())
    scripted, transcript = outputs.scripted_of(run), outputs.transcript_of(run)
    assert scripted is not None
    assert transcript is not None
    assert evidence.grounded(scripted.evaluation, transcript) == scripted.evaluation
    assert evidence.is_enough(scripted.evaluation)


def test_the_row_of_metrics_names_the_engine_that_transcribed(run):
    carry(run, engines())
    metrics = outputs.metrics_of(run)
    assert metrics is not None
    assert metrics.engines == {"transcript": "scripted"}


def test_a_second_attempt_goes_on_where_the_first_stopped(run):
    source = ScriptSource()
    broken = HumSynthesizer(error=None)

    class Boom(BuiltinEvaluator):
        async def evaluate(self, *args):
            raise ProviderError(Reason.UNAVAILABLE, "The evaluator is away.")

    carry(run, engines(source=source, evaluator=Boom(), floor=Boom(), synthesizer=broken))
    assert (run.status, run.message) == (Run.Status.FAILED, "The evaluator is away.")
    Run.objects.filter(pk=run.pk).update(status=Run.Status.QUEUED)
    carry(run, engines(source=source))
    assert run.status == Run.Status.READY
    assert source.calls == ["transcribe"]


def test_too_few_words_give_transcript_and_metrics_and_say_so(run):
    carry(run, engines(source=ScriptSource(lines=LINES[:1])))
    assert run.status == Run.Status.TOO_SHORT
    assert "too short" in run.message
    names = {file.name for file in outputs.files_of(run)}
    assert names == {"consent.json", "metrics.json", "transcript.txt"}


def test_no_words_at_all_are_too_short_too(run):
    carry(run, engines(source=ScriptSource(lines=())))
    assert run.status == Run.Status.TOO_SHORT


def test_without_a_voice_the_written_evaluation_is_still_ready(run):
    mute = HumSynthesizer(error=ProviderError(Reason.UNAVAILABLE, "no voice"))
    carry(run, engines(synthesizer=mute))
    assert run.status == Run.Status.READY
    assert outputs.sound_of(run) is None
    names = {file.name for file in outputs.files_of(run)}
    assert "evaluation.txt" in names
    assert not any(name.startswith("evaluation_audio") for name in names)


def test_a_voice_slower_than_promised_speaks_a_shorter_script(run):
    slow = HumSynthesizer(slower_than_promised=1.4)
    run.request["brief"]["time_limit_seconds"] = 40
    run.save()
    carry(run, engines(synthesizer=slow))
    assert len(slow.said) == 2
    scripted = outputs.scripted_of(run)
    assert scripted is not None
    assert scripted.script == slow.said[1]
    text = bytes(Output.objects.get(run=run, name="evaluation.txt").content).decode()
    assert slow.said[1] in text


def test_a_cancelled_run_commits_nothing(run):
    class Cancelling(ScriptSource):
        async def transcribe(self, recording, bill):
            await Run.objects.filter(pk=run.pk).aupdate(status=Run.Status.CANCELLED)
            return await super().transcribe(recording, bill)

    carry(run, engines(source=Cancelling()))
    assert run.status == Run.Status.CANCELLED
    assert not StageResult.objects.filter(run=run).exists()
    assert not Output.objects.filter(run=run).exists()


def test_what_a_holder_does_after_it_lost_its_run_is_not_kept(run):
    """A process that was thought dead goes on, and must not spoil what its successor does."""

    successors = []

    class Overtaken(ScriptSource):
        async def transcribe(self, recording, bill):
            successors.append(await sync_to_async(taken_over)(run))
            return await super().transcribe(recording, bill)

    first = runner.begin(run.club, str(run.speech_id), run.number)
    assert first is not None
    runner.advance(first, engines(source=Overtaken()))
    run.refresh_from_db()
    assert run.status == Run.Status.RUNNING
    assert not StageResult.objects.filter(run=run).exists()
    [successor] = successors
    runner.advance(successor, engines())
    run.refresh_from_db()
    assert run.status == Run.Status.READY


def taken_over(run: Run) -> Run:
    """The run in the hands of another."""
    row = Run.objects.get(pk=run.pk)
    assert claims.take_back(row, timezone.now())
    taken = runner.begin(run.club, str(run.speech_id), run.number)
    assert taken is not None
    return taken


def test_a_run_that_was_interrupted_three_times_is_parked_and_may_be_asked_for_again(run):
    assert runner.begin(run.club, str(run.speech_id), run.number) is not None
    for _ in range(claims.MAX_ATTEMPTS - 1):
        taken_over(run)
    assert claims.take_back(Run.objects.get(pk=run.pk), timezone.now())
    assert runner.begin(run.club, str(run.speech_id), run.number) is None
    run.refresh_from_db()
    assert (run.status, run.message) == (Run.Status.FAILED, runner.PARKED_SENTENCE)
    assert run.holder == ""
    request = RunRequest.model_validate(run.request)
    queueing.request_run(run.club, run.speech_id, run.number, run.samples, request)
    carry(run, engines())
    assert (run.status, run.attempts) == (Run.Status.READY, 1)


def test_what_is_written_waits_for_a_voice(run):
    voice = HumSynthesizer()
    writer = runner.begin(run.club, str(run.speech_id), run.number)
    assert writer is not None
    assert runner.write(writer, engines(synthesizer=voice))
    run.refresh_from_db()
    assert (run.status, run.attempts, run.holder) == (Run.Status.QUEUED, 0, "")
    assert voice.said == []
    # Whoever wrote it has it no longer.
    assert not claims.beat(writer)
    carry(run, engines(source=ScriptSource(error=GONE), synthesizer=voice))
    assert run.status == Run.Status.READY
    assert run.attempts == 1
    assert len(voice.said) == 1


def test_what_a_vendor_was_paid_is_counted_once_and_with_what_it_gave(run):
    class Paid(ScriptSource):
        async def transcribe(self, recording, bill):
            bill.add(Charge(vendor="scribe", model="m", cost_usd=Decimal("0.25")))
            return await super().transcribe(recording, bill)

    carry(run, engines(source=Paid()))
    assert StageResult.objects.get(run=run, stage="transcript").cost_usd == Decimal("0.25")
    assert DailyUsage.objects.get().cost_usd == Decimal("0.25")


@pytest.mark.parametrize("moved_on", [False, True])
def test_what_was_paid_in_vain_is_counted_too(run, moved_on):
    class Paid(ScriptSource):
        async def transcribe(self, recording, bill):
            bill.add(Charge(vendor="scribe", model="m", cost_usd=Decimal("0.25")))
            if moved_on:
                await Run.objects.filter(pk=run.pk).aupdate(status=Run.Status.CANCELLED)
                return await super().transcribe(recording, bill)
            raise GONE

    carry(run, engines(source=Paid()))
    assert not StageResult.objects.filter(run=run).exists()
    assert DailyUsage.objects.get().cost_usd == Decimal("0.25")


def test_time_for_vendors_begins_when_a_run_is_asked_for(run):
    """Asked for again a day later, it is not too late for them."""
    yesterday = timezone.now() - timedelta(days=1)
    Run.objects.filter(pk=run.pk).update(created_at=yesterday)

    class Vendor(BuiltinEvaluator):
        name = "vendor"

    carry(run, engines(evaluator=Vendor()))
    assert outputs.engines_of(run)["draft"] == "vendor"


def test_an_unexpected_failure_stands_in_the_row_and_is_raised(run):
    class Broken(ScriptSource):
        async def transcribe(self, recording, bill):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        carry(run, engines(source=Broken()))
    run.refresh_from_db()
    assert run.status == Run.Status.FAILED
    assert run.message


def test_ungrounded_remarks_of_an_evaluator_are_replaced(run):
    class Inventing(BuiltinEvaluator):
        name = "inventing"

        async def evaluate(self, brief, transcript, metrics, allowance=None):
            draft = await super().evaluate(brief, transcript, metrics)
            invented = tuple(
                item.model_copy(update={"evidence_quote": "words that nobody in the room said"})
                for item in draft.items
            )
            return draft.model_copy(update={"items": invented})

    carry(run, engines(evaluator=Inventing()))
    scripted, transcript = outputs.scripted_of(run), outputs.transcript_of(run)
    assert scripted is not None
    assert transcript is not None
    assert evidence.is_enough(scripted.evaluation)
    assert evidence.grounded(scripted.evaluation, transcript) == scripted.evaluation
    assert "nobody in the room" not in scripted.script


def test_keeping_twice_is_keeping_once(run):
    carry(run, engines())
    outputs.keep(run)
    run.refresh_from_db()
    first = run.saved_at
    outputs.keep(run)
    run.refresh_from_db()
    assert run.saved_at == first

"""Runs: stages in order, results kept, attempts counted, moved-on speeches left alone."""

import pytest
from asgiref.sync import sync_to_async

from evaluations import outputs, runner
from evaluations.core import evidence
from evaluations.evaluator.builtin import BuiltinEvaluator
from evaluations.models import Output, Run, StageResult
from evaluations.pipeline import (
    STAGES,
)
from speechcoach.errors import ProviderError, Reason
from tests.evaluations.runs import LINES, HumSynthesizer, ScriptSource, carry, engines

pytestmark = pytest.mark.django_db


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


def test_a_finished_run_is_not_claimed_again(run):
    carry(run, engines())
    assert runner.claim(run.club, str(run.speech_id), run.number) is None


def test_of_two_workers_with_one_run_the_later_one_has_it(run):
    """A process that was thought dead goes on, and must not spoil what its successor does."""

    successors = []

    class Overtaken(ScriptSource):
        async def transcribe(self, recording, bill):
            claim = sync_to_async(runner.claim)
            successors.append(await claim(run.club, str(run.speech_id), run.number))
            return await super().transcribe(recording, bill)

    first = runner.claim(run.club, str(run.speech_id), run.number)
    assert first is not None
    runner.advance(first, engines(source=Overtaken()))
    run.refresh_from_db()
    assert run.status == Run.Status.RUNNING
    assert not StageResult.objects.filter(run=run).exists()
    successor = successors[0]
    assert successor is not None
    runner.advance(successor, engines())
    run.refresh_from_db()
    assert run.status == Run.Status.READY


def test_the_fourth_attempt_is_given_up(run):
    for _ in range(runner.MAX_ATTEMPTS):
        assert runner.claim(run.club, str(run.speech_id), run.number) is not None
    assert runner.claim(run.club, str(run.speech_id), run.number) is None
    run.refresh_from_db()
    assert run.status == Run.Status.FAILED


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

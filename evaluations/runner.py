"""Carrying a run through its stages, with every result in a row before the next stage begins."""

import logging
import time

from asgiref.sync import async_to_sync
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from clubs.models import Club
from evaluations import notify, usage
from evaluations.billing import Bill
from evaluations.core.stages import ShownStage
from evaluations.models import Run, StageResult
from evaluations.outputs import put_file
from evaluations.pipeline import (
    EVALUATION_SECONDS,
    STAGES,
    Engines,
    Files,
    Outcome,
    Recording,
    RunRequest,
    Spoken,
    Stage,
    TooShortError,
    Work,
    render,
)
from speechcoach.errors import ProviderError

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
TOO_SHORT_SENTENCE = (
    "The speech is too short to evaluate: at least 20 words are needed. "
    "Its transcript and metrics are ready to be saved."
)


class RunGoneError(Exception):
    """The speech has moved on: this run may commit nothing more."""


def claim(club: Club, speech_id: str, number: int) -> Run | None:
    """Take a run for this worker; None when it is done, given up, or no longer wanted.

    Whoever had it before commits nothing more: the number of the attempt is the fence.
    """
    open_states = [Run.Status.QUEUED, Run.Status.RUNNING]
    mine = Run.objects.filter(club=club, speech_id=speech_id, number=number, status__in=open_states)
    with transaction.atomic():
        if not mine.update(status=Run.Status.RUNNING, attempts=F("attempts") + 1):
            return None
        run = Run.objects.get(club=club, speech_id=speech_id, number=number)
    if run.attempts > MAX_ATTEMPTS:
        _finish(run, Run.Status.FAILED, "The evaluation failed three times. Deliver tries again.")
        return None
    return run


def advance(run: Run, engines: Engines) -> None:
    """Carry ``run`` from where it stands to its end. What goes wrong stands in the row."""
    work = _resume(run)
    age = (timezone.now() - run.created_at).total_seconds()
    work.deadline = engines.clock.now() + EVALUATION_SECONDS - age
    try:
        for stage in STAGES:
            if stage.name not in work.results:
                _advance_stage(run, work, engines, stage)
        _finish(run, Run.Status.READY)
    except TooShortError:
        _store_files(run, render(work))
        _finish(run, Run.Status.TOO_SHORT, TOO_SHORT_SENTENCE)
    except RunGoneError:
        log.info("run given up club=%s speech=%s run=%s", run.club_id, run.speech_id, run.number)
    except ProviderError as error:
        log.warning(
            "run failed club=%s speech=%s run=%s reason=%s",
            run.club_id,
            run.speech_id,
            run.number,
            error.reason.value,
        )
        _finish(run, Run.Status.FAILED, error.sentence)
    except Exception:
        _finish(run, Run.Status.FAILED, "The evaluation failed. Deliver tries it again.")
        raise


def _resume(run: Run) -> Work:
    request = RunRequest.model_validate(run.request)
    work = Work(
        recording=Recording(
            club_id=run.club_id,
            speech_id=str(run.speech_id),
            samples=run.samples,
            live=request.live,
            key_terms=request.key_terms,
        ),
        brief=request.brief,
        context_files=request.context_files,
        meeting=request.meeting,
    )
    shapes = {stage.name: stage.shape for stage in STAGES}
    for row in StageResult.objects.filter(club=run.club_id, run=run):
        work.results[row.stage] = shapes[row.stage].model_validate(row.result)
        work.engines[row.stage] = row.engine
        if row.audio is not None:
            work.spoken_audio = bytes(row.audio)
    return work


def _advance_stage(run: Run, work: Work, engines: Engines, stage: Stage) -> None:
    if run.stage != stage.shown:
        run.stage = stage.shown
        if not _still_mine(run).update(stage=run.stage):
            raise RunGoneError
        _nudge(run)
    started = time.perf_counter()
    work.bill = Bill()
    script_before = work.results.get("script")
    try:
        outcome = async_to_sync(stage.run)(work, engines)
    finally:
        usage.charge(run.club_id, work.bill.cost_usd)
    seconds = time.perf_counter() - started
    work.results[stage.name] = outcome.result
    work.engines[stage.name] = outcome.engine
    if outcome.audio is not None:
        work.spoken_audio = outcome.audio
    with transaction.atomic():
        # The row is written first: it is what tells a run that its speech has moved on.
        if not _still_mine(run).update(stage=run.stage):
            raise RunGoneError
        _store(run, stage, outcome, seconds, work.bill)
        if stage.name == "speech" and work.results["script"] is not script_before:
            StageResult.objects.filter(club=run.club_id, run=run, stage="script").update(
                result=work.scripted.model_dump(mode="json", by_alias=True)
            )
        if isinstance(outcome.result, Files):
            _store_files(run, outcome.result)
            _store_sound(run, work)
    if stage.name == "transcript":
        _nudge(run)


def _still_mine(run: Run) -> QuerySet[Run]:
    return Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING, attempts=run.attempts)


def _store(run: Run, stage: Stage, outcome: Outcome, seconds: float, bill: Bill) -> None:
    StageResult.objects.create(
        club_id=run.club_id,
        run=run,
        stage=stage.name,
        engine=outcome.engine,
        seconds=round(seconds, 4),
        cost_usd=bill.cost_usd,
        charges=[charge.model_dump(mode="json") for charge in bill.charges],
        result=outcome.result.model_dump(mode="json", by_alias=True),
        audio=outcome.audio,
    )


def _store_files(run: Run, files: Files) -> None:
    for file in files.files:
        put_file(run, file.name, file.content_type, file.text.encode())


def _store_sound(run: Run, work: Work) -> None:
    spoken = work.results["speech"]
    if isinstance(spoken, Spoken) and work.spoken_audio is not None:
        name = f"evaluation_audio{spoken.extension}"
        put_file(run, name, spoken.content_type, work.spoken_audio)


def _finish(run: Run, status: Run.Status, message: str = "") -> None:
    shown = ShownStage.READY if status == Run.Status.READY else ShownStage.FAILED
    if _still_mine(run).update(
        status=status, stage=shown, message=message, finished_at=timezone.now()
    ):
        _nudge(run)


def _nudge(run: Run) -> None:
    notify.nudge(run.club_id, run.speech_id, "run.changed", run=run.number)

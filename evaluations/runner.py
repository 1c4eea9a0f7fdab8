"""Carrying a run through its stages, with every result in a row before the next stage begins."""

import logging
import time
from functools import partial

from asgiref.sync import async_to_sync
from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, transaction
from django.utils import timezone

from clubs.models import Club
from evaluations import notify, usage
from evaluations.billing import Bill
from evaluations.claims import MAX_ATTEMPTS, as_it_is, claim, hand_on
from evaluations.core.stages import ShownStage
from evaluations.lasting import lasting
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
from speechcoach import tracing
from speechcoach.errors import ProviderError
from speechcoach.metrics import RUN_SECONDS, STAGE_SECONDS

log = logging.getLogger(__name__)

FIRST_SPOKEN = "speech"
"""The stage from which on a run is the voices'."""

PARKED_SENTENCE = (
    "The evaluation was interrupted three times and is parked. "
    "Nothing is lost: Deliver asks for it again."
)
TOO_SHORT_SENTENCE = (
    "The speech is too short to evaluate: at least 20 words are needed. "
    "Its transcript and metrics are ready to be saved."
)


class RunGoneError(Exception):
    """The speech has moved on: this run may commit nothing more."""


def begin(club: Club, speech_id: str, number: int) -> Run | None:
    """Claim a run; None when there is nothing to do. After the last attempt it is parked."""
    run = claim(club, speech_id, number)
    if run is None:
        return None
    if run.attempts > MAX_ATTEMPTS:
        log.error("run parked club=%s speech=%s run=%s", run.club_id, run.speech_id, run.number)
        _finish(run, Run.Status.FAILED, PARKED_SENTENCE)
        return None
    log.info(
        "run begun club=%s speech=%s run=%s attempt=%s by=%s",
        run.club_id,
        run.speech_id,
        run.number,
        run.attempts,
        run.holder,
    )
    return run


def write(run: Run, engines: Engines) -> bool:
    """Carry ``run`` up to where its script is to be spoken; whether it waits for a voice now."""
    return _carry(run, engines, FIRST_SPOKEN)


def advance(run: Run, engines: Engines) -> None:
    """Carry ``run`` from where it stands to its end. What goes wrong stands in the row."""
    _carry(run, engines, None)


def _carry(run: Run, engines: Engines, before: str | None) -> bool:
    try:
        work = resume(run)
        age = (timezone.now() - run.asked_at).total_seconds()
        work.deadline = engines.clock.now() + EVALUATION_SECONDS - age
        try:
            for stage in STAGES:
                if stage.name == before:
                    return lasting(partial(hand_on, run))
                if stage.name not in work.results:
                    _advance_stage(run, work, engines, stage)
            _finish(run, Run.Status.READY)
        except TooShortError:
            lasting(partial(store_files, run, render(work)))
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
    except DatabaseError:
        # Nothing can be said in the row; who finds it left behind makes another attempt.
        raise
    except SoftTimeLimitExceeded:
        _finish(run, Run.Status.FAILED, "The evaluation took too long. Deliver tries it again.")
        raise
    except Exception:
        _finish(run, Run.Status.FAILED, "The evaluation failed. Deliver tries it again.")
        raise
    return False


def resume(run: Run) -> Work:
    """What a run was asked, and what its stages gave so far."""
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
        own_fillers=request.own_fillers,
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
        if not lasting(partial(as_it_is(run).update, stage=run.stage)):
            raise RunGoneError
        _nudge(run)
    started = time.perf_counter()
    work.bill = Bill()
    script_before = work.results.get("script")
    try:
        with tracing.step(f"stage {stage.name}") as told:
            outcome = async_to_sync(stage.run)(work, engines)
            told["engine"] = outcome.engine
    except BaseException:
        # A failed answer is paid for too.
        usage.charge(run.club_id, work.bill.cost_usd)
        raise
    seconds = time.perf_counter() - started
    work.results[stage.name] = outcome.result
    work.engines[stage.name] = outcome.engine
    if outcome.audio is not None:
        work.spoken_audio = outcome.audio
    cut = stage.name == FIRST_SPOKEN and work.results["script"] is not script_before
    if not lasting(partial(_keep, run, work, stage, outcome, seconds, cut=cut)):
        raise RunGoneError
    STAGE_SECONDS.observe(seconds, stage=stage.name, engine=outcome.engine)
    if stage.name == "transcript":
        _nudge(run)


def _keep(
    run: Run, work: Work, stage: Stage, outcome: Outcome, seconds: float, *, cut: bool
) -> bool:
    """Store what a stage gave and what it cost; False when the speech has moved on: then the cost
    alone, which was paid all the same.

    Kept twice is kept once.
    """
    with transaction.atomic():
        # The row is written first: it is what tells a run that its speech has moved on.
        mine = as_it_is(run).update(stage=run.stage, heard_at=timezone.now(), missed_at=None)
        if (
            mine
            and StageResult.objects.filter(club=run.club_id, run=run, stage=stage.name).exists()
        ):
            # The answer to the commit was lost, and not the commit.
            return True
        if mine:
            _store(run, stage, outcome, seconds, work.bill)
            if cut:
                StageResult.objects.filter(club=run.club_id, run=run, stage="script").update(
                    result=work.scripted.model_dump(mode="json", by_alias=True)
                )
            if isinstance(outcome.result, Files):
                store_files(run, outcome.result)
                _store_sound(run, work)
        usage.charge(run.club_id, work.bill.cost_usd)
    return bool(mine)


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


def store_files(run: Run, files: Files) -> None:
    for file in files.files:
        put_file(run, file.name, file.content_type, file.text.encode())


def _store_sound(run: Run, work: Work) -> None:
    spoken = work.results["speech"]
    if isinstance(spoken, Spoken) and work.spoken_audio is not None:
        name = f"evaluation_audio{spoken.extension}"
        put_file(run, name, spoken.content_type, work.spoken_audio)


def _finish(run: Run, status: Run.Status, message: str = "") -> None:
    shown = ShownStage.READY if status == Run.Status.READY else ShownStage.FAILED
    end = partial(
        as_it_is(run).update,
        status=status,
        stage=shown,
        message=message,
        holder="",
        finished_at=timezone.now(),
    )
    if lasting(end):
        RUN_SECONDS.observe((timezone.now() - run.asked_at).total_seconds(), status=status.value)
        _nudge(run)


def _nudge(run: Run) -> None:
    notify.nudge(run.club_id, run.speech_id, "run.changed", run=run.number)

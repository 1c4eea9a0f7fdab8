"""What a speaker puts right in a transcript, and all that follows from it, in one step.

The pure stages of the pipeline are run again at once on the words as they are by now, and stored in
place: a link that was shared shows them, and the clocks of retention go on. The run does not keep
the words that were replaced. Only the sound of an evaluation whose script has changed is left to a
worker.
"""

import logging
import math
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from asgiref.sync import async_to_sync
from django.db import transaction

from evaluations import notify, outputs, usage
from evaluations.billing import Bill
from evaluations.claims import OPEN
from evaluations.core import rendering, summary
from evaluations.core.correcting import Correction, corrected, requoted
from evaluations.core.metrics import remeasured
from evaluations.core.script import fit
from evaluations.core.shapes import Shape
from evaluations.core.timing import spoken_word_count
from evaluations.drafting import Drafting, Speech
from evaluations.evaluator.builtin import BuiltinEvaluator
from evaluations.models import Output, Run, StageResult
from evaluations.pipeline import Files, RoleReports, Work, render
from evaluations.roles import RoleFacts
from evaluations.roles.registry import reports
from evaluations.runner import TOO_SHORT_SENTENCE, resume, store_files
from evaluations.tasks import speak
from speechcoach.errors import BadRequestError, NotFoundError

log = logging.getLogger(__name__)

BUSY: Final = "The evaluation of this speech is being made just now. Try again in a minute."
STALE: Final = "Somebody else has corrected this transcript meanwhile. Look at it again."
_WRITING: Final = ("draft", "evidence", "tone")
_SPOKEN: Final = ("speech", "outputs")


def may_begin(run: Run) -> bool:
    """Whether there is a transcript, and nobody works on the run."""
    kept = StageResult.objects.filter(club=run.club_id, run=run, stage="transcript")
    return run.status not in OPEN and kept.exists()


def version(run: Run) -> str:
    """Which transcript of a run somebody sees: a later correction has another."""
    return run.corrected_at.isoformat() if run.corrected_at else ""


def correct(run: Run, seen: str, lines: Sequence[str], now: datetime) -> int:
    """Put the transcript of a kept run right; says how many words have changed.

    ``lines`` are as ``core.correcting.corrected`` takes them, of the version that was ``seen``.

    Raises:
        NotFoundError: no transcript is kept.
        BadRequestError: these are not its lines, or it has changed since, or is being evaluated.
    """
    if seen != version(run):
        raise BadRequestError(STALE)
    if run.status in OPEN:
        raise BadRequestError(BUSY)
    transcript = outputs.transcript_of(run)
    if transcript is None:
        raise NotFoundError("No transcript of this speech is kept.")
    try:
        correction = corrected(transcript, lines)
    except ValueError:
        raise BadRequestError(STALE) from None
    if not correction.changed:
        return 0
    # Of a run whose evaluation is gone by its clock, nothing but the words is left.
    whole = bool(run.request) and outputs.metrics_of(run) is not None
    work = _again(run, correction) if whole else None
    with transaction.atomic():
        row = Run.objects.select_for_update().get(club=run.club_id, pk=run.pk)
        if row.status in OPEN or row.corrected_at != run.corrected_at:
            raise BadRequestError(STALE)
        row.corrected_at = now
        if live := row.request.get("live"):
            row.request = {**row.request, "live": {**live, "segments": []}}
        row.save(update_fields=["corrected_at", "request"])
        if work is None:
            _store(row, {"transcript": correction.transcript})
            text = rendering.transcript_text(correction.transcript)
            outputs.put_file(row, "transcript.txt", "text/plain; charset=utf-8", text.encode())
        else:
            _store_all(row, work)
    log.info("transcript corrected speech=%s words=%s", run.speech_id, correction.changed)
    return correction.changed


def _again(run: Run, correction: Correction) -> Work:
    """What the stages between transcript and sound give on the corrected words."""
    work = resume(run)
    before = work.metrics
    work.results["transcript"] = correction.transcript
    work.results["metrics"] = remeasured(correction.transcript, before, work.own_fillers)
    enough = summary.form_of(correction.transcript) != "none"
    if "script" in work.results and enough:
        _evaluate(work, correction)
    elif not enough:
        for stage in (*_WRITING, "script", *_SPOKEN):
            work.results.pop(stage, None)
    if "roles" in work.results:
        facts = RoleFacts(work.brief, work.transcript, work.metrics, work.meeting)
        work.results["roles"] = RoleReports(results=reports(work.brief.roles, facts))
    return work


def _evaluate(work: Work, correction: Correction) -> None:
    """Evidence and tone anew; what rules alone have written, they write again, as their figures may
    have changed."""
    floor = BuiltinEvaluator()
    speech = Speech(work.brief, work.transcript, work.metrics)
    drafting = Drafting(speech, floor, floor, math.inf, Bill())
    writers = {work.engines.get(stage, "") for stage in _WRITING}
    if writers <= {floor.name, "core", ""}:
        drafted = async_to_sync(drafting.draft)()
    else:
        drafted = async_to_sync(drafting.renewed)(requoted(work.evaluation("tone"), correction))
    grounded = async_to_sync(drafting.ground)(drafted)
    evaluation = async_to_sync(drafting.temper)(grounded.evaluation, drafted).evaluation
    for stage in _WRITING:
        work.results[stage] = evaluation
    old = work.scripted
    # As fast as the voice was taken to be that was to speak it.
    rate = spoken_word_count(old.script) * 60 / max(old.estimated_seconds, 0.1)
    work.results["script"] = fit(evaluation, work.brief.time_limit_seconds, rate)


def _store_all(run: Run, work: Work) -> None:
    """Store what has changed, in place; needs a transaction."""
    kept = StageResult.objects.filter(club=run.club_id, run=run)
    had_sound = kept.filter(stage="speech", audio__isnull=False).exists()
    script = outputs.scripted_of(run)
    said_otherwise = script is not None and (
        "script" not in work.results or work.scripted.script != script.script
    )
    gone = set(kept.values_list("stage", flat=True)) - set(work.results)
    kept.filter(stage__in=gone).delete()
    if "script" not in work.results and script is not None:
        run.status, run.message = Run.Status.TOO_SHORT, TOO_SHORT_SENTENCE
    files = render(work)
    work.results["outputs"] = files
    _store(run, {name: one for name, one in work.results.items() if name != "speech"})
    _rewrite_files(run, files)
    if said_otherwise:
        kept.filter(stage="speech").delete()
        Output.objects.filter(club=run.club_id, run=run, content_type__startswith="audio/").delete()
    # Asked once more: the words that a link or an export shows are these from now on.
    run.figures = outputs.figures_for(run)
    if said_otherwise and had_sound and "script" in work.results and not usage.admit(run.club):
        kept.filter(stage="outputs").delete()
        run.status, run.attempts, run.message = Run.Status.QUEUED, 0, ""
        run.asked_at = run.heard_at = run.corrected_at or run.asked_at
        speak.enqueue(club_id=run.club_id, speech_id=str(run.speech_id), number=run.number)
    run.save(update_fields=["status", "message", "figures", "attempts", "asked_at", "heard_at"])
    tell = partial(notify.nudge, run.club_id, run.speech_id, "run.changed", run=run.number)
    transaction.on_commit(tell)


def _store(run: Run, results: dict[str, Shape]) -> None:
    kept = StageResult.objects.filter(club=run.club_id, run=run)
    for stage, result in results.items():
        kept.filter(stage=stage).update(result=result.model_dump(mode="json", by_alias=True))


def _rewrite_files(run: Run, files: Files) -> None:
    """The files that there are: what retention has taken does not come back."""
    there = set(Output.objects.filter(club=run.club_id, run=run).values_list("name", flat=True))
    texts = {file.name for file in files.files}
    made = {"evaluation.txt", "role_reports.txt"}
    Output.objects.filter(club=run.club_id, run=run, name__in=made - texts).delete()
    store_files(run, Files(files=tuple(file for file in files.files if file.name in there)))

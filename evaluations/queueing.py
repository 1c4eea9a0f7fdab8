"""Asking for a run, within what the club may have made in a day."""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from clubs.models import Club
from evaluations import notify, usage
from evaluations.core.stages import ShownStage
from evaluations.models import Run
from evaluations.pipeline import RunRequest
from evaluations.tasks import evaluate
from speechcoach import tracing


def request_run(
    club: Club, speech_id: str | UUID, number: int, samples: int, request: RunRequest
) -> None:
    """Queue a run, or queue a failed one again; one that is on its way is left alone.

    Over the club's limit the run is there, has failed, and says why: it may be asked for again.
    """
    with transaction.atomic():
        run, created = Run.objects.get_or_create(
            club=club,
            speech_id=speech_id,
            number=number,
            defaults={
                "samples": samples,
                "request": request.model_dump(mode="json", by_alias=True),
            },
        )
        begins = tracing.asking if created else tracing.asking_again
        with begins(str(speech_id), number, club=club.pk):
            if created or run.status == Run.Status.FAILED:
                if refusal := usage.admit(club):
                    _refuse(run, refusal)
                    return
                _queue(run)
            evaluate.enqueue(club_id=club.pk, speech_id=str(speech_id), number=number)


def _refuse(run: Run, why: str) -> None:
    _row(run).update(status=Run.Status.FAILED, stage=ShownStage.FAILED, message=why)
    tell = partial(notify.nudge, run.club_id, run.speech_id, "run.changed", run=run.number)
    transaction.on_commit(tell)


def _queue(run: Run) -> None:
    now = timezone.now()
    _row(run).update(
        status=Run.Status.QUEUED, attempts=0, asked_at=now, heard_at=now, message="", stage=""
    )


def _row(run: Run) -> QuerySet[Run]:
    return Run.objects.filter(club=run.club_id, pk=run.pk)

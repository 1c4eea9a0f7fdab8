"""Asking for a run, within what the club may have made in a day."""

from functools import partial
from uuid import UUID

from django.db import transaction

from clubs.models import Club
from evaluations import notify, usage
from evaluations.core.stages import ShownStage
from evaluations.models import Run
from evaluations.pipeline import RunRequest
from evaluations.tasks import evaluate


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
        row = Run.objects.filter(club=club, pk=run.pk)
        if created or run.status == Run.Status.FAILED:
            if refusal := usage.admit(club):
                row.update(status=Run.Status.FAILED, stage=ShownStage.FAILED, message=refusal)
                tell = partial(notify.nudge, club.pk, speech_id, "run.changed", run=number)
                transaction.on_commit(tell)
                return
            row.update(status=Run.Status.QUEUED, attempts=0, message="", stage="")
        evaluate.enqueue(club_id=club.pk, speech_id=str(speech_id), number=number)

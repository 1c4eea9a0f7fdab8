"""From the rows of a speech to its document and its files."""

from collections.abc import Sequence

from clubs.models import Club
from evaluations import outputs
from evaluations.core.document import About, Given, SpeechDocument, document
from evaluations.models import Output, Run
from sessions_app.evaluator_notes import notes_on
from sessions_app.models import Speech

_SPOKEN = "evaluation_audio."


def kept_run(speech: Speech) -> Run | None:
    """The run that the speech's page shows: the latest that was saved."""
    return Run.objects.filter(club=speech.club_id, speech=speech, saved_at__isnull=False).first()


def document_of(
    club: Club, speech: Speech, run: Run | None, *, outside: bool = False
) -> SpeechDocument:
    """What there is to read about a speech, as ``run`` gave it, and as its evaluators wrote it.

    ``outside`` the club, without the notes that are for members only. Needs the club's scope.
    """
    about = About(
        club=club.name,
        title=speech.title,
        speaker=speech.speaker_name,
        project_type=speech.project_type,
        objectives=tuple(speech.objectives),
        recorded_at=speech.recorded_at,
        saved_at=run.saved_at if run else None,
        corrected_at=run.corrected_at if run else None,
    )
    notes = {"human_notes": notes_on(club, speech, outside=outside)}
    if run is None:
        return document(about, None).model_copy(update=notes)
    given = Given(
        transcript=outputs.transcript_of(run),
        metrics=outputs.metrics_of(run),
        scripted=outputs.scripted_of(run),
        roles=outputs.roles_of(run),
        engines=outputs.engines_of(run),
        too_short=run.status == Run.Status.TOO_SHORT,
        problem=run.message,
    )
    return document(about, given).model_copy(update=notes)


def spoken(files: Sequence[Output]) -> Output | None:
    """Of the files of a run, the spoken evaluation."""
    return next((file for file in files if file.name.startswith(_SPOKEN)), None)

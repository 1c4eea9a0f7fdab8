"""What evaluations hold of a person, and how each part of what a club saved goes."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet
from django_scopes import scopes_disabled

from clubs.core.retention import Part
from clubs.models import Club
from clubs.registry import Fate, File, PersonalTable, Rows, personal
from evaluations.models import Goal, Output, OwnFiller, Run, StageResult

_TRANSCRIPT_FILE = "transcript.txt"
_SOUND = Q(content_type__startswith="audio/")
_TRANSCRIPT = Q(name=_TRANSCRIPT_FILE)


def presence() -> dict[str, Any]:
    """Annotations for a query of a club's speeches, which says whose they are.

    ``has_audio``, ``has_transcript`` and ``has_evaluation`` say what is there of a speech.
    """
    # The club stands in the outer query. Said again in these, it leads SQLite to read all rows of
    # the club for each of its speeches.
    with scopes_disabled():
        results = StageResult.objects.filter(run__speech=OuterRef("pk"))
        files = Output.objects.filter(run__speech=OuterRef("pk"))
    return {
        "has_audio": Exists(results.filter(audio__isnull=False)) | Exists(files.filter(_SOUND)),
        "has_transcript": Exists(results.filter(stage="transcript"))
        | Exists(files.filter(_TRANSCRIPT)),
        "has_evaluation": Exists(results.exclude(stage__in=["transcript", "speech"]))
        | Exists(files.exclude(_SOUND | _TRANSCRIPT)),
    }


def shred(club: Club, part: Part, speeches: Collection[UUID]) -> None:
    """Delete one part of all runs of these speeches; what is gone already is no error."""
    runs = Run.objects.filter(club=club, speech__in=speeches)
    results = StageResult.objects.filter(club=club, run__in=runs)
    files = Output.objects.filter(club=club, run__in=runs)
    match part:
        case Part.AUDIO:
            files.filter(_SOUND).delete()
            results.filter(stage="speech").delete()
        case Part.TRANSCRIPT:
            files.filter(_TRANSCRIPT).delete()
            results.filter(stage="transcript").delete()
            _forget_rendered_transcripts(results)
            _forget_live_words(runs)
        case Part.EVALUATION:
            files.exclude(_SOUND | _TRANSCRIPT).delete()
            results.exclude(stage__in=["transcript", "speech"]).delete()
            runs.update(request={}, message="", figures=None)


def _forget_rendered_transcripts(results: QuerySet[StageResult]) -> None:
    """The last stage keeps the text of every file that it made."""
    for row in results.filter(stage="outputs"):
        kept = [file for file in row.result["files"] if file["name"] != _TRANSCRIPT_FILE]
        row.result = {**row.result, "files": kept}
        row.save(update_fields=["result"])


def _forget_live_words(runs: QuerySet[Run]) -> None:
    """A run's request holds what was heard live."""
    for run in runs:
        live: dict[str, Any] | None = run.request.get("live")
        if live and live.get("segments"):
            run.request = {**run.request, "live": {**live, "segments": []}}
            run.save(update_fields=["request"])


def _free(path: str) -> Any:
    """Narrows rows to those whose speech, at ``path``, no legal hold keeps."""

    def narrowed(rows: Rows) -> Rows:
        # By name, as the models refer to the speech.
        holds = apps.get_model("sessions_app.LegalHold")._default_manager
        held = holds.filter(lifted_at__isnull=True, speech=OuterRef(path))
        return rows.filter(~Exists(held))

    return narrowed


def _folder(run: Run) -> str:
    return f"{run.speech_id}/{run.number}"


def _output_file(output: Output) -> Iterator[File]:
    yield File(f"{_folder(output.run)}/{output.name}", bytes(output.content))


def _stage_sound(result: StageResult) -> Iterator[File]:
    if result.audio is not None:
        yield File(f"{_folder(result.run)}/stage-{result.stage}", bytes(result.audio))


_SPOKEN = "It is about what the person said, and goes with it."

personal(
    PersonalTable(
        Output,
        "speaker",
        rows=lambda user: Output.objects.filter(run__speech__speaker=user).select_related("run"),
        fate=Fate.DELETED,
        why=_SPOKEN,
        erasable=_free("run__speech"),
        files=_output_file,
    )
)
personal(
    PersonalTable(
        StageResult,
        "speaker",
        rows=lambda user: StageResult.objects.filter(run__speech__speaker=user).select_related(
            "run"
        ),
        fate=Fate.DELETED,
        why=_SPOKEN,
        erasable=_free("run__speech"),
        files=_stage_sound,
    )
)
personal(
    PersonalTable(
        Run,
        "speaker",
        rows=lambda user: Run.objects.filter(speech__speaker=user),
        fate=Fate.DELETED,
        why=_SPOKEN,
        erasable=_free("speech"),
    )
)
personal(
    PersonalTable(
        OwnFiller,
        "owner",
        rows=lambda user: OwnFiller.objects.filter(user=user),
        fate=Fate.DELETED,
        why="It is the person's own.",
    )
)
personal(
    PersonalTable(
        Goal,
        "owner",
        rows=lambda user: Goal.objects.filter(user=user),
        fate=Fate.DELETED,
        why="It is the person's own.",
    )
)

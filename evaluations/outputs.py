"""Reading what a run gave: its shapes, its sound, its files."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from evaluations.core.metrics import Metrics
from evaluations.core.script import FittedScript
from evaluations.core.shapes import RoleResult, Shape, Transcript
from evaluations.models import Output, Run, StageResult
from evaluations.pipeline import NOTES, RoleReports, RunRequest, Spoken, notes_file
from evaluations.progress.figures import figures_of
from evaluations.roles.timing import told_lights

_S = TypeVar("_S", bound=Shape)


@dataclass(frozen=True, slots=True)
class Sound:
    data: bytes
    content_type: str
    seconds: float


def transcript_of(run: Run) -> Transcript | None:
    return _result(run, "transcript", Transcript)


def metrics_of(run: Run) -> Metrics | None:
    return _result(run, "metrics", Metrics)


def scripted_of(run: Run) -> FittedScript | None:
    return _result(run, "script", FittedScript)


def roles_of(run: Run) -> tuple[RoleResult, ...]:
    """What the active roles reported."""
    given = _result(run, "roles", RoleReports)
    return given.results if given else ()


def sound_of(run: Run) -> Sound | None:
    """The spoken evaluation; None where there is none, or no engine could speak it."""
    row = _results(run).filter(stage="speech", audio__isnull=False).first()
    if row is None or row.audio is None:
        return None
    spoken = Spoken.model_validate(row.result)
    return Sound(bytes(row.audio), spoken.content_type, spoken.seconds)


@dataclass(frozen=True, slots=True)
class Served:
    """The engines that really served a run; the built-in one may have filled up another's draft."""

    live: str
    final: str
    evaluation: str
    speech: str


def served_by(run: Run) -> Served:
    """Which engines gave captions, transcript, evaluation and sound of a finished run."""
    stages = engines_of(run)
    writers = [stages.get("draft", ""), stages.get("evidence", ""), stages.get("tone", "")]
    if not _results(run).filter(stage="speech", audio__isnull=False).exists():
        stages["speech"] = "none"
    return Served(
        live=run.request.get("live", {}).get("engine", ""),
        final=stages.get("transcript", ""),
        evaluation=" and ".join(dict.fromkeys(one for one in writers if one not in {"", "core"})),
        speech=stages.get("speech", ""),
    )


def engines_of(run: Run) -> dict[str, str]:
    """Which engine served each stage."""
    return dict(_results(run).order_by("pk").values_list("stage", "engine"))


def notes_of(run: Run) -> str:
    """What the operator noted; "" where nothing was."""
    file = Output.objects.filter(club=run.club_id, run=run, name=NOTES).first()
    return bytes(file.content).decode().removesuffix("\n") if file else ""


def keep(run: Run, at: datetime | None = None, notes: str | None = None) -> list[Output]:
    """Keep the files of a run for good, from now or ``at`` on. Keeping twice is keeping once.

    ``notes`` are the operator's as they are by now, where they may have changed since the run.
    """
    with transaction.atomic():
        if notes is not None:
            _put_notes(run, notes)
        row = Run.objects.select_for_update().get(pk=run.pk)
        if row.saved_at is None:
            row.saved_at = at or timezone.now()
            row.figures = figures_for(row)
            # Saved as an object: its speech hears of it (``sessions_app.saving``).
            row.save(update_fields=["saved_at", "figures"])
    return files_of(run)


def put_file(run: Run, name: str, content_type: str, content: bytes) -> None:
    """Store a file of a run, in the place of one of that name."""
    Output.objects.update_or_create(
        club_id=run.club_id,
        run=run,
        name=name,
        defaults={"content_type": content_type, "content": content, "size": len(content)},
    )


def _put_notes(run: Run, notes: str) -> None:
    if file := notes_file(notes):
        put_file(run, file.name, file.content_type, file.text.encode())
    else:
        Output.objects.filter(club=run.club_id, run=run, name=NOTES).delete()


def figures_for(run: Run) -> dict[str, Any] | None:
    """What pages about many speeches read of a run: a dumped ``progress.figures.Figures``."""
    metrics = metrics_of(run)
    if metrics is None:
        return None
    request, scripted = RunRequest.model_validate(run.request), scripted_of(run)
    lights = told_lights(request.brief.project.project_type, request.meeting.planned_seconds)
    evaluation = scripted.evaluation if scripted else None
    return figures_of(metrics, evaluation, lights).model_dump(mode="json")


def files_of(run: Run) -> list[Output]:
    """The files of a run, by name, without their content."""
    return list(Output.objects.filter(club=run.club_id, run=run).defer("content"))


def _results(run: Run) -> QuerySet[StageResult]:
    return StageResult.objects.filter(club=run.club_id, run=run)


def _result(run: Run, stage: str, shape: type[_S]) -> _S | None:
    result = _results(run).filter(stage=stage).values_list("result", flat=True).first()
    return None if result is None else shape.model_validate(result)

"""Saved speeches, as many as wanted, with every part that has a clock."""

from datetime import datetime

from clubs.models import Club, User
from evaluations.models import Output, Run, StageResult
from sessions_app.models import LiveUtterance, RecordingBars, Speech

WORDS = "words-of-the-speech"


def save_speeches(
    club: Club, count: int, saved_at: datetime, *, speaker: User | None = None, words: str = WORDS
) -> list[Speech]:
    """Speeches saved at ``saved_at``, each with one run. Needs the club's scope."""
    speeches = Speech.objects.bulk_create(
        Speech(
            club=club,
            title=f"Title {words}",
            speaker=speaker,
            speaker_name=f"Name {words}",
            saved_at=saved_at,
        )
        for _ in range(count)
    )
    runs = Run.objects.bulk_create(
        Run(
            club=club,
            speech=speech,
            number=1,
            status=Run.Status.READY,
            samples=16_000,
            request={"live": {"segments": [{"text": words}]}, "brief": {"notes": words}},
            saved_at=saved_at,
        )
        for speech in speeches
    )
    files = [
        {"name": "transcript.txt", "content_type": "text/plain", "text": f"Transcript {words}"},
        {"name": "evaluation.txt", "content_type": "text/plain", "text": f"Evaluation {words}"},
    ]
    StageResult.objects.bulk_create(
        StageResult(
            club=club, run=run, stage=stage, engine="e", seconds=1, result=result, audio=audio
        )
        for run in runs
        for stage, result, audio in (
            ("transcript", {"segments": [{"text": words}]}, None),
            ("metrics", {"fillers": [words]}, None),
            ("speech", {"content_type": "audio/mpeg"}, words.encode()),
            ("outputs", {"files": files}, None),
        )
    )
    Output.objects.bulk_create(
        Output(
            club=club,
            run=run,
            name=name,
            content_type=content_type,
            content=f"{name} {words}".encode(),
            size=10,
        )
        for run in runs
        for name, content_type in (
            ("transcript.txt", "text/plain; charset=utf-8"),
            ("evaluation.txt", "text/plain; charset=utf-8"),
            ("evaluation_audio.mp3", "audio/mpeg"),
        )
    )
    LiveUtterance.objects.bulk_create(
        LiveUtterance(club=club, speech=speech, position=0, segment={"text": words})
        for speech in speeches
    )
    RecordingBars.objects.bulk_create(
        RecordingBars(
            club=club,
            speech=speech,
            number=1,
            epoch="e",
            eid=1,
            bars=[{"seq": 0, "rev": 1, "fillers": [{"word": words, "at": 0.5}]}],
        )
        for speech in speeches
    )
    return speeches

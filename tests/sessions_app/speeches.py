"""Saved speeches with figures, as many as a test needs."""

from datetime import timedelta

from django.utils import timezone

from evaluations.models import Run
from evaluations.progress.figures import Figures
from sessions_app.models import Speech


def save_speeches(club, speaker, count, **figures):
    """``count`` saved speeches of ``speaker``, a day apart, the latest now. Needs the scope."""
    now = timezone.now()
    plain = {
        "words": 700,
        "seconds": 360.0,
        "words_per_minute": 130.0,
        "fillers_per_minute": 1.0,
        "pauses_per_minute": 1.0,
    }
    told = Figures.model_validate({**plain, **figures}).model_dump(mode="json")
    speeches = Speech.objects.bulk_create(
        Speech(
            club=club,
            speaker=speaker,
            speaker_name=speaker.get_full_name(),
            title=f"Speech {number}",
            saved_at=now - timedelta(days=count - number),
        )
        for number in range(1, count + 1)
    )
    Run.objects.bulk_create(
        Run(
            club=club,
            speech=speech,
            number=1,
            status=Run.Status.READY,
            samples=1,
            request={},
            saved_at=speech.saved_at,
            figures=told,
        )
        for speech in speeches
    )
    return speeches

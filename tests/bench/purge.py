"""How many speeches a second the retention clocks delete, with all that was saved of them.

``python -m tests.bench.purge`` measures the database of ``DATABASE_URL``, in a database of its own
beside it.
"""

import json
import sys
import time
from datetime import timedelta
from typing import Any

from tests.bench.figures import rounded
from tests.bench.own_database import measured_by, own_database

SPEECHES = 1_000
SOUND_BYTES = 400_000
"""What an evaluation of three minutes is as MP3; it is kept twice, as result and as saved file."""


def purge(database_url: str, speeches: int = SPEECHES) -> dict[str, Any]:
    """Seconds and rate of one run over a club whose speeches are all due."""
    return measured_by(__spec__.name, database_url, speeches)


def main(count: int) -> None:
    with own_database():
        print(json.dumps(_measure(count)))


def _measure(count: int) -> dict[str, Any]:
    from django.utils import timezone  # noqa: PLC0415 - only here are there settings to read

    from clubs.models import Club, PurgeClock, PurgeRecord, RetentionPolicy  # noqa: PLC0415
    from clubs.scoping import club_scope  # noqa: PLC0415
    from evaluations.models import Output, StageResult  # noqa: PLC0415
    from sessions_app import expiry  # noqa: PLC0415
    from sessions_app.models import Speech  # noqa: PLC0415
    from tests.sessions_app.saved import save_speeches  # noqa: PLC0415

    now, days = timezone.now(), 30
    club = Club.objects.create(slug="bench", name="Bench")
    with club_scope(club):
        RetentionPolicy.objects.update_or_create(
            club=club,
            defaults={"audio_days": days, "transcript_days": days, "evaluation_days": days},
        )
        PurgeClock.objects.create(club=club)
        save_speeches(club, count, now - timedelta(days=days + 1))
        sound = bytes(SOUND_BYTES)
        StageResult.objects.filter(stage="speech").update(audio=sound)
        Output.objects.filter(content_type="audio/mpeg").update(content=sound, size=len(sound))
        began, used = time.perf_counter(), time.process_time()
        run = expiry.run(club, now)
        took, used = time.perf_counter() - began, time.process_time() - used
        batches = PurgeRecord.objects.filter(run=run, event=PurgeRecord.Event.BATCH).count()
        if left := Speech.objects.count():
            raise RuntimeError(f"{left} of {count} speeches are left")
    return {
        "speeches": count,
        "batches": batches,
        "seconds": rounded(took),
        "speechesPerSecond": rounded(count / took),
        # What it costs here; on PostgreSQL without its server.
        "processorMsPerSpeech": rounded(used / count * 1e3),
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""A process that lets speeches expire, and kills itself in the middle of a batch if it is told to.

Usage: python -m tests.faults.expiry_process seed COUNT | run [KILLED_IN_BATCH]
"""

import os
import signal
import sys
from datetime import timedelta
from typing import Any

import django

BATCH = 10


def main(what: str, number: int) -> None:
    """Seed ``number`` speeches past their time, or run, to be killed in batch ``number``."""
    django.setup()
    from django.utils import timezone  # noqa: PLC0415 - after the setup

    from clubs.models import Club, PurgeRecord  # noqa: PLC0415
    from clubs.scoping import club_scope  # noqa: PLC0415
    from sessions_app import expiry  # noqa: PLC0415
    from sessions_app.models import Speech  # noqa: PLC0415
    from tests.sessions_app.saved import save_speeches  # noqa: PLC0415

    club, _ = Club.objects.get_or_create(slug="anchor", name="Anchor")
    now = timezone.now()
    with club_scope(club):
        if what == "seed":
            save_speeches(club, number, now - timedelta(days=91))
            return
        shred, calls = expiry._shred, []

        def shred_or_die(*args: Any) -> None:
            shred(*args)
            calls.append(args)
            if len(calls) == number:
                os.kill(os.getpid(), signal.SIGKILL)

        expiry._shred = shred_or_die  # type: ignore[assignment]
        expiry.claim(club, now)
        expiry.run(club, now, batch=BATCH)
        counts = PurgeRecord.objects.filter(event=PurgeRecord.Event.BATCH)
        print(Speech.objects.count(), *counts.values_list("speeches", flat=True))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0)

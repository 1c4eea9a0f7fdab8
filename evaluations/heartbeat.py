"""Signs of life of whoever works on a run, for as long as the work may take."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connections

from clubs.models import Club
from clubs.scoping import club_scope
from evaluations import claims
from evaluations.models import Run

log = logging.getLogger(__name__)

SAMPLES_PER_SECOND = 16_000


def longest_seconds(run: Run) -> float:
    """How long an attempt may take: deadlines of vendors, and twice the recording for decoding it.

    What takes longer hangs: it stops giving signs, and another attempt is made in its place.
    """
    return 180.0 + 2 * run.samples / SAMPLES_PER_SECOND


@contextmanager
def beating(
    club: Club, run: Run, every: float, now: Callable[[], float] = time.monotonic
) -> Iterator[None]:
    """Meanwhile a thread says every few seconds that ``run`` is in good hands."""
    ends = threading.Event()
    until = now() + longest_seconds(run)
    thread = threading.Thread(
        target=_beat,
        args=(club, run, ends, every, lambda: now() < until),
        name="heartbeat",
        daemon=True,
    )
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


def _beat(
    club: Club, run: Run, ends: threading.Event, every: float, in_time: Callable[[], bool]
) -> None:
    # The thread has a connection of its own, and inherits no scope.
    try:
        while not ends.wait(every) and in_time():
            try:
                with club_scope(club):
                    mine = claims.beat(run)
            except DatabaseError:
                # The reaper cannot read the row either; it asks twice once it can.
                log.warning("no sign of life: the database does not answer run=%s", run.pk)
                connections.close_all()
            else:
                if not mine:
                    return
    finally:
        connections.close_all()

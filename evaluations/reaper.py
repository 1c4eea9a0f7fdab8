"""Finding runs that nobody works on: rows are the truth, and messages about them may be lost.

A queued run whose message was lost is sent again. A running one whose process is gone or has fallen
silent is queued again, and goes on at the stage where it stopped.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q
from django_scopes import scopes_disabled

from evaluations.claims import OPEN, Holder, as_it_is, take_back
from evaluations.models import Run
from speechcoach.metrics import RUNS_LEFT

log = logging.getLogger(__name__)

SILENT_BEATS = 3
GRACE_BEATS = 2
"""After the database was away every holder seems silent until it has had time for a beat. By the
clock and not by rounds: those that waited meanwhile come all at once."""

RESENT_BEATS, SELDOM_BEATS = 4, 8
"""A queue may be long: what has waited for a while is sent again half as often."""

Send = Callable[[Run], None]


def reap(send: Send, beat_seconds: float, now: datetime) -> int:
    """Have every run that was left behind taken up again; how many there were.

    ``send`` puts the message about a run into its queue.
    """
    beat = timedelta(seconds=beat_seconds)
    # Of all clubs: only ids leave this function.
    with scopes_disabled():
        found = Run.objects.filter(status__in=OPEN)
        silent = Q(heard_at__lt=now - SILENT_BEATS * beat)
        here = Q(holder__startswith=_siblings())
        runs = found.filter(silent | here).order_by("heard_at")
        left = [run for run in runs if _is_left(run, beat, now)]
        for run in left:
            log.warning(
                "run left behind club=%s speech=%s run=%s attempts=%s status=%s",
                run.club_id,
                run.speech_id,
                run.number,
                run.attempts,
                run.status,
            )
            RUNS_LEFT.inc()
            send(run)
    return len(left)


def _siblings() -> str:
    here = Holder.here()
    return f"{here.host}/{here.parent}/"


def _is_left(run: Run, beat: timedelta, now: datetime) -> bool:
    """Whether ``run`` is this round's to send; its row says so then."""
    if run.status == Run.Status.QUEUED:
        pause = min(max(RESENT_BEATS * beat, run.heard_at - run.asked_at), SELDOM_BEATS * beat)
        return now - run.heard_at > pause and take_back(run, now)
    holder = Holder.read(run.holder)
    if holder is not None and holder.is_gone():
        return take_back(run, now)
    if now - run.heard_at <= SILENT_BEATS * beat:
        return False
    if run.missed_at is None:
        as_it_is(run).filter(heard_at=run.heard_at).update(missed_at=now)
        return False
    return now - run.missed_at >= GRACE_BEATS * beat and take_back(run, now)

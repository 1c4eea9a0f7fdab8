"""Who works on a run: one at a time, for as long as it gives signs of life.

Messages may come twice, late, or never; the row decides. A claim is a compare-and-set on it, and
its number is the fence: whoever has an older one commits nothing more.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils import timezone

from clubs.models import Club
from evaluations.models import Run

OPEN = (Run.Status.QUEUED, Run.Status.RUNNING)
MAX_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Holder:
    """A process of this product, as its siblings can find it again."""

    host: str
    parent: int
    process: int

    @classmethod
    def here(cls) -> "Holder":
        return cls(socket.gethostname(), os.getppid(), os.getpid())

    @classmethod
    def read(cls, text: str) -> "Holder | None":
        host, parent, process = [*text.rsplit("/", 2), "", ""][:3]
        if not (parent.isdecimal() and process.isdecimal()):
            return None
        return cls(host, int(parent), int(process))

    def __str__(self) -> str:
        return f"{self.host}/{self.parent}/{self.process}"

    def is_gone(self) -> bool:
        """Whether this process is known to have ended.

        Only a sibling can know: another machine, or another container, counts by itself.
        """
        here = Holder.here()
        if (self.host, self.parent) != (here.host, here.parent):
            return False
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False


def claim(club: Club, speech_id: str, number: int) -> Run | None:
    """Take a run for this process.

    None when it is done, no longer wanted, or in the hands of somebody who may be alive; whoever
    falls silent loses it to the reaper. An attempt beyond the last is given too: it is the caller's
    to park.
    """
    run = Run.objects.filter(club=club, speech_id=speech_id, number=number, status__in=OPEN).first()
    if run is None or (run.status == Run.Status.RUNNING and not _is_left(run)):
        return None
    taken = as_it_is(run).update(
        status=Run.Status.RUNNING,
        attempts=F("attempts") + 1,
        claim=F("claim") + 1,
        holder=str(Holder.here()),
        heard_at=timezone.now(),
        missed_at=None,
    )
    if not taken:
        return None
    run.refresh_from_db()
    return run


def as_it_is(run: Run) -> QuerySet[Run]:
    """The row, while nobody has taken it, handed it on or finished it since ``run`` was read."""
    return Run.objects.filter(club=run.club_id, pk=run.pk, status=run.status, claim=run.claim)


def beat(run: Run) -> bool:
    """Say that this process still works on ``run``; False when it is no longer its own."""
    return bool(as_it_is(run).update(heard_at=timezone.now(), missed_at=None))


def hand_on(run: Run) -> bool:
    """Give a run to another kind of worker, with the attempt; False when it is no longer ours."""
    return bool(
        as_it_is(run).update(
            status=Run.Status.QUEUED,
            attempts=F("attempts") - 1,
            holder="",
            heard_at=timezone.now(),
            missed_at=None,
        )
    )


def take_back(run: Run, now: datetime) -> bool:
    """Queue a run again whose holder is gone or silent; False when it has moved on meanwhile."""
    return bool(
        as_it_is(run)
        .filter(heard_at=run.heard_at)
        .update(status=Run.Status.QUEUED, holder="", heard_at=now, missed_at=None)
    )


def _is_left(run: Run) -> bool:
    holder = Holder.read(run.holder)
    return holder is not None and holder.is_gone()

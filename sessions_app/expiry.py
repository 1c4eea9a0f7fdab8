"""What was saved goes when its clock says so: in batches, each with its line in the audit.

A batch and its line are one transaction, and what is deleted is no longer found: a run that is
killed is simply made again, and goes on where the last batch ended.
"""

import functools
import logging
import operator
import uuid
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from clubs.core.retention import Clocks, Part, SpeechFacts, Verdict, verdict
from clubs.models import Club, ConsentEvent, PurgeClock, PurgeRecord, RetentionPolicy
from evaluations import shredders
from evaluations.models import Run
from sessions_app.models import EvaluatorNote, LegalHold, LiveUtterance, RecordingBars, Speech

log = logging.getLogger(__name__)

BATCH: Final = 200
_LOOK_AHEAD: Final = 10_000
EVERY: Final = timedelta(hours=1)
AGAIN_AFTER_FAILURE: Final = timedelta(minutes=5)
LEASE: Final = timedelta(minutes=15)
"""After which a run that has not ended is taken for dead; it is renewed with every batch."""


def held(club: Club) -> QuerySet[LegalHold]:
    """The holds in force in a club."""
    return LegalHold.objects.filter(club=club, lifted_at__isnull=True)


def resting(club: Club) -> Any:
    """Speeches with the facts that the clocks ask for, but for those in use."""
    return (
        Speech.objects.filter(club=club, state=Speech.State.IDLE, purge_after__isnull=True)
        .annotate(
            kept_since=Coalesce("saved_at", "seen_at", "created_at"),
            is_held=Exists(held(club).filter(speech=OuterRef("pk"))),
            **shredders.presence(),
        )
        .order_by("pk")
    )


_FLAGS = {
    Part.AUDIO: "has_audio",
    Part.TRANSCRIPT: "has_transcript",
    Part.EVALUATION: "has_evaluation",
}


def facts(speech: Any) -> SpeechFacts:
    """The facts of a speech of :func:`resting`."""
    return SpeechFacts(
        kept_since=speech.kept_since,
        present=frozenset(part for part, flag in _FLAGS.items() if getattr(speech, flag)),
        held=speech.is_held,
    )


def _candidates(club: Club, clocks: Clocks, now: datetime) -> Any:
    """No fewer speeches than the clocks let go, and few more: what the rules are asked about."""
    due = [
        Q(**{flag: True, "kept_since__lte": now - clocks.of(part)}) for part, flag in _FLAGS.items()
    ]
    nothing_left = Q(kept_since__lte=now - clocks.longest)
    return resting(club).filter(functools.reduce(operator.or_, due) | nothing_left, is_held=False)


def preview(club: Club, clocks: Clocks, now: datetime) -> Iterator[tuple[UUID, Verdict]]:
    """What a run would delete now, by the same question that the run asks."""
    for speech in _candidates(club, clocks, now).iterator(chunk_size=BATCH):
        found = verdict(clocks, facts(speech), now)
        if found:
            yield speech.pk, found


def claim(club: Club, now: datetime) -> bool:
    """Whether a club's run is due and now the caller's to make."""
    PurgeClock.objects.get_or_create(club=club, defaults={"next_run_at": now})
    mine = PurgeClock.objects.filter(club=club, next_run_at__lte=now)
    return bool(mine.update(next_run_at=now + LEASE))


def run(club: Club, now: datetime, *, started_by: int | None = None, batch: int = BATCH) -> UUID:
    """Delete what is due, in batches; returns the run's id in the audit.

    What goes wrong is said in the log, in the audit and on the club's clock, and raised.
    """
    clocks = RetentionPolicy.of(club).clocks
    number = uuid.uuid4()
    entry = {
        "club": club,
        "run": number,
        "kind": PurgeRecord.Kind.EXPIRED,
        "started_by": started_by,
        "policy": asdict(clocks),
    }
    clock = PurgeClock.objects.filter(club=club)
    try:
        worked = False
        for speeches in _batches(club, clocks, now, batch):
            worked = _batch(club, clocks, now, speeches, entry) or worked
            # By the time that it is: a long run would be taken for dead, and made twice.
            clock.update(next_run_at=timezone.now() + LEASE)
    except Exception as error:
        kind = type(error).__name__
        # Not the error itself, which may quote a row; whoever runs the task has it.
        log.error("retention failed club=%s run=%s %s", club.pk, number, kind)  # noqa: TRY400
        PurgeRecord.objects.create(**entry, event=PurgeRecord.Event.FAILED, failure=kind)
        clock.update(failed_at=now, failure=kind, next_run_at=now + AGAIN_AFTER_FAILURE)
        raise
    if worked:
        PurgeRecord.objects.create(**entry, event=PurgeRecord.Event.DONE)
        log.info("retention done club=%s run=%s", club.pk, number)
    clock.update(finished_at=now, failed_at=None, failure="", next_run_at=now + EVERY)
    return number


def _batches(club: Club, clocks: Clocks, now: datetime, size: int) -> Iterator[list[UUID]]:
    """Candidates, a batch at a time, looked for once for many batches."""
    rows = _candidates(club, clocks, now)
    while found := list(rows.values_list("pk", flat=True)[:_LOOK_AHEAD]):
        for start in range(0, len(found), size):
            yield found[start : start + size]
        rows = _candidates(club, clocks, now).filter(pk__gt=found[-1])


def _batch(
    club: Club, clocks: Clocks, now: datetime, speeches: list[UUID], entry: dict[str, Any]
) -> bool:
    """Delete what is due of these speeches; whether there was anything."""
    with transaction.atomic():
        list(Speech.objects.select_for_update().filter(club=club, pk__in=speeches).only("pk"))
        # Asked again under the lock: one may have been held or reopened while we waited for it.
        found = _candidates(club, clocks, now).filter(pk__in=speeches)
        verdicts = {speech.pk: verdict(clocks, facts(speech), now) for speech in found}
        going = {pk: said for pk, said in verdicts.items() if said}
        if going:
            _shred(club, going)
            counts = {part: sum(part in said.parts for said in going.values()) for part in Part}
            PurgeRecord.objects.create(
                **entry,
                event=PurgeRecord.Event.BATCH,
                speeches=len(going),
                records=sum(said.record for said in going.values()),
                audio=counts[Part.AUDIO],
                transcripts=counts[Part.TRANSCRIPT],
                evaluations=counts[Part.EVALUATION],
            )
        return bool(going)


def _shred(club: Club, going: dict[UUID, Verdict]) -> None:
    whole = [pk for pk, said in going.items() if said.record]
    for part in Part:
        some = [pk for pk, said in going.items() if part in said.parts and not said.record]
        if some:
            shredders.shred(club, part, some)
            if part is Part.TRANSCRIPT:
                LiveUtterance.objects.filter(club=club, speech__in=some).delete()
                Speech.objects.filter(club=club, pk__in=some).update(session=None)
            if part is Part.EVALUATION:
                EvaluatorNote.objects.filter(club=club, speech__in=some).delete()
            if part is not Part.AUDIO:
                # They are figures, with words among them.
                RecordingBars.objects.filter(club=club, speech__in=some).delete()
    ConsentEvent.objects.filter(club=club, speech_id__in=whole).without_names()
    # No longer kept: so that what follows kept runs does not follow each of these to its end.
    Run.objects.filter(club=club, speech__in=whole).update(saved_at=None)
    Speech.objects.filter(club=club, pk__in=whole).delete()

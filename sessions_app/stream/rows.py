"""The rows behind history and stream: whose bars these are, and those that are kept."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Max, QuerySet

from clubs.access import NOT_FOUND, access_club, clubs_of, require_user
from clubs.models import Club, Membership, User
from clubs.permissions import Action, require
from clubs.revocation import Permit, require_permit
from clubs.scoping import club_scope
from evaluations import outputs
from evaluations.models import Run
from evaluations.pipeline import RunRequest
from sessions_app.access import access_speech, find_speech
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.core.bar import Bar
from sessions_app.core.bars import told_bars
from sessions_app.core.late_words import with_words
from sessions_app.documents import kept_run
from sessions_app.listing import finished_speeches
from sessions_app.models import RecordingBars, Speech
from sessions_app.source import vault_key
from sessions_app.stream import Entry, Mark, Page
from sessions_app.stream.history import SavedSpeech
from speechcoach.errors import NotFoundError

LAST_SPEECHES = 5


@dataclass(frozen=True, slots=True)
class Watched:
    """A speech that somebody may watch, and on what grounds. ``kept`` are its bars that are saved.

    ``key`` is the speech's in the ring.
    """

    key: str
    speech_id: str
    permit: Permit
    kept: Page | None


def watched(
    user: User | AnonymousUser, session_key: str | None, speech_id: str, *, with_bars: bool
) -> Watched:
    """The speech with this id, for a person who may see it; ``kept`` only ``with_bars``.

    Raises:
        SignedOutError: nobody is signed in.
        NotFoundError: there is none, or none for them.
        ForbiddenError: the club is suspended.
    """
    membership, speech = find_speech(user, speech_id)
    require(membership, Action.VIEW_SPEECH)
    with club_scope(membership.club):
        kept = kept_bars(speech) if with_bars else _kept_mark(speech)
    return Watched(
        key=vault_key(speech.club_id, str(speech.pk)),
        speech_id=str(speech.pk),
        permit=Permit(membership.user_id, speech.club_id, Action.VIEW_SPEECH, session_key),
        kept=kept,
    )


def require_watchable(permit: Permit, speech_id: str) -> None:
    """Raises a ``ProductError`` when the person may not watch the speech any more."""
    membership = require_permit(permit)
    with club_scope(membership.club):
        access_speech(membership, speech_id)


def saved_speeches(
    user: User | AnonymousUser, speaker: int, club_slug: str | None
) -> list[SavedSpeech]:
    """The last saved speeches of a person that the user may see, oldest first, in one club or all.

    Raises:
        SignedOutError: nobody is signed in.
        NotFoundError: no such person in a club of theirs.
        ForbiddenError: the club is suspended.
    """
    found: list[tuple[Club, Speech]] = []
    known = False
    for membership in _memberships(user, club_slug):
        require(membership, Action.VIEW_SPEECH)
        with club_scope(membership.club):
            saved = finished_speeches(membership).filter(speaker=speaker)
            newest = saved.order_by("-recorded_at")[:LAST_SPEECHES]
            own = [(membership.club, speech) for speech in newest]
            members = Membership.objects.filter(club=membership.club, user=speaker)
            known = known or bool(own) or members.exists()
        found += own
    if not known:
        raise NotFoundError(NOT_FOUND)
    found.sort(key=lambda pair: pair[1].recorded_at or pair[1].created_at)
    return list(_with_bars(found[-LAST_SPEECHES:]))


def _memberships(user: User | AnonymousUser, club_slug: str | None) -> list[Membership]:
    if club_slug is not None:
        return [access_club(user, club_slug)]
    return [one for one in clubs_of(require_user(user)) if one.club.suspended_at is None]


def _with_bars(found: list[tuple[Club, Speech]]) -> Iterator[SavedSpeech]:
    for club, speech in found:
        with club_scope(club):
            kept = kept_bars(speech)
        if kept is not None:
            at = speech.recorded_at
            yield SavedSpeech(str(speech.pk), speech.title, at.isoformat() if at else None, kept)


def kept_bars(speech: Speech) -> Page | None:
    """The bars of the speech's last recording that ended; None where there is none.

    Where none were kept they are told from the transcript that was. Needs the club's scope.
    """
    row = _rows(speech).first()
    if row is not None:
        return Page(Mark(row.epoch, row.eid, ended=True), _entries(_whole(speech, row), row.eid))
    run = _run_with_words(speech)
    transcript = outputs.transcript_of(run) if run is not None else None
    if run is None or transcript is None:
        return None
    told = told_bars(transcript.segments, run.samples / SAMPLE_RATE)
    return Page(_told(run), _entries([as_json(bar) for bar in told], 1))


def _whole(speech: Speech, row: RecordingBars) -> list[dict[str, object]]:
    """The bars of a recording; what no captions told of, the transcript that was kept tells."""
    bars: list[dict[str, object]] = row.bars
    if all(bar["words"] is not None for bar in bars):
        return bars
    run = kept_run(speech)
    transcript = (
        outputs.transcript_of(run) if run is not None and run.number >= row.number else None
    )
    if run is None or transcript is None:
        return bars
    own = RunRequest.model_validate(run.request).own_fillers if run.request else ()
    told = with_words([Bar.model_validate(bar) for bar in bars], transcript.segments, own)
    return [as_json(bar) for bar in told]


def _kept_mark(speech: Speech) -> Page | None:
    """The same without the bars."""
    row = _rows(speech).defer("bars").first()
    if row is not None:
        return Page(Mark(row.epoch, row.eid, ended=True), ())
    run = _run_with_words(speech)
    return Page(_told(run), ()) if run is not None else None


def _run_with_words(speech: Speech) -> Run | None:
    """The run whose transcript tells of the speech, unless it is being given just now."""
    return kept_run(speech) if speech.state != Speech.State.RECORDING else None


def _told(run: Run) -> Mark:
    return Mark(f"run{run.pk}", 1, ended=True)


def _rows(speech: Speech) -> QuerySet[RecordingBars]:
    if speech.state == Speech.State.RECORDING:
        return RecordingBars.objects.none()
    return RecordingBars.objects.filter(club=speech.club_id, speech=speech)


def keep_bars(club: Club, speech_id: str, number: int, mark: Mark, bars: list[str]) -> None:
    """Keep the bars (as JSON) of a recording that has ended. Needs the club's scope."""
    RecordingBars.objects.update_or_create(
        club=club,
        speech_id=speech_id,
        number=number,
        defaults={
            "epoch": mark.epoch,
            "eid": mark.eid,
            "bars": [json.loads(text) for text in bars],
        },
    )


def forget_unsaved_bars(club: Club, speech_id: str | UUID) -> None:
    """Delete the bars of recordings of which nothing was saved. Needs the club's scope."""
    runs = Run.objects.filter(club=club, speech_id=speech_id, saved_at__isnull=False)
    saved = runs.aggregate(latest=Max("number"))["latest"]
    rows = RecordingBars.objects.filter(club=club, speech_id=speech_id)
    kept = rows.filter(number__lte=saved).first() if saved is not None else None
    (rows if kept is None else rows.exclude(pk=kept.pk)).delete()


def as_json(bar: Bar) -> dict[str, object]:
    """A bar as it stands in rows and on the wire."""
    return bar.model_dump(mode="json", by_alias=True)


def _entries(bars: list[dict[str, object]], eid: int) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            seq=int(str(bar["seq"])),
            rev=int(str(bar["rev"])),
            forming=False,
            text=json.dumps(bar, separators=(",", ":")),
            eid=eid,
        )
        for bar in bars
    )

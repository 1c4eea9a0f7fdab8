"""The rows behind the coach: whose conversation it is, and the speech that a kept take becomes."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from clubs.engines import choice_of
from clubs.models import Club, ConsentEvent, Membership, RetentionPolicy
from clubs.revocation import Permit, require_permit
from clubs.scoping import club_scope
from evaluations import outputs, usage
from evaluations.core.shapes import Brief, ProjectContext
from evaluations.models import Run
from evaluations.pipeline import RunRequest
from evaluations.progress.figures import Figures
from evaluations.queueing import request_run
from sessions_app.apart import in_thread
from sessions_app.coach import PastSpeech
from sessions_app.coach.messages import SpeakerConsent
from sessions_app.coach.takes import Measured
from sessions_app.consent import coach_consent
from sessions_app.contract.messages import Consent
from sessions_app.core.setup import Setup
from sessions_app.core.snapshot import Snapshot
from sessions_app.listing import finished_speeches
from sessions_app.live.tickets import Ticket
from sessions_app.models import Speech
from sessions_app.speakers import speaker_id_for

RUN = 1
"""The number of the one run that a kept take has."""
PRACTICE = "Practice"
PAST_SPEECHES: Final = 5


@dataclass(frozen=True, slots=True)
class Person:
    """Who talks with the coach, in which club, and what they spoke there last, newest first."""

    club: Club
    user_id: int
    name: str
    builtin_only: bool
    speeches: tuple[PastSpeech, ...] = ()


@in_thread
def open_person(ticket: Ticket) -> Person:
    """Whose ticket it is.

    Raises:
        SignedOutError: the ticket's sign-in has ended.
        ForbiddenError: its user does not belong to the club any more.
    """
    member = require_permit(ticket.permit)
    with club_scope(member.club):
        choice = choice_of(member.club)
        # Whoever tries the demo is not the member whose name they go by.
        speeches = () if ticket.demo else _past_speeches(member)
    name = "" if ticket.demo else member.user.name
    builtin_only = choice.builtin_only or ticket.demo
    return Person(member.club, member.user_id, name, builtin_only, speeches)


def _past_speeches(member: Membership) -> tuple[PastSpeech, ...]:
    """The last saved speeches that the member gave. Needs the club's scope."""
    own = list(finished_speeches(member).filter(speaker=member.user_id)[:PAST_SPEECHES])
    runs = Run.objects.filter(
        club=member.club, speech__in=own, saved_at__isnull=False, figures__isnull=False
    )
    # The latest run of a speech comes last, and stands.
    told = dict(runs.order_by("number").values_list("speech_id", "figures"))
    return tuple(_past(speech.title, told[speech.pk]) for speech in own if speech.pk in told)


def _past(title: str, told: object) -> PastSpeech:
    figures = Figures.model_validate(told)
    return PastSpeech(
        title=title,
        recommendation=" ".join(figures.recommendations),
        words_per_minute=figures.words_per_minute,
        fillers_per_minute=figures.fillers_per_minute,
    )


@in_thread
def check_permit(permit: Permit) -> None:
    """Raises ``SignedOutError`` or ``ForbiddenError`` when the person may be here no more."""
    require_permit(permit)


@in_thread
def charge(club: Club, cost_usd: Decimal) -> None:
    """Add to what a club has cost today."""
    with club_scope(club):
        usage.charge(club.pk, cost_usd)


@in_thread
def keep_take(
    person: Person, take_id: str, title: str, given: SpeakerConsent, measured: Measured
) -> str:
    """Make a practice speech of a take, have it evaluated, and say where it is.

    The sound lies in the vault under the speech's name already.
    """
    club = person.club
    now = timezone.now()
    consent = Consent(
        speaker_name=given.speaker_name,
        consent_confirmed=True,
        consent_timestamp=now.isoformat(timespec="milliseconds"),
    )
    setup = Setup(
        consent=consent,
        project=ProjectContext(speech_title=title, project_type=PRACTICE),
        mode="practice",
    )
    with club_scope(club), transaction.atomic():
        policy = RetentionPolicy.of(club)
        speech, made = Speech.objects.get_or_create(
            pk=uuid.UUID(take_id),
            club=club,
            defaults={
                "operator_id": person.user_id,
                "speaker_name": given.speaker_name,
                "consent_confirmed": True,
                "consent_at": now,
                "title": title,
                "project_type": PRACTICE,
                "run_id": RUN,
                "recorded_at": now,
                "purge_after": now + timedelta(seconds=policy.auto_purge_seconds),
                "session": _session(setup, measured),
            },
        )
        if made:
            speech.speaker_id = _speaker_id(person, speech, given.speaker_name)
            if speech.speaker_id == person.user_id:
                # One's own practice is one's own until one shows it.
                speech.visibility = Speech.Visibility.SPEAKER
            speech.save(update_fields=["speaker", "visibility"])
            _log_consent(person, speech, consent, now)
        brief = Brief(
            speaker_name=given.speaker_name,
            project=setup.project,
            time_limit_seconds=setup.time_limit_seconds,
            style=setup.style,
        )
        request = RunRequest(brief=brief, live=measured.live, keep=True)
        request_run(club, speech.pk, RUN, measured.samples, request)
    return reverse("session", args=[club.slug, speech.pk])


def _session(setup: Setup, measured: Measured) -> dict[str, Any]:
    snapshot = Snapshot(run_id=RUN, setup=setup, samples=measured.samples)
    fields: dict[str, Any] = snapshot.model_dump(mode="json", by_alias=True, exclude={"finished"})
    return fields


def _speaker_id(person: Person, speech: Speech, name: str) -> int | None:
    if name.strip().casefold() == person.name.strip().casefold():
        return person.user_id
    return speaker_id_for(person.club, speech, name)


def _log_consent(person: Person, speech: Speech, consent: Consent, now: datetime) -> None:
    shown = coach_consent(person.club)
    ConsentEvent.objects.create(
        club=person.club,
        speech_id=speech.pk,
        speaker_id=speech.speaker_id,
        speaker_name=consent.speaker_name,
        confirmed=True,
        text_version=shown.version,
        text=shown.text,
        recorded_by=person.user_id,
        recorded_at=now,
    )


def keep_settled(club: Club) -> int:
    """Save the runs of kept takes that are evaluated; returns how many. Needs the club's scope."""
    settled = [Run.Status.READY, Run.Status.TOO_SHORT]
    runs = Run.objects.filter(
        club=club, status__in=settled, saved_at__isnull=True, request__keep=True
    )
    kept = 0
    for run in runs.iterator():
        # A speech that has moved on, or was withdrawn, is not saved behind its speaker's back.
        if Speech.objects.filter(club=club, pk=run.speech_id, run_id=run.number).exists():
            outputs.keep(run)
            kept += 1
    return kept

"""A person of whom every table that may hold something holds something, marked with a canary."""

from datetime import timedelta

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from clubs.models import (
    AuditEvent,
    Club,
    ConsentEvent,
    ErasureReceipt,
    Invitation,
    Membership,
    PurgeRecord,
    User,
)
from clubs.models.audit import subject_hash
from clubs.scoping import club_scope
from evaluations.models import Goal, OwnFiller, Run
from sessions_app.live import tickets
from sessions_app.live.tickets import Ticket
from sessions_app.models import (
    AgendaSlot,
    EvaluatorNote,
    LegalHold,
    Meeting,
    RetentionWarning,
    ShareLink,
    Speech,
    Upload,
)
from tests.sessions_app.saved import save_speeches

PASSWORD = "sea-and-wind-7"


def make_person(canary: str) -> User:
    """A user with something in every table of an account."""
    user = User.objects.create_user(f"{canary}@anchor.example", PASSWORD, name=f"Name {canary}")
    address = EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    EmailConfirmation.objects.create(email_address=address, key=f"key-{canary}")
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk),
        object_repr=user.email,
        action_flag=CHANGE,
    )
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.RECOVERY_CODES, data={"seed": canary, "used_mask": 0}
    )
    user.groups.add(Group.objects.create(name="a group"))
    user.user_permissions.add(Permission.objects.all()[0])
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["note"] = canary
    session.create()
    return user


def fill_club(club: Club, user: User, canary: str) -> Speech:
    """Something of the person in every table of a club; their speech there."""
    with club_scope(club):
        Membership.objects.create(club=club, user=user, role=Membership.Role.OFFICER)
        [speech] = save_speeches(club, 1, timezone.now(), speaker=user, words=canary)
        other = Speech.objects.create(club=club, operator=user, title="somebody else's")
        run = Run.objects.get(speech=speech)
        ConsentEvent.objects.create(
            club=club,
            speech_id=speech.pk,
            speaker_id=user.pk,
            speaker_name=f"Name {canary}",
            confirmed=True,
            text_version="1",
            text="what was shown",
            recorded_by=user.pk,
        )
        Goal.objects.create(club=club, user=user, measure="wpm", direction="at_most", target=150)
        OwnFiller.objects.create(club=club, user=user, phrase=f"filler {canary}")
        for number, (author, of) in enumerate([(None, speech), (user, other)]):
            ShareLink.objects.create(
                club=club,
                speech=of,
                run=run
                if of == speech
                else Run.objects.create(club=club, speech=other, number=1, samples=1, request={}),
                token_hash=f"{club.pk}-{number}",
                created_by=author,
                expires_at=timezone.now() + timedelta(days=1),
            )
        meeting = Meeting.objects.create(club=club, title="Winter", starts_at=timezone.now())
        AgendaSlot.objects.create(
            club=club,
            meeting=meeting,
            position=1,
            speaker=user,
            speaker_name=f"Name {canary}",
            title=f"Title {canary}",
            speech=speech,
        )
        AgendaSlot.objects.create(
            club=club, meeting=meeting, position=2, evaluator_name=f"Name {canary}"
        )
        moment = timezone.now()
        LegalHold.objects.create(
            club=club, speech=speech, reason=f"of {canary}", placed_by=1, lifted_at=moment
        )
        LegalHold.objects.create(club=club, speech=other, reason="a complaint", placed_by=user.pk)
        RetentionWarning.objects.create(club=club, speech=speech)
        for of, author, said in ((speech, _somebody(), canary), (other, user, "breathe")):
            EvaluatorNote.objects.create(
                club=club,
                speech=of,
                author=author,
                author_name=f"Name {canary}" if author == user else "Somebody",
                went_well=said,
            )
        for uploaded in (speech, other):
            Upload.objects.create(
                club=club,
                speech=uploaded,
                uploader=user,
                file_name=f"{canary}.mp3" if uploaded == speech else "theirs.mp3",
                size=1,
                seen_at=moment,
                setup={"notes": canary} if uploaded == speech else {},
            )
        for number, (author, email) in enumerate([(user, ""), (_somebody(), user.email)]):
            Invitation.objects.create(
                club=club,
                token_hash=f"{club.pk}-{number}",
                email=email,
                created_by=author,
                expires_at=timezone.now() + timedelta(days=1),
            )
        AuditEvent.objects.create(
            club=club, actor=user.pk, action=AuditEvent.Action.CSV, table="clubs.ConsentEvent"
        )
        PurgeRecord.objects.create(
            club=club,
            kind=PurgeRecord.Kind.EXPIRED,
            event=PurgeRecord.Event.DONE,
            started_by=user.pk,
        )
        ErasureReceipt.objects.create(
            club=club, subject=subject_hash(user.pk), by=subject_hash(user.pk), counts={}
        )
    tickets.issue(Ticket(user.pk, club.pk, "session", str(speech.pk)))
    return speech


def _somebody() -> User:
    user, _ = User.objects.get_or_create(email="somebody@anchor.example")
    return user

"""What the tables of clubs and accounts hold of a person."""

from functools import partial

from allauth.account.models import EmailAddress, EmailConfirmation
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Model, Q

from clubs.models import (
    AuditEvent,
    ConsentEvent,
    ErasureReceipt,
    Invitation,
    Membership,
    PurgeRecord,
    User,
)
from clubs.models.audit import subject_hash
from clubs.registry import Fate, PersonalTable, Rows, impersonal, personal

_PROOF = "Proof of who did what is kept for the club; it is an id, which leads to nobody any more."


def _sessions(user: User) -> Rows:
    """Sign-ins carry the user's id in what is signed."""
    mine = [
        session.pk
        for session in Session.objects.iterator()
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    return Session.objects.filter(pk__in=mine)


def _of_user(model: type[Model], user: User) -> Rows:
    return model._default_manager.filter(user=user)


def _admin_log(user: User) -> Rows:
    about = Q(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    return LogEntry.objects.filter(about | Q(user=user))


# A club's tables.

personal(
    PersonalTable(
        ConsentEvent,
        "recorder",
        rows=lambda user: ConsentEvent.objects.filter(recorded_by=user.pk),
        fate=Fate.KEPT,
        why=_PROOF,
        # Somebody else's consent: that it was recorded is the operator's, what it says is not.
        hidden=frozenset({"speaker_name", "speaker_id", "speaker_fingerprint"}),
    )
)
personal(
    PersonalTable(
        Invitation,
        "invited",
        rows=lambda user: Invitation.objects.filter(
            Q(used_by=user) | Q(email__iexact=user.email, email__gt="")
        ),
        fate=Fate.DELETED,
        why="It names the person by their address.",
        hidden=frozenset({"token_hash", "created_by"}),
    )
)
personal(
    PersonalTable(
        Invitation,
        "author",
        rows=lambda user: Invitation.objects.filter(created_by=user),
        fate=Fate.DELETED,
        why="What somebody may do ends with their membership, and so do their invitations.",
        hidden=frozenset({"token_hash", "email", "used_by"}),
    )
)
personal(
    PersonalTable(
        AuditEvent,
        "actor",
        rows=lambda user: AuditEvent.objects.filter(actor=user.pk),
        fate=Fate.KEPT,
        why=_PROOF,
    )
)
personal(
    PersonalTable(
        PurgeRecord,
        "starter",
        rows=lambda user: PurgeRecord.objects.filter(started_by=user.pk),
        fate=Fate.KEPT,
        why=_PROOF,
    )
)
personal(
    PersonalTable(
        ErasureReceipt,
        "subject",
        rows=lambda user: ErasureReceipt.objects.filter(subject=subject_hash(user.pk)),
        fate=Fate.KEPT,
        why="It is the proof of erasure, and names nobody.",
    )
)
personal(
    PersonalTable(
        Membership,
        "member",
        rows=lambda user: Membership.objects.filter(user=user),
        fate=Fate.DELETED,
        why="Who is erased from a club does not belong to it any more.",
    )
)

# An account's tables.

personal(
    PersonalTable(
        LogEntry,
        "actor",
        rows=_admin_log,
        fate=Fate.DELETED,
        why="It says what somebody did in the admin, and names accounts by their address.",
    )
)
personal(
    PersonalTable(
        Session,
        "signed_in",
        rows=_sessions,
        fate=Fate.DELETED,
        why="A sign-in ends with the account.",
        hidden=frozenset({"session_key", "session_data"}),
    )
)
personal(
    PersonalTable(
        EmailConfirmation,
        "owner",
        rows=lambda user: EmailConfirmation.objects.filter(email_address__user=user),
        fate=Fate.DELETED,
        why="It belongs to an address of the account.",
        hidden=frozenset({"key"}),
    )
)
personal(
    PersonalTable(
        EmailAddress,
        "owner",
        rows=lambda user: EmailAddress.objects.filter(user=user),
        fate=Fate.DELETED,
        why="It belongs to the account.",
    )
)
if apps.is_installed("allauth.mfa"):
    _second_factors = apps.get_model("mfa.Authenticator")
    personal(
        PersonalTable(
            _second_factors,
            "owner",
            rows=lambda user: _second_factors._default_manager.filter(user=user),
            fate=Fate.DELETED,
            why="It is a second factor of the account.",
            hidden=frozenset({"data"}),
        )
    )
for _through in (User.groups.through, User.user_permissions.through):
    personal(
        PersonalTable(
            _through,
            "holder",
            rows=partial(_of_user, _through),
            fate=Fate.DELETED,
            why="It belongs to the account.",
        )
    )
personal(
    PersonalTable(
        User,
        "person",
        rows=lambda user: User.objects.filter(pk=user.pk),
        fate=Fate.DELETED,
        why="It is the account.",
        hidden=frozenset({"password"}),
    )
)

impersonal("clubs.Club", "A club's name and address are the club's.")
impersonal("clubs.RetentionPolicy", "How long a club keeps things.")
impersonal("clubs.PurgeClock", "When a club's purge runs.")
impersonal("clubs.ClubEngines", "Which engines a club uses.")
impersonal("clubs.DailyLimit", "A number of evaluations.")
impersonal("clubs.DailyUsage", "Sums over everybody in a club.")
impersonal("auth.Group", "Not used; a name and what it may do.")
impersonal("auth.Group_permissions", "Not used; what a group may do.")
impersonal("auth.Permission", "What may be done to a table.")
impersonal("contenttypes.ContentType", "The names of the tables.")

"""What sessions and meetings hold of a person."""

from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from clubs.models import ConsentEvent, User
from clubs.registry import Fate, PersonalTable, Rows, impersonal, personal
from evaluations import notify
from sessions_app.meetings import agenda
from sessions_app.models import (
    AgendaSlot,
    EvaluatorNote,
    LegalHold,
    LiveUtterance,
    RecordingBars,
    RetentionWarning,
    ShareLink,
    Speech,
    Upload,
)
from sessions_app.tasks import forget_audio

_SPOKEN = "It is about what the person said, and goes with it."


def _free(rows: Rows, path: str = "speech") -> Rows:
    """Those whose speech, at ``path``, no legal hold keeps."""
    held = LegalHold.objects.filter(lifted_at__isnull=True, speech=OuterRef(path))
    return rows.filter(~Exists(held))


def _end_sessions(speeches: Rows) -> None:
    """What runs of these speeches ends, and what was captured of them goes."""
    for club_id, speech_id in speeches.values_list("club_id", "pk"):
        forget_audio.enqueue(club_id=club_id, speech_id=str(speech_id))
        transaction.on_commit(partial(notify.nudge, club_id, speech_id, "speech.erased"))


def _consents(user: User) -> Rows:
    spoken = Speech.objects.filter(speaker=user).values("pk")
    return ConsentEvent.objects.filter(Q(speaker_id=user.pk) | Q(speech_id__in=spoken))


def _slots(user: User) -> Rows:
    spoken = Speech.objects.filter(speaker=user).values("pk")
    return AgendaSlot.objects.filter(Q(speaker=user) | Q(speech__in=spoken))


def _empty(slots: Rows) -> None:
    agenda.empty(slots)
    slots.update(speech=None)


personal(
    PersonalTable(
        ConsentEvent,
        "speaker",
        rows=_consents,
        fate=Fate.ANONYMISED,
        why="A club owes the proof of consent; a fingerprint stands where the name was.",
        anonymise=lambda rows: rows.without_names(),
        erasable=partial(_free, path="speech_id"),
    )
)
personal(
    PersonalTable(
        ShareLink,
        "speaker",
        rows=lambda user: ShareLink.objects.filter(speech__speaker=user),
        fate=Fate.DELETED,
        why="It opens what the person said, and goes with it.",
        hidden=frozenset({"token_hash", "created_by"}),
    )
)
personal(
    PersonalTable(
        ShareLink,
        "author",
        rows=lambda user: ShareLink.objects.filter(created_by=user),
        fate=Fate.ANONYMISED,
        why="It opens somebody else's speech, which stays shared as its speaker wants it.",
        anonymise=lambda rows: rows.update(created_by=None),
        hidden=frozenset({"token_hash"}),
    )
)
personal(
    PersonalTable(
        AgendaSlot,
        "speaker",
        rows=_slots,
        fate=Fate.ANONYMISED,
        why="The agenda keeps the place, and not who had it.",
        anonymise=_empty,
        erasable=_free,
    )
)
personal(
    PersonalTable(
        AgendaSlot,
        "evaluator",
        rows=lambda user: AgendaSlot.objects.filter(
            evaluator_name__iexact=user.name, evaluator_name__gt=""
        ),
        fate=Fate.ANONYMISED,
        why="The agenda keeps the place, and not who evaluated.",
        anonymise=lambda rows: rows.update(evaluator_name=""),
        hidden=frozenset({"speaker", "speaker_name", "title", "objectives"}),
    )
)
personal(
    PersonalTable(
        LiveUtterance,
        "speaker",
        rows=lambda user: LiveUtterance.objects.filter(speech__speaker=user),
        fate=Fate.DELETED,
        why=_SPOKEN,
        erasable=_free,
    )
)
personal(
    PersonalTable(
        EvaluatorNote,
        "speaker",
        rows=lambda user: EvaluatorNote.objects.filter(speech__speaker=user),
        fate=Fate.DELETED,
        why="It is about how the person spoke, and goes with the speech.",
        erasable=_free,
        hidden=frozenset({"author"}),
    )
)
personal(
    PersonalTable(
        EvaluatorNote,
        "evaluator",
        rows=lambda user: EvaluatorNote.objects.filter(author=user).exclude(speech__speaker=user),
        fate=Fate.ANONYMISED,
        why="The speaker keeps the advice, and not whose it was.",
        anonymise=lambda rows: rows.update(author=None, author_name=""),
    )
)
personal(
    PersonalTable(
        Upload,
        "speaker",
        rows=lambda user: Upload.objects.filter(speech__speaker=user),
        fate=Fate.DELETED,
        why=_SPOKEN,
        erasable=_free,
        hidden=frozenset({"uploader"}),
    )
)
personal(
    PersonalTable(
        Upload,
        "uploader",
        rows=lambda user: Upload.objects.filter(uploader=user).exclude(speech__speaker=user),
        fate=Fate.ANONYMISED,
        why="It is somebody else's speech; only who uploaded it is forgotten.",
        anonymise=lambda rows: rows.update(uploader=None),
        hidden=frozenset({"file_name", "setup"}),
    )
)
personal(
    PersonalTable(
        RecordingBars,
        "speaker",
        rows=lambda user: RecordingBars.objects.filter(speech__speaker=user),
        fate=Fate.DELETED,
        why=_SPOKEN,
        erasable=_free,
    )
)
personal(
    PersonalTable(
        RetentionWarning,
        "speaker",
        rows=lambda user: RetentionWarning.objects.filter(speech__speaker=user),
        fate=Fate.DELETED,
        why="It says that the person was told, and goes with the speech.",
        erasable=_free,
    )
)
personal(
    PersonalTable(
        LegalHold,
        "speaker",
        rows=lambda user: LegalHold.objects.filter(speech__speaker=user),
        fate=Fate.DELETED,
        why="It goes with the speech, once it is lifted.",
        erasable=_free,
    )
)
personal(
    PersonalTable(
        LegalHold,
        "officer",
        rows=lambda user: LegalHold.objects.filter(Q(placed_by=user.pk) | Q(lifted_by=user.pk)),
        fate=Fate.KEPT,
        why="Proof of who held a speech; it is an id, which leads to nobody any more.",
        hidden=frozenset({"reason"}),
    )
)
personal(
    PersonalTable(
        Speech,
        "speaker",
        rows=lambda user: Speech.objects.filter(speaker=user),
        fate=Fate.DELETED,
        why="It is the person's own.",
        erasable=partial(_free, path="pk"),
        holdable=True,
        beyond=_end_sessions,
        hidden=frozenset({"owner"}),
    )
)
personal(
    PersonalTable(
        Speech,
        "operator",
        rows=lambda user: Speech.objects.filter(operator=user).exclude(speaker=user),
        fate=Fate.ANONYMISED,
        why="It is somebody else's speech; only who ran the session is forgotten.",
        anonymise=lambda rows: rows.update(operator=None),
        # Somebody else's words are not the operator's to take along.
        hidden=frozenset(
            {
                "speaker",
                "speaker_name",
                "title",
                "project_type",
                "objectives",
                "session",
                "owner",
            }
        ),
    )
)

impersonal("sessions_app.Meeting", "What a club announces: when, where and under which theme.")

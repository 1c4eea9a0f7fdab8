"""What happens to an agenda: places come, go, move, are taken, and become speeches."""

from typing import Any, Literal

from django.db import transaction
from django.db.models import Max, QuerySet

from clubs.models import Membership, User
from evaluations.core.shapes import MeetingFacts
from sessions_app.models import AgendaSlot, Meeting, Speech

Way = Literal["up", "down"]


def slots_of(meeting: Meeting) -> QuerySet[AgendaSlot]:
    """The agenda in order, with speakers and speeches."""
    slots = AgendaSlot.objects.filter(club=meeting.club_id, meeting=meeting)
    # Without the session's snapshot: it holds a transcript.
    return slots.select_related("speaker", "speech").defer("speech__session")


def append(slot: AgendaSlot) -> None:
    """Store a new place at the end of its agenda."""
    with transaction.atomic():
        _lock(slot.meeting)
        last = slots_of(slot.meeting).aggregate(last=Max("position"))["last"]
        slot.position = 0 if last is None else last + 1
        slot.save()


def move(slot: AgendaSlot, way: Way) -> None:
    """Change places with the neighbour; at the edge nothing happens."""
    with transaction.atomic():
        _lock(slot.meeting)
        agenda = list(slots_of(slot.meeting))
        at = next((index for index, one in enumerate(agenda) if one.pk == slot.pk), None)
        if at is None:
            return
        to = at - 1 if way == "up" else at + 1
        if 0 <= to < len(agenda):
            agenda[at], agenda[to] = agenda[to], agenda[at]
        for position, one in enumerate(agenda):
            one.position = position
        AgendaSlot.objects.bulk_update(agenda, ["position"])


def take(slot: AgendaSlot, membership: Membership) -> bool:
    """Give a free place to a member; False when somebody else was faster."""
    free = _same(slot).filter(speaker=None, speaker_name="", speech=None)
    user = membership.user
    return bool(free.update(speaker=user, speaker_name=user.get_full_name()))


def release(slot: AgendaSlot, user: User) -> bool:
    """Free one's own place; False when it is not theirs, or its session has begun."""
    mine = _same(slot).filter(speaker=user, speech=None)
    return bool(mine.update(speaker=None, speaker_name=""))


def describe(slot: AgendaSlot, user: User, **said: Any) -> bool:
    """Note what the speech of one's own place is about; False as for :func:`release`."""
    return bool(_same(slot).filter(speaker=user, speech=None).update(**said))


def empty(slots: QuerySet[AgendaSlot]) -> None:
    """Forget who has places, and with what; the places stay, and their sessions."""
    slots.update(speaker=None, speaker_name="", title="", project_type="", objectives=[])


def start(slot: AgendaSlot, operator: User) -> Speech:
    """The speech of this place: made now, or the one that was started before."""
    with transaction.atomic():
        slot = _same(slot).select_for_update().get()
        speech = slot.speech
        if speech is None:
            speech = Speech(club_id=slot.club_id, operator=operator)
        elif speech.session is not None or speech.recorded_at is not None:
            return speech
        # Until something has happened in it, a speech is what the agenda says.
        speech.speaker_id = slot.speaker_id
        speech.speaker_name = slot.speaker_name
        speech.title = slot.title
        speech.project_type = slot.project_type
        speech.objectives = list(slot.objectives)
        speech.time_limit_seconds = slot.time_limit_seconds
        speech.save()
        _same(slot).update(speech=speech)
        return speech


def facts_of(speech: Speech) -> MeetingFacts:
    """What the roles learn of the meeting of a speech; nothing where it has none."""
    slots = AgendaSlot.objects.filter(club=speech.club_id, speech=speech)
    slot = slots.select_related("meeting").first()
    return slot.facts if slot else MeetingFacts()


def _same(slot: AgendaSlot) -> QuerySet[AgendaSlot]:
    return AgendaSlot.objects.filter(club=slot.club_id, pk=slot.pk)


def _lock(meeting: Meeting) -> None:
    """Whoever changes the order of an agenda waits for whoever is about it."""
    Meeting.objects.select_for_update().get(club=meeting.club_id, pk=meeting.pk)

"""The only ways from an id to a meeting and to a place on its agenda."""

from clubs.access import NOT_FOUND
from clubs.models import Club
from sessions_app.models import AgendaSlot, Meeting
from speechcoach.errors import NotFoundError


def access_meeting(club: Club, meeting_id: int) -> Meeting:
    """The club's meeting with this id.

    Raises:
        NotFoundError: there is none, or it is another club's; nothing tells which.
    """
    meeting = Meeting.objects.filter(club=club, pk=meeting_id).first()
    if meeting is None:
        raise NotFoundError(NOT_FOUND)
    return meeting


def access_slot(meeting: Meeting, slot_id: int) -> AgendaSlot:
    """The place with this id on the meeting's agenda.

    Raises:
        NotFoundError: there is none on this agenda.
    """
    slots = AgendaSlot.objects.filter(club=meeting.club_id, meeting=meeting, pk=slot_id)
    slot = slots.select_related("speaker").first()
    if slot is None:
        raise NotFoundError(NOT_FOUND)
    # The meeting at hand, so that nobody queries it again.
    slot.meeting = meeting
    return slot

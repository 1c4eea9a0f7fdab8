"""Which member of the club a speaker's name means."""

from clubs.models import Club, Membership
from sessions_app.models import Speech


def speaker_id_for(club: Club, speech: Speech, name: str) -> int | None:
    """The user whose speech it is when ``name`` gives consent to it.

    Who stood in the row stays, as long as the name does. Another name means the one member who is
    called so; of two namesakes, or of a guest, nobody can say.
    """
    if speech.speaker_id is not None and name == speech.speaker_name:
        return speech.speaker_id
    called_so = Membership.objects.filter(club=club, user__name__iexact=name.strip())
    found = list(called_so.values_list("user_id", flat=True)[:2])
    return found[0] if len(found) == 1 else None

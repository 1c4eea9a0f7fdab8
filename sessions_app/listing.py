"""Speeches as lists show them."""

from django.db.models import QuerySet

from clubs.models import Membership
from sessions_app.models import Speech
from sessions_app.visibility import visible_speeches

# A session's snapshot holds its transcript: no list reads that.
_UNREAD = "session"
# A club runs a few sessions at once; whatever went wrong, its page stays one.
MOST_LIVE = 20


def live_speeches(membership: Membership) -> QuerySet[Speech]:
    """Speeches that are being given, or prepared for delivery, right now."""
    running = [Speech.State.RECORDING, Speech.State.PROCESSING, Speech.State.DELIVERING]
    speeches = visible_speeches(membership).filter(state__in=running)
    return speeches.defer(_UNREAD).order_by("-recorded_at")[:MOST_LIVE]


def finished_speeches(membership: Membership) -> QuerySet[Speech]:
    """Saved speeches that the member may see, newest first."""
    saved = visible_speeches(membership).filter(saved_at__isnull=False)
    return saved.defer(_UNREAD).order_by("-saved_at")

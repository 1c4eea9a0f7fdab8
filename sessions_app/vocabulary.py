"""What a transcriber may know of a speech before it hears it."""

import asyncio
import logging

from channels.db import database_sync_to_async
from django.db import DatabaseError

from clubs.models import Club, Membership
from clubs.scoping import club_scope
from sessions_app.core.key_terms import expected_words
from sessions_app.core.setup import Setup
from sessions_app.meetings.agenda import facts_of
from sessions_app.models import Speech
from sessions_app.transcription import TranscriberContext

log = logging.getLogger(__name__)

MAX_MEMBERS = 500
ROWS_SECONDS = 2.0
"""Captured audio waits meanwhile."""


def member_names(club_id: int) -> tuple[str, ...]:
    """The names of a club's members. Needs the club's scope."""
    members = Membership.objects.filter(club=club_id).exclude(user__name="")
    return tuple(members.order_by("user__name").values_list("user__name", flat=True)[:MAX_MEMBERS])


async def context_of(
    club_id: int, speech_id: str, setup: Setup, start_sample: int
) -> TranscriberContext:
    """What is known when the transcription begins. Without the rows, less: captions do not wait."""
    word, members = "", tuple[str, ...]()
    try:
        async with asyncio.timeout(ROWS_SECONDS):
            word, members = await database_sync_to_async(_around, thread_sensitive=False)(
                club_id, speech_id
            )
    except (DatabaseError, TimeoutError):
        log.warning("captions begin without the club's names: the database does not answer")
    speaker = setup.consent.speaker_name if setup.consent else ""
    return TranscriberContext(
        key_terms=expected_words(setup.project, speaker, word, members),
        start_sample=start_sample,
        club_id=club_id,
    )


def _around(club_id: int, speech_id: str) -> tuple[str, tuple[str, ...]]:
    """The word of the day, and the members' names."""
    club = Club.objects.filter(pk=club_id).first()
    if club is None:
        return "", ()
    with club_scope(club):
        speech = Speech.objects.filter(club=club, pk=speech_id).first()
        word = facts_of(speech).word_of_the_day if speech is not None else ""
        return word, member_names(club_id)

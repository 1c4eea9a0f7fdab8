"""Telling speakers, once, that saved speeches of theirs are about to go, and how to keep them."""

import logging
from collections import defaultdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse

from clubs.core.retention import Clocks, first_due, is_to_be_warned
from clubs.models import Club, PurgeRecord, RetentionPolicy, User
from sessions_app import expiry
from sessions_app.models import RetentionWarning, Speech

log = logging.getLogger(__name__)


def warn_speakers(club: Club, now: datetime) -> None:
    """Send each speaker one mail about all that is about to go; who was told is not told again.

    A mail that cannot be sent is said in the log and in the audit, and tried again by the next run.
    """
    clocks = RetentionPolicy.of(club).clocks
    going: dict[User, list[Speech]] = defaultdict(list)
    for speech in _untold(club):
        if speech.speaker is not None and is_to_be_warned(clocks, expiry.facts(speech), now):
            going[speech.speaker].append(speech)
    for speaker, speeches in going.items():
        try:
            _tell(club, clocks, speaker, speeches)
        except OSError as error:
            # What a mail server refuses is one of these, too.
            kind = f"mail: {type(error).__name__}"
            # Not the error itself, which may name addresses.
            log.error(  # noqa: TRY400
                "warning not sent club=%s speeches=%d %s", club.pk, len(speeches), kind
            )
            PurgeRecord.objects.create(
                club=club,
                kind=PurgeRecord.Kind.EXPIRED,
                event=PurgeRecord.Event.FAILED,
                speeches=len(speeches),
                failure=kind,
            )


def _untold(club: Club) -> Any:
    told = RetentionWarning.objects.filter(speech=OuterRef("pk"))
    rows = expiry.resting(club).filter(~Exists(told), speaker__is_active=True)
    return rows.select_related("speaker")


def _tell(club: Club, clocks: Clocks, speaker: User, speeches: list[Speech]) -> None:
    context = {
        "club": club,
        "name": speaker.get_full_name(),
        "speeches": [(speech, first_due(clocks, expiry.facts(speech))) for speech in speeches],
        "address": settings.SPEECHCOACH_ORIGIN + reverse("your_data"),
    }
    message = render_to_string("account/email/retention_warning_message.txt", context)
    subject = render_to_string("account/email/retention_warning_subject.txt", context).strip()
    with transaction.atomic():
        # In this order: a mail that is not sent takes its rows back.
        RetentionWarning.objects.bulk_create(
            RetentionWarning(club=club, speech=speech) for speech in speeches
        )
        send_mail(subject, message, None, [speaker.email])

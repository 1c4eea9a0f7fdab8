"""An upload's first half: a speech is opened, and its file comes in pieces."""

from typing import Final

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from clubs.models import Club, ConsentEvent, Membership
from evaluations.own_fillers import own_fillers_of
from sessions_app.consent import shown_consent
from sessions_app.contract.messages import Consent
from sessions_app.core.setup import Setup
from sessions_app.models import Speech, Upload
from sessions_app.source import upload_key
from sessions_app.speakers import speaker_id_for
from sessions_app.tasks import extract_upload
from sessions_app.uploads.carrying import purge_time
from sessions_app.uploads.core.refusals import MIB, Refusal, too_large
from sessions_app.vault import AudioVault, VaultError, VaultFullError
from speechcoach.errors import BadRequestError, TooManyError, UnavailableError

PIECE_BYTES: Final = MIB // 2
MOST_OF_A_CLUB: Final = 12
"""Files that are on their way at once: each takes room in memory."""
MOST_OF_A_PERSON: Final = 3
_ON_THEIR_WAY: Final = (Upload.State.RECEIVING, Upload.State.RECEIVED, Upload.State.EXTRACTING)


def most_bytes() -> int:
    """The largest file that is taken."""
    most: int = settings.SPEECHCOACH_UPLOAD_MAX_MIB
    return most * MIB


def open_upload(membership: Membership, setup: Setup, file_name: str, size: int) -> Upload:
    """A new speech, to which its file is to come. ``setup`` holds the speaker's consent.

    Raises:
        BadRequestError: the file is empty or too large.
        TooManyError: enough is being uploaded already.
    """
    if size <= 0:
        raise BadRequestError("The file is empty.")
    if size > most_bytes():
        raise BadRequestError(too_large(most_bytes()))
    club, consent, now = membership.club, setup.consent, timezone.now()
    if consent is None:
        raise BadRequestError("The speaker has not consented.")
    with transaction.atomic():
        _make_room(membership)
        speech = Speech(club=club, operator=membership.user, speaker_name=consent.speaker_name)
        speech.speaker_id = _speaker(membership, speech)
        speech.consent_confirmed, speech.consent_at = True, now
        speech.title = setup.project.speech_title
        speech.project_type = setup.project.project_type
        speech.objectives = list(setup.project.objectives)
        speech.time_limit_seconds = setup.time_limit_seconds
        speech.purge_after = purge_time(club)
        speech.save()
        shown = shown_consent(club)
        ConsentEvent.objects.create(
            club=club,
            speech_id=speech.pk,
            speaker_id=speech.speaker_id,
            speaker_name=speech.speaker_name,
            confirmed=True,
            text_version=shown.version,
            text=shown.text,
            recorded_by=membership.user_id,
        )
        setup.own_fillers = own_fillers_of(club, speech.speaker_id)
        return Upload.objects.create(
            club=club,
            speech=speech,
            uploader=membership.user,
            file_name=file_name[:255],
            size=size,
            seen_at=now,
            setup=setup.model_dump(mode="json"),
        )


def consent_of(name: str) -> Consent:
    """The consent of a speaker who has just given it."""
    moment = timezone.now().isoformat(timespec="milliseconds")
    return Consent(speaker_name=name, consent_confirmed=True, consent_timestamp=moment)


async def _append(vault: AudioVault, key: str, at: int, piece: bytes) -> int:
    """Keep a piece at byte ``at``; returns up to which byte the file is there."""
    if len(piece) % 2:
        piece += b"\0"
    try:
        return 2 * await vault.append(key, at // 2, piece)
    except ValueError:
        return 2 * await vault.length(key)


def take(upload: Upload, vault: AudioVault, at: int, piece: bytes) -> int:
    """Take the bytes of the file from ``at`` on; returns up to which byte the file is there now.

    That is where the next piece begins, whatever was sent: pieces may come twice, and after a
    restart none is left.

    Raises:
        BadRequestError: this is no piece of this file, or it has been taken whole already.
        UnavailableError: there is no room, or the vault does not answer.
    """
    if upload.state != Upload.State.RECEIVING:
        raise BadRequestError("This file has been uploaded already.")
    if at < 0 or at % 2 or not piece or at + len(piece) > upload.size:
        raise BadRequestError("`at`: this is no piece of the file that was announced.")
    if len(piece) % 2 and at + len(piece) != upload.size:
        raise BadRequestError("`at`: only the last piece may have an odd number of bytes.")
    key = upload_key(upload.club_id, str(upload.speech_id))
    try:
        there = async_to_sync(_append)(vault, key, at, piece)
    except VaultFullError:
        raise UnavailableError(Refusal.FULL.sentence) from None
    except VaultError:
        raise UnavailableError(
            "The server cannot take the file just now. It goes on soon."
        ) from None
    received = min(there, upload.size)
    _note(upload, received)
    return received


def _note(upload: Upload, received: int) -> None:
    club, whole = upload.club, received == upload.size
    mine = Upload.objects.filter(club=club, pk=upload.pk, state=Upload.State.RECEIVING)
    state = Upload.State.RECEIVED if whole else Upload.State.RECEIVING
    with transaction.atomic():
        if not mine.update(received=received, seen_at=timezone.now(), state=state):
            return
        speech = Speech.objects.filter(club=club, pk=upload.speech_id)
        if whole:
            # As after Stop: what is being worked on is not purged.
            speech.update(state=Speech.State.PROCESSING, purge_after=None)
            extract_upload.enqueue(club_id=club.pk, speech_id=str(upload.speech_id))
        else:
            speech.update(purge_after=purge_time(club))


def _make_room(membership: Membership) -> None:
    club = membership.club
    Club.objects.select_for_update().get(pk=club.pk)
    on_their_way = Upload.objects.filter(club=club, state__in=_ON_THEIR_WAY)
    if on_their_way.filter(uploader=membership.user).count() >= MOST_OF_A_PERSON:
        raise TooManyError(
            f"You are uploading {MOST_OF_A_PERSON} recordings already. Finish or discard one first."
        )
    if on_their_way.count() >= MOST_OF_A_CLUB:
        raise TooManyError("The club is uploading many recordings already. Try again in a while.")


def _speaker(membership: Membership, speech: Speech) -> int | None:
    if speech.speaker_name == own_name(membership):
        return membership.user_id
    return speaker_id_for(membership.club, speech, speech.speaker_name)


def own_name(membership: Membership) -> str:
    """By what name a member speaks who uploads their own speech."""
    return membership.user.name or membership.user.email.partition("@")[0]

"""Objects that look alike in two clubs, and the arguments of URLs that name them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from clubs import invitations
from clubs.models import Club, ConsentEvent, Invitation, Membership, User
from clubs.permissions import Role
from clubs.scoping import club_scope
from evaluations.core.shapes import Segment, Transcript
from evaluations.models import Output, Run, StageResult
from sessions_app.models import AgendaSlot, EvaluatorNote, Meeting, ShareLink, Speech, Upload
from sessions_app.sharing import links
from tests.cast import Cast, canary

FILE = "evaluation.txt"


@dataclass(frozen=True)
class LookAlike:
    """One club's share. ``arguments`` are by the names that URLs, queries and bodies use.

    ``spent`` holds, for each argument that is a token, those that open nothing any more.
    """

    canary: str
    arguments: Mapping[str, object]
    spent: Mapping[str, Sequence[str]]


# Arguments that name nothing: of the same form as the real ones.
MADE_UP: Mapping[str, object] = {
    "club_slug": "no-such-club",
    "speech_id": uuid.UUID(int=7),
    "run": 99,
    "meeting_id": 990_001,
    "slot_id": 990_002,
    "person": 990_003,
    "name": "nothing.txt",
    "member_id": 999_999,
    "invitation_id": 999_999,
    "invitation_token": "a" * 43,
    "link_id": 999_999,
    "share_token": "a" * 43,
}

# Arguments of other people's URLs: the admin's and allauth's.
OUTSIDE: Mapping[str, object] = {
    "app_label": "clubs",
    "content_type_id": 1,
    "id": 1,
    "key": "made-up",
    "object_id": 1,
    "uidb36": "1",
    "url": "no/such/page/",
}


def look_alikes(cast: Cast) -> tuple[LookAlike, LookAlike]:
    """The same objects in the cast's club and in the stranger's."""
    return _fill(cast.club, cast.operator), _fill(cast.other, cast.stranger)


def _fill(club: Club, operator: User) -> LookAlike:
    mark = canary(club.slug)
    with club_scope(club):
        speech = Speech.objects.create(
            club=club,
            operator=operator,
            speaker=operator,
            speaker_name=f"Speaker {mark}",
            title=f"Title {mark}",
            project_type=f"Project {mark}",
            objectives=[f"Objective {mark}"],
            consent_confirmed=True,
            run_id=1,
        )
        Speech.objects.create(
            club=club, title=f"Live {mark}", speaker_name=mark, state=Speech.State.RECORDING
        )
        run = Run.objects.create(
            club=club,
            speech=speech,
            number=1,
            status=Run.Status.READY,
            samples=16_000,
            request={},
            saved_at=timezone.now(),
        )
        segment = Segment(text=f"Words {mark}", start_time=0, end_time=1, is_final=True)
        StageResult.objects.create(
            club=club,
            run=run,
            stage="transcript",
            engine=f"engine {mark}",
            seconds=1,
            result=Transcript(segments=(segment,)).model_dump(mode="json", by_alias=True),
        )
        StageResult.objects.create(
            club=club,
            run=run,
            stage="speech",
            engine=f"engine {mark}",
            seconds=1,
            result={"content_type": "audio/mpeg", "extension": ".mp3", "seconds": 1},
            audio=f"Voice {mark}".encode(),
        )
        EvaluatorNote.objects.create(
            club=club, speech=speech, author_name=f"Evaluator {mark}", went_well=f"Note {mark}"
        )
        Upload.objects.create(
            club=club,
            speech=speech,
            uploader=operator,
            file_name=f"{mark}.mp3",
            size=1,
            state=Upload.State.EXTRACTED,
            seen_at=timezone.now(),
            setup={},
        )
        content = f"File {mark}".encode()
        Output.objects.create(
            club=club,
            run=run,
            name=FILE,
            content_type="text/plain",
            content=content,
            size=len(content),
        )
        meeting = Meeting.objects.create(
            club=club,
            title=f"Meeting {mark}",
            starts_at=timezone.now(),
            place=f"Place {mark}",
            word_of_the_day=f"Word {mark}",
            notes=f"Notes {mark}",
        )
        slot = AgendaSlot.objects.create(
            club=club,
            meeting=meeting,
            position=0,
            speaker=operator,
            speaker_name=f"Speaker {mark}",
            title=f"Slot {mark}",
            evaluator_name=f"Evaluator {mark}",
        )
        ConsentEvent.objects.create(
            club=club,
            speech_id=speech.pk,
            speaker_name=mark,
            confirmed=True,
            text_version="1",
            text=mark,
        )
        newest = Membership.objects.order_by("-pk")[0]
        invitation, token = _invite(club)
        spent = [
            _invite(club, used_at=timezone.now())[1],
            _invite(club, revoked_at=timezone.now())[1],
            _invite(club, expires_at=timezone.now() - timedelta(seconds=1))[1],
        ]
        link, share_token = _share(club, speech)
        spent_links = [
            _share(club, speech, revoked_at=timezone.now())[1],
            _share(club, speech, expires_at=timezone.now() - timedelta(seconds=1))[1],
        ]
    arguments = {
        "club_slug": club.slug,
        "speech_id": speech.pk,
        "run": run.number,
        "meeting_id": meeting.pk,
        "slot_id": slot.pk,
        "person": operator.pk,
        "name": FILE,
        "member_id": newest.pk,
        "invitation_id": invitation.pk,
        "invitation_token": token,
        "link_id": link.pk,
        "share_token": share_token,
    }
    return LookAlike(mark, arguments, {"invitation_token": spent, "share_token": spent_links})


def _invite(club: Club, **changes: object) -> tuple[Invitation, str]:
    """An invitation of the club's owner, and its token."""
    owner = Membership.objects.select_related("user", "club").get(role=Role.OWNER)
    invitation, token = invitations.invite(owner, Role.MEMBER)
    if changes:
        Invitation.objects.filter(pk=invitation.pk).update(**changes)
    return invitation, token


def _share(club: Club, speech: Speech, **changes: object) -> tuple[ShareLink, str]:
    """A link to the speech, made by the club's owner, and its token."""
    owner = Membership.objects.select_related("user", "club").get(role=Role.OWNER)
    link, token = links.make(owner, speech, links.USUAL_LIFETIME, timezone.now())
    if changes:
        ShareLink.objects.filter(pk=link.pk).update(**changes)
    return link, token

"""A link opens one recording of one speech, until it ends."""

import hashlib
import logging
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scopes_disabled

from clubs.models import Club, Membership, User
from clubs.scoping import club_scope
from evaluations.models import Output, Run, StageResult
from sessions_app.models import ShareLink, Speech
from sessions_app.sharing import links
from speechcoach.errors import NotFoundError, TooManyError
from speechcoach.logs import Redact
from tests.cast import Cast
from tests.sessions_app.kept import LINES, SOUND, TITLE, keep_speech


@pytest.fixture
def speech(cast: Cast) -> Speech:
    return keep_speech(cast.club, speaker=cast.member)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def share(cast: Cast, speech: Speech, by: User, days: object = 7):
    address = reverse("share", args=[cast.club.slug, speech.pk])
    return signed_in(by).post(address, {"days": days})


def shared_address(page) -> str:
    [address] = re.findall(r'value="http://testserver(/shared/[^"]+)"', page.content.decode())
    return address


def link_of(speech: Speech) -> ShareLink:
    with scopes_disabled():
        return ShareLink.objects.get(speech=speech)


def gone(address: str) -> bool:
    """Nothing is there, and it says so in the words for what never was."""
    client = Client()
    answer, never = client.get(address), client.get(reverse("shared", args=["a" * 43]))
    assert never.status_code == 404
    return answer.status_code == 404 and answer.content == never.content


class TestMaking:
    def test_the_speaker_makes_one_that_opens_without_an_account(self, cast, speech) -> None:
        made = share(cast, speech, cast.member)
        assert made.status_code == 200
        page = Client().get(shared_address(made))
        assert page.status_code == 200
        said = page.content.decode()
        for line in LINES:
            assert line in said
        for part in (TITLE, "A question at the start", "Green at 0:05.", "words a minute"):
            assert part in said
        assert "Shared by the speaker until" in said

    def test_an_officer_is_not_the_speaker(self, cast, speech) -> None:
        page = Client().get(shared_address(share(cast, speech, cast.officer)))
        assert f"Shared by an officer of {cast.club.name} until" in page.content.decode()

    @pytest.mark.parametrize("who", ["operator"])
    def test_nobody_else_makes_one(self, cast, speech, who) -> None:
        assert share(cast, speech, getattr(cast, who)).status_code == 403

    def test_it_is_shown_once_and_kept_as_a_hash(self, cast, speech) -> None:
        made = share(cast, speech, cast.member)
        token = shared_address(made).split("/")[2]
        assert len(token) == 43  # 256 bits
        assert link_of(speech).token_hash == hashlib.sha256(token.encode()).hexdigest()
        assert made.headers["Cache-Control"].count("no-store")
        page = signed_in(cast.member).get(reverse("session", args=[cast.club.slug, speech.pk]))
        assert token not in page.content.decode()
        assert "Not opened yet" in page.content.decode()

    @pytest.mark.parametrize("days", [1, 7, 30])
    def test_it_lasts_as_long_as_was_said(self, cast, speech, days) -> None:
        share(cast, speech, cast.member, days)
        link = link_of(speech)
        assert link.expires_at - link.created_at == timedelta(days=days)

    @pytest.mark.parametrize("days", ["", "0", "8", "-7", "soon", "1e3", "3650"])
    def test_it_never_lasts_longer(self, cast, speech, days) -> None:
        assert share(cast, speech, cast.member, days).status_code == 400
        with scopes_disabled():
            assert not ShareLink.objects.exists()

    def test_there_must_be_something_to_share(self, cast) -> None:
        with club_scope(cast.club):
            empty = Speech.objects.create(club=cast.club, speaker=cast.member)
        assert share(cast, empty, cast.member).status_code == 400

    def test_a_speech_has_only_so_many(self, cast, speech) -> None:
        with club_scope(cast.club):
            owner = Membership.objects.select_related("user", "club").get(user=cast.owner)
            now = timezone.now()
            for _ in range(links.MOST_LINKS):
                links.make(owner, speech, 1, now)
            with pytest.raises(TooManyError):
                links.make(owner, speech, 1, now)
            # What has expired makes room.
            links.make(owner, speech, 1, now + timedelta(days=1))


class TestOpening:
    def test_the_sound_is_below_it(self, cast, speech) -> None:
        address = shared_address(share(cast, speech, cast.member))
        assert f'src="{address}audio"' in Client().get(address).content.decode()
        sound = Client().get(f"{address}audio")
        assert sound.content == SOUND
        assert sound.headers["Content-Type"] == "audio/mpeg"

    def test_without_sound_there_is_no_player(self, cast, speech) -> None:
        address = shared_address(share(cast, speech, cast.member))
        with club_scope(cast.club):
            Output.objects.filter(content_type="audio/mpeg").delete()
        assert "<audio" not in Client().get(address).content.decode()
        assert gone(f"{address}audio")

    def test_it_opens_this_speech_and_nothing_else(self, cast, speech) -> None:
        keep_speech(cast.club, title="Another speech of the club", speaker_name="Somebody else")
        address = shared_address(share(cast, speech, cast.member))
        said = Client().get(address).content.decode()
        assert "Another speech" not in said
        assert "Somebody else" not in said
        assert "/clubs/" not in said, "there is no way into the club"
        assert cast.member.email not in said

    @pytest.mark.parametrize("below", ["", "audio"])
    def test_it_is_for_nobody_to_keep_or_to_find(self, cast, speech, below) -> None:
        answer = Client().get(shared_address(share(cast, speech, cast.member)) + below)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "no-store" in answer.headers["Cache-Control"]

    def test_opening_is_counted_and_looking_is_not(self, cast, speech) -> None:
        address = shared_address(share(cast, speech, cast.member))
        before = timezone.now()
        Client().head(address)
        assert link_of(speech).opens == 0
        Client().get(address)
        Client().get(address)
        link = link_of(speech)
        assert link.opens == 2
        assert link.last_opened_at is not None
        assert link.last_opened_at >= before

    def test_it_can_only_be_read(self, cast, speech) -> None:
        assert Client().post(shared_address(share(cast, speech, cast.member))).status_code == 405

    def test_it_shows_the_recording_that_was_shared(self, cast, speech) -> None:
        address = shared_address(share(cast, speech, cast.member))
        with club_scope(cast.club):
            later = Run.objects.create(
                club=cast.club,
                speech=speech,
                number=2,
                samples=1,
                request={},
                status=Run.Status.READY,
            )
            words = {"text": "A later recording.", "startTime": 0, "endTime": 1, "isFinal": True}
            StageResult.objects.create(
                club=cast.club,
                run=later,
                stage="transcript",
                engine="x",
                seconds=1,
                result={"segments": [words]},
            )
            Run.objects.filter(pk=later.pk).update(saved_at=timezone.now())
        inside = signed_in(cast.member).get(reverse("session", args=[cast.club.slug, speech.pk]))
        assert "A later recording." in inside.content.decode()
        said = Client().get(address).content.decode()
        assert "A later recording." not in said
        assert LINES[0] in said


class TestEnding:
    def revoke(self, cast: Cast, speech: Speech, by: User) -> int:
        args = [cast.club.slug, speech.pk, link_of(speech).pk]
        return signed_in(by).post(reverse("revoke_link", args=args)).status_code

    def test_revoked_is_gone_at_once(self, cast, speech) -> None:
        address = shared_address(share(cast, speech, cast.member))
        assert not gone(address)
        assert self.revoke(cast, speech, cast.operator) == 403
        assert not gone(address)
        assert self.revoke(cast, speech, cast.officer) == 302
        assert gone(address)
        assert gone(f"{address}audio")
        when = link_of(speech).revoked_at
        assert self.revoke(cast, speech, cast.officer) == 302
        assert link_of(speech).revoked_at == when

    def test_a_link_is_revoked_on_its_own_speech_only(self, cast, speech) -> None:
        address = shared_address(share(cast, speech, cast.member))
        other = keep_speech(cast.club, speaker=cast.operator)
        args = [cast.club.slug, other.pk, link_of(speech).pk]
        assert signed_in(cast.operator).post(reverse("revoke_link", args=args)).status_code == 404
        assert not gone(address)

    def test_it_ends_by_itself(self, cast, speech) -> None:
        token = shared_address(share(cast, speech, cast.member, 1)).split("/")[2]
        made = link_of(speech).created_at
        assert links.opened(token, made + timedelta(hours=23, minutes=59)).speech == speech
        with pytest.raises(NotFoundError):
            links.opened(token, made + timedelta(days=1))

    @pytest.mark.parametrize("below", ["", "audio"])
    def test_it_opens_nothing_while_the_club_is_suspended(self, cast, speech, below) -> None:
        address = shared_address(share(cast, speech, cast.member)) + below
        Club.objects.filter(pk=cast.club.pk).update(suspended_at=timezone.now())
        assert gone(address)
        Club.objects.filter(pk=cast.club.pk).update(suspended_at=None)
        assert Client().get(address).status_code == 200

    def test_it_ends_with_what_it_shows(self, cast, speech) -> None:
        address = shared_address(share(cast, speech, cast.member))
        with club_scope(cast.club):
            Run.objects.filter(speech=speech).delete()
        assert gone(address)

    def test_made_up_and_unsaved_are_gone(self, cast, speech) -> None:
        address = shared_address(share(cast, speech, cast.member))
        with club_scope(cast.club):
            Run.objects.filter(speech=speech).update(saved_at=None)
        assert gone(address)


def test_a_log_does_not_hold_a_link(cast, speech) -> None:
    address = shared_address(share(cast, speech, cast.member))
    record = logging.LogRecord("x", logging.INFO, "x", 1, "GET %s 200", (address,), None)
    assert Redact().filter(record)
    assert record.getMessage() == "GET /shared/[redacted]/ 200"

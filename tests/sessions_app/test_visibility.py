"""Who sees a speech: every role, relation and visibility, on every way to the speech."""

import uuid
from itertools import product

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scopes_disabled

from clubs.models import Membership, User
from clubs.scoping import club_scope
from sessions_app.models import Speech
from sessions_app.visibility import Relation, Visibility, may_see, visible_speeches
from tests.cast import Cast, Role, join
from tests.sessions_app.kept import keep_speech

# Written out by hand: role, relation, and the least open visibility at which the speech is seen.
SEEN_FROM = {
    (Role.OWNER, Relation.SPEAKER): Visibility.SPEAKER,
    (Role.OWNER, Relation.OPERATOR): Visibility.SPEAKER,
    (Role.OWNER, Relation.OTHER): Visibility.SPEAKER,
    (Role.OFFICER, Relation.SPEAKER): Visibility.SPEAKER,
    (Role.OFFICER, Relation.OPERATOR): Visibility.SPEAKER,
    (Role.OFFICER, Relation.OTHER): Visibility.SPEAKER,
    (Role.OPERATOR, Relation.SPEAKER): Visibility.SPEAKER,
    (Role.OPERATOR, Relation.OPERATOR): Visibility.OFFICERS,
    (Role.OPERATOR, Relation.OTHER): Visibility.CLUB,
    (Role.MEMBER, Relation.SPEAKER): Visibility.SPEAKER,
    # Somebody who ran the session as an operator and is a member now.
    (Role.MEMBER, Relation.OPERATOR): Visibility.CLUB,
    (Role.MEMBER, Relation.OTHER): Visibility.CLUB,
}
OPENNESS = (Visibility.SPEAKER, Visibility.OFFICERS, Visibility.CLUB)
CELLS = list(product(Role, Relation, Visibility))


def expected(role: Role, relation: Relation, visibility: Visibility) -> bool:
    return OPENNESS.index(visibility) >= OPENNESS.index(SEEN_FROM[role, relation])


@pytest.mark.parametrize(("role", "relation", "visibility"), CELLS)
def test_table(role: Role, relation: Relation, visibility: Visibility) -> None:
    assert may_see(role, relation, visibility) is expected(role, relation, visibility)


@pytest.mark.parametrize(("role", "visibility"), list(product(Role, Visibility)))
def test_a_nearer_relation_never_sees_less(role: Role, visibility: Visibility) -> None:
    far, near, nearest = (
        may_see(role, relation, visibility)
        for relation in (Relation.OTHER, Relation.OPERATOR, Relation.SPEAKER)
    )
    assert far <= near <= nearest


def test_what_the_table_does_not_know_is_not_seen() -> None:
    assert not may_see("guest", Relation.SPEAKER, Visibility.CLUB)
    assert not may_see(Role.OWNER, Relation.SPEAKER, "everybody")


def related(cast: Cast, user: User, relation: Relation, visibility: Visibility) -> Speech:
    """A saved speech that has this to do with ``user``, and whose other people are others."""
    other = User.objects.create_user("other@anchor.example", name="Another person")
    join(cast.club, other, Role.MEMBER)
    return keep_speech(
        cast.club,
        visibility=visibility,
        speaker=user if relation is Relation.SPEAKER else other,
        operator=user if relation is Relation.OPERATOR else other,
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(("role", "relation", "visibility"), CELLS)
def test_every_way_to_a_speech(
    cast: Cast, role: Role, relation: Relation, visibility: Visibility
) -> None:
    user = cast.roles[role]
    speech = related(cast, user, relation, visibility)
    client, seen = signed_in(user), expected(role, relation, visibility)
    here = [cast.club.slug, speech.pk]
    ways = [
        reverse("session", args=here),
        reverse("file", args=[*here, 1, "evaluation.txt"]),
        reverse("file", args=[*here, 1, "evaluation_audio.mp3"]),
        reverse("export_md", args=here),
        reverse("export_json", args=here),
    ]
    for way in ways:
        assert client.get(way).status_code == (200 if seen else 404), way
    decides = seen and (relation is Relation.SPEAKER or role in {Role.OWNER, Role.OFFICER})
    for name, body in (
        ("set_visibility", {"visibility": visibility}),
        ("share", {"days": 7}),
    ):
        response = client.post(reverse(name, args=here), body)
        wanted = {200, 302} if decides else {403} if seen else {404}
        assert response.status_code in wanted, name
    if not seen:
        # Printing is slow; who may not see the speech does not come so far.
        assert client.get(reverse("export_pdf", args=here)).status_code == 404
        assert client.post(reverse("set_speaker", args=here)).status_code == 404

    lists = (
        reverse("club", args=[cast.club.slug]),
        reverse("sessions", args=[cast.club.slug]),
        reverse("person", args=[cast.club.slug, speech.speaker_id]),
    )
    for page in lists:
        listed = client.get(page).content.decode()
        assert (reverse("session", args=here) in listed) is seen, page

    with club_scope(cast.club):
        membership = Membership.objects.get(user=user)
        assert (speech in visible_speeches(membership)) is seen


@pytest.mark.parametrize(("role", "relation", "visibility"), CELLS)
def test_an_operator_goes_on_with_what_they_started(
    cast: Cast, role: Role, relation: Relation, visibility: Visibility
) -> None:
    user = cast.roles[role]
    speech = related(cast, user, relation, visibility)
    client = signed_in(user)
    operates = role is not Role.MEMBER
    started = relation is Relation.OPERATOR
    wanted = 200 if started or expected(role, relation, visibility) else 404
    page = client.get(reverse("live", args=[cast.club.slug, speech.pk]))
    assert page.status_code == (wanted if operates else 403)
    asked = {"purpose": "session", "club": cast.club.slug, "speech": str(speech.pk)}
    ticket = client.post(reverse("voice_token"), asked, content_type="application/json")
    assert ticket.status_code == (wanted if operates else 403)


def test_hidden_is_answered_like_nothing(cast: Cast) -> None:
    speech = related(cast, cast.owner, Relation.OTHER, Visibility.SPEAKER)
    client = signed_in(cast.member)
    hidden = client.get(reverse("session", args=[cast.club.slug, speech.pk]))
    nothing = client.get(reverse("session", args=[cast.club.slug, uuid.UUID(int=7)]))
    assert hidden.status_code == nothing.status_code == 404
    assert hidden.content == nothing.content


def test_the_speaker_changes_who_sees_a_speech(cast: Cast) -> None:
    speech = related(cast, cast.member, Relation.SPEAKER, Visibility.CLUB)
    address = reverse("session", args=[cast.club.slug, speech.pk])
    mine, theirs = signed_in(cast.member), signed_in(cast.operator)
    assert theirs.get(address).status_code == 200
    change = reverse("set_visibility", args=[cast.club.slug, speech.pk])
    assert mine.post(change, {"visibility": "nobody"}).status_code == 400
    assert theirs.get(address).status_code == 200
    answer = mine.post(change, {"visibility": "speaker"}, follow=True)
    assert (
        "Who sees this speech now: the speaker and the club’s officers." in answer.content.decode()
    )
    assert theirs.get(address).status_code == 404
    assert signed_in(cast.officer).get(address).status_code == 200


class TestNamingTheSpeaker:
    def name(self, cast: Cast, speech: Speech, by: User, whom: User | None) -> int:
        member = ""
        if whom is not None:
            with scopes_disabled():
                member = str(Membership.objects.get(user=whom).pk)
        address = reverse("set_speaker", args=[cast.club.slug, speech.pk])
        answer = signed_in(by).post(address, {"member": member})
        with club_scope(cast.club):
            speech.refresh_from_db()
        return answer.status_code

    def test_the_operator_names_a_speaker_and_an_officer_changes_it(self, cast: Cast) -> None:
        speech = keep_speech(cast.club, operator=cast.operator)
        assert self.name(cast, speech, cast.operator, cast.member) == 302
        assert speech.speaker == cast.member
        assert self.name(cast, speech, cast.operator, cast.operator) == 403
        assert speech.speaker == cast.member
        assert self.name(cast, speech, cast.officer, None) == 302
        assert speech.speaker is None

    def test_nobody_else_names_one(self, cast: Cast) -> None:
        speech = keep_speech(cast.club, operator=cast.owner)
        for user in (cast.member, cast.operator):
            assert self.name(cast, speech, user, user) == 403
        assert speech.speaker is None

    def test_a_speaker_belongs_to_the_club(self, cast: Cast) -> None:
        speech = keep_speech(cast.club)
        assert self.name(cast, speech, cast.owner, cast.stranger) == 400
        assert speech.speaker is None

    def test_who_is_named_sees_the_speech(self, cast: Cast) -> None:
        speech = keep_speech(cast.club, visibility=Visibility.SPEAKER)
        address = reverse("session", args=[cast.club.slug, speech.pk])
        assert signed_in(cast.member).get(address).status_code == 404
        self.name(cast, speech, cast.officer, cast.member)
        assert signed_in(cast.member).get(address).status_code == 200

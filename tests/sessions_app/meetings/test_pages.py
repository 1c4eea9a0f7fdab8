"""The pages of meetings: who may do what, and what the forms take."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clubs.scoping import club_scope
from sessions_app.meetings import agenda
from sessions_app.models import AgendaSlot, Meeting, Speech
from tests.cast import Role

pytestmark = pytest.mark.django_db

HOME = "/clubs/anchor/meetings/"
GOOD = {
    "title": "Spring",
    "starts_at": "2027-03-04T19:30",
    "time_zone": "America/New_York",
    "place": "https://call.example/spring",
    "word_of_the_day": "kindle",
    "word_meaning": "To set alight",
    "notes": "Bring tea.",
}
SLOT = {"time_limit_seconds": "120"}


@pytest.fixture
def clients(cast):
    found = {}
    for role, user in cast.roles.items():
        found[role] = Client()
        found[role].force_login(user)
    return found


@pytest.fixture
def operator(clients):
    return clients[Role.OPERATOR]


@pytest.fixture
def meeting(cast):
    with club_scope(cast.club):
        yield Meeting.objects.create(
            club=cast.club, title="Spring", starts_at=timezone.now() + timedelta(days=2)
        )


@pytest.fixture
def slot(meeting):
    made = AgendaSlot(club=meeting.club, meeting=meeting, title="The river")
    agenda.append(made)
    return made


def address(meeting, slot=None, do=""):
    return f"{HOME}{meeting.pk}/" + (f"slots/{slot.pk}/{do}/" if slot else "")


# Every route, who may use it, and what it answers those who may.
MANAGERS = {Role.OWNER, Role.OFFICER, Role.OPERATOR}
ROUTES = [
    ("get", "", {}, set(Role), 200),
    ("get", "new/", {}, MANAGERS, 200),
    ("post", "new/", GOOD, MANAGERS, 302),
    ("get", "{m}/", {}, set(Role), 200),
    ("get", "{m}/edit/", {}, MANAGERS, 200),
    ("post", "{m}/edit/", GOOD, MANAGERS, 302),
    ("post", "{m}/remove/", {}, MANAGERS, 302),
    ("get", "{m}/slots/new/", {}, MANAGERS, 200),
    ("post", "{m}/slots/new/", SLOT, MANAGERS, 302),
    ("get", "{m}/slots/{s}/edit/", {}, MANAGERS, 200),
    ("post", "{m}/slots/{s}/edit/", SLOT, MANAGERS, 302),
    ("post", "{m}/slots/{s}/move/", {"way": "up"}, MANAGERS, 302),
    ("post", "{m}/slots/{s}/remove/", {}, MANAGERS, 302),
    ("post", "{m}/slots/{s}/take/", {}, set(Role), 302),
    ("post", "{m}/slots/{s}/release/", {}, set(Role), 302),
    ("post", "{m}/slots/{s}/speech/", {"title": "Rivers"}, set(Role), 302),
    ("post", "{m}/slots/{s}/start/", {}, MANAGERS, 302),
]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("case", ROUTES, ids=[f"{case[0]} {case[1]}" for case in ROUTES])
def test_who_may(clients, meeting, slot, role, case):
    method, route, given, allowed, status = case
    path = HOME + route.format(m=meeting.pk, s=slot.pk)
    response = getattr(clients[role], method)(path, given)
    assert response.status_code == (status if role in allowed else 403)


class TestPlanning:
    def test_reads_the_clock_of_the_place(self, operator, cast):
        response = operator.post(f"{HOME}new/", GOOD)
        with club_scope(cast.club):
            made = Meeting.objects.get()
        assert response.headers["location"] == address(made)
        assert made.starts_at == datetime(2027, 3, 5, 0, 30, tzinfo=UTC)
        page = operator.get(address(made)).content.decode()
        assert "Thursday 4 March 2027, 19:30" in page
        assert "New York time" in page
        assert '<a href="https://call.example/spring"' in page
        assert "kindle" in page
        assert "Bring tea." in page

    def test_an_edit_shows_the_same_clock(self, operator, cast):
        operator.post(f"{HOME}new/", GOOD)
        with club_scope(cast.club):
            made = Meeting.objects.get()
        page = operator.get(f"{address(made)}edit/").content.decode()
        assert 'value="2027-03-04T19:30"' in page

    def test_an_hour_that_the_clocks_leave_out_is_refused(self, operator, cast):
        given = {**GOOD, "starts_at": "2027-03-14T02:30"}
        assert "errorlist" in operator.post(f"{HOME}new/", given).content.decode()
        with club_scope(cast.club):
            assert not Meeting.objects.exists()

    def test_a_made_up_zone_is_refused(self, operator):
        given = {**GOOD, "time_zone": "Mars/Base"}
        assert "errorlist" in operator.post(f"{HOME}new/", given).content.decode()

    def test_the_next_is_like_the_last(self, operator, meeting):
        Meeting.objects.update(place="Room 4", time_zone="Europe/Berlin")
        meeting.refresh_from_db()
        page = operator.get(f"{HOME}new/").content.decode()
        again = meeting.local_start + timedelta(weeks=1)
        assert f'value="{again:%Y-%m-%dT%H:%M}"' in page
        assert 'value="Room 4"' in page

    def test_removing_one_keeps_its_speeches(self, operator, cast, meeting, slot):
        speech = agenda.start(slot, cast.operator)
        operator.post(f"{address(meeting)}remove/")
        assert not Meeting.objects.exists()
        assert Speech.objects.filter(pk=speech.pk).exists()

    def test_markup_is_shown_as_it_was_typed(self, operator, meeting):
        evil = "<script>alert(1)</script>"
        Meeting.objects.update(title=evil, place=evil, notes=evil, word_of_the_day=evil)
        for page in (HOME, address(meeting), "/clubs/anchor/"):
            assert "<script>alert" not in operator.get(page).content.decode()


class TestList:
    def test_tells_what_is_over_from_what_comes(self, operator, meeting):
        Meeting.objects.create(
            club=meeting.club, title="Autumn", starts_at=timezone.now() - timedelta(hours=3)
        )
        Meeting.objects.create(
            club=meeting.club, title="Winter", starts_at=timezone.now() - timedelta(hours=5)
        )
        response = operator.get(HOME)
        assert [one.title for one in response.context["coming"]] == ["Autumn", "Spring"]
        assert [one.title for one in response.context["page"]] == ["Winter"]

    @pytest.mark.parametrize(("role", "words"), [("operator", "Plan one"), ("member", "sign up")])
    def test_says_what_to_do_when_there_is_none(self, clients, role, words):
        assert words in clients[Role(role)].get(HOME).content.decode()


class TestPlaces:
    def test_a_member_in_one(self, operator, cast, meeting):
        given = {**SLOT, "speaker": cast.member.pk, "speaker_name": "Ignored", "title": "Rivers"}
        operator.post(f"{address(meeting)}slots/new/", given)
        slot = AgendaSlot.objects.get()
        assert (slot.speaker, slot.speaker_name) == (cast.member, cast.member.get_full_name())

    def test_a_guest_in_one(self, operator, meeting):
        given = {
            **SLOT,
            "speaker_name": "Noor",
            "min_seconds": "5",
            "max_seconds": "7:30",
            "objectives": "Tell a story\n\n  Pause  \n",
        }
        operator.post(f"{address(meeting)}slots/new/", given)
        slot = AgendaSlot.objects.get()
        assert (slot.speaker, slot.speaker_name) == (None, "Noor")
        assert (slot.min_seconds, slot.max_seconds) == (300, 450)
        assert slot.objectives == ["Tell a story", "Pause"]
        page = operator.get(f"{address(meeting)}slots/{slot.pk}/edit/").content.decode()
        assert 'value="5:00"' in page
        assert 'value="7:30"' in page
        assert "Tell a story\nPause</textarea>" in page

    def test_a_stranger_cannot_be_chosen(self, operator, cast, meeting):
        given = {**SLOT, "speaker": cast.stranger.pk}
        page = operator.post(f"{address(meeting)}slots/new/", given).content.decode()
        assert "errorlist" in page
        assert cast.stranger.name not in page
        assert not AgendaSlot.objects.exists()

    @pytest.mark.parametrize(
        "given",
        [
            {"min_seconds": "5"},
            {"max_seconds": "5"},
            {"min_seconds": "7", "max_seconds": "5"},
            {"min_seconds": "5", "max_seconds": "5"},
            {"min_seconds": "0", "max_seconds": "5"},
            {"min_seconds": "5", "max_seconds": "61"},
            {"min_seconds": "five", "max_seconds": "7"},
            {"min_seconds": "5:60", "max_seconds": "7"},
            {"time_limit_seconds": "29"},
            {"time_limit_seconds": "601"},
            {"objectives": "\n".join("abcdefghijk")},
            {"objectives": "x" * 501},
            {"title": "x" * 201},
        ],
        ids=str,
    )
    def test_what_is_wrong_is_said_and_nothing_stored(self, operator, meeting, given):
        response = operator.post(f"{address(meeting)}slots/new/", {**SLOT, **given})
        assert response.status_code == 200
        assert "errorlist" in response.content.decode()
        assert not AgendaSlot.objects.exists()

    def test_an_edit_leaves_order_and_speech_alone(self, operator, cast, meeting, slot):
        speech = agenda.start(slot, cast.operator)
        AgendaSlot.objects.update(position=3)
        operator.post(address(meeting, slot, "edit"), {**SLOT, "title": "The lake"})
        slot.refresh_from_db()
        assert (slot.title, slot.position, slot.speech) == ("The lake", 3, speech)

    def test_a_move_must_say_where(self, operator, meeting, slot):
        assert operator.post(address(meeting, slot, "move"), {"way": "away"}).status_code == 400

    def test_a_place_of_another_meeting_is_not_here(self, operator, meeting, slot):
        other = Meeting.objects.create(
            club=meeting.club, title="Other", starts_at=meeting.starts_at
        )
        assert operator.post(address(other, slot, "remove")).status_code == 404
        assert AgendaSlot.objects.filter(pk=slot.pk).exists()

    def test_signing_up_and_back(self, clients, cast, meeting, slot):
        member = clients[Role.MEMBER]
        page = member.post(address(meeting, slot, "take"), follow=True).content.decode()
        assert "The place is yours." in page
        assert "Give it back" in page
        other = clients[Role.OFFICER].post(address(meeting, slot, "take"), follow=True)
        assert "Somebody else has taken that place." in other.content.decode()
        other = clients[Role.OFFICER].post(address(meeting, slot, "release"), follow=True)
        assert "not yours to give back" in other.content.decode()
        back = member.post(address(meeting, slot, "release"), follow=True).content.decode()
        assert "The place is free again." in back
        assert "Take this place" in back


class TestDescribing:
    """Whoever has taken a place says what their speech will be."""

    GIVEN = {"title": "Rivers", "project_type": "Ice breaker", "objectives": "Tell a story"}

    @pytest.fixture
    def taken(self, cast, slot):
        AgendaSlot.objects.filter(pk=slot.pk).update(
            speaker=cast.member, speaker_name=cast.member.name, min_seconds=60, max_seconds=90
        )
        slot.refresh_from_db()
        return slot

    @pytest.fixture
    def member(self, clients):
        return clients[Role.MEMBER]

    def test_ones_own_place(self, member, meeting, taken):
        there = address(meeting, taken, "speech")
        assert f'href="{there}"' in member.get(address(meeting)).content.decode()
        shown = member.get(there).content.decode()
        assert 'value="The river"' in shown
        said = member.post(there, self.GIVEN, follow=True).content.decode()
        assert "Rivers" in said
        assert "Tell a story" in said
        taken.refresh_from_db()
        assert (taken.title, taken.project_type) == ("Rivers", "Ice breaker")
        assert taken.objectives == ["Tell a story"]

    def test_nothing_else_of_it(self, cast, member, meeting, taken):
        more = {"speaker": cast.officer.pk, "speaker_name": "X", "min_seconds": "9", "position": 7}
        [before] = AgendaSlot.objects.filter(pk=taken.pk).values()
        member.post(address(meeting, taken, "speech"), {**self.GIVEN, **more})
        [after] = AgendaSlot.objects.filter(pk=taken.pk).values()
        changed = {name for name, value in after.items() if (name, value) not in before.items()}
        assert changed == {"title", "project_type", "objectives"}

    @pytest.mark.parametrize("who", ["another's", "nobody's", "started"])
    def test_of_no_other_place(self, cast, clients, meeting, taken, who):
        role = Role.OFFICER if who == "another's" else Role.MEMBER
        if who == "nobody's":
            AgendaSlot.objects.update(speaker=None, speaker_name="")
        if who == "started":
            agenda.start(taken, cast.operator)
        there = address(meeting, taken, "speech")
        assert clients[role].get(there).headers["location"] == address(meeting)
        said = clients[role].post(there, self.GIVEN, follow=True).content.decode()
        assert "Only the speaker says so" in said
        taken.refresh_from_db()
        assert taken.title == "The river"

    def test_what_is_wrong_is_said_and_nothing_stored(self, member, meeting, taken):
        given = {**self.GIVEN, "title": "x" * 201}
        response = member.post(address(meeting, taken, "speech"), given)
        assert "errorlist" in response.content.decode()
        taken.refresh_from_db()
        assert taken.title == "The river"

    def test_the_live_session_begins_with_it(self, member, cast, meeting, taken):
        member.post(address(meeting, taken, "speech"), self.GIVEN)
        speech = agenda.start(taken, cast.operator)
        assert (speech.speaker, speech.title) == (cast.member, "Rivers")


class TestStarting:
    def test_one_click_opens_the_live_page_filled_in(self, operator, cast, meeting):
        slot = AgendaSlot(
            club=meeting.club,
            meeting=meeting,
            speaker=cast.member,
            speaker_name=cast.member.name,
            title="The river",
            project_type="Ice breaker",
            objectives=["Tell a story", "Pause"],
            time_limit_seconds=90,
        )
        agenda.append(slot)
        page = operator.post(address(meeting, slot, "start"), follow=True).content.decode()
        assert f'name="speakerName" maxlength="120" required value="{cast.member.name}"' in page
        for filled in ('value="The river"', 'value="Ice breaker"', 'value="90"'):
            assert filled in page
        assert "Tell a story\nPause</textarea>" in page

    def test_again_opens_the_same_one(self, operator, meeting, slot):
        first = operator.post(address(meeting, slot, "start")).headers["location"]
        assert operator.post(address(meeting, slot, "start")).headers["location"] == first
        assert "Open live session" in operator.get(address(meeting)).content.decode()

    def test_a_speech_that_a_member_may_not_see_is_not_linked(self, clients, cast, meeting, slot):
        speech = agenda.start(slot, cast.operator)
        link = f'href="/clubs/anchor/sessions/{speech.pk}/"'
        assert link in clients[Role.MEMBER].get(address(meeting)).content.decode()
        Speech.objects.update(visibility=Speech.Visibility.SPEAKER)
        assert link not in clients[Role.MEMBER].get(address(meeting)).content.decode()
        assert link in clients[Role.OFFICER].get(address(meeting)).content.decode()


def test_a_long_agenda_takes_no_more_queries(
    operator, cast, meeting, django_assert_max_num_queries
):
    def take():
        with django_assert_max_num_queries(40) as captured:
            assert operator.get(address(meeting)).status_code == 200
        return len(captured)

    places(cast, meeting, 2)
    few = take()
    places(cast, meeting, 30)
    assert take() == few


def places(cast, meeting, count):
    for _ in range(count):
        slot = AgendaSlot(club=cast.club, meeting=meeting, speaker=cast.member, speaker_name="Maya")
        agenda.append(slot)
        agenda.start(slot, cast.operator)

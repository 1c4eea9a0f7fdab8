"""Places that come, go, move, are taken, and become speeches."""

from datetime import UTC, datetime

import pytest

from clubs.models import Membership
from clubs.scoping import club_scope
from sessions_app.meetings import agenda
from sessions_app.models import AgendaSlot, Meeting, Speech

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(cast):
    with club_scope(cast.club):
        yield Meeting.objects.create(
            club=cast.club,
            title="Spring",
            starts_at=datetime(2027, 3, 4, 18, tzinfo=UTC),
            word_of_the_day="kindle",
        )


def place(meeting, **fields):
    slot = AgendaSlot(club=meeting.club, meeting=meeting, **fields)
    agenda.append(slot)
    return slot


def titles(meeting):
    return [slot.title for slot in agenda.slots_of(meeting)]


def membership_of(cast, user):
    return Membership.objects.get(club=cast.club, user=user)


@pytest.fixture
def three(meeting):
    return [place(meeting, title=title) for title in "abc"]


class TestOrder:
    def test_new_places_come_last(self, meeting, three):
        assert titles(meeting) == ["a", "b", "c"]

    @pytest.mark.parametrize(
        ("which", "way", "order"),
        [(0, "down", "bac"), (2, "up", "acb"), (0, "up", "abc"), (2, "down", "abc")],
    )
    def test_moving_changes_places_with_the_neighbour(self, meeting, three, which, way, order):
        agenda.move(three[which], way)
        assert titles(meeting) == list(order)

    def test_gaps_and_equal_positions_do_not_matter(self, meeting, three):
        AgendaSlot.objects.update(position=5)
        agenda.move(three[0], "down")
        assert titles(meeting) == ["b", "a", "c"]

    def test_moving_what_is_gone_changes_nothing(self, meeting, three):
        AgendaSlot.objects.filter(pk=three[1].pk).delete()
        agenda.move(three[1], "up")
        assert titles(meeting) == ["a", "c"]


class TestTaking:
    def test_a_free_place_is_taken_once(self, cast, meeting):
        slot = place(meeting)
        assert agenda.take(slot, membership_of(cast, cast.member))
        assert not agenda.take(slot, membership_of(cast, cast.officer))
        slot.refresh_from_db()
        assert (slot.speaker, slot.speaker_name) == (cast.member, cast.member.get_full_name())

    def test_a_guests_place_is_not_free(self, cast, meeting):
        assert not agenda.take(
            place(meeting, speaker_name="Noor"), membership_of(cast, cast.member)
        )

    def test_only_ones_own_place_can_be_given_back(self, cast, meeting):
        slot = place(meeting)
        agenda.take(slot, membership_of(cast, cast.member))
        assert not agenda.release(slot, cast.officer)
        assert agenda.release(slot, cast.member)
        slot.refresh_from_db()
        assert slot.is_free

    def test_once_the_session_has_begun_a_place_stays(self, cast, meeting):
        slot = place(meeting)
        agenda.take(slot, membership_of(cast, cast.member))
        agenda.start(slot, cast.operator)
        assert not agenda.release(slot, cast.member)

    def test_a_started_place_is_not_free(self, cast, meeting):
        slot = place(meeting)
        agenda.start(slot, cast.operator)
        assert not agenda.take(slot, membership_of(cast, cast.member))


class TestStarting:
    @pytest.fixture
    def slot(self, cast, meeting):
        return place(
            meeting,
            speaker=cast.member,
            speaker_name="Maya",
            title="The river",
            project_type="Ice breaker",
            objectives=["Tell a story", "Pause"],
            time_limit_seconds=90,
        )

    def test_fills_in_what_the_agenda_says(self, cast, slot):
        speech = agenda.start(slot, cast.operator)
        assert (speech.club, speech.operator, speech.speaker) == (
            cast.club,
            cast.operator,
            cast.member,
        )
        assert (speech.speaker_name, speech.title, speech.project_type) == (
            "Maya",
            "The river",
            "Ice breaker",
        )
        assert speech.objectives == ["Tell a story", "Pause"]
        assert speech.time_limit_seconds == 90
        assert not speech.consent_confirmed
        slot.refresh_from_db()
        assert slot.speech == speech

    def test_twice_is_the_same_speech(self, cast, slot):
        first = agenda.start(slot, cast.operator)
        assert agenda.start(slot, cast.officer) == first
        assert Speech.objects.count() == 1

    def test_again_takes_over_what_was_changed_before_anything_happened(self, cast, slot):
        first = agenda.start(slot, cast.operator)
        AgendaSlot.objects.filter(pk=slot.pk).update(title="The lake")
        assert agenda.start(slot, cast.operator).title == "The lake"
        Speech.objects.filter(pk=first.pk).update(session={}, title="As typed on the live page")
        assert agenda.start(slot, cast.operator).title == "As typed on the live page"

    def test_the_operator_of_the_first_time_stays(self, cast, slot):
        agenda.start(slot, cast.operator)
        assert agenda.start(slot, cast.officer).operator == cast.operator

    def test_a_place_without_a_speaker_starts_too(self, cast, meeting):
        assert agenda.start(place(meeting), cast.operator).speaker is None

    def test_a_speaker_who_has_left_the_club_does_not_stop_it(self, cast, slot):
        membership_of(cast, cast.member).delete()
        assert agenda.start(slot, cast.operator).speaker_name == "Maya"

    def test_the_speech_outlives_its_place(self, cast, slot):
        speech = agenda.start(slot, cast.operator)
        slot.delete()
        assert Speech.objects.filter(pk=speech.pk).exists()

    def test_the_facts_reach_the_speech(self, cast, meeting, slot):
        speech = agenda.start(slot, cast.operator)
        assert agenda.facts_of(speech).word_of_the_day == "kindle"
        assert agenda.facts_of(Speech.objects.create(club=cast.club)).word_of_the_day == ""

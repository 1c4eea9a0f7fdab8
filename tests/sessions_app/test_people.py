"""A person's page: what of it who may see, and what it says."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clubs.models import Membership
from clubs.scoping import club_scope
from evaluations.models import Goal, Run
from sessions_app.models import Speech
from tests.cast import Role
from tests.sessions_app.speeches import save_speeches

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def club(cast):
    with club_scope(cast.club):
        yield cast.club


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def address(user, do=""):
    return f"/clubs/anchor/people/{user.pk}/{do}"


def page_of(viewer, person, query=""):
    response = client_of(viewer).get(address(person) + query)
    assert response.status_code == 200
    return response


class TestSpeeches:
    def test_are_those_of_the_person_alone(self, cast, club):
        save_speeches(club, cast.member, 2)
        save_speeches(club, cast.officer, 3)
        told = page_of(cast.officer, cast.member).context["speeches"]
        assert [one.speech.title for one in told] == ["Speech 2", "Speech 1"]

    def test_are_those_that_the_viewer_may_see(self, cast, club):
        save_speeches(club, cast.member, 2)
        Speech.objects.filter(title="Speech 1").update(visibility=Speech.Visibility.SPEAKER)
        assert len(page_of(cast.member, cast.member).context["speeches"]) == 2
        assert len(page_of(cast.officer, cast.member).context["speeches"]) == 2
        seen = page_of(cast.operator, cast.member)
        assert [one.speech.title for one in seen.context["speeches"]] == ["Speech 2"]
        assert "Speech 1" not in seen.content.decode()

    def test_of_another_club_stay_there(self, cast, club):
        with club_scope(cast.other):
            Membership.objects.create(club=cast.other, user=cast.member, role=Role.MEMBER)
            save_speeches(cast.other, cast.member, 2)
        assert page_of(cast.member, cast.member).context["speeches"] == []

    def test_older_ones_stand_on_the_next_page_and_trends_stay_with_the_latest(self, cast, club):
        save_speeches(club, cast.member, 30)
        second = page_of(cast.member, cast.member, "?page=2")
        assert next(one.speech.title for one in second.context["speeches"]) == "Speech 6"
        assert second.context["considered"] == 24

    def test_show_the_figures_of_the_latest_kept_run(self, cast, club):
        [speech] = save_speeches(club, cast.member, 1, words_per_minute=120.0)
        figures: dict[str, object] = Run.objects.values_list("figures", flat=True)[0] or {}
        for number, pace, saved in ((2, 150.0, True), (3, 170.0, False)):
            Run.objects.create(
                club=club,
                speech=speech,
                number=number,
                samples=1,
                request={},
                saved_at=timezone.now() if saved else None,
                figures={**figures, "words_per_minute": pace},
            )
        [told] = page_of(cast.member, cast.member).context["speeches"]
        assert told.values[0] == "150"

    def test_without_figures_are_listed_all_the_same(self, cast, club):
        save_speeches(club, cast.member, 1)
        Run.objects.update(figures=None)
        page = page_of(cast.member, cast.member).content.decode()
        assert "Speech 1" in page
        assert "–" in page


class TestTrends:
    def test_need_three_speeches(self, cast, club):
        save_speeches(club, cast.member, 2)
        page = page_of(cast.member, cast.member)
        assert "A trend needs 3 saved speeches" in page.content.decode()
        assert all(one.trend is None for one in page.context["shown"])

    def test_are_drawn_and_said(self, cast, club):
        save_speeches(club, cast.member, 3, words_per_minute=170.0, fillers_per_minute=4.0)
        later = save_speeches(club, cast.member, 3, words_per_minute=140.0, fillers_per_minute=1.0)
        for number, speech in enumerate(later):
            at = timezone.now() + timedelta(days=number + 1)
            Speech.objects.filter(pk=speech.pk).update(saved_at=at)
        page = page_of(cast.officer, cast.member).content.decode()
        assert page.count("<polyline") == 4
        assert "From 170 to 140 words a minute: slower." in page
        assert 'class="trend--towards">From 4.0 to 1.0 a minute' in page

    def test_say_what_returns(self, cast, club):
        save_speeches(club, cast.member, 3, signs=("fast", "hook"))
        page = page_of(cast.member, cast.member).content.decode()
        assert "The pace is above 165 words a minute." in page
        assert "The opening has a hook." in page
        assert "Measured in 3 of the last 3." in page


class TestPerson:
    def test_without_a_speech_is_told_what_to_do(self, cast):
        assert "Take a place on the agenda" in page_of(cast.member, cast.member).content.decode()
        other = page_of(cast.officer, cast.member).content.decode()
        assert "No speeches to see" in other
        assert "Your goals" not in other

    def test_who_has_left_is_here_as_long_as_their_speeches_are(self, cast, club):
        [speech] = save_speeches(club, cast.member, 1)
        Membership.objects.get(user=cast.member).delete()
        assert "No longer in this club." in page_of(cast.officer, cast.member).content.decode()
        Speech.objects.filter(pk=speech.pk).update(visibility=Speech.Visibility.OFFICERS)
        gone = client_of(cast.operator).get(address(cast.member))
        nobody = client_of(cast.operator).get("/clubs/anchor/people/990003/")
        assert gone.status_code == nobody.status_code == 404
        assert gone.content == nobody.content

    def test_names_are_escaped(self, cast, club):
        type(cast.member).objects.filter(pk=cast.member.pk).update(name="<script>alert(1)")
        save_speeches(club, cast.member, 3, recommendations=("<script>alert(2)",))
        page = page_of(cast.officer, cast.member).content.decode()
        assert "&lt;script&gt;alert(2)" in page
        assert "<script>alert" not in page

    def test_is_linked_from_lists(self, cast, club):
        save_speeches(club, cast.member, 1)
        link = f'href="{address(cast.member)}"'
        for page in ("/clubs/anchor/people/", "/clubs/anchor/sessions/"):
            assert link in client_of(cast.officer).get(page).content.decode()


class TestGoals:
    GOAL = {"measure": "fillers", "direction": "at_most", "target": "2"}

    def test_are_set_shown_and_removed(self, cast, club):
        save_speeches(club, cast.member, 3, fillers_per_minute=1.5)
        member = client_of(cast.member)
        page = member.post(address(cast.member, "goals/"), self.GOAL, follow=True).content.decode()
        assert "Fillers: at most 2 a minute" in page
        assert "Reached in your latest speech" in page
        assert "3 of the last 3" in page
        member.post(address(cast.member, "goals/remove/"), {"goal": Goal.objects.get().pk})
        assert not Goal.objects.exists()

    def test_once_more_is_a_new_target(self, cast):
        member = client_of(cast.member)
        for target in ("2", "1.5"):
            member.post(address(cast.member, "goals/"), {**self.GOAL, "target": target})
        assert Goal.objects.get().target == 1.5

    def test_that_is_missed_says_so(self, cast, club):
        save_speeches(club, cast.member, 1, fillers_per_minute=2.5)
        page = client_of(cast.member).post(address(cast.member, "goals/"), self.GOAL, follow=True)
        assert "Not in your latest speech" in page.content.decode()

    @pytest.mark.parametrize(
        "change",
        [{"measure": "charm"}, {"direction": "exactly"}, {"target": "-1"}, {"target": "nan"},
         {"target": "1e9"}, {"target": ""}],
        ids=str,
    )  # fmt: skip
    def test_that_make_no_sense_are_refused(self, cast, change):
        answer = client_of(cast.member).post(
            address(cast.member, "goals/"), {**self.GOAL, **change}
        )
        assert answer.status_code == 422
        assert "errorlist" in answer.content.decode()
        assert not Goal.objects.exists()

    def test_are_ones_own_to_set(self, cast):
        for viewer in (cast.owner, cast.officer):
            answer = client_of(viewer).post(address(cast.member, "goals/"), self.GOAL)
            assert answer.status_code == 403
        assert not Goal.objects.exists()

    def test_are_ones_own_to_see_and_to_remove(self, cast, club):
        client_of(cast.member).post(address(cast.member, "goals/"), self.GOAL)
        goal = Goal.objects.get()
        assert "at most 2" not in page_of(cast.owner, cast.member).content.decode()
        client_of(cast.owner).post(address(cast.owner, "goals/remove/"), {"goal": goal.pk})
        client_of(cast.member).post(address(cast.member, "goals/remove/"), {"goal": "x"})
        assert Goal.objects.filter(pk=goal.pk).exists()


class TestPlan:
    def test_is_on_one_s_own_page_only(self, cast, club):
        save_speeches(club, cast.member, 3, signs=("fillers", "fast", "no_hook"))
        own = page_of(cast.member, cast.member).content.decode()
        assert own.count("It is done when:") == 2
        assert "Open with something to hold on to" in own
        assert "Measured in 3 of your latest 3." in own
        assert "It is done when:" not in page_of(cast.owner, cast.member).content.decode()

    def test_is_not_there_where_nothing_returns(self, cast, club):
        save_speeches(club, cast.member, 3, signs=("hook", "in_band"))
        assert "What to work on next" not in page_of(cast.member, cast.member).content.decode()

"""What a club and its members count as fillers: who may say so, and where it counts."""

import pytest
from django.test import Client

from clubs.models import Membership
from clubs.scoping import club_scope
from evaluations import outputs
from evaluations.core.shapes import Brief
from evaluations.models import OwnFiller, Run
from evaluations.own_fillers import MOST, add_filler, own_fillers_of
from evaluations.pipeline import LiveTranscriptShape, RunRequest
from sessions_app.core.effects import RequestEvaluation
from sessions_app.core.setup import Setup
from sessions_app.models import Speech
from sessions_app.run_request import run_request
from speechcoach.errors import BadRequestError
from tests.cast import Role
from tests.evaluations.runs import carry, engines

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def club(cast):
    with club_scope(cast.club):
        yield cast.club


def send(user, do="", **fields):
    client = Client()
    client.force_login(user)
    address = f"/clubs/anchor/fillers/{do}"
    return client.post(address, fields) if fields else client.get(address)


class TestPage:
    def test_a_member_adds_and_removes_their_own(self, cast, club):
        assert send(cast.member, "add/", whose="own", phrase=" To be  HONEST, ").status_code == 302
        filler = OwnFiller.objects.get()
        assert (filler.user, filler.phrase) == (cast.member, "to be honest")
        assert "“to be honest”" in send(cast.member).content.decode()
        send(cast.member, "remove/", whose="own", filler=filler.pk)
        assert not OwnFiller.objects.exists()

    def test_others_neither_see_nor_remove_them(self, cast, club):
        add_filler(club, cast.member, "canary")
        filler = OwnFiller.objects.get()
        assert "“canary”" not in send(cast.owner).content.decode()
        send(cast.owner, "remove/", whose="own", filler=filler.pk)
        send(cast.owner, "remove/", whose="club", filler=filler.pk)
        assert OwnFiller.objects.filter(pk=filler.pk).exists()

    @pytest.mark.parametrize(
        ("role", "status"), [("member", 403), ("operator", 302), ("officer", 302), ("owner", 302)]
    )
    def test_the_club_s_are_chosen_by_those_who_run_it(self, cast, club, role, status):
        user = getattr(cast, role)
        assert send(user, "add/", whose="club", phrase="anyway").status_code == status
        assert OwnFiller.objects.filter(user=None).exists() is (status == 302)

    def test_what_cannot_be_counted_is_said_at_the_field(self, cast, club):
        for phrase, word in (("?!", "in letters"), ("one two three four five", "at most 4 words")):
            answer = send(cast.member, "add/", whose="own", phrase=phrase)
            assert answer.status_code == 422
            assert word in answer.content.decode()
        assert send(cast.member, "add/", whose="theirs", phrase="x").status_code == 400

    def test_markup_stays_text(self, cast, club):
        answer = send(cast.member, "add/", whose="own", phrase="<b>one two three four five</b>")
        assert "<b>one" not in answer.content.decode()


def test_there_is_an_end_to_them(cast, club):
    for number in range(MOST):
        add_filler(club, cast.member, f"word {number}")
    add_filler(club, cast.member, "Word 3")
    with pytest.raises(BadRequestError, match="remove one first"):
        add_filler(club, cast.member, "another")
    add_filler(club, None, "another")


def test_a_speaker_is_counted_with_the_club_s_and_their_own(cast, club):
    add_filler(club, None, "anyway")
    add_filler(club, cast.member, "anyway you know")
    add_filler(club, cast.officer, "boats")
    assert own_fillers_of(club, cast.member.pk) == ("anyway you know", "anyway")
    assert own_fillers_of(club, None) == ("anyway",)
    with club_scope(cast.other):
        Membership.objects.create(club=cast.other, user=cast.member, role=Role.MEMBER)
        assert own_fillers_of(cast.other, cast.member.pk) == ()


def test_they_reach_the_metrics_and_the_ah_counter(cast, club):
    add_filler(club, cast.member, "laugh")
    speech = Speech.objects.create(club=club, speaker=cast.member, run_id=1)
    asked = RequestEvaluation(1, 27 * 16_000, (), 0)
    setup = Setup(roles=("ah_counter",))
    request = run_request(speech, asked, setup, "scripted")
    run = Run.objects.create(
        club=club,
        speech=speech,
        number=1,
        samples=27 * 16_000,
        request=request.model_dump(mode="json", by_alias=True),
    )
    carry(run, engines())
    metrics = outputs.metrics_of(run)
    assert metrics is not None
    assert {one.word: one.count for one in metrics.filler_words}["laugh"] == 3
    [report] = outputs.roles_of(run)
    assert "“laugh”" in report.model_dump_json()


def test_a_run_of_before_counts_as_it_did():
    stored = RunRequest(
        brief=Brief(speaker_name="Ada"), live=LiveTranscriptShape(), own_fillers=("x",)
    ).model_dump(mode="json", by_alias=True)
    del stored["own_fillers"]
    assert RunRequest.model_validate(stored).own_fillers == ()

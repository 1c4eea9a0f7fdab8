"""The admin: who gets in, and what its sections do. That it shows one club: tests/isolation."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scopes_disabled

from clubs import engines
from clubs.admin.base import _cell
from clubs.admin_site import managed_clubs
from clubs.models import (
    AuditEvent,
    Club,
    ClubEngines,
    ConsentEvent,
    DailyLimit,
    DailyUsage,
    ErasureReceipt,
    Membership,
    PurgeClock,
    PurgeRecord,
    RetentionPolicy,
    User,
)
from clubs.models.audit import subject_hash
from clubs.scoping import club_scope
from clubs.tasks import drain
from sessions_app import expiry
from sessions_app.models import LegalHold, Speech
from tests.cast import Role, join
from tests.sessions_app.saved import save_speeches

PAGES = [
    "/admin/clubs/user/",
    "/admin/clubs/user/add/",
    "/admin/clubs/club/",
    "/admin/clubs/club/add/",
]
DAY = timedelta(days=1)
DEADLINE_SECONDS = 120


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def root(db) -> User:
    return User.objects.create_superuser("root@anchor.example")


@pytest.fixture
def officer(cast) -> Client:
    return browser(cast.officer)


class TestDoor:
    @pytest.mark.parametrize("page", PAGES)
    def test_is_open_to_superusers(self, root, page):
        assert browser(root).get(page).status_code == 200

    @pytest.mark.parametrize("page", PAGES)
    def test_what_is_everybodys_is_closed_to_officers(self, officer, page):
        assert officer.get(page).status_code == 403

    @pytest.mark.parametrize("role", [Role.OFFICER, Role.OWNER])
    def test_is_open_to_who_manages_a_club(self, cast, role):
        answer = browser(cast.roles[role]).get("/admin/")
        assert answer.status_code == 200
        assert "Retention policies" in answer.content.decode()

    @pytest.mark.parametrize("role", [Role.OPERATOR, Role.MEMBER])
    def test_is_no_door_to_others(self, cast, role):
        assert browser(cast.roles[role]).get("/admin/", follow=True).status_code == 404

    def test_the_staff_flag_opens_nothing(self, cast):
        staff = User.objects.create_user("staff@anchor.example", is_staff=True)
        assert browser(staff).get("/admin/", follow=True).status_code == 404

    def test_sends_visitors_to_the_products_own_sign_in(self, client, db):
        answer = client.get("/admin/clubs/retentionpolicy/", follow=True)
        way = [address for address, _ in answer.redirect_chain]
        assert way[-1].startswith("/accounts/login/?next=/admin/clubs/retentionpolicy/")

    def test_shuts_as_soon_as_the_role_is_lost(self, cast, officer):
        with club_scope(cast.club):
            Membership.objects.filter(user=cast.officer).update(role=Role.MEMBER)
        assert officer.get("/admin/", follow=True).status_code == 404

    def test_is_shut_for_a_suspended_club(self, cast, officer):
        Club.objects.filter(pk=cast.club.pk).update(suspended_at=timezone.now())
        assert officer.get("/admin/", follow=True).status_code == 404

    def test_shows_all_clubs_that_somebody_manages(self, cast):
        join(cast.other, cast.officer, Role.OFFICER)
        for club in (cast.club, cast.other):
            with club_scope(club):
                RetentionPolicy.objects.create(club=club)
        page = browser(cast.officer).get("/admin/clubs/retentionpolicy/").content.decode()
        assert "anchor" in page
        assert "beacon" in page


def test_changes_a_user(root):
    client = browser(root)
    assert client.get(f"/admin/clubs/user/{root.pk}/change/").status_code == 200
    client.post(
        "/admin/clubs/user/add/",
        {
            "email": "New@anchor.example",
            "name": "New",
            "usable_password": "true",
            "password1": "sea-and-wind-7",
            "password2": "sea-and-wind-7",
        },
    )
    assert User.objects.filter(email="new@anchor.example").exists()


class TestRetention:
    FIELDS = {
        "auto_purge_seconds": 600,
        "audio_days": 30,
        "transcript_days": 60,
        "evaluation_days": 90,
    }

    def test_is_set_and_changed(self, cast, officer):
        added = officer.post(
            "/admin/clubs/retentionpolicy/add/", {"club": cast.club.pk, **self.FIELDS}
        )
        assert added.status_code == 302
        with club_scope(cast.club):
            policy = RetentionPolicy.objects.get()
        assert policy.audio_days == 30
        address = f"/admin/clubs/retentionpolicy/{policy.pk}/change/"
        assert "What would go now" in officer.get(address).content.decode()
        officer.post(address, {**self.FIELDS, "audio_days": 7})
        policy.refresh_from_db()
        assert policy.audio_days == 7
        assert officer.get("/admin/clubs/retentionpolicy/add/").status_code == 403

    @pytest.mark.parametrize("days", [6, 366])
    @pytest.mark.parametrize("field", ["audio_days", "transcript_days", "evaluation_days"])
    def test_says_its_bounds(self, cast, officer, field, days):
        answer = officer.post(
            "/admin/clubs/retentionpolicy/add/",
            {"club": cast.club.pk, **self.FIELDS, field: days},
        )
        form = answer.context["adminform"].form
        assert form.errors[field] == ["Between 7 and 365 days."]

    def test_previews_exactly_what_the_job_takes(self, cast, officer):
        now = timezone.now()
        with club_scope(cast.club):
            for age in (0, 89, 91, 400):
                save_speeches(cast.club, 1, now - age * DAY)
            before = set(Speech.objects.values_list("pk", flat=True))
        [preview] = officer.get("/admin/sessions_app/speech/due/").context["previews"]
        with club_scope(cast.club):
            expiry.run(cast.club, now)
            gone = before - set(Speech.objects.values_list("pk", flat=True))
        assert {speech.pk for speech, _ in preview["shown"]} == gone
        assert preview["total"] == len(gone) == 2

    def test_previews_all_clubs_to_superusers(self, cast, root):
        answer = browser(root).get("/admin/sessions_app/speech/due/")
        assert [preview["club"] for preview in answer.context["previews"]] == [
            cast.club,
            cast.other,
        ]

    def test_a_failure_is_shown(self, cast, officer):
        with club_scope(cast.club):
            RetentionPolicy.objects.create(club=cast.club)
            PurgeClock.objects.create(
                club=cast.club, failed_at=timezone.now(), failure="OperationalError"
            )
            policy = RetentionPolicy.objects.get()
        for address in (
            "/admin/clubs/purgeclock/",
            "/admin/sessions_app/speech/due/",
            f"/admin/clubs/retentionpolicy/{policy.pk}/change/",
        ):
            assert "OperationalError" in officer.get(address).content.decode(), address

    @pytest.mark.django_db(transaction=True)
    def test_runs_now_in_the_name_of_who_asked(self, cast, officer):
        with club_scope(cast.club):
            save_speeches(cast.club, 2, timezone.now() - 91 * DAY)
            clock = PurgeClock.objects.create(
                club=cast.club, next_run_at=timezone.now() + timedelta(hours=1)
            )
        officer.post(
            "/admin/clubs/purgeclock/", {"action": "run_now", "_selected_action": [clock.pk]}
        )
        drain(DEADLINE_SECONDS)
        with club_scope(cast.club):
            assert not Speech.objects.exists()
            records = PurgeRecord.objects.all()
            assert {record.started_by for record in records} == {cast.officer.pk}


class TestHolds:
    @pytest.fixture
    def speech(self, cast) -> Speech:
        with club_scope(cast.club):
            [speech] = save_speeches(cast.club, 1, timezone.now())
        return speech

    def hold(self, client: Client, speech: Speech, **more: str):
        posted = {"action": "hold", "_selected_action": [str(speech.pk)], **more}
        return client.post("/admin/sessions_app/speech/", posted)

    def test_are_placed_with_a_reason_and_lifted(self, cast, officer, speech):
        asked = self.hold(officer, speech)
        assert "Say why" in asked.content.decode()
        assert "This field is required" in self.hold(officer, speech, reason="").content.decode()
        assert self.hold(officer, speech, reason="a complaint").status_code == 302
        self.hold(officer, speech, reason="again")
        with club_scope(cast.club):
            held = LegalHold.objects.get()
            assert (held.reason, held.placed_by) == ("a complaint", cast.officer.pk)
        officer.post(
            "/admin/sessions_app/legalhold/", {"action": "lift", "_selected_action": [held.pk]}
        )
        held.refresh_from_db()
        assert held.lifted_by == cast.officer.pk
        with club_scope(cast.club):
            events = AuditEvent.objects.order_by("pk").values_list("action", "object_id", "actor")
            assert list(events) == [
                ("held", str(held.pk), cast.officer.pk),
                ("released", str(held.pk), cast.officer.pk),
            ]


@pytest.mark.parametrize("page", ["speech", "legalhold"])
def test_a_list_asks_as_often_for_many_as_for_few(cast, officer, page):
    """And never for the sessions, which hold transcripts."""

    def asked(speeches: int) -> int:
        with club_scope(cast.club):
            for speech in save_speeches(cast.club, speeches, timezone.now()):
                LegalHold.objects.create(club=cast.club, speech=speech, reason="a complaint")
        with CaptureQueriesContext(connection) as queries:
            assert officer.get(f"/admin/sessions_app/{page}/").status_code == 200
        assert not any('"session"' in query["sql"] for query in queries)
        return len(queries)

    assert asked(1) == asked(6)


class TestErasure:
    def erase(self, client: Client, cast, user: User, **more: str):
        with club_scope(cast.club):
            member = Membership.objects.get(user=user)
        posted = {"action": "erase", "_selected_action": [member.pk], **more}
        return client.post("/admin/clubs/membership/", posted, follow=True)

    def test_asks_once_more_and_gives_a_receipt(self, cast, officer):
        asked = self.erase(officer, cast, cast.member)
        assert "cannot be undone" in asked.content.decode()
        done = self.erase(officer, cast, cast.member, confirm="erase")
        with club_scope(cast.club):
            receipt = ErasureReceipt.objects.get()
            assert not Membership.objects.filter(user=cast.member).exists()
        assert str(receipt.pk) in done.content.decode()
        assert receipt.by == subject_hash(cast.officer.pk)
        assert User.objects.filter(pk=cast.member.pk).exists()

    def test_nobody_erases_above_themselves(self, cast, officer):
        answer = self.erase(officer, cast, cast.owner, confirm="erase")
        assert "may not remove" in answer.content.decode()
        with club_scope(cast.club):
            assert Membership.objects.filter(user=cast.owner).exists()

    def test_a_club_keeps_an_owner(self, cast):
        answer = self.erase(browser(cast.owner), cast, cast.owner, confirm="erase")
        assert "needs an owner" in answer.content.decode()
        with club_scope(cast.club):
            assert Membership.objects.filter(user=cast.owner).exists()


class TestLogs:
    @pytest.fixture
    def event(self, cast) -> ConsentEvent:
        return ConsentEvent.objects.create(
            club=cast.club,
            speech_id="00000000-0000-0000-0000-000000000001",
            speaker_name="=1+1",
            confirmed=True,
            text_version="1",
            text="what was shown",
        )

    @pytest.mark.parametrize("log", ["consentevent", "erasurereceipt", "purgerecord", "auditevent"])
    def test_are_read_only(self, root, log):
        client = browser(root)
        assert client.get(f"/admin/clubs/{log}/").status_code == 200
        assert client.get(f"/admin/clubs/{log}/add/").status_code == 403

    def test_are_taken_along_as_csv(self, cast, officer, event):
        answer = officer.get("/admin/clubs/consentevent/csv/")
        header, row = answer.content.decode().splitlines()
        assert header.split(",")[:4] == ["id", "club_id", "speech_id", "speaker_id"]
        assert ",'=1+1," in row
        with club_scope(cast.club):
            noted = AuditEvent.objects.get()
        assert (noted.actor, noted.action, noted.table) == (
            cast.officer.pk,
            "csv",
            "clubs.ConsentEvent",
        )

    def test_what_a_superuser_looks_at_is_noted(self, cast, root, event):
        client = browser(root)
        client.get("/admin/clubs/consentevent/")
        client.get(f"/admin/clubs/consentevent/{event.pk}/change/")
        with scopes_disabled():
            noted = AuditEvent.objects.order_by("pk").values_list(
                "club", "actor", "action", "table", "object_id"
            )
            assert list(noted) == [
                (None, root.pk, "viewed", "clubs.ConsentEvent", ""),
                (cast.club.pk, root.pk, "viewed", "clubs.ConsentEvent", str(event.pk)),
            ]

    def test_what_an_officer_looks_at_is_their_work(self, cast, officer, event):
        officer.get("/admin/clubs/consentevent/")
        with club_scope(cast.club):
            assert not AuditEvent.objects.exists()

    @pytest.mark.parametrize("value", ["=cmd", "+1", "-1", "@a", "\tx", "\rx"])
    def test_no_spreadsheet_runs_a_cell(self, value):
        assert _cell(value) == f"'{value}"
        assert _cell(f"x{value}") == f"x{value}"
        assert _cell(3) == 3


class TestUse:
    def test_a_club_chooses_among_the_voices_on_offer(self, cast, officer, monkeypatch):
        monkeypatch.setattr(engines, "_voices", [lambda: ["builtin:a", "builtin:b"]])
        address = "/admin/clubs/clubengines/add/"
        form = officer.get(address).context["adminform"].form
        assert [name for name, _ in form.fields["speech"].choices] == ["", "builtin:a", "builtin:b"]
        refused = officer.post(address, {"club": cast.club.pk, "speech": "vendor:x"})
        assert "speech" in refused.context["adminform"].form.errors
        assert (
            officer.post(address, {"club": cast.club.pk, "speech": "builtin:b"}).status_code == 302
        )
        with club_scope(cast.club):
            assert engines.choice_of(cast.club).voice == "builtin:b"
            chosen = ClubEngines.objects.get()
            monkeypatch.setattr(engines, "_voices", [lambda: ["builtin:a"]])
            assert engines.choice_of(cast.club).voice == ""
        page = officer.get(f"/admin/clubs/clubengines/{chosen.pk}/change/").content.decode()
        assert "builtin:b (not offered any more)" in page

    def test_a_vendors_voice_is_for_clubs_that_send_something_to_vendors(
        self, cast, officer, monkeypatch
    ):
        monkeypatch.setattr(engines, "_voices", [lambda: ["builtin:a", "openai:fable"]])
        address = "/admin/clubs/clubengines/add/"
        both = {"club": cast.club.pk, "speech": "openai:fable", "builtin_only": "on"}
        refused = officer.post(address, both)
        [fault] = refused.context["adminform"].form.errors["speech"]
        assert fault.startswith("openai:fable is a vendor’s voice, and this club sends nothing")
        assert officer.post(address, both | {"builtin_only": ""}).status_code == 302
        with club_scope(cast.club):
            row = ClubEngines.objects.get()
            assert engines.choice_of(cast.club) == engines.EngineChoice("openai:fable")
            ClubEngines.objects.filter(pk=row.pk).update(builtin_only=True)
            choice = engines.choice_of(cast.club)
            assert choice == engines.EngineChoice(builtin_only=True, withdrawn="openai:fable")
        change = f"/admin/clubs/clubengines/{row.pk}/change/"
        form = officer.get(change).context["adminform"].form
        assert list(form.fields["speech"].choices) == [
            ("", "The deployment’s own choice"),
            ("builtin:a", "builtin:a"),
            ("openai:fable", "openai:fable (not offered any more)"),
        ]
        # Both may be changed at once.
        allowed = {"speech": "openai:fable", "builtin_only": ""}
        assert officer.post(change, allowed).status_code == 302
        with club_scope(cast.club):
            assert engines.choice_of(cast.club).voice == "openai:fable"

    def test_only_superusers_give_more_than_the_server_does(self, cast, officer, root, settings):
        settings.SPEECHCOACH_EVALUATIONS_PER_DAY = 20
        address = "/admin/clubs/dailylimit/add/"
        refused = officer.post(address, {"club": cast.club.pk, "evaluations": 21})
        assert refused.context["adminform"].form.errors["evaluations"] == [
            "This server gives a club 20 a day at most."
        ]
        assert officer.post(address, {"club": cast.club.pk, "evaluations": 20}).status_code == 302
        with club_scope(cast.club):
            limit = DailyLimit.objects.get()
        browser(root).post(f"/admin/clubs/dailylimit/{limit.pk}/change/", {"evaluations": 21})
        limit.refresh_from_db()
        assert limit.evaluations == 21

    def test_sums_up_what_was_used(self, cast, officer):
        today = timezone.now().date()
        days: list[tuple[date, int, str]] = [
            (today, 3, "0.5"),
            (today - 2 * DAY, 4, "0.25"),
            (today - 40 * DAY, 50, "9"),
        ]
        with club_scope(cast.club):
            for day, evaluations, cost in days:
                DailyUsage.objects.create(
                    club=cast.club, day=day, evaluations=evaluations, cost_usd=Decimal(cost)
                )
        [sums] = officer.get("/admin/clubs/dailyusage/").context["sums"]
        assert (sums["evaluations"], sums["cost_usd"]) == (7, Decimal("0.75"))


def test_a_visitor_manages_nothing(rf):
    request = rf.get("/admin/")
    request.user = AnonymousUser()
    assert managed_clubs(request) == []

"""The clocks of a club, its holds, and what runs by them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clubs.models import (
    AuditEvent,
    PurgeClock,
    PurgeRecord,
    RetentionPolicy,
)
from clubs.scoping import club_scope
from clubs.tasks import drain
from sessions_app import expiry
from sessions_app.models import LegalHold, Speech
from tests.clubs.admin.browsing import browser
from tests.sessions_app.saved import save_speeches

DAY = timedelta(days=1)
DEADLINE_SECONDS = 120


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

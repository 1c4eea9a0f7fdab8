"""The logs: read only, taken along, and looked at by name."""

import pytest
from django_scopes import scopes_disabled

from clubs.admin.base import _cell
from clubs.models import (
    AuditEvent,
    ConsentEvent,
)
from clubs.scoping import club_scope
from tests.clubs.admin.browsing import browser


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

"""Voices, limits and what was used."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from clubs import engines
from clubs.models import (
    ClubEngines,
    DailyLimit,
    DailyUsage,
)
from clubs.scoping import club_scope
from tests.clubs.admin.browsing import browser

DAY = timedelta(days=1)


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

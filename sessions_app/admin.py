"""Speeches as managers see them: what is kept, what is held, and what would go now."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from clubs.admin.base import ClubAdmin, ClubFilter, note
from clubs.admin_site import managed_clubs, sees_all
from clubs.core.retention import Part, Verdict
from clubs.models import AuditEvent, Club, PurgeClock, RetentionPolicy
from clubs.scoping import club_scope
from sessions_app import expiry
from sessions_app.models import LegalHold, Speech
from sessions_app.tasks import expire_club

_SHOWN = 200
"""Speeches that a preview names; it counts them all."""


class HoldForm(forms.Form):
    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


@admin.register(Speech)
class SpeechAdmin(ClubAdmin):
    list_display = ("title", "speaker_name", "club", "state", "created_at", "saved_at", "held")
    list_filter = (ClubFilter, "state")
    list_select_related = ("club",)
    search_fields = ("title", "speaker_name", "=id")
    fields = (
        "club",
        "title",
        "speaker_name",
        "state",
        "visibility",
        "created_at",
        "recorded_at",
        "saved_at",
        "held",
    )
    readonly_fields = fields
    actions = ("hold",)
    shows_content = True

    def get_urls(self) -> list[URLPattern]:
        due = path(
            "due/", self.admin_site.admin_view(self.due_view), name="sessions_app_speech_due"
        )
        return [due, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> Any:
        holds = LegalHold.objects.filter(lifted_at__isnull=True, speech=OuterRef("pk"))
        rows = super().get_queryset(request).annotate(is_held=Exists(holds))
        # A session's snapshot holds its transcript: no list reads that.
        return rows.defer("session")

    @admin.display(boolean=True, description="legal hold")
    def held(self, speech: Any) -> bool:
        return bool(speech.is_held)

    def due_view(self, request: HttpRequest) -> TemplateResponse:
        """What the clocks would delete now, by the question that the job asks."""
        clubs = list(Club.objects.all()) if sees_all(request) else managed_clubs(request)
        wanted = request.GET.get("club")
        shown = [club for club in clubs if wanted in (None, "", str(club.pk))]
        context = {
            **self.admin_site.each_context(request),
            "title": "What would go now",
            "opts": self.opts,
            "previews": [_preview(club) for club in shown],
        }
        return TemplateResponse(request, "admin/sessions_app/speech/due.html", context)

    def has_hold_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @admin.action(description="Place a legal hold…", permissions=["hold"])
    def hold(self, request: HttpRequest, chosen: Any) -> HttpResponse | None:
        """Asks for the reason, and keeps these speeches from every purge and erasure."""
        form = HoldForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": "Place a legal hold",
                "opts": self.opts,
                "speeches": chosen,
                "form": form,
            }
            return TemplateResponse(request, "admin/sessions_app/speech/hold.html", context)
        keys = list(chosen.values_list("pk", flat=True))
        with transaction.atomic():
            # Locked: a purge that has found one of them either is through with it, or waits.
            speeches = list(Speech.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
            in_force = LegalHold.objects.filter(speech__in=speeches, lifted_at__isnull=True)
            known = set(in_force.values_list("speech", flat=True))
            new = [speech for speech in speeches if speech.pk not in known]
            for speech in new:
                held = LegalHold.objects.create(
                    club_id=speech.club_id,
                    speech=speech,
                    reason=form.cleaned_data["reason"],
                    placed_by=request.user.pk,
                )
                note(request, AuditEvent.Action.HELD, LegalHold, held)
        self.message_user(request, f"Held: {len(new)}. Held already: {len(speeches) - len(new)}.")
        return None


def _preview(club: Club) -> dict[str, Any]:
    with club_scope(club):
        clocks = RetentionPolicy.of(club).clocks
        going = dict(expiry.preview(club, clocks, timezone.now()))
        named = Speech.objects.filter(club=club, pk__in=list(going)[:_SHOWN])
        shown = [(speech, _named(going[speech.pk])) for speech in named]
        clock = PurgeClock.objects.filter(club=club).first()
        return {
            "club": club,
            "clock": clock,
            "total": len(going),
            "records": sum(said.record for said in going.values()),
            "counts": {part.value: _count(going, part) for part in Part},
            "shown": shown,
        }


def _count(going: dict[UUID, Verdict], part: Part) -> int:
    return sum(part in said.parts for said in going.values())


def _named(said: Verdict) -> str:
    parts = ", ".join(sorted(part.value for part in said.parts))
    return "everything" if said.record else parts


@admin.register(LegalHold)
class LegalHoldAdmin(ClubAdmin):
    list_display = (
        "placed_at",
        "club",
        "speech_id",
        "reason",
        "placed_by",
        "lifted_at",
        "lifted_by",
    )
    list_filter = (ClubFilter, ("lifted_at", admin.EmptyFieldListFilter))
    list_select_related = ("club",)
    search_fields = ("reason", "=speech__id")
    actions = ("lift",)
    shows_content = True

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @admin.action(description="Lift these holds", permissions=["lift"])
    def lift(self, request: HttpRequest, chosen: Any) -> None:
        now = timezone.now()
        lifted = 0
        for held in chosen.filter(lifted_at__isnull=True):
            held.lifted_at, held.lifted_by = now, request.user.pk
            held.save(update_fields=["lifted_at", "lifted_by"])
            note(request, AuditEvent.Action.RELEASED, LegalHold, held)
            lifted += 1
        self.message_user(request, f"Lifted: {lifted}.")


@admin.register(PurgeClock)
class PurgeClockAdmin(ClubAdmin):
    """When what was saved is looked through, and whether it went well."""

    list_display = ("club", "next_run_at", "finished_at", "outcome")
    list_filter = (ClubFilter, ("failed_at", admin.EmptyFieldListFilter))
    list_select_related = ("club",)
    actions = ("run_now",)

    @admin.display(description="last run")
    def outcome(self, clock: PurgeClock) -> str:
        if clock.failed_at is not None:
            return f"FAILED ({clock.failure}); it is tried again at {clock.next_run_at:%H:%M} UTC"
        return "well" if clock.finished_at else "none yet"

    def has_run_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @admin.action(description="Run now", permissions=["run"])
    def run_now(self, request: HttpRequest, chosen: Any) -> None:
        """Lets what is due in these clubs go now, and not when its hour comes."""
        for clock in chosen:
            chosen.filter(pk=clock.pk).update(next_run_at=timezone.now())
            expire_club.enqueue(club_id=clock.club_id, started_by=request.user.pk)
        self.message_user(request, "It runs now; see the purge runs.", messages.INFO)

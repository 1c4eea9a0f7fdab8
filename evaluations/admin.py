"""Runs of the evaluation, as numbers: what they said is on the pages of the speech."""

from django.contrib import admin

from clubs.admin.base import ClubAdmin, ClubFilter
from evaluations.models import Run


@admin.register(Run)
class RunAdmin(ClubAdmin):
    list_display = ("speech_id", "number", "club", "status", "stage", "attempts", "created_at")
    list_filter = (ClubFilter, "status")
    list_select_related = ("club",)
    search_fields = ("=speech__id",)
    fields = (
        "club",
        "speech_id",
        "number",
        "status",
        "stage",
        "message",
        "attempts",
        "created_at",
        "finished_at",
        "saved_at",
    )
    readonly_fields = fields
    actions = None

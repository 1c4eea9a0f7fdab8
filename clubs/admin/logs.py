"""What is only ever added to: consents, receipts, purges, and who looked at what."""

from django.contrib import admin

from clubs.admin.base import ClubFilter, LogAdmin
from clubs.models import AuditEvent, ConsentEvent, ErasureReceipt, PurgeRecord


@admin.register(ConsentEvent)
class ConsentEventAdmin(LogAdmin):
    list_display = ("recorded_at", "club", "speaker_name", "confirmed", "text_version", "speech_id")
    list_filter = (ClubFilter, "confirmed", "text_version")
    list_select_related = ("club",)
    search_fields = ("speaker_name", "=speech_id")
    shows_content = True


@admin.register(ErasureReceipt)
class ErasureReceiptAdmin(LogAdmin):
    list_display = ("id", "club", "erased_at", "held", "subject")
    list_filter = (ClubFilter,)
    list_select_related = ("club",)
    search_fields = ("=id", "=subject")


@admin.register(PurgeRecord)
class PurgeRecordAdmin(LogAdmin):
    list_display = (
        "recorded_at",
        "club",
        "kind",
        "event",
        "speeches",
        "records",
        "audio",
        "transcripts",
        "evaluations",
        "failure",
    )
    list_filter = (ClubFilter, "kind", "event")
    list_select_related = ("club",)
    search_fields = ("=run",)


@admin.register(AuditEvent)
class AuditEventAdmin(LogAdmin):
    list_display = ("recorded_at", "club", "actor", "action", "table", "object_id")
    list_filter = (ClubFilter, "action")
    list_select_related = ("club",)
    search_fields = ("=actor", "=object_id", "table")

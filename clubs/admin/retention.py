"""How long a club keeps things."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from clubs.admin.base import ClubFilter, OneRowAdmin
from clubs.models import PurgeClock, RetentionPolicy


@admin.register(RetentionPolicy)
class RetentionPolicyAdmin(OneRowAdmin):
    """A club without a policy of its own keeps the defaults, which the form for a new one shows."""

    list_display = (
        "club",
        "auto_purge_seconds",
        "audio_days",
        "transcript_days",
        "evaluation_days",
    )
    list_filter = (ClubFilter,)
    list_select_related = ("club",)
    fields = (
        "club",
        "auto_purge_seconds",
        "audio_days",
        "transcript_days",
        "evaluation_days",
        "next_run",
        "preview",
    )
    readonly_fields = ("next_run", "preview")

    @admin.display(description="next run")
    def next_run(self, policy: RetentionPolicy) -> str:
        """When the job looks next, and whether it failed the last time."""
        clock = PurgeClock.objects.filter(club=policy.club_id).first()
        if clock is None:
            return "Within a minute."
        said = f"{clock.next_run_at:%d %B %Y, %H:%M} UTC."
        if clock.failed_at is not None:
            said += f" The last run failed at {clock.failed_at:%H:%M} UTC ({clock.failure})."
        return said

    @admin.display(description="preview")
    def preview(self, policy: RetentionPolicy) -> str:
        if policy._state.adding:
            return "Save the policy to see what it would delete."
        address = reverse("admin:sessions_app_speech_due")
        return format_html('<a href="{}?club={}">What would go now</a>', address, policy.club_id)

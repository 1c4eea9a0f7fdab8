"""Which engines a club uses, how much a day, and at what cost."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Max, Sum
from django.http import HttpRequest
from django.utils import timezone

from clubs.admin.base import ClubAdmin, ClubFilter, OneRowAdmin
from clubs.admin_site import sees_all
from clubs.engines import BUILTIN, offered_voices
from clubs.models import ClubEngines, DailyLimit, DailyUsage

if TYPE_CHECKING:
    # Generic in the stubs only.
    _EnginesForm = forms.ModelForm[ClubEngines]
    _LimitForm = forms.ModelForm[DailyLimit]
else:
    _EnginesForm = forms.ModelForm
    _LimitForm = forms.ModelForm

_LOOKS_BACK = timedelta(days=30)


class ClubEnginesForm(_EnginesForm):
    """Offers what the deployment has; a voice that it has no more may stay until it is changed."""

    speech = forms.ChoiceField(
        label="Voice of the spoken evaluation",
        required=False,
        help_text=(
            "It speaks from the next evaluation on. Vendors’ voices are offered to clubs that may "
            "send something to vendors, where this server has a key."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What is posted may allow vendors, or forbid them: ``clean`` judges both together.
        names = offered_voices(builtin_only=self.instance.builtin_only and not self.is_bound)
        chosen = self.instance.speech
        gone = [(chosen, f"{chosen} (not offered any more)")] if chosen not in ["", *names] else []
        choices = [("", "The deployment’s own choice"), *((name, name) for name in names), *gone]
        cast("forms.ChoiceField", self.fields["speech"]).choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        voice = cleaned.get("speech", "")
        if cleaned.get("builtin_only") and voice and not voice.startswith(BUILTIN):
            self.add_error(
                "speech",
                f"{voice} is a vendor’s voice, and this club sends nothing to vendors. "
                "Choose a voice of this server.",
            )
        return cleaned


@admin.register(ClubEngines)
class ClubEnginesAdmin(OneRowAdmin):
    form = ClubEnginesForm
    list_display = ("club", "speech", "builtin_only")
    list_filter = (ClubFilter,)
    list_select_related = ("club",)
    fields = ("club", "builtin_only", "speech")


@admin.register(DailyLimit)
class DailyLimitAdmin(OneRowAdmin):
    """A club may be content with less than the deployment gives; only superusers give more."""

    list_display = ("club", "evaluations")
    list_filter = (ClubFilter,)
    list_select_related = ("club",)
    fields = ("club", "evaluations")

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 - Django's own signature
        **kwargs: Any,
    ) -> Any:
        most = settings.SPEECHCOACH_EVALUATIONS_PER_DAY

        class Form(_LimitForm):
            def clean_evaluations(self) -> int:
                wanted: int = self.cleaned_data["evaluations"]
                if wanted > most and not sees_all(request):
                    raise forms.ValidationError(f"This server gives a club {most} a day at most.")
                return wanted

        return super().get_form(request, obj, change, form=Form, **kwargs)


@admin.register(DailyUsage)
class DailyUsageAdmin(ClubAdmin):
    change_list_template = "admin/clubs/dailyusage/change_list.html"
    list_display = ("day", "club", "evaluations", "cost_usd")
    list_filter = (ClubFilter,)
    list_select_related = ("club",)
    actions = None

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        since = timezone.now().date() - _LOOKS_BACK
        sums = (
            self.get_queryset(request)
            .filter(day__gt=since)
            .order_by()
            .values("club__name")
            .annotate(evaluations=Sum("evaluations"), cost_usd=Sum("cost_usd"), last=Max("day"))
            .order_by("club__name")
        )
        context = {"sums": sums, "days": _LOOKS_BACK.days, **(extra_context or {})}
        return super().changelist_view(request, context)

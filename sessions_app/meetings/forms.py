"""What people fill in about meetings."""

import re
from collections.abc import Mapping
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from clubs.models import Club, User
from sessions_app.models import AgendaSlot, Meeting
from sessions_app.models.meeting import time_zones

MOST_OBJECTIVES = 10
LONGEST_OBJECTIVE = 500
_CLOCK = re.compile(r"(\d{1,2})(?::([0-5]\d))?")


def _zones() -> list[tuple[str, str]]:
    """Zones by place, as people look for them; not the old and the technical names."""
    places = sorted(name for name in time_zones() if re.match(r"[A-Z][a-z]+/", name))
    listed = [name for name in places if not name.startswith(("Etc/", "System", "Brazil/"))]
    return [(name, name.replace("_", " ")) for name in ["UTC", *listed]]


class MeetingForm(forms.ModelForm):  # type: ignore[type-arg] # generic in stubs only
    """A meeting. Its beginning is typed by the clock of its place."""

    starts_at = forms.DateTimeField(
        label="Begins",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    time_zone = forms.ChoiceField(label="Time zone", choices=_zones)

    class Meta:
        model = Meeting
        fields = [
            "title",
            "starts_at",
            "time_zone",
            "place",
            "word_of_the_day",
            "word_meaning",
            "notes",
        ]
        help_texts = {
            "place": "A room or an address, or a link to the call.",
            "word_of_the_day": "Heard in every speech of the meeting: the grammarian and the "
            "ah-counter report it, inflections included.",
            "notes": "What everyone who comes should know.",
        }
        widgets = {"notes": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.starts_at is not None:
            self.initial["starts_at"] = self.instance.local_start.replace(tzinfo=None)

    def full_clean(self) -> None:
        """Read the clock of the place that was chosen with it."""
        with timezone.override(self._zone()):
            super().full_clean()

    def _zone(self) -> ZoneInfo:
        chosen = self.data.get(self.add_prefix("time_zone"), "")
        return ZoneInfo(chosen if chosen in time_zones() else "UTC")


class ClockField(forms.CharField):
    """A length of time as minutes, or minutes and seconds: "5", "5:30". Gives seconds."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"class": "input input--short", "placeholder": "0:00", "maxlength": "5"}
        super().__init__(required=False, widget=forms.TextInput(attrs=attrs), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 60}:{value % 60:02d}" if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        found = _CLOCK.fullmatch(text)
        if found is None:
            raise ValidationError("Minutes, or minutes and seconds: 5 or 5:30.")
        return 60 * int(found[1]) + int(found[2] or 0)

    def validate(self, value: Any) -> None:
        """Nothing is required; the model says what two times go together."""

    def run_validators(self, value: Any) -> None:
        """The validators of text do not apply to seconds."""


class ObjectivesField(forms.CharField):
    """One objective a line. Gives a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in str(value or "").splitlines()]
        objectives = [line for line in lines if line]
        if len(objectives) > MOST_OBJECTIVES:
            raise ValidationError(f"At most {MOST_OBJECTIVES} objectives.")
        if any(len(line) > LONGEST_OBJECTIVE for line in objectives):
            raise ValidationError(f"An objective has at most {LONGEST_OBJECTIVE} characters.")
        return objectives


class _Speakers(forms.ModelChoiceField):  # type: ignore[type-arg] # generic in stubs only
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name or "No name given")


class SlotSpeechForm(forms.ModelForm):  # type: ignore[type-arg] # generic in stubs only
    """What is said about the speech of a place."""

    objectives = ObjectivesField(label="Objectives", help_text="One a line.")

    class Meta:
        model = AgendaSlot
        fields = ["title", "project_type", "objectives"]
        widgets: Mapping[str, forms.Widget] = {
            "project_type": forms.TextInput(attrs={"list": "projects"})
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class SlotForm(SlotSpeechForm):
    """A place on the agenda. Nobody in it: members may take it."""

    speaker = _Speakers(
        label="Speaker",
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody yet, or a guest",
    )
    speaker_name = forms.CharField(
        label="Guest’s name",
        max_length=120,
        required=False,
        help_text="Only for somebody who is not in the club.",
    )
    min_seconds = ClockField(label="Green light at")
    max_seconds = ClockField(label="Red light at")

    class Meta(SlotSpeechForm.Meta):
        fields = [
            "speaker",
            "speaker_name",
            *SlotSpeechForm.Meta.fields,
            "min_seconds",
            "max_seconds",
            "evaluator_name",
            "time_limit_seconds",
        ]
        help_texts = {
            "time_limit_seconds": "From 30 to 600; the live page takes it over and may change it."
        }
        widgets = {
            **SlotSpeechForm.Meta.widgets,
            "time_limit_seconds": forms.NumberInput(attrs={"class": "input input--short"}),
        }

    def __init__(self, *args: Any, club: Club, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = User.objects.filter(memberships__club=club).order_by("name")
        cast("_Speakers", self.fields["speaker"]).queryset = members
        if self.instance.speaker_id:
            # The member says the name.
            self.initial["speaker_name"] = ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        speaker = given.get("speaker")
        if speaker is not None:
            given["speaker_name"] = speaker.get_full_name()
        green, red = given.get("min_seconds"), given.get("max_seconds")
        timed = "min_seconds" not in self.errors and "max_seconds" not in self.errors
        if timed and (green is None) != (red is None):
            missing = "min_seconds" if green is None else "max_seconds"
            self.add_error(missing, "Give both times, or neither.")
        return given

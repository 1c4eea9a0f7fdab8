"""What somebody fills in who uploads a recorded speech."""

from typing import Any, Final

from django import forms

from clubs.models import Membership
from clubs.permissions import Action, allows
from evaluations.core.shapes import ProjectContext
from evaluations.core.styles import CLASSIC, DEFINITIONS
from evaluations.roles.registry import ROLES
from sessions_app.core.setup import DEFAULT_TIME_LIMIT_SECONDS, Setup
from sessions_app.meetings.forms import ObjectivesField
from sessions_app.uploads.receiving import consent_of, own_name

_LIMIT_WORDS: Final = "From 30 to 600 seconds."


class UploadForm(forms.Form):
    """Names as on the live page. Who runs no sessions uploads speeches of their own only."""

    speaker_name = forms.CharField(label="Speaker's name", max_length=120)
    consent_confirmed = forms.BooleanField(
        error_messages={"required": "Without the speaker's consent nothing can be uploaded."}
    )
    speech_title = forms.CharField(label="Title of the speech", max_length=200, required=False)
    project_type = forms.CharField(label="Type of project", max_length=100, required=False)
    objectives = ObjectivesField(label="Objectives")
    time_limit_seconds = forms.IntegerField(
        label="Longest spoken evaluation, in seconds",
        initial=DEFAULT_TIME_LIMIT_SECONDS,
        min_value=30,
        max_value=600,
        error_messages={"min_value": _LIMIT_WORDS, "max_value": _LIMIT_WORDS},
    )
    style = forms.ChoiceField(
        choices=[(style.id, style.name) for style in DEFINITIONS.values()], initial=CLASSIC
    )
    roles = forms.MultipleChoiceField(
        choices=[(role.id, role.name) for role in ROLES], required=False
    )
    notes = forms.CharField(max_length=2000, required=False)
    file_name = forms.CharField(max_length=255)
    file_size = forms.IntegerField(min_value=0)

    def __init__(self, membership: Membership, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._membership = membership

    @property
    def may_name_others(self) -> bool:
        return allows(self._membership.role, Action.OPERATE)

    def clean_speaker_name(self) -> str:
        name: str = self.cleaned_data["speaker_name"]
        if not self.may_name_others and name != own_name(self._membership):
            raise forms.ValidationError(
                "You can upload your own speech. Those of others are uploaded by an operator."
            )
        return name

    @property
    def setup(self) -> Setup:
        """What was filled in, valid, as a live session has it."""
        given = self.cleaned_data
        return Setup(
            consent=consent_of(given["speaker_name"]),
            project=ProjectContext(
                speech_title=given["speech_title"],
                project_type=given["project_type"],
                objectives=tuple(given["objectives"]),
            ),
            time_limit_seconds=given["time_limit_seconds"],
            style=given["style"],
            roles=tuple(given["roles"]),
            notes=given["notes"],
        )

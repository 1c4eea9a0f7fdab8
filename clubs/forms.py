"""What people type: their name, a club's name, whom to invite, as what."""

from typing import Any

from django import forms
from django.http import HttpRequest

from clubs.models import User
from clubs.permissions import Role, assignable


class SignupForm(forms.Form):
    """Base of allauth's sign-up form (``ACCOUNT_SIGNUP_FORM_CLASS``)."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="As your club knows you.",
    )
    field_order = ["name", "email", "password1", "password2"]

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"].strip()
        user.save(update_fields=["name"])


class ClubForm(forms.Form):
    """A club that is about to be started."""

    name = forms.CharField(
        label="Name of the club",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )

    def clean_name(self) -> str:
        # It stands in subjects of mails and in titles: one line.
        return " ".join(self.cleaned_data["name"].split())


class RoleForm(forms.Form):
    """A role, out of those that somebody with ``giver`` as their role may give."""

    def __init__(self, giver: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(role.value, role.label) for role in assignable(giver)]
        self.fields["role"] = forms.ChoiceField(label="Role", choices=roles)


class InvitationForm(RoleForm):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label="E-mail address",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="The link is mailed there and is for this address only. "
        "Without one, it is for whoever opens it first.",
    )
    field_order = ["email", "role"]

    def __init__(self, giver: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(giver, *args, **kwargs)
        self.fields["role"].initial = Role.MEMBER.value

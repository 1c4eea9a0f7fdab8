"""The page on which a human evaluator writes, during a speech or after it."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clubs.http import ClubRequest
from clubs.models import Club, Membership
from clubs.permissions import Action, allows, require
from evaluations.core.document import HumanNote
from sessions_app.access import access_speech
from sessions_app.models import AgendaSlot, EvaluatorNote, Speech
from sessions_app.models.evaluator_note import LONGEST
from speechcoach.errors import ForbiddenError


class NoteForm(forms.ModelForm):  # type: ignore[type-arg] # generic in stubs only
    class Meta:
        model = EvaluatorNote
        fields = ["went_well", "to_try", "shared"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("went_well", "to_try"):
            self.fields[name].widget = forms.Textarea(
                attrs={"class": "input", "rows": 5, "maxlength": LONGEST}
            )


def may_note(membership: Membership, speech: Speech) -> bool:
    """Whether a member who sees a speech evaluates it: whom the agenda names, and those who run
    meetings. Nobody evaluates themselves."""
    if speech.speaker_id == membership.user_id:
        return False
    return allows(membership.role, Action.OPERATE) or _is_named(membership, speech)


def _is_named(membership: Membership, speech: Speech) -> bool:
    name = membership.user.name.strip()
    places = AgendaSlot.objects.filter(club=membership.club_id, speech=speech)
    return bool(name) and places.filter(evaluator_name__iexact=name).exists()


def notes_on(club: Club, speech: Speech, *, outside: bool = False) -> tuple[HumanNote, ...]:
    """What evaluators have written; ``outside`` the club, what they have said may be read there."""
    notes = EvaluatorNote.objects.filter(club=club, speech=speech)
    if outside:
        notes = notes.filter(shared=True)
    return tuple(
        HumanNote(
            evaluator=note.author_name,
            went_well=note.went_well,
            to_try=note.to_try,
            written_at=note.updated_at,
        )
        for note in notes
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def evaluate(request: ClubRequest, club_slug: str, speech_id: uuid.UUID) -> HttpResponse:
    """One's own notes on a speech; without a word they go."""
    require(request.membership, Action.VIEW_SPEECH)
    speech = access_speech(request.membership, speech_id)
    if not may_note(request.membership, speech):
        raise ForbiddenError("Its evaluator writes notes on a speech, and those who run meetings.")
    notes = EvaluatorNote.objects.filter(club=request.club, speech=speech, author=request.user)
    form = NoteForm(request.POST or None, instance=notes.first())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if given["went_well"] or given["to_try"]:
            EvaluatorNote.objects.update_or_create(
                club=request.club,
                speech=speech,
                author=request.user,
                defaults={**given, "author_name": request.user.name},
            )
            messages.success(request, "Your notes are kept with the speech.")
        else:
            notes.delete()
            messages.success(request, "Your notes are gone.")
        return redirect("session", request.club.slug, speech.pk)
    context = {"club": request.club, "speech": speech, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "clubs/sessions/evaluate.html", context, status=status)

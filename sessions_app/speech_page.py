"""What the page of a finished speech shows to a member."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from clubs.http import ClubRequest
from clubs.models import Membership
from clubs.permissions import Action, allows
from evaluations import correcting, outputs
from evaluations.models import Run
from sessions_app.documents import document_of, kept_run, spoken
from sessions_app.evaluator_notes import may_note
from sessions_app.export import FORMATS
from sessions_app.models import Speech
from sessions_app.sharing import links
from sessions_app.visibility import Relation, may_decide, may_name_speaker, relation_to


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link that has just been made: the only time that its address is known."""

    address: str
    expires_at: datetime


def render_page(
    request: ClubRequest, speech: Speech, *, made: MadeLink | None = None
) -> HttpResponse:
    """The page of ``speech``, for a member who may see it."""
    membership = request.membership
    relation = relation_to(membership, speech)
    decides = may_decide(membership.role, relation)
    run = kept_run(speech)
    context: dict[str, object] = {
        "club": request.club,
        "speech": speech,
        "run": run,
        "document": document_of(request.club, speech, run),
        "served": outputs.served_by(run) if run else None,
        "can_operate": allows(membership.role, Action.OPERATE),
        "correct_url": (
            reverse("correct", args=[request.club.slug, speech.pk])
            if decides and run and correcting.may_begin(run)
            else None
        ),
        "may_note": may_note(membership, speech),
        "is_mine": relation is Relation.SPEAKER,
        "decides": decides,
        "visibilities": _visibilities(speech),
        "members": (
            _members(request) if may_name_speaker(membership.role, relation, speech) else None
        ),
        "made": made,
        "links": links.active(speech, timezone.now()) if decides else (),
        "lifetimes": links.LIFETIMES,
        "usual_lifetime": links.USUAL_LIFETIME,
    }
    context |= _files(request, speech, run) if run else {}
    return render(request, "clubs/sessions/detail.html", context)


def _visibilities(speech: Speech) -> list[dict[str, object]]:
    """The choices, from everybody on down: what most clubs want comes first."""
    return [
        {"value": value, "label": label, "chosen": value == speech.visibility}
        for value, label in reversed(Speech.Visibility.choices)
    ]


def _members(request: ClubRequest) -> list[dict[str, object]]:
    """Whom the speaker may be; addresses tell namesakes apart, for those who may see them."""
    shows_addresses = allows(request.membership.role, Action.MANAGE_PEOPLE)
    members: QuerySet[Membership] = Membership.objects.filter(club=request.club)
    named = [
        (
            f"{member.user.name or 'No name given'} ({member.user.email})"
            if shows_addresses
            else member.user.name or "No name given",
            member,
        )
        for member in members.select_related("user")
    ]
    named.sort(key=lambda pair: pair[0].casefold())
    return [{"id": member.pk, "user": member.user_id, "name": name} for name, member in named]


def _files(request: ClubRequest, speech: Speech, run: Run) -> dict[str, object]:
    files = outputs.files_of(run)

    def address(name: str) -> str:
        return reverse("file", args=[request.club.slug, speech.pk, run.number, name])

    sound = spoken(files)
    return {
        "notes": outputs.notes_of(run),
        "files": [
            {"name": file.name, "size": file.size, "url": address(file.name)} for file in files
        ],
        "audio_url": address(sound.name) if sound else None,
        "exports": [
            {
                "name": entry.name,
                "why_not": entry.why_not(),
                "url": reverse(f"export_{entry.extension}", args=[request.club.slug, speech.pk]),
            }
            for entry in FORMATS.values()
        ],
    }

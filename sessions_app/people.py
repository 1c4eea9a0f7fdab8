"""A person's page: their speeches in this club, what changes in them, and their goals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from clubs.access import NOT_FOUND
from clubs.http import ClubRequest
from clubs.models import Club, Membership, User
from clubs.permissions import Action, require
from evaluations.models import Goal, Run
from evaluations.progress.figures import Figures
from evaluations.progress.goals import MEASURES, Aim, Direction, Measure, standing
from evaluations.progress.habits import habits
from evaluations.progress.plan import plan
from evaluations.progress.trends import FEWEST, Trend, trend
from sessions_app.listing import finished_speeches
from sessions_app.models import Speech
from sessions_app.sparkline import Sparkline, sparkline
from speechcoach.errors import ForbiddenError, NotFoundError

# What a trend looks back on, and what the page lists.
SPEECHES = 24


@dataclass(frozen=True, slots=True)
class Told:
    """A speech with its figures, and those as they are shown."""

    speech: Speech
    figures: Figures | None
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A measure's card: its latest value, its line, and what changed."""

    measure: Measure
    latest: str
    line: Sparkline
    trend: Trend | None


class GoalForm(forms.ModelForm):  # type: ignore[type-arg] # generic in stubs only
    target = forms.FloatField(
        label="Target",
        min_value=0,
        max_value=600,
        widget=forms.NumberInput(attrs={"class": "input input--short", "step": "any"}),
    )

    class Meta:
        model = Goal
        fields = ["measure", "direction", "target"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = [(m.id, f"{m.name}, {m.unit}") for m in MEASURES.values()]
        self.fields["measure"].widget = forms.Select(choices=units)
        self.fields["measure"].label = "What"
        self.fields["direction"].label = "Should be"
        self.fields["direction"].widget = forms.Select(
            choices=[(direction.value, direction.words) for direction in Direction]
        )


@require_safe
def person(request: ClubRequest, club_slug: str, person: int) -> HttpResponse:
    """What a member of the club may see of another, or of themselves."""
    require(request.membership, Action.VIEW_PEOPLE)
    return _page(request, person, GoalForm())


@require_POST
def set_goal(request: ClubRequest, club_slug: str, person: int) -> HttpResponse:
    """Set one of one's own goals; the same figure and direction again is a new target."""
    _require_own(request, person)
    form = GoalForm(request.POST)
    if not form.is_valid():
        return _page(request, person, form, status=422)
    given = form.cleaned_data
    Goal.objects.update_or_create(
        club=request.club,
        user=request.user,
        measure=given["measure"],
        direction=given["direction"],
        defaults={"target": given["target"]},
    )
    messages.success(request, "The goal is set.")
    return redirect("person", request.club.slug, person)


@require_POST
def remove_goal(request: ClubRequest, club_slug: str, person: int) -> HttpResponse:
    """Give one of one's own goals up."""
    _require_own(request, person)
    asked = request.POST.get("goal", "")
    if asked.isdecimal():
        Goal.objects.filter(club=request.club, user=request.user, pk=int(asked)).delete()
    return redirect("person", request.club.slug, person)


def _require_own(request: ClubRequest, person: int) -> None:
    require(request.membership, Action.SET_GOALS)
    _access_person(request, person)
    if person != request.user.pk:
        raise ForbiddenError("Goals are everybody's own: you can set yours only.")


def _access_person(request: ClubRequest, person: int) -> tuple[User, Membership | None]:
    """The user, and their membership unless they have left.

    Raises:
        NotFoundError: nobody in this club, and nobody whose speech in it the viewer may see.
    """
    members = Membership.objects.filter(club=request.club, user=person)
    membership = members.select_related("user").first()
    if membership is not None:
        return membership.user, membership
    left = finished_speeches(request.membership).filter(speaker=person)
    speech = left.select_related("speaker").first()
    if speech is None or speech.speaker is None:
        raise NotFoundError(NOT_FOUND)
    return speech.speaker, None


def _page(request: ClubRequest, person: int, form: GoalForm, status: int = 200) -> HttpResponse:
    user, membership = _access_person(request, person)
    own = user == request.user
    speeches = finished_speeches(request.membership).filter(speaker=user)
    page = Paginator(speeches, SPEECHES).get_page(request.GET.get("page"))
    told = _told(request.club, list(speeches[:SPEECHES]))
    # Oldest first: that is how lines are read.
    figures = [one.figures for one in reversed(told) if one.figures and one.figures.counts]
    goals = list(Goal.objects.filter(club=request.club, user=user)) if own else []
    aims = [goal.aim for goal in goals]
    context = {
        "club": request.club,
        "person": user,
        "member": membership,
        "own": own,
        "page": page,
        "speeches": told if page.number == 1 else _told(request.club, list(page)),
        "considered": len(figures),
        "fewest": FEWEST,
        "measures": list(MEASURES.values()),
        "shown": [_shown(measure, figures, aims) for measure in MEASURES.values()],
        "habits": habits(figures),
        "plan": plan(figures) if own else (),
        "goals": [(goal, goal.aim, standing(goal.aim, figures)) for goal in goals],
        "form": form,
    }
    return render(request, "clubs/person.html", context, status=status)


def _told(club: Club, speeches: Sequence[Speech]) -> list[Told]:
    """The speeches with the figures of their latest kept runs, in two queries whatever their
    number."""
    runs = Run.objects.filter(club=club, speech__in=speeches, saved_at__isnull=False)
    latest = {
        run.speech_id: run for run in runs.only("speech", "figures", "club").order_by("number")
    }
    return [_with_figures(speech, latest.get(speech.pk)) for speech in speeches]


def _with_figures(speech: Speech, run: Run | None) -> Told:
    if run is None or run.figures is None:
        return Told(speech, None, ["–"] * len(MEASURES))
    figures = Figures.model_validate(run.figures)
    values = [measure.shown(measure.of(figures)) for measure in MEASURES.values()]
    return Told(speech, figures, values)


def _shown(measure: Measure, figures: Sequence[Figures], aims: Sequence[Aim]) -> Shown:
    values = [measure.of(one) for one in figures]
    latest = measure.shown(values[-1]) if values else "–"
    return Shown(measure, latest, sparkline(values), trend(measure.id, figures, aims))

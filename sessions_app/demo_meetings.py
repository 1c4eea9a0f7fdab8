"""Meetings for the demo clubs: one that is over, with a speech given in it, and one to come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from clubs.models import Club, User
from sessions_app.meetings.views import coming
from sessions_app.models import AgendaSlot, Meeting, Speech

_ZONE = "Europe/London"
_HOUR = 19
_DAYS_AHEAD = 5


@dataclass(frozen=True, slots=True)
class DemoSlot:
    """``speaker`` is the role of a demo person, ``given`` the title of a demo speech."""

    speaker: str = ""
    guest: str = ""
    title: str = ""
    project_type: str = ""
    objectives: tuple[str, ...] = ()
    minutes: tuple[int, int] | None = None
    evaluator: str = ""
    given: str = ""


@dataclass(frozen=True, slots=True)
class DemoMeeting:
    title: str
    place: str
    word: str
    meaning: str
    slots: tuple[DemoSlot, ...]
    notes: str = ""
    days_ago: int = -_DAYS_AHEAD


MEETINGS: Mapping[str, tuple[DemoMeeting, ...]] = {
    "harbour": (
        DemoMeeting(
            title="Lights at sea",
            place="The old customs house, upper room",
            word="steadfast",
            meaning="Firm and unwavering, whatever the weather.",
            days_ago=9,
            slots=(
                DemoSlot(
                    speaker="member",
                    minutes=(4, 6),
                    evaluator="Felix Adeyemi",
                    given="The lighthouse keeper's notebook",
                ),
            ),
        ),
        DemoMeeting(
            title="Small beginnings",
            place="The old customs house, upper room",
            word="kindle",
            meaning="To set something alight, or to stir a feeling.",
            notes="Doors open at half past six. Bring a guest: there is tea.",
            slots=(
                DemoSlot(
                    speaker="member",
                    title="My first night shift",
                    project_type="Prepared speech",
                    objectives=("Show a scene instead of telling it", "Pause after the key line"),
                    minutes=(5, 7),
                    evaluator="Olive Marlow",
                ),
                DemoSlot(
                    guest="Noor Haddad",
                    title="Why I kept the broken clock",
                    project_type="Ice breaker",
                    minutes=(4, 6),
                ),
                DemoSlot(project_type="Prepared speech", minutes=(5, 7)),
                DemoSlot(project_type="Table topics", minutes=(1, 2)),
            ),
        ),
    ),
    "riverside": (
        DemoMeeting(
            title="What the town forgot",
            place="Riverside library",
            word="meander",
            meaning="To follow a winding course.",
            days_ago=6,
            slots=(
                DemoSlot(speaker="owner", minutes=(5, 7), given="The bridge that the town forgot"),
            ),
        ),
        DemoMeeting(
            title="Open evening",
            place="Riverside library",
            word="threshold",
            meaning="The place where one thing ends and another begins.",
            slots=(
                DemoSlot(speaker="owner", title="A door is a question", minutes=(5, 7)),
                DemoSlot(project_type="Ice breaker", minutes=(4, 6)),
            ),
        ),
    ),
}


def seed_meetings(club: Club, people: Mapping[str, User]) -> None:
    """Give a demo club a meeting that is over, unless it has it, and one to come."""
    now = timezone.now()
    to_come = coming(club, now)
    over = Meeting.objects.filter(club=club).exclude(pk__in=to_come)
    for demo in MEETINGS.get(club.slug, ()):
        if not (over if demo.days_ago > 0 else to_come).exists():
            _seed(club, people, demo, _evening(now - timedelta(days=demo.days_ago)))


def _evening(moment: datetime) -> datetime:
    local = moment.astimezone(ZoneInfo(_ZONE))
    return local.replace(hour=_HOUR, minute=0, second=0, microsecond=0)


def _seed(club: Club, people: Mapping[str, User], demo: DemoMeeting, starts_at: datetime) -> None:
    meeting = Meeting.objects.create(
        club=club,
        title=demo.title,
        starts_at=starts_at,
        time_zone=_ZONE,
        place=demo.place,
        word_of_the_day=demo.word,
        word_meaning=demo.meaning,
        notes=demo.notes,
    )
    for position, slot in enumerate(demo.slots):
        speaker = people.get(slot.speaker)
        free = Speech.objects.filter(club=club, title=slot.given, slot__isnull=True)
        given = free.first() if slot.given else None
        AgendaSlot.objects.create(
            club=club,
            meeting=meeting,
            position=position,
            speaker=speaker,
            speaker_name=speaker.get_full_name() if speaker else slot.guest,
            title=given.title if given else slot.title,
            project_type=given.project_type if given else slot.project_type,
            objectives=given.objectives if given else list(slot.objectives),
            min_seconds=slot.minutes[0] * 60 if slot.minutes else None,
            max_seconds=slot.minutes[1] * 60 if slot.minutes else None,
            evaluator_name=slot.evaluator,
            speech=given,
        )

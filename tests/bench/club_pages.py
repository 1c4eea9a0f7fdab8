"""How long a club's pages take when ten thousand speeches have been given in it.

Views, queries and templates, through Django's test client: no network, and no server to wait for.
``python -m tests.bench.club_pages`` measures the database of ``DATABASE_URL``, in a database of its
own beside it.
"""

import json
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.bench.figures import percentiles, rounded
from tests.bench.own_database import measured_by, own_database

if TYPE_CHECKING:
    from clubs.models import Club, User

SPEECHES = 10_000
PEOPLE = 200
MEETINGS = 500
REQUESTS = 40
WARM_UP = 5


def club_pages(
    database_url: str, speeches: int = SPEECHES, requests: int = REQUESTS
) -> dict[str, Any]:
    """Milliseconds of each page, and how many queries it takes. "" means SQLite, in a file."""
    return measured_by(__spec__.name, database_url, speeches, requests)


def main(speeches: int, requests: int) -> None:
    with own_database():
        print(json.dumps(_measure(speeches, requests)))


def _measure(speeches: int, requests: int) -> dict[str, Any]:
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    club, speaker = _fill(speeches)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(speaker)
    pages = {
        "dashboard": f"/clubs/{club.slug}/",
        "speeches": f"/clubs/{club.slug}/sessions/",
        "lastSpeeches": f"/clubs/{club.slug}/sessions/?page=9999",
        "meetings": f"/clubs/{club.slug}/meetings/",
        "person": f"/clubs/{club.slug}/people/{speaker.pk}/",
    }
    measured: dict[str, Any] = {"savedSpeeches": speeches}
    for name, page in pages.items():
        for _ in range(WARM_UP):
            _get(client, page)
        with CaptureQueriesContext(connection) as queries:
            _get(client, page)
        # Read before the next request empties the log.
        took_each = [float(query["time"]) for query in queries]
        used = time.process_time()
        took = [_get(client, page) for _ in range(requests)]
        used = time.process_time() - used
        measured[name] = {
            "queries": len(took_each),
            "databaseMs": rounded(sum(took_each) * 1e3),
            # What it costs, whatever else this machine does; on PostgreSQL without its server.
            "processorMs": rounded(used / requests * 1e3),
            **percentiles(took, "Ms", 1e3),
        }
    return measured


def _get(client: Any, page: str) -> float:
    before = time.perf_counter()
    response = client.get(page)
    took = time.perf_counter() - before
    if response.status_code != 200:
        raise RuntimeError(f"{page} is answered {response.status_code}")
    return took


def _fill(count: int) -> tuple["Club", "User"]:
    """A club with its speeches, an eighth of them one member's, who is looking."""
    from django.utils import timezone  # noqa: PLC0415

    from clubs.models import Club, Membership, User  # noqa: PLC0415
    from clubs.scoping import club_scope  # noqa: PLC0415
    from evaluations.models import Run  # noqa: PLC0415
    from sessions_app.models import AgendaSlot, Meeting, Speech  # noqa: PLC0415

    now = timezone.now()
    club = Club.objects.create(slug="bench", name="Bench")
    people = User.objects.bulk_create(
        User(email=f"{number}@bench.example", name=f"Person {number}") for number in range(PEOPLE)
    )
    figures = {
        "words": 700,
        "seconds": 360.0,
        "words_per_minute": 131.0,
        "fillers_per_minute": 1.2,
        "pauses_per_minute": 0.8,
        "lights": [300.0, 420.0],
        "signs": ["in_band", "hook", "in_time"],
        "commendations": ["You opened on a moment we could see for ourselves."] * 3,
        "recommendations": ["Tell us now and then where we are in the talk."] * 2,
    }
    with club_scope(club):
        Membership.objects.bulk_create(Membership(club=club, user=user) for user in people)
        speeches = Speech.objects.bulk_create(
            [
                Speech(
                    club=club,
                    speaker=speaker,
                    speaker_name=speaker.name,
                    operator=people[1],
                    title=f"Speech {number}",
                    project_type="Prepared speech",
                    visibility=list(Speech.Visibility)[number % 3],
                    saved_at=now - timedelta(hours=number),
                    # Of the latest the session is still there, transcript and all.
                    session={"finished": ["word " * 2000]} if number < 30 else None,
                )
                for number in range(count)
                for speaker in [people[0 if number % 8 == 0 else number % PEOPLE]]
            ],
            batch_size=500,
        )
        Run.objects.bulk_create(
            [
                Run(
                    club=club,
                    speech=speech,
                    number=1,
                    status=Run.Status.READY,
                    samples=1,
                    request={},
                    saved_at=speech.saved_at,
                    figures=figures,
                )
                for speech in speeches
            ],
            batch_size=500,
        )
        meetings = Meeting.objects.bulk_create(
            Meeting(club=club, title=f"Meeting {number}", starts_at=now + timedelta(7 - number * 7))
            for number in range(MEETINGS)
        )
        AgendaSlot.objects.bulk_create(
            AgendaSlot(club=club, meeting=meeting, position=position, speaker_name="Ada")
            for meeting in meetings
            for position in range(4)
        )
    return club, people[0]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

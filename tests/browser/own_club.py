"""A club of a test's own on a running server: no other test knows its people or its speech."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from clubs.demo import PASSWORD
from clubs.founding import start_club
from clubs.models import PurgeClock, User
from clubs.permissions import Role
from clubs.scoping import club_scope
from evaluations.models import Run
from sessions_app.models import Speech
from tests.browser.beside import run_beside
from tests.cast import join
from tests.server import Server
from tests.sessions_app.kept import keep_speech

NAMES = {
    Role.OWNER: "Oda Winter",
    Role.OFFICER: "Ferran Puig",
    Role.OPERATOR: "Perla Grant",
    Role.MEMBER: "Mo Adeleke",
}
SAVED_BEFORE = timedelta(days=8)
"""How long ago the member's speech was saved: longer than the shortest clock of a policy."""


@dataclass(frozen=True)
class OwnClub:
    """One person of each role, all with the demo's password; the member gave the speech."""

    slug: str

    @property
    def name(self) -> str:
        return self.slug.title().replace("-", " ")

    def email(self, role: Role) -> str:
        return f"{role.value}@{self.slug}.example"


def own_clubs(server: Server, count: int) -> list[OwnClub]:
    """Found so many, by one process: to start one takes longer than all the rest."""
    slugs: list[str] = run_beside(server, found, str(count))
    return [OwnClub(slug) for slug in slugs]


def found(count: str) -> list[str]:
    """Found them in the database of this process; gives their slugs."""
    password = make_password(PASSWORD)
    return [_found(OwnClub(f"quay-{uuid.uuid4().hex[:12]}"), password) for _ in range(int(count))]


def _found(wanted: OwnClub, password: str) -> str:
    now = timezone.now()
    people = {}
    for role, name in NAMES.items():
        user = User.objects.create(email=wanted.email(role), name=name, password=password)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        people[role] = user
    club = start_club(people[Role.OWNER], wanted.name)
    assert club.slug == wanted.slug
    for role in (Role.OFFICER, Role.OPERATOR, Role.MEMBER):
        join(club, people[role], role)
    speech = keep_speech(club, speaker=people[Role.MEMBER], speaker_name=NAMES[Role.MEMBER])
    with club_scope(club):
        Run.objects.filter(speech=speech).update(saved_at=now - SAVED_BEFORE)
        Speech.objects.filter(pk=speech.pk).update(saved_at=now - SAVED_BEFORE)
        # The server looks what is due when the test has long ended, and not while it is shown.
        PurgeClock.objects.create(club=club, next_run_at=now + timedelta(hours=1))
    return club.slug

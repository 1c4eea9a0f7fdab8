"""The demo clubs and their people: made on request, and removed where demo mode is off."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django_scopes import scopes_disabled

from clubs.models import Club, Membership, User
from clubs.scoping import club_scope

PASSWORD = "speechcoach-demo"  # noqa: S105 - published; opens nothing where demo mode is off

CLUBS = {"harbour": "Harbour Speakers", "riverside": "Riverside Speakers"}


@dataclass(frozen=True)
class DemoPerson:
    email: str
    name: str
    club: str
    role: Membership.Role

    @property
    def club_name(self) -> str:
        return CLUBS[self.club]


PEOPLE = (
    DemoPerson("owner@harbour.example", "Olive Marlow", "harbour", Membership.Role.OWNER),
    DemoPerson("officer@harbour.example", "Felix Adeyemi", "harbour", Membership.Role.OFFICER),
    DemoPerson("operator@harbour.example", "Petra Lindqvist", "harbour", Membership.Role.OPERATOR),
    DemoPerson("member@harbour.example", "Maya Okafor", "harbour", Membership.Role.MEMBER),
    DemoPerson("owner@riverside.example", "Rafael Ortega", "riverside", Membership.Role.OWNER),
)

Seeder = Callable[[Club, Mapping[str, User]], None]

# What other applications add to a demo club. Each is called inside the club's scope with its people
# by role, on every run, and adds only what is missing.
seeders: list[Seeder] = []


def seed(*, people_only: bool = False) -> None:
    """Makes what is missing of the demo; leaves alone what is there, passwords included.

    With ``people_only`` the clubs stay empty: a rehearsal's server starts in a second then.
    """
    peopled = _people_clubs()
    if people_only:
        return
    # Outside the transaction: a seeder may work for seconds, and what it adds stands by itself.
    for club, people in peopled:
        with club_scope(club):
            for seeder in seeders:
                seeder(club, people)


@transaction.atomic
def _people_clubs() -> list[tuple[Club, dict[str, User]]]:
    """The demo clubs, each with its people by role."""
    users = _users()
    peopled = []
    for slug, name in CLUBS.items():
        club, _ = Club.objects.get_or_create(slug=slug, defaults={"name": name})
        people: dict[str, User] = {}
        with club_scope(club):
            for person in PEOPLE:
                if person.club == slug:
                    people[person.role.value] = users[person.email]
                    Membership.objects.get_or_create(
                        club=club, user=users[person.email], defaults={"role": person.role}
                    )
        peopled.append((club, people))
    return peopled


def _users() -> dict[str, User]:
    """The demo people by address; those who are missing are made, with one hash between them."""
    addresses = [person.email for person in PEOPLE]
    users = {user.email: user for user in User.objects.filter(email__in=addresses)}
    missing = [person for person in PEOPLE if person.email not in users]
    encoded = make_password(PASSWORD) if missing else ""
    for person in missing:
        user = User.objects.create(email=person.email, name=person.name, password=encoded)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        users[user.email] = user
    return users


def visitor() -> tuple[int, int] | None:
    """In whose name, and in which club, somebody without an account may look around: ids.

    None where the demo is not set up.
    """
    member = next(person for person in PEOPLE if person.role is Membership.Role.MEMBER)
    # It crosses clubs to find one by its published name.
    with scopes_disabled():
        found = Membership.objects.filter(
            club__slug=member.club, user__email=member.email, club__suspended_at=None
        ).first()
    return (found.user_id, found.club_id) if found else None


def remove() -> int:
    """Deletes the demo people, so that nobody signs in with a published password.

    The clubs stay: real people may have joined them, and what was recorded in them has its own
    retention. Returns how many people went.
    """
    _, rows = User.objects.filter(email__in=[person.email for person in PEOPLE]).delete()
    return rows.get(User._meta.label, 0)

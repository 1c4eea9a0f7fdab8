"""The people of every test about clubs: one of each role, and a stranger who owns another club."""

from dataclasses import dataclass

from clubs.models import Club, Membership, User
from clubs.scoping import club_scope

Role = Membership.Role


@dataclass(frozen=True)
class Cast:
    """``club`` is everybody's but the stranger's; ``other`` is the stranger's own."""

    club: Club
    other: Club
    owner: User
    officer: User
    operator: User
    member: User
    stranger: User

    @property
    def roles(self) -> dict[Role, User]:
        return {
            Role.OWNER: self.owner,
            Role.OFFICER: self.officer,
            Role.OPERATOR: self.operator,
            Role.MEMBER: self.member,
        }


def join(club: Club, user: User, role: Role) -> Membership:
    with club_scope(club):
        return Membership.objects.create(club=club, user=user, role=role)


def make_cast() -> Cast:
    """Two clubs that look alike. Every name in a club carries the club's canary."""
    club = Club.objects.create(slug="anchor", name=f"Anchor {canary('anchor')}")
    other = Club.objects.create(slug="beacon", name=f"Beacon {canary('beacon')}")
    users = {
        role: User.objects.create_user(f"{role}@anchor.example", name=f"{role} {canary('anchor')}")
        for role in Role
    }
    for role, user in users.items():
        join(club, user, role)
    stranger = User.objects.create_user("owner@beacon.example", name=f"owner {canary('beacon')}")
    join(other, stranger, Role.OWNER)
    return Cast(
        club=club,
        other=other,
        owner=users[Role.OWNER],
        officer=users[Role.OFFICER],
        operator=users[Role.OPERATOR],
        member=users[Role.MEMBER],
        stranger=stranger,
    )


def canary(slug: str) -> str:
    """A string that stands in a club's data and nowhere else."""
    return f"canary-of-{slug}"

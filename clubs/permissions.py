"""Who may do what in a club: one table of actions and roles."""

import enum

from clubs.models import Membership
from speechcoach.errors import ForbiddenError

Role = Membership.Role


class Action(enum.Enum):
    """Something a role allows or not; the value says it in a sentence after "may not"."""

    VIEW_CLUB = "see this club"
    VIEW_PEOPLE = "see who belongs to this club"
    VIEW_SPEECH = "see this club's speeches"
    OPERATE = "run live sessions"
    PRACTISE = "practise with the coach"
    UPLOAD = "upload recorded speeches"
    MANAGE_MEETINGS = "plan meetings"
    TAKE_SLOT = "take a place on an agenda"
    SET_GOALS = "set goals of their own"
    SET_OWN_FILLERS = "choose filler words of their own"
    SET_CLUB_FILLERS = "choose the club's filler words"
    MANAGE_PEOPLE = "manage people"
    MANAGE_ENGINES = "choose engines"
    MANAGE_RETENTION = "change how long things are kept"


_EVERYBODY = frozenset(Role)
_OFFICERS = frozenset({Role.OWNER, Role.OFFICER})

TABLE: dict[Action, frozenset[Role]] = {
    Action.VIEW_CLUB: _EVERYBODY,
    Action.VIEW_PEOPLE: _EVERYBODY,
    Action.VIEW_SPEECH: _EVERYBODY,
    Action.OPERATE: _OFFICERS | {Role.OPERATOR},
    Action.PRACTISE: _EVERYBODY,
    Action.UPLOAD: _EVERYBODY,
    Action.MANAGE_MEETINGS: _OFFICERS | {Role.OPERATOR},
    Action.TAKE_SLOT: _EVERYBODY,
    Action.SET_GOALS: _EVERYBODY,
    Action.SET_OWN_FILLERS: _EVERYBODY,
    Action.SET_CLUB_FILLERS: _OFFICERS | {Role.OPERATOR},
    Action.MANAGE_PEOPLE: _OFFICERS,
    Action.MANAGE_ENGINES: _OFFICERS,
    Action.MANAGE_RETENTION: _OFFICERS,
}


def allows(role: str, action: Action) -> bool:
    """Whether ``role`` may do ``action``; a role the table does not know may do nothing."""
    return role in TABLE[action]


def require(membership: Membership, action: Action) -> None:
    """Raises :class:`ForbiddenError` unless the member's role allows ``action``."""
    if not allows(membership.role, action):
        raise ForbiddenError(f"Your role in this club may not {action.value}.")


def assignable(role: str) -> tuple[Role, ...]:
    """Roles that somebody with ``role`` may give to others and take from them, highest first.

    Those up to their own, for those who may manage people at all.
    """
    if not allows(role, Action.MANAGE_PEOPLE):
        return ()
    ranked = tuple(Role)
    return ranked[ranked.index(Role(role)) :]


def may_invite(actor: str, role: str) -> bool:
    """Whether ``actor`` may invite people as ``role``."""
    return role in assignable(actor)


def may_change_role(actor: str, before: str, after: str) -> bool:
    """Whether ``actor`` may make a ``before`` an ``after``, themselves included."""
    return before in assignable(actor) and after in assignable(actor)


def may_remove(actor: str, role: str) -> bool:
    """Whether ``actor`` may remove somebody who is ``role``. Leaving is everybody's own affair."""
    return role in assignable(actor)


def leaves_an_owner(owners: int, before: str, after: str | None) -> bool:
    """Whether a club with so many owners still has one when a ``before`` becomes an ``after``.

    ``after`` is None for somebody who goes. Only a change from owner to something else can cost a
    club its last owner; what else happens in a club without one is no fault of it.
    """
    return before != Role.OWNER or after == Role.OWNER or owners > 1

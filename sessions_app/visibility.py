"""Who may see a speech: one table, asked in Python and in SQL."""

import enum

from django.db.models import Q, QuerySet

from clubs.models import Membership
from sessions_app.models import Speech

Role = Membership.Role
Visibility = Speech.Visibility


class Relation(enum.Enum):
    """What a member has to do with a speech; the first that holds."""

    SPEAKER = "speaker"
    OPERATOR = "operator"
    OTHER = "other"


_EVERYBODY = frozenset(Role)
_OFFICERS = frozenset({Role.OWNER, Role.OFFICER})
_OPERATORS = _OFFICERS | {Role.OPERATOR}

# Whatever a speech's visibility, its speaker sees it, and so do those who answer for the club. The
# person who ran its session has heard it, but that right ends with the role.
TABLE: dict[Visibility, dict[Relation, frozenset[Role]]] = {
    Visibility.SPEAKER: {
        Relation.SPEAKER: _EVERYBODY,
        Relation.OPERATOR: _OFFICERS,
        Relation.OTHER: _OFFICERS,
    },
    Visibility.OFFICERS: {
        Relation.SPEAKER: _EVERYBODY,
        Relation.OPERATOR: _OPERATORS,
        Relation.OTHER: _OFFICERS,
    },
    Visibility.CLUB: {
        Relation.SPEAKER: _EVERYBODY,
        Relation.OPERATOR: _EVERYBODY,
        Relation.OTHER: _EVERYBODY,
    },
}


def may_see(role: str, relation: Relation, visibility: str) -> bool:
    """Whether a member sees a speech; what the table does not know, nobody sees."""
    try:
        return role in TABLE[Visibility(visibility)][relation]
    except ValueError:
        return False


def may_decide(role: str, relation: Relation) -> bool:
    """Whether a member may change who sees a speech, and share it outside the club."""
    return relation is Relation.SPEAKER or role in _OFFICERS


def may_name_speaker(role: str, relation: Relation, speech: Speech) -> bool:
    """Whether a member may say whose speech it is.

    To name a speaker is to give the speech away, so what has been said only an officer changes.
    """
    unnamed = speech.speaker_id is None
    return role in _OFFICERS or (unnamed and relation is Relation.OPERATOR and role in _OPERATORS)


def relation_to(membership: Membership, speech: Speech) -> Relation:
    """What the member has to do with the speech."""
    if speech.speaker_id == membership.user_id:
        return Relation.SPEAKER
    if speech.operator_id == membership.user_id:
        return Relation.OPERATOR
    return Relation.OTHER


def visible_speeches(membership: Membership) -> QuerySet[Speech]:
    """The speeches of the club that the member may see. Needs the club's scope.

    A nearer relation never sees less (a test holds the table to it), so the relations need not
    exclude one another here.
    """
    seen = Q()
    for relation, related in (
        (Relation.OTHER, Q()),
        (Relation.OPERATOR, Q(operator=membership.user_id)),
        (Relation.SPEAKER, Q(speaker=membership.user_id)),
    ):
        levels = [v for v in Visibility if may_see(membership.role, relation, v)]
        seen |= Q(visibility__in=levels) & related
    return Speech.objects.filter(seen, club=membership.club_id)

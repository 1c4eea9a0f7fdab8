"""Words that a club or a member counts as fillers, besides those that always are."""

from django.db import transaction
from django.db.models import Q, QuerySet

from clubs.models import Club, User
from evaluations.core.tokens import tokenise
from evaluations.models import OwnFiller
from speechcoach.errors import BadRequestError

MOST = 30
MOST_WORDS = 4
_LONGEST = OwnFiller._meta.get_field("phrase").max_length or 0


def own_fillers_of(club: Club, user_id: int | None) -> tuple[str, ...]:
    """What counts besides when this member speaks; ``None`` is a guest. Needs the club's scope.

    The longest come first: of "you know what" and "you know" the one that was said is found.
    """
    whose = Q(user__isnull=True) | Q(user=user_id) if user_id else Q(user__isnull=True)
    phrases = set(OwnFiller.objects.filter(whose, club=club).values_list("phrase", flat=True))
    return tuple(sorted(phrases, key=lambda phrase: (-len(phrase.split()), phrase)))


def listed(club: Club, user: User | None) -> QuerySet[OwnFiller]:
    """The fillers of one member, or of the club."""
    return OwnFiller.objects.filter(club=club, user=user)


def add_filler(club: Club, user: User | None, text: str) -> str:
    """Count ``text`` as a filler of this member, or of the club; returns it as it is kept.

    Raises:
        BadRequestError: it is nothing that can be counted, or there are too many.
    """
    words = tokenise(text)
    phrase = " ".join(words)
    if not words:
        raise BadRequestError("Write a word or a short phrase, in letters.")
    if len(words) > MOST_WORDS or len(phrase) > _LONGEST:
        raise BadRequestError(
            f"A filler is at most {MOST_WORDS} words and {_LONGEST} characters long."
        )
    with transaction.atomic():
        known = listed(club, user)
        if known.count() >= MOST and not known.filter(phrase=phrase).exists():
            raise BadRequestError(f"There are {MOST} already: remove one first.")
        OwnFiller.objects.get_or_create(club=club, user=user, phrase=phrase)
    return phrase


def remove_filler(club: Club, user: User | None, filler_id: int) -> None:
    """Count it no more; what is gone already is no error."""
    listed(club, user).filter(pk=filler_id).delete()

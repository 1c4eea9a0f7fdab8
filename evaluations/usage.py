"""How much a club has had made today, how much it may, and what it paid."""

from decimal import Decimal

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from clubs.models import Club, DailyLimit, DailyUsage


def per_day(club: Club) -> int:
    """How many evaluations a club may have made in a day. Needs the club's scope."""
    limit = DailyLimit.objects.filter(club=club).values_list("evaluations", flat=True).first()
    most: int = settings.SPEECHCOACH_EVALUATIONS_PER_DAY
    return most if limit is None else limit


def admit(club: Club) -> str:
    """Count one evaluation; where the club has had its share, say so in a sentence instead.

    Needs a transaction: until it ends, nobody else of the club is counted.
    """
    today = DailyUsage.locked(club, timezone.now().date())
    most = per_day(club)
    if today.evaluations >= most:
        evaluations = "evaluation" if most == 1 else f"{most} evaluations"
        return (
            f"This club has had its {evaluations} for today. The recording is still here: "
            "Deliver tries again, after midnight UTC or once an officer has raised the limit."
        )
    DailyUsage.objects.filter(pk=today.pk).update(evaluations=F("evaluations") + 1)
    return ""


def charge(club_id: int, cost_usd: Decimal) -> None:
    """Add to what a club has cost today, whatever becomes of what was paid for."""
    if not cost_usd:
        return
    day = timezone.now().date()
    DailyUsage.objects.get_or_create(club_id=club_id, day=day)
    DailyUsage.objects.filter(club=club_id, day=day).update(cost_usd=F("cost_usd") + cost_usd)

"""``Speech.saved_at``: when its latest kept run was saved, so that lists need not ask the runs.

Runs are kept, replaced, purged and erased in several places; whichever it is, the speech follows.
"""

from typing import Any

from django.db.models import Max
from django.db.models.signals import post_delete, post_save
from django_scopes import scopes_disabled

from evaluations.models import Run
from sessions_app.models import Speech


def follow_runs() -> None:
    """Connect the rows; called once, when the applications are ready."""
    post_save.connect(_on_run, sender=Run, dispatch_uid="sessions_app.saving")
    post_delete.connect(_on_run, sender=Run, dispatch_uid="sessions_app.saving")


def _on_run(instance: Run, *, raw: bool = False, **_about: Any) -> None:
    if instance.saved_at is None or raw:
        return
    # A club that is deleted takes its runs with it, outside any scope.
    with scopes_disabled():
        kept = Run.objects.filter(club=instance.club_id, speech=instance.speech_id)
        latest = kept.aggregate(latest=Max("saved_at"))["latest"]
        Speech.objects.filter(club=instance.club_id, pk=instance.speech_id).update(saved_at=latest)

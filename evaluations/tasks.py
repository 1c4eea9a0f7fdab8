"""Celery tasks of the pipeline. Thin: the work is in ``runner`` and ``pipeline``."""

import threading

from celery import shared_task

from clubs.models import Club
from clubs.tasks import ClubTask
from evaluations import runner

_busy: set[tuple[str, int]] = set()
_lock = threading.Lock()


@shared_task(base=ClubTask)
def evaluate(club: Club, *, speech_id: str, number: int) -> None:
    """Prepare the evaluation of a recording, from wherever an earlier attempt left it.

    May be sent more often than once: a run that this process works on is left alone.
    """
    from speechcoach.providers import engines_of  # noqa: PLC0415 - built on first use

    key = (speech_id, number)
    with _lock:
        if key in _busy:
            return
        _busy.add(key)
    try:
        run = runner.claim(club, speech_id, number)
        if run is not None:
            runner.advance(run, engines_of(club))
    finally:
        with _lock:
            _busy.discard(key)

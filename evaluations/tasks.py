"""Celery tasks of the pipeline. Thin: the work is in ``runner``, ``claims`` and ``reaper``."""

from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from clubs.models import Club
from clubs.tasks import ClubTask
from evaluations import claims, reaper, runner
from evaluations.heartbeat import beating
from evaluations.models import Run
from evaluations.pipeline import Engines
from speechcoach import tracing


class RunTask(ClubTask):
    """A task about a run: its row says what is owed, so a message that is lost is no loss."""

    abstract = True
    owed_by_a_row = True


@shared_task(base=RunTask)
def evaluate(club: Club, *, speech_id: str, number: int) -> None:
    """Prepare the evaluation of a recording, from wherever an earlier attempt left it.

    May be sent more often than once: a run that somebody works on is left alone.
    """
    run = runner.begin(club, speech_id, number)
    if run is None:
        return
    with _at_work("evaluate", club, run):
        handed_on = runner.write(run, _engines(club, run))
    if handed_on:
        speak.enqueue(club_id=club.pk, speech_id=speech_id, number=number)


@shared_task(base=RunTask)
def speak(club: Club, *, speech_id: str, number: int) -> None:
    """Speak an evaluation that is written, and make its files; voices have workers of their own."""
    run = runner.begin(club, speech_id, number)
    if run is not None:
        with _at_work("speak", club, run):
            runner.advance(run, _engines(club, run))


@shared_task
def reap() -> None:
    """Send again what nobody works on, of every club."""
    reaper.reap(_send, settings.SPEECHCOACH_RUN_BEAT_SECONDS, timezone.now())


@contextmanager
def _at_work(name: str, club: Club, run: Run) -> Iterator[None]:
    ids = {"club": club.pk, "attempt": run.attempts}
    with (
        beating(club, run, settings.SPEECHCOACH_RUN_BEAT_SECONDS),
        tracing.working(name, str(run.speech_id), run.number, **ids),
    ):
        yield


def _send(run: Run) -> None:
    evaluate.enqueue(club_id=run.club_id, speech_id=str(run.speech_id), number=run.number)


def _engines(club: Club, run: Run) -> Engines:
    """Who works on ``run``: at its last attempt nobody who may be what ended the others."""
    from speechcoach.providers import builtin_engines, engines_of  # noqa: PLC0415 - it imports us

    return builtin_engines() if run.attempts >= claims.MAX_ATTEMPTS else engines_of(club)

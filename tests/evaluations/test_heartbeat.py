"""Signs of life: as long as somebody works on a run, and no longer than the work may take."""

import threading
from collections.abc import Iterator

import pytest
from django.db import OperationalError

from clubs.scoping import club_scope
from evaluations import claims, heartbeat
from evaluations.models import Run
from tests.server import DEADLINE_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)


class Beats:
    """What is said of a run: each sign is waited for."""

    def __init__(self) -> None:
        self.said: list[int] = []
        self.error: Exception | None = None
        self.mine = True
        self._news = threading.Condition()

    def beat(self, run: Run) -> bool:
        with self._news:
            self.said.append(run.pk)
            self._news.notify_all()
        if self.error:
            raise self.error
        return self.mine

    def until(self, count: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: len(self.said) >= count, DEADLINE_SECONDS)


@pytest.fixture
def beats(monkeypatch) -> Beats:
    made = Beats()
    monkeypatch.setattr(claims, "beat", made.beat)
    return made


def thread_of() -> Iterator[threading.Thread]:
    return (thread for thread in threading.enumerate() if thread.name == "heartbeat")


def test_a_row_hears_of_whoever_works_on_it(run):
    claimed = claims.claim(run.club, str(run.speech_id), run.number)
    assert claimed is not None
    heard = threading.Event()
    before = claimed.heard_at
    with heartbeat.beating(run.club, claimed, 0.001):
        for _ in range(10_000):
            claimed.refresh_from_db()
            if claimed.heard_at > before:
                heard.set()
                break
    assert heard.is_set()


def test_the_last_sign_is_that_of_the_last_work(run, beats):
    with heartbeat.beating(run.club, run, 0.001):
        beats.until(2)
    said = len(beats.said)
    assert list(thread_of()) == []
    assert len(beats.said) == said


def test_a_database_that_is_away_is_asked_again(run, beats):
    beats.error = OperationalError("away")
    with heartbeat.beating(run.club, run, 0.001):
        beats.until(3)


def test_who_has_lost_its_run_says_nothing_more(run, beats):
    beats.mine = False
    with heartbeat.beating(run.club, run, 0.001):
        beats.until(1)
        for thread in thread_of():
            thread.join(DEADLINE_SECONDS)
        assert len(beats.said) == 1


def test_what_takes_longer_than_it_can_is_let_go(run, beats):
    moments = iter([0.0, 1.0, heartbeat.longest_seconds(run) + 1])
    with heartbeat.beating(run.club, run, 0.001, lambda: next(moments)):
        for thread in thread_of():
            thread.join(DEADLINE_SECONDS)
    assert len(beats.said) == 1


def test_a_longer_recording_may_take_longer(club, run):
    short = heartbeat.longest_seconds(run)
    with club_scope(club):
        run.samples *= 2
    assert heartbeat.longest_seconds(run) > short

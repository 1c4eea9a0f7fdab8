"""Figures for Prometheus: who may see them, and that they tell what is."""

from datetime import timedelta

import pytest
import redis
from django.db import OperationalError
from django.test import Client, override_settings
from django.utils import timezone

from clubs.models import PurgeClock
from clubs.scoping import club_scope
from evaluations.models import Run
from sessions_app.live import fast_lane
from sessions_app.models import LegalHold, Speech
from speechcoach.metrics import CHUNK_SECONDS, ENGINE_FAILURES, STAGE_SECONDS, rows, shared
from speechcoach.metrics.shared import OwnStore, RedisStore
from tests.figures import figures
from tests.redis_server import own_redis

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-some-length"
NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def store(monkeypatch) -> OwnStore:
    own = OwnStore()
    monkeypatch.setattr(shared, "store", lambda: own)
    return own


@pytest.mark.parametrize(
    ("demo", "token", "sent", "status"),
    [
        (True, "", "", 200),
        (False, "", "", 404),
        (False, "", "Bearer ", 404),
        (False, TOKEN, "", 401),
        (True, TOKEN, "", 401),
        (False, TOKEN, f"Bearer {TOKEN}x", 401),
        (False, TOKEN, TOKEN, 401),
        (False, TOKEN, "Bearer ungültig", 401),
        (False, TOKEN, f"Bearer {TOKEN}", 200),
    ],
)
def test_figures_are_for_who_has_the_token(demo, token, sent, status):
    with override_settings(
        DEMO_MODE=demo,
        SPEECHCOACH_METRICS_TOKEN=token,
        SECURE_SSL_REDIRECT=True,
        ALLOWED_HOSTS=["club.example.com"],
    ):
        headers = {"host": "172.18.0.5:8000", "authorization": sent}
        assert Client().get("/metrics", headers=headers).status_code == status
        assert Client().post("/metrics", headers=headers).status_code == 405


def test_sessions_whose_page_is_there_are_counted_by_what_they_do(cast):
    now = timezone.now()
    states = Speech.State
    for club, state, seen in (
        (cast.club, states.RECORDING, now),
        (cast.other, states.RECORDING, now),
        (cast.club, states.PROCESSING, now),
        (cast.club, states.RECORDING, now - timedelta(seconds=rows.LIVE_SECONDS + 1)),
        (cast.club, states.IDLE, None),
    ):
        with club_scope(club):
            Speech.objects.create(club=club, state=state, seen_at=seen)
    found = figures()
    assert {state: found["speechcoach_live_sessions", state] for state in states.values} == {
        "idle": 0,
        "recording": 2,
        "processing": 1,
        "delivering": 0,
    }


def test_evaluations_on_their_way_are_counted_and_the_wait_of_the_longest(cast):
    now = timezone.now()
    with club_scope(cast.club):
        speech = Speech.objects.create(club=cast.club)
        for number, (status, waited) in enumerate(
            [("queued", 20), ("queued", 90), ("running", 500), ("ready", 900)]
        ):
            Run.objects.create(
                club=cast.club,
                speech=speech,
                number=number,
                status=status,
                asked_at=now - timedelta(seconds=waited),
                samples=1,
                request={},
            )
    found = figures()
    assert found["speechcoach_runs_open", "queued"] == 2
    assert found["speechcoach_runs_open", "running"] == 1
    assert 90 <= found[("speechcoach_runs_waiting_seconds",)] < 150


def test_what_is_overdue_for_its_purge_is_told_and_what_is_held_is_not(cast):
    now = timezone.now()
    assert figures()[("speechcoach_purge_lag_seconds",)] == 0
    with club_scope(cast.club):
        held = Speech.objects.create(club=cast.club, purge_after=now - timedelta(hours=5))
        LegalHold.objects.create(club=cast.club, speech=held, reason="a dispute")
        Speech.objects.create(club=cast.club, purge_after=now + timedelta(hours=1))
    assert figures()[("speechcoach_purge_lag_seconds",)] == 0
    with club_scope(cast.other):
        Speech.objects.create(club=cast.other, purge_after=now - timedelta(seconds=300))
    assert 300 <= figures()[("speechcoach_purge_lag_seconds",)] < 360


def test_retention_that_is_late_or_fails_is_told(cast):
    now = timezone.now()
    for club, due, failed in ((cast.club, 60, None), (cast.other, -600, now)):
        with club_scope(club):
            PurgeClock.objects.create(
                club=club, next_run_at=now + timedelta(seconds=due), failed_at=failed
            )
    found = figures()
    assert 600 <= found[("speechcoach_retention_lag_seconds",)] < 660
    assert found[("speechcoach_retention_failing_clubs",)] == 1


def test_a_scrape_costs_few_queries(cast, django_assert_num_queries):
    with django_assert_num_queries(5):
        figures()


def test_without_its_database_the_process_still_tells_of_itself(monkeypatch):
    def away(_now):
        raise OperationalError("the server is away")

    monkeypatch.setattr(rows, "_of_database", away)
    found = figures()
    assert found["speechcoach_up", "database"] == 0
    assert ("speechcoach_chunk_seconds_count",) in found
    assert ("speechcoach_purge_lag_seconds",) not in found


@pytest.mark.stack
def test_what_waits_for_workers_is_counted(tmp_path):
    with own_redis(tmp_path) as url, redis.Redis.from_url(url) as broker:
        broker.lpush("evaluate", "a", "b")
        lengths = rows._queue_lengths(url)
    assert lengths == [("evaluate", 2), ("speak", 0), ("housekeep", 0)]


def test_a_broker_and_a_shared_memory_that_do_not_answer_are_told():
    with override_settings(CELERY_BROKER_URL=NOBODY, REDIS_URL=NOBODY):
        found = figures()
    assert found["speechcoach_up", "broker"] == 0
    assert found["speechcoach_up", "shared memory"] == 0
    assert found["speechcoach_up", "database"] == 1


def test_what_is_counted_together_is_what_each_has_counted():
    ENGINE_FAILURES.inc(step="draft", engine="openai:x", reason="timeout")
    ENGINE_FAILURES.inc(step="draft", engine="openai:x", reason="timeout")
    for seconds in (0.2, 0.3, 3.0, 1000.0):
        STAGE_SECONDS.observe(seconds, stage="draft", engine='say "builtin"')
    found = figures()
    assert found["speechcoach_engine_failures_total", "openai:x", "timeout", "draft"] == 2
    of = ('say "builtin"',)
    name = "speechcoach_stage_seconds_bucket"
    buckets = {each: found[(name, *of, each, "draft")] for each in ("0.1", "0.25", "0.5", "+Inf")}
    assert buckets == {"0.1": 0, "0.25": 1, "0.5": 2, "+Inf": 4}
    assert found["speechcoach_stage_seconds_count", *of, "draft"] == 4
    assert found["speechcoach_stage_seconds_sum", *of, "draft"] == pytest.approx(1003.5)


def test_a_label_that_is_forgotten_is_a_fault():
    with pytest.raises(ValueError, match="labels"):
        ENGINE_FAILURES.inc(step="draft")


@pytest.mark.stack
def test_processes_count_together_and_forget_nothing_of_each_other(tmp_path, monkeypatch):
    with own_redis(tmp_path) as url:
        for _process in range(2):
            one = RedisStore(url)
            monkeypatch.setattr(shared, "store", lambda one=one: one)
            ENGINE_FAILURES.inc(step="speech", engine="x", reason="timeout")
            STAGE_SECONDS.observe(0.2, stage="speech", engine="x")
            one.close()
        asked = RedisStore(url)
        monkeypatch.setattr(shared, "store", lambda: asked)
        found = figures()
        assert found["speechcoach_engine_failures_total", "x", "timeout", "speech"] == 2
        assert found["speechcoach_stage_seconds_count", "x", "speech"] == 2
    # The memory is away: nobody who counts or asks fails.
    ENGINE_FAILURES.inc(step="speech", engine="x", reason="timeout")
    asked.close()
    assert ("speechcoach_stage_seconds_count", "x", "speech") not in figures()


async def test_of_the_chunks_of_a_socket_one_in_many_is_measured():
    before = _measured()
    chunks: list[bytes] = []
    # Other messages in between do not begin the count anew.
    some = [{"bytes": bytes(2)}] * (fast_lane.YIELD_EVERY - 1)
    incoming = iter([*some, {"text": "note"}, *some, *some, {"text": "end"}])

    async def receive():
        return next(incoming)

    def heard(pcms: list[bytes]) -> int:
        chunks.extend(pcms)
        return 0

    receive_others = fast_lane.beside({}, receive, heard)
    assert [await receive_others() for _ in range(2)] == [{"text": "note"}, {"text": "end"}]
    assert len(chunks) == 3 * len(some)
    assert _measured() - before == 2


def _measured() -> float:
    return next(
        sample.value
        for family in CHUNK_SECONDS.collect()
        for sample in family.samples
        if sample.name.endswith("_count")
    )

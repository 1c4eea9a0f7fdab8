import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import AsyncClient, Client, override_settings

from speechcoach import draining, health
from tests.redis_server import own_redis

pytestmark = pytest.mark.django_db
NOBODY = "redis://127.0.0.1:1/0"


def ready() -> tuple[int, str | None]:
    response = Client().get("/readyz")
    assert "no-store" in response["Cache-Control"]
    return response.status_code, response.json().get("part")


def test_a_process_with_all_that_it_needs_is_ready():
    assert ready() == (200, None)


def test_a_process_ahead_of_its_database_is_not_ready():
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("clubs", "0001_initial")
    assert ready() == (503, "migrations")


def test_a_database_ahead_of_the_process_is_no_fault():
    """While a deployment replaces the processes one by one."""
    MigrationRecorder(connection).record_applied("clubs", "9999_of_the_next_version")
    assert ready() == (200, None)


def test_a_process_without_its_database_is_not_ready(monkeypatch):
    def away(_recorder: MigrationRecorder) -> dict[tuple[str, str], object]:
        raise OperationalError("the server is away")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", away)
    assert ready() == (503, "database")
    assert Client().get("/livez").status_code == 200


@pytest.mark.stack
def test_a_process_is_ready_as_long_as_shared_memory_answers(tmp_path):
    with own_redis(tmp_path) as url, override_settings(REDIS_URL=url):
        assert ready() == (200, None)
    with override_settings(REDIS_URL=url):
        assert ready() == (503, "shared memory")


def test_a_process_that_nobody_shares_memory_with_is_not_ready():
    with override_settings(REDIS_URL=NOBODY):
        assert ready() == (503, "shared memory")


def test_a_process_that_has_been_told_to_end_is_not_ready(monkeypatch):
    monkeypatch.setattr(health, "is_draining", lambda: True)
    assert draining.is_draining() is False
    assert ready() == (503, "draining")


@pytest.mark.parametrize("path", ["/livez", "/healthz", "/readyz"])
def test_a_probe_may_call_the_process_by_any_name_and_without_tls(path):
    with override_settings(SECURE_SSL_REDIRECT=True, ALLOWED_HOSTS=["club.example.com"]):
        assert Client().get(path, headers={"host": "172.18.0.5:8000"}).status_code == 200
        asked = async_to_sync(AsyncClient().get)(path, headers={"host": "172.18.0.5:8000"})
        assert asked.status_code == 200
        # Nobody else may.
        other = Client().get("/accounts/login/", headers={"host": "172.18.0.5:8000"})
        assert other.status_code in {301, 400}

import logging
import threading

import pytest
from celery import shared_task
from django.db import transaction
from django_scopes import get_scope
from kombu.exceptions import OperationalError

from clubs.models import Club, Membership
from clubs.tasks import ClubTask, LocalRunner, drain
from speechcoach.celery import app

seen: list[tuple[str, int, str, threading.Thread]] = []


@shared_task(base=ClubTask, name="tests.look_around")
def look_around(club: Club, *, note: str) -> None:
    seen.append((club.slug, Membership.objects.count(), note, threading.current_thread()))


@shared_task(base=ClubTask, name="tests.pass_on")
def pass_on(club: Club) -> None:
    look_around.enqueue(club_id=club.pk, note="passed on")


@shared_task(base=ClubTask, name="tests.stumble")
def stumble(club: Club, *, speech_id: str) -> None:
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def _nothing_seen():
    seen.clear()


class TestBody:
    def test_starts_with_its_club_loaded_and_in_force(self, cast):
        look_around(club_id=cast.other.pk, note="here")
        assert [entry[:3] for entry in seen] == [("beacon", 1, "here")]
        assert not get_scope()

    def test_of_a_club_that_is_gone_raises(self, cast):
        with pytest.raises(Club.DoesNotExist):
            look_around(club_id=0, note="nowhere")


class TestEnqueue:
    def test_waits_for_the_commit(self, cast, monkeypatch, django_capture_on_commit_callbacks):
        sent: list[object] = []
        monkeypatch.setattr(look_around, "_send", sent.append)
        with django_capture_on_commit_callbacks(execute=True):
            look_around.enqueue(club_id=cast.club.pk, note="later")
            assert sent == []
        assert sent == [{"club_id": cast.club.pk, "note": "later"}]

    @pytest.mark.django_db(transaction=True)
    def test_sends_nothing_that_was_rolled_back(self, cast):
        with transaction.atomic():
            look_around.enqueue(club_id=cast.club.pk, note="never")
            transaction.set_rollback(True)
        drain(60)
        assert seen == []

    def test_goes_to_the_broker_where_there_is_one(
        self, cast, settings, monkeypatch, django_capture_on_commit_callbacks
    ):
        settings.CELERY_TASK_ALWAYS_EAGER = False
        # Celery's own sending, checks of what is sent included, up to a broker in memory.
        monkeypatch.setitem(app.conf, "task_always_eager", False)
        with app.connection_for_write() as broker:
            queue = broker.SimpleQueue("housekeep")
            with django_capture_on_commit_callbacks(execute=True):
                look_around.enqueue(club_id=cast.club.pk, note="far")
            message = queue.get(block=False)
            message.ack()
        assert message.headers["task"] == "tests.look_around"
        assert message.payload[:2] == [[], {"club_id": cast.club.pk, "note": "far"}]
        assert seen == []


class TestBrokerThatIsAway:
    """After the commit: what is owed stands in the row, or whoever asked must hear of it."""

    @pytest.fixture(autouse=True)
    def _away(self, settings, monkeypatch):
        settings.CELERY_TASK_ALWAYS_EAGER = False
        monkeypatch.setitem(app.conf, "task_always_eager", False)
        # Nobody listens there, and nobody waits for somebody who might.
        unreachable = app.connection_for_write("redis://127.0.0.1:1/0")
        send = app.amqp.send_task_message

        def send_away(_producer, name, message, **options):
            return send(unreachable.Producer(), name, message, **{**options, "retry": False})

        monkeypatch.setitem(app.amqp.__dict__, "send_task_message", send_away)

    def test_is_no_failure_of_what_a_row_says_is_owed(self, cast, caplog, monkeypatch):
        monkeypatch.setattr(look_around, "owed_by_a_row", True, raising=False)
        look_around._send({"club_id": cast.club.pk, "note": "later"})
        assert "tests.look_around not sent" in caplog.text

    def test_is_told_otherwise(self, cast):
        with pytest.raises(OperationalError):
            look_around._send({"club_id": cast.club.pk, "note": "never"})


@pytest.mark.django_db(transaction=True)
class TestInThisProcess:
    def test_runs_in_another_thread_in_the_clubs_scope(self, cast):
        look_around.enqueue(club_id=cast.club.pk, note="off the loop")
        drain(60)
        [(slug, members, note, thread)] = seen
        assert (slug, members, note) == ("anchor", 4, "off the loop")
        assert thread is not threading.current_thread()

    def test_drain_waits_for_what_tasks_send(self, cast):
        pass_on.enqueue(club_id=cast.club.pk)
        drain(60)
        assert [entry[2] for entry in seen] == ["passed on"]

    def test_says_with_ids_what_failed_and_goes_on(self, cast, caplog):
        with caplog.at_level(logging.ERROR, "clubs.tasks"):
            stumble.enqueue(club_id=cast.club.pk, speech_id="s1")
            drain(60)
        [record] = [r for r in caplog.records if r.name == "clubs.tasks"]
        assert "tests.stumble" in record.getMessage()
        assert "s1" in record.getMessage()
        assert record.exc_info[0] is ZeroDivisionError
        look_around.enqueue(club_id=cast.club.pk, note="still here")
        drain(60)
        assert [entry[2] for entry in seen] == ["still here"]


@pytest.fixture
def runner():
    return LocalRunner(1)


def task_that(act) -> ClubTask:
    """A task that needs no club, for tests of the runner alone."""

    class Acting(ClubTask):
        name = "tests.acting"

        def apply(self, *_args, **_options):
            act()

    return Acting()


class TestLocalRunner:
    def test_drain_gives_up_on_a_task_that_does_not_end(self, runner):
        end = threading.Event()
        runner.submit(task_that(end.wait), {})
        with pytest.raises(TimeoutError, match="1 task"):
            runner.drain(0.01)
        end.set()
        runner.drain(60)

    def test_refuses_at_shutdown_with_a_line_in_the_log(self, runner, caplog):
        runner.close()
        runner.submit(task_that(lambda: None), {"speech_id": "s2"})
        assert "tests.acting refused at shutdown: {'speech_id': 's2'}" in caplog.text
        runner.drain(60)

    def test_finishes_at_shutdown_what_it_has_accepted(self, runner):
        done: list[str] = []
        for name in ("first", "second"):
            runner.submit(task_that(lambda name=name: done.append(name)), {})
        runner.close()
        assert done == ["first", "second"]

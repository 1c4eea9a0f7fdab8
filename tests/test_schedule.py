"""What the clock sends exists, is nobody's in particular, and reaches a worker."""

import pytest
from django.conf import settings

from clubs.tasks import ClubTask
from speechcoach.celery import app
from speechcoach.checks import workers

QUEUES = {"evaluate", "speak", "housekeep"}


@pytest.fixture(scope="module", autouse=True)
def _tasks() -> None:
    app.loader.import_default_modules()


@pytest.mark.parametrize("entry", settings.CELERY_BEAT_SCHEDULE)
def test_the_clock_sends_what_there_is(entry):
    said = settings.CELERY_BEAT_SCHEDULE[entry]
    # A task of one club needs to be told which; the clock does not know any.
    assert not isinstance(app.tasks[str(said["task"])], ClubTask)
    assert app.conf.beat_schedule[entry] == said


def test_every_task_goes_to_a_queue_that_workers_listen_on():
    ours = [name for name in app.tasks if not name.startswith(("celery.", "tests."))]
    assert ours
    routed = {name: app.amqp.router.route({}, name)["queue"].name for name in ours}
    assert {name: queue for name, queue in routed.items() if queue not in QUEUES} == {}


def test_workers_without_the_audio_are_a_fault(settings):
    assert workers(None) == []
    settings.CELERY_TASK_ALWAYS_EAGER = False
    assert [fault.id for fault in workers(None)] == ["speechcoach.E003"]
    settings.REDIS_URL = "redis://redis.example/0"
    assert workers(None) == []

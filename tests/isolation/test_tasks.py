"""Every task works for one club, or is reviewed as one that only tells other tasks which."""

from typing import Any

import pytest

from clubs.tasks import ClubTask
from speechcoach.celery import app

# Tasks without a club of their own. They may read ids of clubs and nothing that belongs to one.
ACROSS_CLUBS = {
    "evaluations.tasks.reap",
    "sessions_app.tasks.expire_every_club",
    "sessions_app.tasks.purge_every_club",
}


def _tasks() -> list[Any]:
    app.loader.import_default_modules()
    return [task for name, task in app.tasks.items() if not name.startswith(("celery.", "tests."))]


@pytest.mark.parametrize("task", _tasks(), ids=lambda task: task.name)
def test_task_has_a_club(task):
    assert isinstance(task, ClubTask) or task.name in ACROSS_CLUBS


def test_reviewed_tasks_exist():
    assert {task.name for task in _tasks()} >= ACROSS_CLUBS

"""Tasks that work for one club, and where they run when there is no broker."""

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any, ClassVar

from celery import Task
from django.conf import settings
from django.db import connections, transaction
from kombu.exceptions import OperationalError

from clubs.models import Club
from clubs.scoping import club_scope
from speechcoach.logs import about

logger = logging.getLogger(__name__)

# Evaluations are mostly arithmetic on the audio; more threads than cores only make each slower.
_LOCAL_THREADS = 2


class ClubTask(Task[..., Any]):
    """Base of every task: the club is loaded and its scope in force before the body starts.

    The body's first parameter is the :class:`Club`; the others are ids, by keyword. Tasks are sent
    with :meth:`enqueue` and never with ``delay``, which would not wait for the commit::

        @shared_task(base=ClubTask)
        def evaluate(club: Club, *, speech_id: str, run: int) -> None: ...

        evaluate.enqueue(club_id=club.pk, speech_id=str(speech.pk), run=3)

    A task of a club that is gone by the time it starts raises ``Club.DoesNotExist``.
    """

    abstract = True
    owed_by_a_row: ClassVar[bool] = False
    """Whether somebody finds in the rows what is owed, and sends it again: then a broker that is
    away at the commit is no failure of whoever asked."""
    # Celery would compare what is sent with the body's parameters, of which the first is the club.
    typing = False

    def __call__(self, *, club_id: int, **ids: Any) -> Any:
        with about(task=self.name, task_id=self.request.id, club=club_id, **_said(ids)):
            club = Club.objects.get(pk=club_id)
            with club_scope(club):
                return self.run(club, **ids)

    def enqueue(self, *, club_id: int, **ids: Any) -> None:
        """Sends the task when the current transaction commits; at once where there is none.

        Asks the database connection, so from a coroutine it is called through
        ``database_sync_to_async``.
        """
        transaction.on_commit(partial(self._send, {"club_id": club_id, **ids}))

    def _send(self, ids: dict[str, Any]) -> None:
        if settings.CELERY_TASK_ALWAYS_EAGER:
            _local.submit(self, ids)
            return
        try:
            self.apply_async(kwargs=ids)
        except OperationalError:
            if not self.owed_by_a_row:
                raise
            logger.warning("task %s not sent, the broker is away: %s", self.name, ids)


def _said(ids: dict[str, Any]) -> dict[str, Any]:
    """Of a task's ids, those that lines are told by."""
    return {"speech": ids.get("speech_id"), "run": ids.get("number")}


class LocalRunner:
    """Runs tasks in a few threads of this process, off whatever event loop it has.

    At interpreter exit the threads finish what was accepted; what comes later is refused with a
    line in the log. The rows say what is owed, so nothing depends on the queue surviving.
    """

    def __init__(self, threads: int) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="task")
        self._pending: set[Future[None]] = set()
        self._lock = threading.Lock()

    def submit(self, task: ClubTask, ids: dict[str, Any]) -> None:
        with self._lock:
            try:
                future = self._executor.submit(_run, task, ids)
            except RuntimeError:
                logger.warning("task %s refused at shutdown: %s", task.name, ids)
                return
            self._pending.add(future)
        future.add_done_callback(self._forget)

    def drain(self, timeout: float | None = None) -> None:
        """Blocks until nothing runs and nothing waits, tasks sent by tasks included.

        Raises ``TimeoutError`` when a task takes longer than ``timeout`` seconds.
        """
        while True:
            with self._lock:
                pending = set(self._pending)
            if not pending:
                return
            done, late = wait(pending, timeout)
            if late:
                raise TimeoutError(f"{len(late)} tasks are still running")
            for future in done:
                self._forget(future)

    def close(self) -> None:
        """Finishes what was accepted and takes nothing more; the interpreter does so at exit."""
        self._executor.shutdown()

    def _forget(self, future: Future[None]) -> None:
        with self._lock:
            self._pending.discard(future)


def _run(task: ClubTask, ids: dict[str, Any]) -> None:
    try:
        task.apply(kwargs=ids, throw=True)
    except Exception:
        # The last place that can say so: nobody waits for this thread's answer.
        logger.exception("task %s failed: %s", task.name, ids)
    finally:
        connections.close_all()


_local = LocalRunner(_LOCAL_THREADS)
drain = _local.drain

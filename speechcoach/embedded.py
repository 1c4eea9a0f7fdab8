"""The embedded stack's share of what other processes do in production."""

import functools
import io
import threading
from typing import Any, cast

from celery.beat import EmbeddedService, ScheduleEntry, Scheduler
from daphne.http_protocol import WebRequest
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from django.db import connections

from speechcoach.celery import app


class InThisProcess(Scheduler):
    """A clock whose tasks run in its own thread, each on a connection that is not yet broken."""

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        try:
            super().apply_entry(entry, producer)
        finally:
            connections.close_all()


@functools.cache
def start_beat() -> None:
    """Run the beat schedule in a thread of this process, where tasks run in this process."""
    if not settings.CELERY_TASK_ALWAYS_EAGER:
        return
    service = EmbeddedService(app, thread=True, max_interval=1, scheduler_cls=InThisProcess)
    thread = cast("threading.Thread", service)
    thread.daemon = True
    thread.start()


class _Body(io.BytesIO):
    """Holds as much of a request's body as tells that it is too large, and no more."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._room = most + 1

    def write(self, data: Any) -> int:
        kept = memoryview(data)[: self._room]
        self._room -= len(kept)
        super().write(kept)
        return len(data)


def keep_bodies_in_memory(most: int) -> None:
    """Let daphne keep the bodies of requests in memory, up to ``most`` bytes.

    Twisted, below it, puts what is longer than 100,000 bytes into a temporary file, and it may be
    somebody's voice.
    """

    def got_length(self: WebRequest, length: int | None) -> None:
        self.content = _Body(most)

    WebRequest.gotLength = got_length


def allow_close_codes() -> None:
    """Let daphne close a socket with every code that RFC 6455 gives to servers, such as 1008.

    Autobahn takes only 1000 and 3000-4999 from an application, and raises at the others.
    """

    def server_close(self: WebSocketProtocol, code: int | None = None) -> None:
        self.sendCloseFrame(code=1000 if code is None else code, isReply=False)

    WebSocketProtocol.serverClose = server_close

"""The embedded stack's share of what other processes do in production."""

import functools
import threading
from typing import cast

from celery.beat import EmbeddedService, Scheduler
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings

from speechcoach.celery import app


@functools.cache
def start_beat() -> None:
    """Run the beat schedule in a thread of this process, where tasks run in this process."""
    if not settings.CELERY_TASK_ALWAYS_EAGER:
        return
    service = EmbeddedService(app, thread=True, max_interval=5, scheduler_cls=Scheduler)
    thread = cast("threading.Thread", service)
    thread.daemon = True
    thread.start()


def allow_close_codes() -> None:
    """Let daphne close a socket with every code that RFC 6455 gives to servers, such as 1008.

    Autobahn takes only 1000 and 3000-4999 from an application, and raises at the others.
    """

    def server_close(self: WebSocketProtocol, code: int | None = None) -> None:
        self.sendCloseFrame(code=1000 if code is None else code, isReply=False)

    WebSocketProtocol.serverClose = server_close

"""A file that is touched as long as a worker or the clock does its work, for health checks.

Asking a worker by the broker would take a process and a second each time.
"""

from pathlib import Path
from typing import Any

from celery import signals


def show_life(path: str) -> None:
    """Touch ``path`` whenever this process shows life: a worker every two seconds, the clock with
    everything that it sends. Nothing where there is no path."""
    if not path:
        return
    file = Path(path)

    def touch(**_said: Any) -> None:
        file.touch()

    def clock_starts(**said: Any) -> None:
        touch()
        signals.before_task_publish.connect(touch, weak=False)

    signals.worker_ready.connect(touch, weak=False)
    signals.heartbeat_sent.connect(touch, weak=False)
    signals.beat_init.connect(clock_starts, weak=False)

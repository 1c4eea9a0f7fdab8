"""A real Celery worker, and the clock beside it, as processes of their own."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping

import pytest

from speechcoach.env import BASE_DIR
from tests.server import DEADLINE_SECONDS


class Process:
    """A running process of Celery's; what it writes is waited for, line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines: list[str] = []
        self._news = threading.Condition()
        self._ended = False
        self._reader = threading.Thread(target=self._read, name="celery output", daemon=True)
        self._reader.start()

    def wait_for(self, text: str) -> str:
        """The first line with ``text`` in it, written already or to come."""
        return self.wait_for_all(text, 1)[0]

    def wait_for_all(self, text: str, count: int) -> list[str]:
        """The first ``count`` lines with ``text`` in them, written already or to come."""
        found: list[str] = []

        def is_there() -> bool:
            found[:] = [line for line in self._lines if text in line]
            return len(found) >= count or self._ended

        with self._news:
            self._news.wait_for(is_there, DEADLINE_SECONDS)
            if len(found) < count:
                pytest.fail(f"{text!r} did not come:\n{''.join(self._lines[-40:])}", pytrace=False)
        return found[:count]

    def written(self) -> str:
        """All that it wrote; complete once it has been stopped."""
        with self._news:
            return "".join(self._lines)

    def kill(self) -> None:
        """SIGKILL, to it and its children: nothing is handed back."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(DEADLINE_SECONDS)

    def terminate(self) -> None:
        """SIGTERM, as a deployment says that it should end; it is not waited for."""
        self._process.send_signal(signal.SIGTERM)

    def ended(self) -> int:
        """Wait for its end; how it ended."""
        return self._process.wait(DEADLINE_SECONDS)

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(DEADLINE_SECONDS)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._reader.join()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                with self._news:
                    self._lines.append(line)
                    self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()


@contextlib.contextmanager
def celery(environment: Mapping[str, str], *command: str) -> Iterator[Process]:
    """``celery -A speechcoach …``; it starts while the test goes on and waits for what it does."""
    started = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "speechcoach", *command],
        cwd=BASE_DIR,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    process = Process(started)
    try:
        yield process
    finally:
        process.stop()

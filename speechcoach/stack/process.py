"""One process that is kept alive: started, listened to, started again where it ends unasked."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

RESTART_SECONDS: Final = (0.5, 10.0)
"""Before the first restart; at most, as they double."""
STEADY_SECONDS: Final = 20.0
"""One that has run for so long starts from the first again."""
_KEPT_LINES: Final = 20_000


class StackError(Exception):
    """A process of the stack does not do what it must; says which, and what it last wrote."""


@dataclass(frozen=True, slots=True)
class Program:
    """How a process is started, and how it is known to be ready.

    ``is_ready`` is asked until it says yes; it may look at what the process has written. One that
    runs ``once`` is ready when it has ended well. ``user`` is for programs that refuse to be root.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    cwd: Path
    is_ready: Callable[["Supervised"], bool]
    grace_seconds: float
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    once: bool = False


class Supervised:
    """A running program. Whatever it writes goes to ``write``, line by line.

    Every process has a group of its own, and ends by our hand: Ctrl-C in a terminal must not reach
    it before whoever needs it has ended.
    """

    def __init__(self, program: Program, write: Callable[[str, str], None]) -> None:
        self.program = program
        self._write = write
        self._process: subprocess.Popen[str] | None = None
        # Set where it is down on purpose.
        self._down = threading.Event()
        self._down.set()
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._written = 0
        self._before_start = 0
        self._news = threading.Condition()
        self._watcher: threading.Thread | None = None
        self.starts = 0
        self.started_at = 0.0

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def pid(self) -> int:
        """Of the process that runs now, or ran last."""
        if self._process is None:
            raise StackError(f"{self.name} was never started")
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, and again whenever it ends unasked, until :meth:`stop`."""
        if not self._down.is_set():
            return
        self._down.clear()
        self._launch()
        self._watcher = threading.Thread(target=self._watch, name=f"{self.name} watch", daemon=True)
        self._watcher.start()

    def wait_ready(self, seconds: float, ended: threading.Event | None = None) -> None:
        """
        Raises:
            StackError: it is not, after so many seconds; or nobody needs it any more (``ended``).
        """
        deadline = time.monotonic() + seconds
        while not self._is_ready():
            failed = self.program.once and not self.running and self._process is not None
            if failed or time.monotonic() > deadline:
                last = "".join(f"\n    {line}" for line in list(self._lines)[-15:])
                why = "has failed" if failed else f"is not ready after {seconds:g} s"
                raise StackError(f"{self.name} {why}:{last}")
            if ended is not None and ended.is_set():
                raise StackError(f"{self.name} was not ready yet when all was ended")
            with self._news:
                self._news.wait(0.1)

    def stop(self) -> None:
        """Ask it to end, wait for as long as it may take, and end it. It stays down."""
        self._down.set()
        self.send(self.program.stop_signal)
        # One that was paused hears nothing.
        self._signal_group(signal.SIGCONT)
        self._finish(self.program.grace_seconds)

    def kill(self) -> None:
        """SIGKILL, to it and its children. It stays down until :meth:`start`."""
        self._down.set()
        self._signal_group(signal.SIGKILL)
        self._finish(10)

    def crash(self) -> None:
        """SIGKILL, to it and its children; as after any crash it is started again."""
        self._signal_group(signal.SIGKILL)

    def pause(self) -> None:
        """SIGSTOP: it is there, and does nothing."""
        self._signal_group(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal_group(signal.SIGCONT)

    def send(self, number: signal.Signals) -> None:
        """To the process itself, as an engine of containers sends it, and not to its children."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    def written(self) -> str:
        """The last that it wrote, over all its starts."""
        with self._news:
            return "\n".join(self._lines)

    def says(self, text: str) -> bool:
        """Whether it has written that since it was last started."""
        with self._news:
            return any(text in line for line in self._after(self._before_start))

    def wait_for(self, text: str, seconds: float, after: int = 0) -> str:
        """The first line with ``text`` in it, of those that came after :meth:`line_count` was
        ``after``.

        Raises:
            StackError: there is none, after so many seconds.
        """
        found: list[str] = []

        def is_there() -> bool:
            found[:] = [line for line in self._after(after) if text in line]
            return bool(found)

        with self._news:
            if not self._news.wait_for(is_there, seconds):
                raise StackError(f"{self.name} did not write {text!r} in {seconds:g} s")
        return found[0]

    def written_since(self, count: int) -> list[str]:
        """The last lines that came after :meth:`line_count` was ``count``."""
        with self._news:
            return self._after(count)

    def line_count(self) -> int:
        """How many lines it has written until now."""
        return self._written

    def _after(self, count: int) -> list[str]:
        fresh = self._written - count
        return list(self._lines)[-fresh:] if fresh > 0 else []

    def _is_ready(self) -> bool:
        if self.program.once:
            return self._process is not None and self._process.poll() == 0
        return self.running and self.program.is_ready(self)

    def _launch(self) -> None:
        program = self.program
        program.folder.mkdir(parents=True, exist_ok=True)
        self._before_start = self._written
        self.started_at = time.time()
        self._process = subprocess.Popen(  # noqa: S603 - our own command line
            list(program.command),
            cwd=program.cwd,
            env=dict(program.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            user=program.user,
            group=program.user,
            extra_groups=[] if program.user else None,
        )
        self.starts += 1
        threading.Thread(
            target=self._read, args=(self._process,), name=f"{self.name} output", daemon=True
        ).start()

    def _read(self, process: subprocess.Popen[str]) -> None:
        if process.stdout is None:
            return
        with process.stdout as lines:
            for line in lines:
                text = line.rstrip("\n")
                with self._news:
                    self._lines.append(text)
                    self._written += 1
                    self._news.notify_all()
                self._write(self.name, text)

    def _watch(self) -> None:
        wait, most = RESTART_SECONDS
        while True:
            process, started = self._process, time.monotonic()
            if process is None:
                return
            code = process.wait()
            if self._down.is_set() or self.program.once:
                return
            # Whoever of its children is still there would hold its port.
            self._signal_group(signal.SIGKILL)
            if time.monotonic() - started > STEADY_SECONDS:
                wait = RESTART_SECONDS[0]
            self._write(self.name, f"ended unasked ({code}); starts again in {wait:g} s")
            if self._down.wait(wait):
                return
            wait = min(2 * wait, most)
            self._launch()

    def _finish(self, seconds: float) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._write(self.name, f"did not end within {seconds:g} s: killed")
        self._signal_group(signal.SIGKILL)
        self._process.wait()
        if self._watcher is not None and self._watcher is not threading.current_thread():
            self._watcher.join()

    def _signal_group(self, number: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

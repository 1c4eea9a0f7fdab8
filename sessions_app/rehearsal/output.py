"""What a process writes: kept in a file, and listened to until it says what is waited for."""

import os
import selectors
import subprocess
import threading
from pathlib import Path


class Output:
    """Reads ``process.stdout`` (a pipe, which stderr goes to as well) into ``log``, to its end."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        if process.stdout is None:
            raise ValueError("the process writes to no pipe")
        self._pipe = process.stdout
        self._log = log
        # Of the first that is written, as long as somebody waits for it.
        self._heard: bytearray | None = bytearray()
        self._ended = False
        self._news = threading.Condition()
        os.set_blocking(self._pipe.fileno(), False)
        self._thread = threading.Thread(target=self._read, name="server output", daemon=True)
        self._thread.start()

    def wait_for(self, marks: tuple[bytes, ...], seconds: float) -> bool:
        """Wait, once, until one of ``marks`` is written.

        False when it is not: after ``seconds``, or because the process has ended.
        """

        def is_written() -> bool:
            return any(mark in (self._heard or b"") for mark in marks)

        with self._news:
            self._news.wait_for(lambda: is_written() or self._ended, seconds)
            found = is_written()
            self._heard = None
        return found

    @property
    def ended(self) -> bool:
        """Whether nobody writes any more."""
        return self._ended

    def settle(self) -> None:
        """Have in the log all that was written before this call."""
        with self._news:
            while not self._ended and self._take():
                pass

    def join(self) -> None:
        """Wait for the end of what is written."""
        self._thread.join()

    def _read(self) -> None:
        with self._pipe, selectors.DefaultSelector() as selector:
            selector.register(self._pipe, selectors.EVENT_READ)
            while not self._ended:
                selector.select()
                with self._news:
                    self._take()
                    self._news.notify_all()

    def _take(self) -> bool:
        """Move a piece, if there is one. Needs the lock."""
        try:
            piece = os.read(self._pipe.fileno(), 65_536)
        except BlockingIOError:
            # Whoever had the lock before has taken it.
            return False
        self._ended = not piece
        if self._heard is not None:
            self._heard += piece
        with self._log.open("ab") as log:
            log.write(piece)
        return True

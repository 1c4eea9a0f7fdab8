"""The server's end of one decoder process."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Final, cast

from sessions_app.transcription.builtin.frames import (
    AUDIO,
    FINISH,
    OPEN,
    OPENING,
    READY,
    Message,
    frame,
    read_frame,
)

COMMAND: Final = (sys.executable, "-m", "sessions_app.transcription.builtin.worker")
_ROOT = Path(__file__).parents[3]
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV")

Sink = Callable[[Message | None], None]
"""Takes a lease's messages, and ``None`` when the process is lost. Called in another thread."""


class DecoderProcess:
    """One process, which decodes one lease at a time.

    Nothing here blocks but ``close``: a thread writes to the process, another reads from it.
    """

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        # The settings of the server, keys among them, are none of the decoder's business.
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603 - a fixed command, no shell
            [*command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env=environment,
            bufsize=0,
        )
        self._outgoing: queue.SimpleQueue[tuple[int, bytes] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._lease = 0
        self._sink: Sink | None = None
        self.ready = threading.Event()
        """Set when the models are loaded, or the process is lost."""
        for target in (self._write, self._read):
            threading.Thread(target=target, name=f"decoder-{self.pid}", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def open(self, offset: int, sink: Sink, *, interim: bool) -> None:
        """Begin a lease at sample ``offset``; what was queued for the one before is dropped."""
        with self._lock:
            self._lease += 1
            self._sink = sink
        self._send(OPEN, OPENING.pack(offset, interim))
        if not self.alive:
            self._lost()

    def send(self, pcm: bytes) -> None:
        """Queue PCM16LE of the lease."""
        self._send(AUDIO, pcm)

    def finish(self) -> None:
        """Ask for what is left of the lease; ``done`` will follow."""
        self._send(FINISH, b"")

    def release(self) -> None:
        """End the lease: nothing more of it is sent or reported."""
        with self._lock:
            self._lease += 1
            self._sink = None

    def close(self) -> None:
        """End the process and wait for it."""
        self._outgoing.put(None)
        self._process.kill()
        self._process.wait()

    def _send(self, kind: bytes, payload: bytes) -> None:
        self._outgoing.put((self._lease, frame(kind, self._lease, payload)))

    def _write(self) -> None:
        pipe = cast("IO[bytes]", self._process.stdin)
        with contextlib.suppress(OSError), pipe:
            while (item := self._outgoing.get()) is not None:
                lease, data = item
                view = memoryview(data if lease == self._lease else b"")
                while view:
                    view = view[pipe.write(view) :]

    def _read(self) -> None:
        pipe = cast("IO[bytes]", self._process.stdout)
        with pipe:

            def exactly(size: int) -> bytes:
                data = bytearray()
                while len(data) < size and (part := pipe.read(size - len(data))):
                    data += part
                return bytes(data)

            while (got := read_frame(exactly)) is not None:
                kind, lease, payload = got
                if kind == READY:
                    self.ready.set()
                    continue
                self._deliver(lease, json.loads(payload))
        self._process.wait()
        self._lost()
        self.ready.set()

    def _deliver(self, lease: int, message: Message) -> None:
        with self._lock:
            sink = self._sink if lease == self._lease else None
        if sink is not None:
            sink(message)

    def _lost(self) -> None:
        with self._lock:
            sink, self._sink = self._sink, None
        self._outgoing.put(None)
        if sink is not None:
            sink(None)

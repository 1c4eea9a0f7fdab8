"""A decoder process: audio in on stdin, words out on stdout, nothing anywhere else.

It ends when stdin does, that is when the server ends, however that comes about.
"""

import array
import fcntl
import json
import os
import resource
import signal
import sys
import termios
from typing import Final

from sessions_app.core.audio import BYTES_PER_SECOND
from sessions_app.transcription.builtin.frames import (
    AUDIO,
    FINISH,
    MESSAGE,
    OPEN,
    OPENING,
    READY,
    Message,
    frame,
    read_frame,
)
from sessions_app.transcription.builtin.recogniser import Recogniser

BEHIND_BYTES: Final = BYTES_PER_SECOND * 3 // 2
"""A pipe holds 2 s of audio; with so much of it waiting, captions would be late."""


def main() -> None:
    """Serve until stdin ends."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold speech
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to handle
    lease = 0

    def send(message: Message) -> None:
        _write(frame(MESSAGE, lease, json.dumps(message).encode()))

    recogniser = Recogniser(send, _behind)
    _write(frame(READY, 0))
    while (got := read_frame(_read)) is not None:
        kind, lease, payload = got
        if kind == OPEN:
            offset, interim = OPENING.unpack(payload)
            recogniser.open(offset, interim=interim)
        elif kind == AUDIO:
            recogniser.push(payload)
        elif kind == FINISH:
            recogniser.finish()


def _read(size: int) -> bytes:
    # Unbuffered, so that what waits in the pipe can be asked for.
    parts = bytearray()
    while len(parts) < size:
        part = os.read(0, size - len(parts))
        if not part:
            break
        parts += part
    return bytes(parts)


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]


def _behind() -> bool:
    waiting = array.array("i", [0])
    fcntl.ioctl(0, termios.FIONREAD, waiting)
    return waiting[0] > BEHIND_BYTES


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        sys.exit(0)

"""The server's end of the decoding process."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from sessions_app.uploads.core.refusals import Refusal
from sessions_app.uploads.worker import DONE, FRAME, LENGTH, REFUSED, SECONDS, SOUND

COMMAND: Final = (sys.executable, "-m", "sessions_app.uploads.worker")
THREADS: Final = "extraction"
"""How the names of our threads begin."""
SECONDS_TO_DECODE: Final = 300.0
MOST_FRAME: Final = 1 << 20
_ROOT: Final = Path(__file__).parents[2]
_PASSED_ON: Final = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV")
_KILLED_FOR_TIME: Final = frozenset({-24, -9})
"""SIGXCPU; SIGKILL of our own, or of a machine that has no memory left."""


class ExtractionError(Exception):
    """The file is refused."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Extracted:
    """A block of PCM16LE, mono, 16 kHz; ``total`` seconds are expected, where the file says so."""

    pcm: bytes
    total: float | None


def extract(
    file: Iterable[bytes], size: int, command: Sequence[str] = COMMAND
) -> Iterator[Extracted]:
    """Decode a file of ``size`` bytes, given in pieces. Blocks; holds a few blocks in memory.

    Raises:
        ExtractionError: the file cannot be taken.
    """
    # The settings of the server, keys among them, are none of a decoder's business.
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    process = subprocess.Popen(  # noqa: S603 - our own module, and a number
        [*command, str(size)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env=environment,
    )
    out_of_time = threading.Timer(SECONDS_TO_DECODE, process.kill)
    out_of_time.name = f"{THREADS}-timer"
    feeder = threading.Thread(
        target=_feed, args=(process, file), name=f"{THREADS}-feeder", daemon=True
    )
    out_of_time.start()
    feeder.start()
    try:
        yield from _frames(process)
    finally:
        out_of_time.cancel()
        process.kill()
        process.wait()
        feeder.join()
        out_of_time.join()
        cast("IO[bytes]", process.stdout).close()


def _feed(process: "subprocess.Popen[bytes]", file: Iterable[bytes]) -> None:
    pipe = cast("IO[bytes]", process.stdin)
    # Who refuses a file does not read it to its end.
    with contextlib.suppress(OSError), pipe:
        for piece in file:
            pipe.write(piece)


def _frames(process: "subprocess.Popen[bytes]") -> Iterator[Extracted]:
    pipe = cast("IO[bytes]", process.stdout)
    total: float | None = None
    while len(head := pipe.read(FRAME.size)) == FRAME.size:
        kind, length = FRAME.unpack(head)
        payload = pipe.read(length) if length <= MOST_FRAME else b""
        if len(payload) < length:
            break
        if kind == DONE:
            return
        if kind == REFUSED:
            raise ExtractionError(Refusal(payload.decode()))
        if kind == LENGTH:
            [total] = SECONDS.unpack(payload)
        elif kind == SOUND:
            yield Extracted(payload, total)
    # It ended without a word: a codec has crashed, or a limit has struck.
    heavy = process.wait() in _KILLED_FOR_TIME
    raise ExtractionError(Refusal.HEAVY if heavy else Refusal.BROKEN)

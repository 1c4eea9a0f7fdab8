"""The decoding process: a file on standard input, its sound in frames on standard output.

It holds the file in memory and may write no file, open no socket of use to anybody, and take no
more memory or time than it was given. A frame is a kind, a length and so many bytes.
"""

import contextlib
import resource
import struct
import sys
from typing import IO, Final

FRAME: Final = struct.Struct(">cI")
LENGTH: Final = b"L"
"""How long the sound says it is: a double, in seconds."""
SOUND: Final = b"S"
REFUSED: Final = b"R"
DONE: Final = b"D"
SECONDS: Final = struct.Struct(">d")
_MEMORY_BESIDES: Final = 1024 * 1024 * 1024
"""Beside the file: libraries as they are mapped, buffers of codecs."""
_CPU_SECONDS: Final = 240


def confine(file_bytes: int) -> None:
    """Take away what decoding a speech does not need."""
    limits = {
        resource.RLIMIT_AS: 2 * file_bytes + _MEMORY_BESIDES,
        resource.RLIMIT_CPU: _CPU_SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        # Where a system knows no such limit, the others hold.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def write(out: IO[bytes], kind: bytes, payload: bytes = b"") -> None:
    out.write(FRAME.pack(kind, len(payload)) + payload)
    out.flush()


def main() -> None:
    file_bytes, out = int(sys.argv[1]), sys.stdout.buffer
    confine(file_bytes)
    # After the limits: a library that is loaded takes of what there is.
    import av.logging  # noqa: PLC0415

    from sessions_app.uploads.core.refusals import Refusal  # noqa: PLC0415
    from sessions_app.uploads.decoding import RefusedError, Sound  # noqa: PLC0415

    # What FFmpeg writes may quote the file.
    av.logging.set_level(None)
    try:
        sound = Sound(sys.stdin.buffer.read(file_bytes))
        if sound.seconds is not None:
            write(out, LENGTH, SECONDS.pack(sound.seconds))
        for block in sound.blocks():
            write(out, SOUND, block)
    except RefusedError as error:
        write(out, REFUSED, error.refusal.encode())
    except MemoryError:
        write(out, REFUSED, Refusal.HEAVY.encode())
    else:
        write(out, DONE)


if __name__ == "__main__":
    main()

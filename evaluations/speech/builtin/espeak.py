"""The espeak-ng process: sentences in on stdin, PCM out on stdout.

espeak-ng is under GPL-3, so it runs in this process of its own, which shares nothing with the
server but two pipes. Input: one sentence a line, in UTF-8. Output: for each piece of sound its
length in bytes (little-endian uint32) and PCM16LE mono at 22,050 Hz; length 0 ends a sentence.
"""

import ctypes
import signal
import struct
import sys
from typing import Final

import espeakng_loader

AUDIO_OUTPUT_RETRIEVAL: Final = 1
BUFFER_MILLISECONDS: Final = 60
CHARS_UTF8: Final = 1
RATE_PARAMETER: Final = 1
NOMINAL_RATE: Final = 128
"""In espeak's own words a minute, which are shorter than those of a script."""
POSITION_CHARACTER: Final = 1
SAMPLE_RATE: Final = 22_050

_LENGTH = struct.Struct("<I")
_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


def _send(pcm: bytes) -> None:
    sys.stdout.buffer.write(_LENGTH.pack(len(pcm)) + pcm)
    sys.stdout.buffer.flush()


def _receive(samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int | None) -> int:
    if samples and count > 0:
        _send(ctypes.string_at(samples, count * 2))
    return 0


def main() -> int:
    """Speak until stdin ends; exit status 1 when the library does not work here."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = str(espeakng_loader.get_data_path()).encode()
    rate = library.espeak_Initialize(AUDIO_OUTPUT_RETRIEVAL, BUFFER_MILLISECONDS, data, 0)
    if rate != SAMPLE_RATE or library.espeak_SetVoiceByName(b"en-us") != 0:
        return 1
    callback = _CALLBACK(_receive)  # kept alive by this name while the library calls it
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetParameter(RATE_PARAMETER, NOMINAL_RATE, 0)
    for line in sys.stdin.buffer:
        text = line.strip() + b"\0"
        failed = library.espeak_Synth(
            text, ctypes.c_size_t(len(text)), 0, POSITION_CHARACTER, 0, CHARS_UTF8, None, None
        )
        if failed or library.espeak_Synchronize() != 0:
            return 1
        _send(b"")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Sealed audio: blocks of PCM as lossless FLAC, about half the size of what they hold."""

import io
from typing import Final

import numpy as np
import soundfile

from sessions_app.core.audio import BYTES_PER_SECOND, SAMPLE_RATE

BLOCK_BYTES: Final = 10 * BYTES_PER_SECOND
"""PCM in a block. Bigger ones hardly compress better, and reading makes a whole one at a time."""
TAIL_BLOCKS: Final = 2
"""Blocks of raw audio before the older ones are sealed: what a resume asks for is at hand."""


def seal(raw: bytes) -> bytes:
    """``raw`` (PCM16LE mono 16 kHz, whole samples) as FLAC. Milliseconds: not for an event loop."""
    out = io.BytesIO()
    samples = np.frombuffer(raw, dtype="<i2")
    soundfile.write(out, samples, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    return out.getvalue()


def unseal(block: bytes) -> bytes:
    """The very bytes that ``seal`` was given."""
    samples, _ = soundfile.read(io.BytesIO(block), dtype="int16")
    return bytes(samples.astype("<i2").tobytes())

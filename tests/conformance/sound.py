"""Sound for the clients, which have none of our modules."""

import math
import struct

RATE = 24_000


def tone(seconds: float) -> bytes:
    """PCM16LE that is taken for speech."""
    count = round(seconds * RATE)
    samples = (round(4_000 * math.sin(at * 2 * math.pi * 300 / RATE)) for at in range(count))
    return struct.pack(f"<{count}h", *samples)


def quiet(seconds: float) -> bytes:
    return bytes(round(seconds * RATE) * 2)

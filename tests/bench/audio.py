"""What the bench says: words where a voice is installed, because they compress as speech does."""

import functools
import shutil

import numpy as np
from numpy.typing import NDArray

from sessions_app.core.audio import CHUNK_SAMPLES
from tests import speech

SPEECH = (
    "Good evening everyone. When I was a child my father took me to the river every summer. "
    "We did not catch many fish, but we talked about the future, and I learned to wait. "
    "Today I want to tell you why those long hours by the water changed my life. "
    "First, they taught me to be patient. A river does not hurry because you are watching it. "
    "You sit, you look at the light on the water, and after a while you begin to think. "
    "Second, they taught me to listen. My father was a quiet man, and when he spoke he chose "
    "his words. I remember one morning when he said that most people only wait for their turn. "
    "Third, they taught me to come back. On many days we went home with nothing at all, and on "
    "the next day we went out again. How often do we give up after the first empty day? "
    "So I ask you to find a river of your own. Take somebody with you, leave the telephone at "
    "home, and listen. You may not catch a fish, but you will bring something home. Thank you."
)
"""About a minute, as it is spoken."""

VOICES = ("flite:slt", "flite:rms", "flite:awb")
ROOM_LEVEL = 15.0
"""RMS of a quiet room: digital silence would compress to nothing."""


def has_voice() -> bool:
    return shutil.which("flite") is not None


@functools.cache
def minute() -> tuple[NDArray[np.int16], str]:
    """A minute of sound, whole chunks, and what it is made of."""
    samples = 60 * speech.SAMPLE_RATE
    if not has_voice():
        bursts = [("speech", 4.0), ("silence", 1.0)] * 12
        return np.frombuffer(speech.alternating(bursts), dtype="<i2"), "noise"
    said = np.resize(speech.spoken(SPEECH), samples)
    return _in_a_room(said), "flite:slt"


def chunks(seconds: int) -> list[bytes]:
    """So many seconds of sound in chunks of 50 ms."""
    pcm = np.resize(minute()[0], seconds * speech.SAMPLE_RATE).tobytes()
    return speech.cut(pcm, CHUNK_SAMPLES)


def spoken_minutes(count: int) -> bytes:
    """PCM of a speech of ``count`` minutes with words, by one voice after another."""
    parts = [speech.spoken(SPEECH, VOICES[at % len(VOICES)]) for at in range(count)]
    return _in_a_room(np.concatenate(parts)[: count * 60 * speech.SAMPLE_RATE]).tobytes()


def _in_a_room(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    room = speech.noise(len(samples) / speech.SAMPLE_RATE, ROOM_LEVEL)
    return np.asarray(np.clip(samples.astype(np.int32) + room, -32_768, 32_767), dtype="<i2")

"""What two tracks of one audio clock say: the microphone, and what the coach was heard to say."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

Track = NDArray[np.float32]
"""Samples from -1 to 1, shape ``(samples,)``."""

WINDOW_SECONDS: Final = 0.005
VOICE_BELOW_LOUDEST: Final = 0.03
"""-30 dB: a room is below it, the softest sounds of a word are above."""
PAUSE_SECONDS: Final = 0.35
"""A shorter silence lies within what somebody says."""
AUDIBLE: Final = 0.001
"""-60 dB: below it nobody hears anything."""
SILENT_SECONDS: Final = 0.25
"""The coach has fallen silent when nothing was audible for so long."""
BEFORE_SECONDS: Final = 0.03
FADE_SECONDS: Final = 0.02
REPLY_SECONDS: Final = 3.0


@dataclass
class Heard:
    """Times in milliseconds, one entry for each that could be measured.

    ``steps`` are the largest steps from sample to sample in the fades at interruptions, as a
    multiple of the largest one in the same answer before. ``pauses`` counts interruptions that met
    the coach in a pause between words, so that nothing had to be silenced.
    """

    silenced: list[float] = field(default_factory=list)
    replied: list[float] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)
    pauses: int = 0


def utterances(microphone: Track, rate: int) -> list[tuple[int, int]]:
    """First and last sample (exclusive) of everything that was said."""
    size = round(WINDOW_SECONDS * rate)
    windows = microphone[: len(microphone) // size * size].reshape(-1, size)
    levels = np.sqrt(np.mean(np.square(windows), axis=1))
    voiced = np.flatnonzero(levels > VOICE_BELOW_LOUDEST * levels.max(initial=0.0))
    if not len(voiced):
        return []
    breaks = np.flatnonzero(np.diff(voiced) * WINDOW_SECONDS > PAUSE_SECONDS)
    firsts = voiced[np.concatenate([[0], breaks + 1])]
    lasts = voiced[np.concatenate([breaks, [len(voiced) - 1]])]
    return [(int(a) * size, int(b + 1) * size) for a, b in zip(firsts, lasts, strict=True)]


def measured(microphone: Track, coach: Track, rate: int) -> Heard:
    """How soon the coach was silent when somebody spoke, and how soon it answered afterwards."""
    heard = Heard()
    audible = np.flatnonzero(np.abs(coach) > AUDIBLE)
    said = utterances(microphone, rate)
    for at, (begin, end) in enumerate(said):
        following = said[at + 1][0] if at + 1 < len(said) else len(coach)
        _interruption(heard, coach, audible, (begin, end), rate)
        reply = audible[(audible >= end) & (audible < min(following, end + REPLY_SECONDS * rate))]
        if len(reply):
            heard.replied.append((int(reply[0]) - end) * 1000 / rate)
    return heard


def _interruption(
    heard: Heard, coach: Track, audible: NDArray[np.int64], said: tuple[int, int], rate: int
) -> None:
    begin, end = said
    spoke = audible[(audible >= begin - rate) & (audible < begin)]
    if not len(spoke):
        return
    if spoke[-1] < begin - BEFORE_SECONDS * rate:
        heard.pauses += 1
        return
    later = audible[(audible >= spoke[-1]) & (audible < end)]
    gaps = np.flatnonzero(np.diff(later) > SILENT_SECONDS * rate)
    last = int(later[gaps[0]] if len(gaps) else later[-1])
    heard.silenced.append(max(0, last + 1 - begin) * 1000 / rate)
    fade = slice(last - round(FADE_SECONDS * rate), last + 2)
    before = slice(max(0, begin - 2 * rate), begin)
    natural = np.abs(np.diff(coach[before])).max(initial=0.0)
    if natural > 0:
        heard.steps.append(float(np.abs(np.diff(coach[fade])).max(initial=0.0) / natural))

"""Sound for tests: spoken words where words matter, plain bursts where they do not."""

import functools
import io
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

SAMPLE_RATE = 16_000

PASSAGE = (
    "Good evening everyone. When I was a child my father took me to the river every summer. "
    "We did not catch many fish, but we talked about the future. "
    "Today I want to tell you why those long hours by the water changed my life. "
    "First, they taught me to be patient. Second, they taught me to listen."
)


@functools.cache
def spoken(text: str, voice: str = "flite:slt") -> NDArray[np.int16]:
    """``text`` spoken by a Debian voice, 16 kHz, shape ``(samples,)``; skips where it is absent.

    Voices: ``flite:slt``, ``flite:rms``, ``flite:awb``, ``flite:kal16``, ``pico:en-US``.
    Not espeak: a recognizer trained on people does not understand it.
    """
    engine, _, name = voice.partition(":")
    binary = {"flite": "flite", "pico": "pico2wave"}[engine]
    if shutil.which(binary) is None:
        pytest.skip(f"{binary} is not installed, and this test needs spoken words")
    with TemporaryDirectory() as folder:
        path = Path(folder, "speech.wav")
        command = (
            [binary, "-voice", name, "-t", text, "-o", str(path)]
            if engine == "flite"
            else [binary, "-l", name, "-w", str(path), text]
        )
        subprocess.run(command, check=True, capture_output=True)
        return loaded(path.read_bytes())


def loaded(file: bytes) -> NDArray[np.int16]:
    """Any sound file as 16 kHz mono, shape ``(samples,)``."""
    samples, rate = soundfile.read(io.BytesIO(file), dtype="float32", always_2d=True)
    mono = soxr.resample(samples.mean(axis=1), rate, SAMPLE_RATE)
    return np.asarray(np.clip(mono, -1, 1) * 32_767, dtype="<i2")


def noise(seconds: float, level: float = 3_000, seed: int = 0) -> NDArray[np.int16]:
    """Steady white noise of RMS ``level``."""
    made = np.random.default_rng(seed).normal(0, level, round(seconds * SAMPLE_RATE))
    return np.clip(made, -32_768, 32_767).astype("<i2")


def burst(seconds: float, level: float = 3_000, seed: int = 0) -> NDArray[np.int16]:
    """What a level detector takes for speech: noise with a dip every 200 ms, as syllables have."""
    made = noise(seconds, level, seed)
    dips = np.where(np.arange(len(made)) % 3_200 >= 2_400, 0.1, 1.0)
    return (made * dips).astype("<i2")


def silence(seconds: float) -> NDArray[np.int16]:
    return np.zeros(round(seconds * SAMPLE_RATE), dtype="<i2")


def alternating(parts: Sequence[tuple[str, float]]) -> bytes:
    """PCM of ``("speech" | "silence", seconds)`` parts in order, without words."""
    made = [
        burst(seconds, seed=index) if kind == "speech" else silence(seconds)
        for index, (kind, seconds) in enumerate(parts)
    ]
    return np.concatenate(made).tobytes() if made else b""


def cut(pcm: bytes, samples: int = 800) -> list[bytes]:
    """``pcm`` in chunks of ``samples``; the last one may be shorter."""
    return [pcm[at : at + samples * 2] for at in range(0, len(pcm), samples * 2)]


def words_right(reference: str, recognised: str) -> float:
    """The share of the reference's words found in order in what was recognised."""
    ours, theirs = _plain(reference), _plain(recognised)
    row = [0] * (len(theirs) + 1)
    for word in ours:
        before = row
        row = [0]
        for at, other in enumerate(theirs):
            row.append(before[at] + 1 if word == other else max(row[at], before[at + 1]))
    return row[-1] / len(ours)


def _plain(text: str) -> list[str]:
    kept = (letter if letter.isalnum() or letter == "'" else " " for letter in text.lower())
    return "".join(kept).split()

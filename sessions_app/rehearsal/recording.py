"""Sound files as a microphone would have given them."""

from pathlib import Path

import numpy as np
import soundfile
import soxr

from sessions_app.core.audio import BYTES_PER_SECOND, SAMPLE_RATE
from sessions_app.rehearsal import RehearsalError


def read_recording(path: Path) -> bytes:
    """Read any sound file as PCM16LE mono 16 kHz; channels are averaged.

    Raises:
        RehearsalError: there is no such file, or it is no sound file, or it is empty.
    """
    if not path.is_file():
        raise RehearsalError(f"There is no file {path}.")
    try:
        with soundfile.SoundFile(path) as sound:
            pcm = _converted(sound)
    except soundfile.LibsndfileError as error:
        raise RehearsalError(f"{path} is not a sound file that can be read ({error}).") from None
    except OSError as error:
        raise RehearsalError(f"{path} cannot be read: {error.strerror}.") from None
    if not pcm:
        raise RehearsalError(f"{path} holds no sound.")
    return pcm


def _converted(sound: soundfile.SoundFile) -> bytes:
    """Convert block by block: half an hour of stereo would not fit well as one array of floats."""
    resampler = soxr.ResampleStream(sound.samplerate, SAMPLE_RATE, 1, dtype="float32")
    pcm = bytearray()
    while True:
        block = sound.read(sound.samplerate, dtype="float32", always_2d=True)
        mono = resampler.resample_chunk(block.mean(axis=1), last=not len(block))
        # 32768 and not 32767, so that a 16-bit mono file at 16 kHz comes through bit by bit.
        pcm += np.clip(np.rint(mono * 32_768), -32_768, 32_767).astype("<i2").tobytes()
        if not len(block):
            return bytes(pcm)


def seconds_of(pcm: bytes) -> float:
    """How long PCM16LE mono 16 kHz lasts."""
    return len(pcm) / BYTES_PER_SECOND

"""The speeches spoken: sound and word times that agree, made when a test asks for them.

Every run of words between two marked pauses or changes of pace is spoken by itself, at the speech's
pace as near as the voice can, and laid between silences of the marked length. The words of a run
share its sound by their length.
"""

import functools
import shutil
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluations.core.shapes import Segment, Transcript, Word
from tests.corpus.script import Script, read
from tests.speech import SAMPLE_RATE, loaded, silence

VOICES = ("flite:kal16", "espeak:en-gb")

_FLITE_NATURAL = 225
"""Words a minute of flite's kal16 when nothing is stretched."""
_ESPEAK_RATE = 0.8
"""What espeak calls a word is longer than most of ours."""
_QUIET = 300
_EDGE_SECONDS = 0.5


@functools.cache
def spoken(name: str, voice: str) -> tuple[NDArray[np.int16], Transcript]:
    """Speech ``name`` in ``voice``: 16 kHz samples, and when each word is in them."""
    script = read(name)
    pieces = [silence(_EDGE_SECONDS)]
    segments = []
    clock = _EDGE_SECONDS
    for first, last in _runs(script):
        pause = script.pauses.get(first, 0.0)
        sound = _said(" ".join(script.words[first:last]), voice, script.pace_at(first))
        clock += pause
        pieces += [silence(pause), sound]
        segments.append(_segment(script.words[first:last], clock, len(sound) / SAMPLE_RATE))
        clock += len(sound) / SAMPLE_RATE
    pieces.append(silence(_EDGE_SECONDS))
    return np.concatenate(pieces), Transcript(segments=tuple(segments))


def _runs(script: Script) -> Iterator[tuple[int, int]]:
    edges = sorted({0, *script.pauses, *script.paces, len(script.words)})
    return pairwise(edges)


def _segment(said: tuple[str, ...], start: float, seconds: float) -> Segment:
    shares = np.cumsum([0, *(len(word) + 2 for word in said)])
    edges = start + shares / shares[-1] * seconds
    words = tuple(
        Word(
            word=word,
            start_time=round(float(edges[at]), 3),
            end_time=round(float(edges[at + 1]), 3),
            confidence=0.9,
        )
        for at, word in enumerate(said)
    )
    return Segment(
        text=" ".join(said),
        start_time=words[0].start_time,
        end_time=words[-1].end_time,
        words=words,
        is_final=True,
    )


def _said(text: str, voice: str, pace: float) -> NDArray[np.int16]:
    """``text`` spoken, without the silence around it."""
    engine, _, name = voice.partition(":")
    binary = {"flite": "flite", "espeak": "espeak-ng"}[engine]
    if shutil.which(binary) is None:
        pytest.skip(f"{binary} is not installed, and this test needs a voice")
    with TemporaryDirectory() as folder:
        path = str(Path(folder, "run.wav"))
        stretch = f"duration_stretch={_FLITE_NATURAL / pace:.3f}"
        command = (
            ["flite", "-voice", name, "--setf", stretch, "-t", text, "-o", path]
            if engine == "flite"
            else [
                "espeak-ng",
                "-v",
                name,
                "-s",
                str(round(pace * _ESPEAK_RATE)),
                "-w",
                path,
                "--",
                text,
            ]
        )
        subprocess.run(command, check=True, capture_output=True)
        sound = loaded(Path(path).read_bytes())
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > _QUIET)
    return sound[loud[0] : loud[-1] + 1]

"""The corpus spoken by two voices: what is measured agrees with what is in the sound."""

from itertools import pairwise

import numpy as np
import pytest

from evaluations.core.metrics import measure
from evaluations.core.series import SeriesBuilder
from tests.corpus.script import names, read
from tests.corpus.timing import seconds_of
from tests.corpus.voices import VOICES, spoken
from tests.speech import SAMPLE_RATE

_HOP = SAMPLE_RATE // 100


def silences(samples, shortest):
    """Where ``samples`` are silent for ``shortest`` seconds or more, by their level alone."""
    frames = samples[: len(samples) // _HOP * _HOP].reshape(-1, _HOP).astype(np.float64)
    loud = np.flatnonzero(np.sqrt((frames**2).mean(axis=1)) > 100)
    return [
        (one / 100, other / 100)
        for one, other in pairwise(loud.tolist())
        if (other - one) / 100 >= shortest
    ]


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("name", names())
def test_a_spoken_speech(name, voice):
    script = read(name)
    samples, transcript = spoken(name, voice)
    builder = SeriesBuilder()
    builder.push(samples)
    metrics = measure(transcript, builder.finish(), {})

    heard = silences(samples, 1.4)
    assert len(heard) == len(metrics.pauses) == len(script.pauses)
    for pause, (start, end) in zip(metrics.pauses, heard, strict=True):
        assert pause.start == pytest.approx(start, abs=0.2)
        assert pause.duration == pytest.approx(end - start, abs=0.2)

    edges = np.flatnonzero(np.abs(samples.astype(np.int32)) > 300)
    sounding = (edges[-1] - edges[0]) / SAMPLE_RATE
    assert metrics.words_per_minute == pytest.approx(len(script.words) * 60 / sounding, rel=0.03)
    assert sounding == pytest.approx(seconds_of(script), rel=0.15)

    assert metrics.pitch is not None
    low, high = {"flite:kal16": (60, 110), "espeak:en-gb": (80, 125)}[voice]
    assert low < metrics.pitch.median_hz < high
    assert metrics.energy.variation > 0.2
    assert metrics.quality_warning is None

"""Loudness and pitch: right, and the same however the samples were cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.core.pitch import summarise
from evaluations.core.series import SAMPLE_RATE, SeriesBuilder


def tone(hertz: float, seconds: float = 1.0, peak: float = 8000) -> np.ndarray:
    time = np.arange(int(SAMPLE_RATE * seconds)) / SAMPLE_RATE
    return (peak * np.sin(2 * np.pi * hertz * time)).astype(np.int16)


def vowel(hertz: float, seconds: float = 1.0) -> np.ndarray:
    """Harmonics under three formants, at phases of no pattern, with a little noise."""
    time = np.arange(int(SAMPLE_RATE * seconds)) / SAMPLE_RATE
    sound = np.random.default_rng(7).normal(0, 0.002, len(time))
    for number in range(1, int(4000 / hertz)):
        partial = number * hertz
        gain = sum(1 / (1 + ((partial - formant) / 150) ** 2) for formant in (700, 1200, 2600))
        sound += gain / number**0.5 * np.sin(2 * np.pi * partial * time + number**2)
    return (sound / np.abs(sound).max() * 12000).astype(np.int16)


def grown(*pieces: np.ndarray):
    builder = SeriesBuilder()
    for piece in pieces:
        builder.push(piece)
    return builder.finish()


@pytest.mark.parametrize("sound", [tone, vowel])
@pytest.mark.parametrize("hertz", [60, 65, 73, 85, 98, 110, 150, 220, 261.6, 330, 415, 480, 500])
def test_pitch_is_within_three_percent(sound, hertz):
    f0 = grown(sound(hertz)).f0
    voiced = f0[f0 > 0]
    assert len(voiced) > 0.9 * len(f0)
    assert np.mean(np.abs(voiced / hertz - 1) < 0.03) > 0.98


@pytest.mark.parametrize("hertz", [70, 95, 120, 180, 240])
@pytest.mark.parametrize("second", [0.5, 1, 2, 4])
def test_a_loud_second_harmonic_is_no_octave(hertz, second):
    """The classic octave error: most of the energy is an octave above the voice."""
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    partials = {1: 1.0, 2: second, 3: 0.6, 4: 0.3}
    sound = sum(
        gain * np.sin(2 * np.pi * number * hertz * time + number)
        for number, gain in partials.items()
    )
    f0 = grown((sound / np.abs(sound).max() * 9000).astype(np.int16)).f0
    voiced = f0[f0 > 0]
    assert len(voiced) > 0.9 * len(f0)
    assert np.mean(np.abs(voiced / hertz - 1) < 0.03) > 0.98


def test_a_glide_is_followed():
    """A voice that rises by an octave in two seconds is never far from where it is."""
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    hertz = 110 * 2 ** (time / 2)
    phase = 2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE
    sound = np.sum([np.sin(number * phase) / number for number in range(1, 8)], axis=0)
    f0 = grown((sound * 4000).astype(np.int16)).f0
    centres = np.arange(len(f0)) * 160 + 320
    assert np.mean(np.abs(f0 / hertz[centres] - 1) < 0.03) > 0.95


def test_silence_and_noise_have_no_pitch():
    noise = np.random.default_rng(3).normal(0, 2000, SAMPLE_RATE).astype(np.int16)
    assert not grown(np.zeros(SAMPLE_RATE, dtype=np.int16)).f0.any()
    assert np.mean(grown(noise).f0 > 0) < 0.02


def test_an_octave_error_does_not_widen_the_range():
    f0 = np.full(400, 120, dtype=np.float32)
    f0[100:106] = 240
    pitch = summarise(f0, np.ones(400, dtype=np.bool_))
    assert pitch is not None
    assert (pitch.median_hz, pitch.range_semitones) == (120, 0)


def test_rms_is_that_of_the_samples():
    assert grown(tone(200)).rms == pytest.approx([8000 / 2**0.5] * 4, rel=1e-3)


SOUND = np.concatenate([vowel(140, 1.3), np.zeros(9000, dtype=np.int16), vowel(210, 1.9)])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, len(SOUND)), max_size=12))
def test_series_do_not_depend_on_how_samples_were_cut(cuts):
    whole, pieces = grown(SOUND), grown(*np.split(SOUND, sorted(cuts)))
    assert whole.duration_seconds == pieces.duration_seconds
    assert whole.rms.tobytes() == pieces.rms.tobytes()
    assert whole.f0.tobytes() == pieces.f0.tobytes()


def test_finishing_twice_and_pushing_on_changes_nothing():
    builder = SeriesBuilder()
    builder.push(SOUND[:20_000])
    assert builder.finish().f0.tobytes() == builder.finish().f0.tobytes()
    builder.push(SOUND[20_000:])
    assert builder.finish().f0.tobytes() == grown(SOUND).f0.tobytes()


def test_refuses_what_is_not_flat_int16():
    with pytest.raises(ValueError, match="int16"):
        SeriesBuilder().push(np.zeros(4, dtype=np.float32))

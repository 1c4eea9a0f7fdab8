"""Fundamental frequency by YIN (de Cheveigné and Kawahara, 2002), many frames at once.

Parameters from engines.md: 40 ms window, 10 ms hop, threshold 0.15, parabolic refinement, octave
check; range 60–500 Hz from measures.md.
"""

import numpy as np
from numpy.typing import NDArray

from evaluations.core.shapes import CamelShape

SAMPLE_RATE = 16_000
FRAME = 640
HOP = 160
LOWEST_HZ = 60.0
HIGHEST_HZ = 500.0
THRESHOLD = 0.15
# Below this a frame is silence or the converter's own noise, which can look periodic.
QUIET_RMS = 10.0

_MAX_LAG = int(SAMPLE_RATE / LOWEST_HZ) + 2
_MIN_LAG = int(SAMPLE_RATE / HIGHEST_HZ)
_SPAN = FRAME - _MAX_LAG
_FFT = 1024


def track_block(samples: NDArray[np.int16], frames: int, *, hop: int = HOP) -> NDArray[np.float32]:
    """F0 in Hz of ``frames`` frames, frame ``i`` being ``samples[i*hop : i*hop+640]``; 0 unvoiced.

    ``samples`` has at least ``(frames - 1) * hop + 640`` Int16 samples. Returns shape
    ``(frames,)``.
    """
    f0 = np.zeros(frames, dtype=np.float32)
    if frames == 0:
        return f0
    cut = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::hop][:frames]
    windows = cut.astype(np.float32)
    windows -= windows.mean(axis=1, keepdims=True)
    loud = np.einsum("ij,ij->i", windows, windows) > FRAME * QUIET_RMS**2
    if loud.any():
        f0[loud] = _yin(windows[loud])
    return f0


def _yin(windows: NDArray[np.float32]) -> NDArray[np.float32]:
    normalised = _cumulative_mean_normalised(_difference(windows))
    rows = np.arange(len(windows))
    below = normalised[:, _MIN_LAG:-1] < THRESHOLD
    voiced = below.any(axis=1)
    lag = _valley(normalised, below.argmax(axis=1) + _MIN_LAG)
    lag = _octave_checked(normalised, lag)
    left, mid, right = (normalised[rows, lag + step] for step in (-1, 0, 1))
    curve = left - 2 * mid + right
    shift = np.where(curve > 1e-9, 0.5 * (left - right) / np.where(curve > 1e-9, curve, 1), 0)
    hertz = SAMPLE_RATE / (lag + np.clip(shift, -0.5, 0.5))
    inside = voiced & (hertz >= LOWEST_HZ) & (hertz <= HIGHEST_HZ)
    return np.where(inside, hertz, 0).astype(np.float32)


def _difference(windows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Equation 6 of the paper: squared difference of each frame's head with itself, per lag."""
    spectrum = np.fft.rfft(windows, _FFT)
    head = np.fft.rfft(windows[:, :_SPAN], _FFT)
    correlation = np.fft.irfft(spectrum * head.conj(), _FFT)[:, : _MAX_LAG + 1]
    squares = np.cumsum(np.pad(windows.astype(np.float64) ** 2, ((0, 0), (1, 0))), axis=1)
    energy = squares[:, _SPAN : _SPAN + _MAX_LAG + 1] - squares[:, : _MAX_LAG + 1]
    difference = energy[:, :1] + energy - 2 * correlation
    return np.asarray(np.maximum(difference, 0))


def _cumulative_mean_normalised(difference: NDArray[np.float64]) -> NDArray[np.float64]:
    """Equation 8 of the paper."""
    sums = np.cumsum(difference[:, 1:], axis=1)
    lags = np.arange(1, difference.shape[1])
    normalised = np.ones_like(difference)
    np.divide(difference[:, 1:] * lags, sums, out=normalised[:, 1:], where=sums > 0)
    return normalised


def _valley(normalised: NDArray[np.float64], lag: NDArray[np.intp]) -> NDArray[np.intp]:
    """Walk each row downhill from ``lag`` to the nearest minimum."""
    rows = np.arange(len(lag))
    while True:
        further = np.minimum(lag + 1, _MAX_LAG - 1)
        lower = normalised[rows, further] < normalised[rows, lag]
        if not lower.any():
            return lag
        lag = np.where(lower, further, lag)


def _octave_checked(normalised: NDArray[np.float64], lag: NDArray[np.intp]) -> NDArray[np.intp]:
    """Take the double period instead where its valley is clearly the deeper one.

    A strong second harmonic puts a shallow valley at half the period; the true period's is deep.
    """
    rows = np.arange(len(lag))
    double = np.minimum(2 * lag, _MAX_LAG - 1)
    around = np.stack([np.clip(double + step, 1, _MAX_LAG - 1) for step in (-2, -1, 0, 1, 2)])
    best = around[normalised[rows, around].argmin(axis=0), rows]
    deeper = normalised[rows, best] < 0.3 * normalised[rows, lag]
    shallow = normalised[rows, lag] > 0.05
    return np.where((2 * lag < _MAX_LAG - 1) & deeper & shallow, best, lag)


class Pitch(CamelShape):
    """F0 over voiced speech: ``low`` and ``high`` are the 10th and 90th percentile, in Hz."""

    median_hz: float
    low: float
    high: float
    range_semitones: float
    voiced_fraction: float


_MIN_RUN = 3
_MIN_VOICED = 30
_NEIGHBOURHOOD = 101
_OCTAVE_ERROR_SEMITONES = 9.0


def summarise(f0: NDArray[np.float32], spoken: NDArray[np.bool_]) -> Pitch | None:
    """Pitch over the frames that are ``spoken`` (same shape as ``f0``); None when hardly voiced.

    Runs shorter than 30 ms are clicks and are dropped, as is a frame more than nine semitones from
    the median of the voiced second around it: an octave error, not a voice.
    """
    voiced = _long_runs((f0 > 0) & spoken)
    if voiced.sum() < _MIN_VOICED:
        return None
    semitones = 12 * np.log2(f0[voiced].astype(np.float64))
    half = _NEIGHBOURHOOD // 2
    padded = np.pad(semitones, half, mode="reflect" if len(semitones) > half else "edge")
    local = np.median(np.lib.stride_tricks.sliding_window_view(padded, _NEIGHBOURHOOD), axis=1)
    true = semitones[np.abs(semitones - local) < _OCTAVE_ERROR_SEMITONES]
    low, median, high = np.percentile(true, (10, 50, 90))
    return Pitch(
        median_hz=round(float(2 ** (median / 12)), 1),
        low=round(float(2 ** (low / 12)), 1),
        high=round(float(2 ** (high / 12)), 1),
        range_semitones=round(float(high - low), 2),
        voiced_fraction=round(float(voiced.sum() / max(1, spoken.sum())), 3),
    )


def _long_runs(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    kept = mask.copy()
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start < _MIN_RUN:
            kept[start:end] = False
    return kept

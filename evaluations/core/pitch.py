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
TOGETHER = 48
"""Frames that are transformed at once. A few cost three times as much each, because NumPy's price
is by the call; and so do a hundred, whose intermediate results no longer fit a processor's cache.
"""

# A voice right at an end of the range is measured a hair beside it, and belongs to it.
_EDGE = 1.01

_MAX_LAG = int(SAMPLE_RATE / LOWEST_HZ) + 2
_MIN_LAG = int(SAMPLE_RATE / HIGHEST_HZ)
_SPAN = FRAME - _MAX_LAG
_LAGS = np.arange(_MAX_LAG + 1)


def track_block(samples: NDArray[np.int16], frames: int, *, hop: int = HOP) -> NDArray[np.float32]:
    """F0 in Hz of ``frames`` frames, frame ``i`` being ``samples[i*hop : i*hop+640]``; 0 unvoiced.

    ``samples`` has at least ``(frames - 1) * hop + 640`` Int16 samples. Returns shape
    ``(frames,)``.
    """
    if frames == 0:
        return np.zeros(0, dtype=np.float32)
    cut = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::hop][:frames]
    return track_frames(cut)


def track_frames(frames: NDArray[np.int16]) -> NDArray[np.float32]:
    """F0 in Hz of each frame, 0 where unvoiced; ``frames`` has shape ``(n, 640)``, the result (n,).

    A frame's answer does not depend on those beside it.
    """
    f0 = np.zeros(len(frames), dtype=np.float32)
    for at in range(0, len(frames), TOGETHER):
        f0[at : at + TOGETHER] = _track(frames[at : at + TOGETHER])
    return f0


def _track(frames: NDArray[np.int16]) -> NDArray[np.float32]:
    f0 = np.zeros(len(frames), dtype=np.float32)
    # Doubles: NumPy's transforms of single precision are not faster, and here they are slower.
    windows = frames.astype(np.float64)
    windows -= windows.mean(axis=1, keepdims=True)
    loud = np.einsum("ij,ij->i", windows, windows) > FRAME * QUIET_RMS**2
    if loud.any():
        f0[loud] = _yin(windows[loud])
    return f0


def _yin(windows: NDArray[np.float64]) -> NDArray[np.float32]:
    normalised = _cumulative_mean_normalised(_difference(windows))
    below = normalised[:, _MIN_LAG:-1] < THRESHOLD
    first = below.argmax(axis=1)
    voiced = np.flatnonzero(below[np.arange(len(below)), first])
    f0 = np.zeros(len(windows), dtype=np.float32)
    if not len(voiced):
        return f0
    normalised = normalised[voiced]
    rows = np.arange(len(voiced))
    lag = _octave_checked(normalised, _valley(normalised, first[voiced] + _MIN_LAG))
    left, mid, right = (normalised[rows, lag + step] for step in (-1, 0, 1))
    curve = left - 2 * mid + right
    bent = curve > 1e-9
    shift = np.where(bent, 0.5 * (left - right) / np.where(bent, curve, 1), 0)
    hertz = SAMPLE_RATE / (lag + np.minimum(np.maximum(shift, -0.5), 0.5))
    inside = (hertz >= LOWEST_HZ / _EDGE) & (hertz <= HIGHEST_HZ * _EDGE)
    f0[voiced] = np.where(inside, np.minimum(np.maximum(hertz, LOWEST_HZ), HIGHEST_HZ), 0)
    return f0


def _difference(windows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Equation 6 of the paper: squared difference of each frame's head with itself, per lag."""
    # The head shifted by the longest lag still lies in the frame: a transform as long as the frame
    # wraps nothing around.
    spectrum = np.fft.rfft(windows)
    head = np.fft.rfft(windows[:, :_SPAN], FRAME)
    correlation = np.fft.irfft(spectrum * head.conj(), FRAME)[:, : _MAX_LAG + 1]
    squares = np.zeros((len(windows), FRAME + 1))
    np.cumsum(np.square(windows), axis=1, out=squares[:, 1:])
    energy = squares[:, _SPAN : _SPAN + _MAX_LAG + 1] - squares[:, : _MAX_LAG + 1]
    difference = energy[:, :1] + energy - 2 * correlation
    return np.asarray(np.maximum(difference, 0))


def _cumulative_mean_normalised(difference: NDArray[np.float64]) -> NDArray[np.float64]:
    """Equation 8 of the paper."""
    sums = np.cumsum(difference[:, 1:], axis=1)
    normalised = np.ones_like(difference)
    np.divide(difference[:, 1:] * _LAGS[1:], sums, out=normalised[:, 1:], where=sums > 0)
    return normalised


def _valley(normalised: NDArray[np.float64], lag: NDArray[np.intp]) -> NDArray[np.intp]:
    """Walk each row downhill from ``lag`` to the nearest minimum."""
    ends = np.ones((len(lag), _MAX_LAG), dtype=np.bool_)
    np.greater_equal(normalised[:, 1:-1], normalised[:, :-2], out=ends[:, :-1])
    ends &= _LAGS[:_MAX_LAG] >= lag[:, np.newaxis]
    return np.asarray(ends.argmax(axis=1))


_AROUND = np.arange(-2, 3)[:, np.newaxis]


def _octave_checked(normalised: NDArray[np.float64], lag: NDArray[np.intp]) -> NDArray[np.intp]:
    """Take the double period instead where its valley is clearly the deeper one.

    A strong second harmonic puts a shallow valley at half the period; the true period's is deep.
    """
    rows = np.arange(len(lag))
    double = np.minimum(2 * lag, _MAX_LAG - 1)
    around = np.minimum(np.maximum(double + _AROUND, 1), _MAX_LAG - 1)
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

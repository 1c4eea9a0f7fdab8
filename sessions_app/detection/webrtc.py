"""Speech told from noise by the Gaussian mixture model of WebRTC's voice activity detector."""

import importlib
from typing import Any, Final

import numpy as np

from sessions_app.core.audio import CHUNK_SAMPLES, SAMPLE_RATE, Windows

JUDGED: Final = SAMPLE_RATE // 100
"""Samples that the model judges at once: 10 ms, so that a window is a vote of five."""


class WebRtcDetector:
    """Asks the model five times about each window.

    Args:
        aggressiveness: 0 calls most things speech, 3 the fewest.

    Raises:
        ImportError: webrtcvad-wheels is not installed.
    """

    def __init__(self, aggressiveness: int = 2) -> None:
        try:
            webrtcvad = importlib.import_module("webrtcvad")
        except ImportError as error:
            raise ImportError("Install it with: pip install webrtcvad-wheels") from error
        self._vad: Any = webrtcvad.Vad(aggressiveness)

    def probabilities(self, windows: Windows) -> list[float]:
        """The share of each window's parts that the model calls speech."""
        parts = windows.samples.reshape(-1, JUDGED)
        votes = [self._vad.is_speech(part.tobytes(), SAMPLE_RATE) for part in parts]
        return list(np.reshape(votes, (-1, CHUNK_SAMPLES // JUDGED)).mean(axis=1).tolist())

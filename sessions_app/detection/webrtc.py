"""Speech told from noise by the Gaussian mixture model of WebRTC's voice activity detector."""

import importlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sessions_app.core.audio import SAMPLE_RATE


class WebRtcDetector:
    """Judges 10 ms windows, so that a window of the VAD is a vote of five.

    Args:
        aggressiveness: 0 calls most things speech, 3 the fewest.

    Raises:
        ImportError: webrtcvad-wheels is not installed.
    """

    window = SAMPLE_RATE // 100

    def __init__(self, aggressiveness: int = 2) -> None:
        try:
            webrtcvad = importlib.import_module("webrtcvad")
        except ImportError as error:
            raise ImportError("Install it with: pip install webrtcvad-wheels") from error
        self._vad: Any = webrtcvad.Vad(aggressiveness)

    def probability(self, window: NDArray[np.int16]) -> float:
        """The model answers yes or no: 1.0 or 0.0."""
        return float(self._vad.is_speech(window.astype("<i2").tobytes(), SAMPLE_RATE))

"""The seam behind which a window of sound is told to be speech or not."""

from typing import Protocol

from sessions_app.core.audio import Windows


class SpeechDetector(Protocol):
    """Judges consecutive windows of one speech. Pure: same windows, same answers."""

    def probabilities(self, windows: Windows) -> list[float]:
        """The probability (0–1) that each of the next ``windows`` holds speech.

        The answers are the same however many windows are given at once.
        """
        ...

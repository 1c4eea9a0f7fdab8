import numpy as np
import pytest

from sessions_app.core.vad import Vad, VadStatus
from sessions_app.detection.webrtc import WebRtcDetector
from tests.speech import PASSAGE, cut, noise, silence, spoken

pytest.importorskip("webrtcvad", reason="webrtcvad-wheels is an extra")


def share_of_speech(samples) -> float:
    vad = Vad(WebRtcDetector(), 3)
    events = [event for chunk in cut(samples.tobytes()) for event in vad.push(chunk)]
    verdicts = [event.is_speech for event in events if isinstance(event, VadStatus)]
    return sum(verdicts) / len(verdicts)


def test_words_are_speech():
    assert share_of_speech(spoken(PASSAGE)) > 0.7


@pytest.mark.parametrize("sound", [silence(5), noise(5, level=20)])
def test_silence_and_quiet_noise_are_not(sound):
    assert share_of_speech(sound) < 0.1


def test_it_answers_with_a_probability():
    detector = WebRtcDetector()
    assert detector.probability(np.zeros(detector.window, np.int16)) == 0.0

import numpy as np
import pytest

from sessions_app.core.audio import Windows
from sessions_app.core.vad import Vad, VadStatus
from sessions_app.detection.webrtc import WebRtcDetector
from tests.speech import PASSAGE, cut, noise, silence, spoken

pytest.importorskip("webrtcvad", reason="webrtcvad-wheels is an extra")


def share_of_speech(samples) -> float:
    windows = Windows.of(samples[: len(samples) // 800 * 800].tobytes())
    events = Vad(WebRtcDetector(), 3).judge(windows)
    verdicts = [event.is_speech for event in events if isinstance(event, VadStatus)]
    return sum(verdicts) / len(verdicts)


def test_words_are_speech():
    assert share_of_speech(spoken(PASSAGE)) > 0.7


@pytest.mark.parametrize("sound", [silence(5), noise(5, level=20)])
def test_silence_and_quiet_noise_are_not(sound):
    assert share_of_speech(sound) < 0.1


def test_it_answers_with_a_share_of_votes_whichever_windows_are_given_together():
    samples = np.r_[spoken(PASSAGE)[: 20 * 800], silence(1)]
    together = WebRtcDetector().probabilities(Windows.of(samples.tobytes()))
    detector = WebRtcDetector()
    alone = [detector.probabilities(Windows.of(one))[0] for one in cut(samples.tobytes())]
    assert together == alone
    assert {round(5 * share, 9) % 1 for share in together} == {0.0}
    assert together[-1] == 0.0
    assert max(together) == 1.0

import numpy as np
import pytest

from sessions_app.core.audio import Blocks
from sessions_app.core.health import HealthMonitor
from tests.speech import SAMPLE_RATE, alternating, cut, noise, silence


def kinds(*parts, size: int = 800):
    monitor, blocks = HealthMonitor(), Blocks()
    pcm = np.concatenate(parts).tobytes()
    return [
        (change.kind, change.at_seconds)
        for chunk in cut(pcm, size)
        if (windows := blocks.push(chunk)) is not None
        for change in monitor.judge(windows)
    ]


def talk(seconds: int, level: float = 3_000, floor: float = 20):
    return np.concatenate(
        [np.r_[noise(0.7, level, n), noise(0.3, floor, n)] for n in range(seconds)]
    )


def distorted(seconds: float):
    tone = np.sin(np.arange(round(seconds * SAMPLE_RATE)) * 0.1) * 60_000
    return np.clip(tone, -32_768, 32_767).astype("<i2")


def test_ordinary_talk_is_ok_and_says_nothing():
    assert kinds(talk(30)) == []


def test_five_seconds_of_near_zero_are_muted_until_sound_returns():
    assert kinds(talk(3), silence(6), talk(2)) == [
        ("muted", pytest.approx(8)),
        ("ok", pytest.approx(9.05)),
    ]


def test_three_seconds_at_full_scale_are_clipping_until_they_leave_the_last_ten():
    changes = kinds(talk(5), distorted(3), talk(12))
    assert changes == [("clipping", pytest.approx(8)), ("ok", pytest.approx(15.05))]


def test_speech_hardly_above_the_noise_is_noisy():
    assert [kind for kind, _ in kinds(talk(20, level=500, floor=300))] == ["noisy"]


def test_changes_do_not_depend_on_how_the_samples_were_cut():
    parts = (talk(5), silence(7), distorted(4), talk(12, level=500, floor=300))
    assert kinds(*parts, size=333) == kinds(*parts)


def test_a_quiet_room_without_speech_is_not_called_noisy():
    assert kinds(noise(20, level=15)) == []


def test_pauses_of_a_speaker_are_not_muted():
    assert kinds(np.frombuffer(alternating([("speech", 2), ("silence", 4)] * 4), "<i2")) == []


def test_a_speaker_with_long_pauses_in_a_room_that_hums_is_not_noisy():
    turns = [np.r_[noise(2, 3_000, n), noise(3, 100, n)] for n in range(6)]
    assert kinds(*turns) == []

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_app.core.audio import Blocks, Windows
from sessions_app.core.threshold import AdaptiveThreshold
from sessions_app.core.vad import SpeechEnd, Vad, VadStatus
from sessions_app.detection.energy import EnergyDetector
from tests.speech import alternating, burst

Events = list[VadStatus | SpeechEnd]

PARTS = st.lists(
    st.tuples(
        st.sampled_from(["speech", "silence"]), st.floats(0.05, 4).map(lambda s: round(s, 2))
    ),
    max_size=8,
)


def run(vad: Vad, pcm: bytes) -> Events:
    return vad.judge(Windows.of(pcm[: len(pcm) // 1_600 * 1_600]))


def ends(events: Events) -> list[SpeechEnd]:
    return [event for event in events if isinstance(event, SpeechEnd)]


def statuses(events: Events) -> list[VadStatus]:
    return [event for event in events if isinstance(event, VadStatus)]


@settings(max_examples=40, deadline=None)
@given(parts=PARTS, sizes=st.lists(st.integers(1, 5_000), min_size=1, max_size=8))
def test_events_do_not_depend_on_which_windows_are_given_together(parts, sizes):
    pcm = alternating([("speech", 4.0), *parts, ("silence", 4.0)])
    vad, blocks, events, at, turn = Vad(EnergyDetector(), 3), Blocks(), [], 0, 0
    while at < len(pcm):
        size = sizes[turn % len(sizes)] * 2
        windows = blocks.push(pcm[at : at + size])
        events += vad.judge(windows) if windows is not None else []
        at, turn = at + size, turn + 1
    assert events == run(Vad(EnergyDetector(), 3), pcm)


def test_an_end_is_suggested_once_per_silence_with_its_length():
    parts = [("speech", 8.0), ("silence", 9.0), ("speech", 1.0), ("silence", 4.0)]
    found = ends(run(Vad(EnergyDetector(), 3), alternating(parts)))
    assert [end.silence_duration_seconds for end in found] == pytest.approx([3, 3], abs=0.06)
    assert [end.at_seconds for end in found] == pytest.approx([11, 21], abs=0.06)


def test_it_fires_inside_a_silence_when_ten_seconds_have_passed():
    (end,) = ends(run(Vad(EnergyDetector(), 3), alternating([("speech", 4), ("silence", 10)])))
    assert end.at_seconds == pytest.approx(10)
    assert end.silence_duration_seconds == pytest.approx(6, abs=0.06)


def test_less_than_three_seconds_of_speech_suggest_nothing():
    assert not ends(run(Vad(EnergyDetector(), 3), alternating([("speech", 2.9), ("silence", 20)])))


def test_disabled_suggests_nothing_but_the_status_flows():
    events = run(
        Vad(EnergyDetector(), 3, enabled=False), alternating([("speech", 8), ("silence", 9)])
    )
    assert not ends(events)
    assert len(statuses(events)) == 17 * 4


def test_status_comes_four_times_a_second_and_its_energy_is_between_0_and_1():
    found = statuses(run(Vad(EnergyDetector(), 3), alternating([("speech", 2), ("silence", 1)])))
    assert [s.at_seconds for s in found] == pytest.approx([0.25 * n for n in range(1, 13)])
    assert all(0 <= s.energy <= 1 for s in found)
    assert [s.is_speech for s in found] == [True] * 8 + [False] * 4


def test_one_slammed_door_does_not_flatten_the_meter():
    pcm = np.concatenate([burst(0.05, 20_000), burst(30, 2_000)]).tobytes()
    found = statuses(run(Vad(EnergyDetector(), 3), pcm))
    assert found[0].energy < 0.15
    assert found[-1].energy > 0.6


def test_the_threshold_follows_a_loud_speaker_in_a_noisy_room():
    threshold = AdaptiveThreshold()
    for number in range(600):
        level = 4_000.0 if number % 5 < 3 else 300.0
        threshold.learn(level, is_speech=level >= threshold.value)
    assert threshold.value == pytest.approx(600, rel=0.05)
    room = np.concatenate(
        [*[np.concatenate([burst(1, 4_000), burst(0.5, 300)])] * 20, burst(4, 300)]
    )
    assert ends(run(Vad(EnergyDetector(), 3), room.tobytes()))

"""Practice mode: the speaker is told of pace, fillers and silence; in front of a club never."""

from typing import Literal

import pytest

from evaluations.core.shapes import Segment, Word
from sessions_app.contract import messages as m
from sessions_app.transcription import StreamStatus, Utterance
from tests.sessions_app.core.driving import Driver
from tests.speech import alternating, cut


def rushed(start: float, seconds: float) -> Utterance:
    """An utterance at 300 words a minute."""
    words = tuple(
        Word(word="word", start_time=start + at / 5, end_time=start + at / 5 + 0.2, confidence=1)
        for at in range(round(seconds * 5))
    )
    text = " ".join(word.word for word in words)
    end = start + seconds
    return Utterance(Segment(text=text, start_time=start, end_time=end, words=words, is_final=True))


def cues(driver: Driver) -> list[str]:
    return [sent.cue_type for sent in driver.sent() if isinstance(sent, m.CoachingCue)]


@pytest.fixture
def driver() -> Driver:
    return Driver()


def practise(driver: Driver, mode: Literal["live", "practice"]) -> None:
    driver.say(m.SetSessionMode(mode=mode))
    driver.record()


def test_a_rushed_passage_brings_a_cue(driver):
    practise(driver, "practice")
    driver.machine.receive_speech(rushed(0, 30))
    assert cues(driver) == ["too_fast"]


def test_one_of_a_kind_in_thirty_seconds(driver):
    practise(driver, "practice")
    driver.machine.receive_speech(rushed(0, 15))
    driver.machine.receive_speech(rushed(15, 10))
    assert cues(driver) == ["too_fast"]


def test_a_silence_after_speech_brings_a_cue(driver):
    practise(driver, "practice")
    for chunk in cut(alternating([("speech", 5), ("silence", 9)])):
        driver.now += 0.05
        driver.hear(chunk)
    assert cues(driver) == ["silence"]


def test_without_captions_nothing_is_said_of_pace(driver):
    practise(driver, "practice")
    driver.machine.receive_speech(StreamStatus("reconnecting"))
    driver.machine.receive_speech(rushed(0, 30))
    assert cues(driver) == []


def test_in_front_of_the_club_nothing_is_said(driver):
    practise(driver, "live")
    driver.machine.receive_speech(rushed(0, 30))
    for chunk in cut(alternating([("speech", 5), ("silence", 9)])):
        driver.now += 0.05
        driver.hear(chunk)
    assert cues(driver) == []

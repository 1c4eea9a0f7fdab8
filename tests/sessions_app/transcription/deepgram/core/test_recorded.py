"""The vendor's answers for recordings."""

import pytest

from sessions_app.transcription.core.parts import UnusableAnswerError
from sessions_app.transcription.deepgram.core import recorded


def answer(*words: tuple[str, float, float], duration: object = 10.0):
    alternative = {
        "transcript": " ".join(one[0] for one in words),
        "confidence": 0.9,
        "words": [
            {"word": text, "start": start, "end": end, "confidence": 0.9}
            for text, start, end in words
        ],
    }
    return {
        "metadata": {"duration": duration},
        "results": {"channels": [{"alternatives": [alternative]}]},
    }


def test_words_are_placed_in_the_speech():
    part = recorded.decode(answer(("um", 1, 1.5)), start=600, seconds=10)
    assert (part.start, part.end) == (600, 610)
    assert [(w.word, w.start_time, w.end_time) for w in part.words] == [("um", 601, 601.5)]


@pytest.mark.parametrize("duration", [0, 0.0, 5.0, -1, "10", True])
def test_an_answer_about_less_than_all_of_the_audio_is_refused(duration):
    with pytest.raises(UnusableAnswerError):
        recorded.decode(answer(("um", 1, 1.5), duration=duration), start=0, seconds=10)


def test_an_answer_without_a_duration_is_measured_by_the_audio():
    without = answer(("um", 1, 1.5))
    del without["metadata"]["duration"]
    assert recorded.decode(without, start=0, seconds=10).end == 10


def test_words_that_take_no_time_are_refused():
    with pytest.raises(UnusableAnswerError, match="no times"):
        recorded.decode(answer(("um", 0, 0), ("yes", 0, 0)), start=0, seconds=10)


def test_text_without_words_is_spread_over_the_audio():
    text = answer()
    text["results"]["channels"][0]["alternatives"][0] = {"transcript": "one two"}
    part = recorded.decode(text, start=0, seconds=10)
    assert [(w.word, w.start_time, w.end_time) for w in part.words] == [
        ("one", 0, 5),
        ("two", 5, 10),
    ]


def test_silence_has_no_words():
    assert recorded.decode(answer(), start=0, seconds=10).words == ()


@pytest.mark.parametrize(
    "payload",
    [None, [], {}, {"results": {}}, {"results": {"channels": []}},
     {"results": {"channels": [{"alternatives": []}]}}, {"request_id": "queued"}],
)  # fmt: skip
def test_what_is_no_transcript_is_refused(payload):
    with pytest.raises(UnusableAnswerError):
        recorded.decode(payload, start=0, seconds=10)

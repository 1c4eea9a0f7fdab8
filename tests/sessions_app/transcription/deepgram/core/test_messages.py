"""The vendor's messages, well formed and not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.transcription.core.utterances import segment
from sessions_app.transcription.deepgram.core.messages import (
    Complaint,
    Goodbye,
    Results,
    UtteranceEnd,
    decode,
)


def results(**changes):
    alternative = {
        "transcript": "Well, um yes",
        "confidence": 0.9,
        "words": [
            {"word": "well", "punctuated_word": "Well,", "start": 1.0, "end": 1.2,
             "confidence": 0.99, "speaker": 1},
            {"word": "um", "punctuated_word": "um", "start": 1.3, "end": 1.5,
             "confidence": 0.8, "speaker": 0},
            {"word": "yes", "start": 1.6, "end": 1.9, "confidence": 0.7, "speaker": 0},
        ],
    }  # fmt: skip
    payload = {
        "type": "Results",
        "start": 1.0,
        "duration": 1.0,
        "is_final": True,
        "speech_final": False,
        "channel": {"alternatives": [alternative]},
    }
    return payload | changes


def test_results_have_words_with_times_confidence_and_speaker():
    message = decode(results())
    assert isinstance(message, Results)
    assert (message.start, message.end, message.is_final) == (1.0, 2.0, True)
    assert [word.word for word in message.words] == ["Well,", "um", "yes"]
    assert [word.start_time for word in message.words] == [1.0, 1.3, 1.6]
    assert [word.confidence for word in message.words] == [0.99, 0.8, 0.7]
    assert [word.speaker_id for word in message.words] == ["1", "0", "0"]


def test_a_segment_is_spoken_by_whom_most_of_it_is():
    message = decode(results())
    assert isinstance(message, Results)
    assert segment(message.words, is_final=True).speaker_id == "0"


def test_text_without_words_takes_the_time_of_its_span():
    channel = {"alternatives": [{"transcript": "two words", "confidence": 0.5}]}
    message = decode(results(channel=channel))
    assert isinstance(message, Results)
    times = [(word.word, word.start_time, word.end_time) for word in message.words]
    assert times == [("two", 1.0, 1.5), ("words", 1.5, 2.0)]


@pytest.mark.parametrize("field", ["is_final", "speech_final", "from_finalize"])
def test_what_is_not_said_to_be_final_is_not(field):
    for value in (None, "true", 1):
        message = decode(results(**{field: value}))
        assert isinstance(message, Results)
        assert getattr(message, field) is False


def test_other_messages():
    assert decode({"type": "UtteranceEnd", "last_word_end": 2}) == UtteranceEnd()
    assert decode({"type": "Metadata"}) == Goodbye()
    assert decode({"type": "Error", "description": "private words"}) == Complaint()
    assert decode({"type": "SpeechStarted"}) is None
    assert decode({"type": "Surprise"}) is None


def test_times_outside_of_the_span_are_brought_into_it():
    words = [{"word": "late", "start": 5.0, "end": -3}, {"word": "odd", "start": 1.5, "end": 9}]
    channel = {"alternatives": [{"words": words}]}
    message = decode(results(channel=channel))
    assert isinstance(message, Results)
    assert [(word.start_time, word.end_time) for word in message.words] == [(1.5, 2.0)]


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "start", "duration", "channel", "alternatives", "words", "word"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(anything)
def test_nothing_that_is_sent_raises(payload):
    decode(payload)
    if isinstance(payload, dict):
        decode({**payload, "type": "Results"})


@given(st.dictionaries(st.sampled_from(["start", "duration", "channel", "is_final"]), anything))
def test_no_damaged_result_raises(changes):
    decode(results(**changes))

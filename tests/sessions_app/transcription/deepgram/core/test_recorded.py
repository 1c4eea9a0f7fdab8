"""The vendor's answers for recordings, and how their parts are joined."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.core.shapes import Word
from sessions_app.transcription.deepgram.core import recorded
from sessions_app.transcription.deepgram.core.recorded import Part, UnusableAnswerError


def word(text: str, start: float, end: float | None = None) -> Word:
    return Word(
        word=text,
        start_time=round(start, 3),
        end_time=round(end if end is not None else start + 0.2, 3),
        confidence=0.9,
    )


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


def texts(parts: list[Part]) -> list[str]:
    return [one.word for one in recorded.joined(parts)]


def test_a_word_in_the_overlap_comes_once():
    left = Part(0, 20, (word("a", 1), word("b", 14), word("c", 16), word("d", 19)))
    right = Part(12, 30, (word("b", 14.05), word("c", 15.9), word("d", 19.1), word("e", 25)))
    assert texts([left, right]) == ["a", "b", "c", "d", "e"]
    assert texts([right, left]) == ["a", "b", "c", "d", "e"]


def test_half_a_word_at_an_edge_is_taken_from_whoever_heard_all_of_it():
    left = Part(0, 20, (word("one", 15), word("two", 17), word("thr", 19.9)))
    right = Part(12, 30, (word("n", 12), word("one", 15), word("two", 17), word("three", 19.9)))
    assert texts([left, right]) == ["one", "two", "three"]


def test_said_twice_is_heard_twice():
    said = (word("very", 15), word("very", 15.3), word("very", 15.6))
    assert texts([Part(0, 20, said), Part(12, 30, said)]) == ["very"] * 3


def test_where_the_parts_agree_on_nothing_they_change_over_in_the_middle():
    left = Part(0, 20, (word("a", 13), word("b", 18)))
    right = Part(12, 30, (word("x", 13), word("y", 18), word("z", 25)))
    assert texts([left, right]) == ["a", "y", "z"]


def test_a_pause_in_the_overlap_loses_nothing():
    assert texts([Part(0, 20, (word("a", 1),)), Part(12, 30, (word("z", 29),))]) == ["a", "z"]


@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.floats(0.25, 4)), max_size=60),
    st.integers(20, 40),
    st.integers(3, 8),
)
def test_parts_of_one_speech_give_it_back(said, length, overlap):
    """Words anywhere, cut anywhere: heard by both, by one, or cut through at an edge."""
    clock, words = 0.0, []
    for text, gap in said:
        clock += gap
        words.append(word(text, clock))
        clock += 0.2
    parts, start = [], 0.0
    while start < clock:
        end = start + length
        inside = tuple(w for w in words if start <= w.start_time and w.end_time <= end)
        parts.append(Part(start, end, inside))
        start = end - overlap
    assert list(recorded.joined(parts)) == words


def test_utterances_end_at_pauses_at_the_speaker_and_after_long_sentences():
    said = [word("one", 0), word("two", 0.3), word("three", 1.5)]
    found = recorded.transcript(said).segments
    assert [segment.text for segment in found] == ["one two", "three"]
    assert all(segment.is_final for segment in found)
    other = said[0].model_copy(update={"speaker_id": "1"})
    assert len(recorded.transcript([other, said[1]]).segments) == 2
    long = [word("on", at * 0.3) for at in range(45)] + [word("end.", 13.5), word("Next", 13.8)]
    assert [segment.words[-1].word for segment in recorded.transcript(long).segments] == [
        "end.",
        "Next",
    ]


def test_no_words_make_no_utterance():
    assert recorded.transcript([]).segments == ()

"""What OpenAI's answers mean."""

import pytest

from sessions_app.transcription.core.parts import UnusableAnswerError
from sessions_app.transcription.openai.core.answer import Answer, decode, usage_of


def spoken(*words: object, text: str = "Um, yes.", duration: object = 10.0) -> dict[str, object]:
    return {"text": text, "duration": duration, "words": list(words)}


UM, YES = {"word": " um", "start": 1.0, "end": 1.5}, {"word": "yes", "start": 2, "end": 2.5}


def test_texts_as_they_are_written_and_words_with_times():
    answer = decode(spoken(YES, UM), 10)
    assert answer.texts == ("Um,", "yes.")
    found = [(word.word, word.start_time, word.end_time) for word in answer.words]
    assert found == [("um", 1.0, 1.5), ("yes", 2, 2.5)]


def test_a_model_without_times_gives_text_alone():
    assert decode({"text": "Um, yes.", "logprobs": None}, 10) == Answer(("Um,", "yes."))


def test_times_that_are_all_nought_are_none():
    zero = {"start": 0, "end": 0}
    assert decode(spoken(UM | zero, YES | zero), 10).words == ()


@pytest.mark.parametrize("duration", [0, 5.0, -1, True, "nan", "soon", [10]])
def test_an_answer_about_less_than_all_of_the_audio_is_refused(duration):
    with pytest.raises(UnusableAnswerError):
        decode(spoken(UM, duration=duration), 10)


@pytest.mark.parametrize("duration", [None, 9.99, "9.99", 11])
def test_a_duration_that_is_true_or_not_told_is_none_to_refuse(duration):
    assert decode(spoken(UM, duration=duration), 10).words


@pytest.mark.parametrize("payload", [None, [], {}, "text", {"text": None}, {"words": [UM]}])
def test_what_is_no_transcript_is_refused(payload):
    with pytest.raises(UnusableAnswerError):
        decode(payload, 10)


@pytest.mark.parametrize(
    "entry",
    [None, "um", {}, UM | {"word": " "}, UM | {"start": None}, UM | {"end": -1}, UM | {"word": 3}],
)
def test_an_entry_that_is_no_word_is_passed_over(entry):
    assert [word.word for word in decode(spoken(entry, YES), 10).words] == ["yes"]


def test_words_lie_within_the_audio_and_end_after_they_begin():
    backwards, late = YES | {"end": 1.0}, {"word": "late", "start": 9.5, "end": 12}
    words = decode(spoken(backwards, late), 10).words
    assert [(word.start_time, word.end_time) for word in words] == [(2, 2), (9.5, 10)]


def test_silence_has_no_words():
    assert decode({"text": "", "duration": 10.0, "words": []}, 10) == Answer()


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"type": "tokens", "input_tokens": 7, "output_tokens": 3}, (7, 3)),
        ({"type": "duration", "seconds": 10}, (0, 0)),
        ({"input_tokens": -7, "output_tokens": True}, (0, 0)),
        ("much", (0, 0)),
        (None, (0, 0)),
    ],
)
def test_tokens_are_counted_where_they_are_told(usage, tokens):
    assert usage_of({"text": "", "usage": usage}) == tokens

"""Words as utterances."""

from sessions_app.transcription.core.utterances import transcript
from tests.sessions_app.transcription.words import word


def test_utterances_end_at_pauses_at_the_speaker_and_after_long_sentences():
    said = [word("one", 0), word("two", 0.3), word("three", 1.5)]
    found = transcript(said).segments
    assert [segment.text for segment in found] == ["one two", "three"]
    assert all(segment.is_final for segment in found)
    other = said[0].model_copy(update={"speaker_id": "1"})
    assert len(transcript([other, said[1]]).segments) == 2
    long = [word("on", at * 0.3) for at in range(45)] + [word("end.", 13.5), word("Next", 13.8)]
    assert [segment.words[-1].word for segment in transcript(long).segments] == [
        "end.",
        "Next",
    ]


def test_no_words_make_no_utterance():
    assert transcript([]).segments == ()

"""A transcript put right: words of the speaker, at the times at which they were heard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.core.correcting import correctable, corrected, requoted
from evaluations.core.evidence import grounded
from evaluations.core.metrics import measure, remeasured
from evaluations.core.series import AudioSeries
from evaluations.core.shapes import Evaluation, Item, Segment, Transcript
from tests.evaluations.speeches import BOAT, segment, spoken
from tests.sessions_app.kept import evaluation, transcript

WORDS = st.lists(st.sampled_from(["boat", "Boat,", "um", "shelf", "é", "...", "9"]), max_size=8)


def texts(given_transcript):
    return [one.text for one in correctable(given_transcript)]


def test_nothing_changed_is_nothing_done():
    said = transcript()
    assert corrected(said, texts(said)).transcript is said


def test_a_word_that_stays_keeps_its_time_and_another_takes_that_of_the_one_it_replaces():
    said = transcript(("Have you ever missed a drain", "Never mind"))
    done = corrected(said, ["Have you ever missed a train", "Never mind"])
    before, after = said.words, done.transcript.words
    assert done.changed == 1
    assert [word.word for word in after][5] == "train"
    assert [(w.start_time, w.end_time) for w in after] == [
        (w.start_time, w.end_time) for w in before
    ]
    assert (after[5].confidence, after[4]) == (1.0, before[4])


def test_two_words_for_one_share_its_time_by_their_length():
    said = transcript(("missed the last training home",))
    done = corrected(said, ["missed the last train in home"])
    old = said.words[3]
    first, second = done.transcript.words[3:5]
    assert (first.start_time, second.end_time) == (old.start_time, old.end_time)
    assert first.end_time == second.start_time
    assert first.end_time - first.start_time > second.end_time - second.start_time
    assert done.places[3] == (3, 5)


def test_case_and_punctuation_are_corrections_too_and_keep_what_was_heard():
    said = transcript(("it was cold",))
    done = corrected(said, ["It was cold."])
    assert (done.changed, done.transcript.text) == (2, "It was cold.")
    assert [word.confidence for word in done.transcript.words] == [0.9] * 3


def test_an_emptied_line_goes():
    said = transcript(("one two", "three four"))
    done = corrected(said, ["", "three four"])
    assert done.transcript.text == "three four"
    assert done.places == ((0, 0), (0, 0), (0, 1), (1, 2))


def test_a_line_without_times_gets_those_of_its_span():
    bare = Transcript(
        segments=(Segment(text="one two three", start_time=3, end_time=6, is_final=True),)
    )
    words = corrected(bare, ["one two four"]).transcript.words
    assert (words[0].start_time, words[-1].end_time) == (3, 6)


def test_as_many_lines_as_there_are():
    with pytest.raises(ValueError, match="shorter"):
        corrected(transcript(), ["one"])


@given(st.lists(WORDS, min_size=1, max_size=4), st.data())
def test_whatever_is_written_is_what_stands_there_in_order_of_time(lines, data):
    said = Transcript(
        segments=tuple(segment(*spoken(" ".join(line) or "x").words) for line in lines)
    )
    written = [" ".join(data.draw(WORDS)) for _ in lines]
    done = corrected(said, written)
    assert done.transcript.text.split() == " ".join(written).split()
    for one in done.transcript.segments:
        times = [at for word in one.words for at in (word.start_time, word.end_time)]
        assert times == sorted(times)
    assert len(done.places) == len(done.before)
    count = len(done.transcript.words)
    assert all(0 <= first <= last <= count for first, last in done.places)


def test_quotes_follow_their_words_in_every_sentence():
    said = transcript(("Have you ever missed a drain by ten seconds?", "Not once in my whole life"))
    given_evaluation = Evaluation(
        opening="Thank you.",
        items=(
            Item(
                type="commendation",
                summary="“Have you ever missed a drain by ten seconds?” is a question.",
                explanation="It opens.",
                evidence_quote="Have you ever missed a drain by ten seconds?",
                evidence_timestamp=0,
            ),
        ),
        closing="Thank you.",
    )
    done = corrected(said, ["Have you never missed a train by ten seconds?", texts(said)[1]])
    followed = requoted(given_evaluation, done)
    assert followed.items[0].evidence_quote == "Have you never missed a train by ten seconds?"
    assert "drain" not in followed.items[0].summary
    assert grounded(followed, done.transcript).items == followed.items


def test_a_quote_that_is_too_short_by_now_no_longer_passes():
    said = transcript()
    plain = evaluation(said).evaluation
    done = corrected(said, ["Have you ever?", *texts(said)[1:]])
    left = grounded(requoted(plain, done), done.transcript).items
    assert [item.type for item in left] == ["recommendation"]


def test_measured_anew_but_for_what_only_the_sound_tells():
    said = spoken(BOAT)
    before = measure(said, AudioSeries(200.0), {"transcript": "vendor"})
    line = texts(said)[0]
    done = corrected(said, [line.replace("um ", "")])
    after = remeasured(done.transcript, before)
    assert after.total_words == before.total_words - line.count("um ")
    assert after.filler_word_count == before.filler_word_count - line.split().count("um")
    assert (after.energy, after.pitch, after.engines) == (
        before.energy,
        before.pitch,
        before.engines,
    )

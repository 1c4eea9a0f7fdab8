"""Spans become utterances: each word once, at the time when it was said."""

from hypothesis import given
from hypothesis import strategies as st

from evaluations.core.shapes import Word
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.transcription import Heard, Hypothesis, SpeechEvent, Utterance
from sessions_app.transcription.deepgram.core.messages import Results, UtteranceEnd
from sessions_app.transcription.deepgram.core.splice import MAX_UTTERANCE_SECONDS, Splicer


def span(text: str, start: float, end: float, **flags: bool) -> Results:
    texts = text.split()
    step = (end - start) / max(1, len(texts))
    words = tuple(
        Word(
            word=word,
            start_time=round(start + at * step, 3),
            end_time=round(start + (at + 1) * step, 3),
            confidence=0.9,
        )
        for at, word in enumerate(texts)
    )
    return Results(start, end, words, **flags)


def guess(text: str, start: float, end: float) -> Results:
    return span(text, start, end)


def final(text: str, start: float, end: float, *, ends: bool = False) -> Results:
    return span(text, start, end, is_final=True, speech_final=ends)


def plain(events: list[SpeechEvent]) -> list[str]:
    said = []
    for event in events:
        match event:
            case Hypothesis(segment):
                said.append(f"{segment.text} …")
            case Utterance(segment):
                said.append(f"{segment.text}.")
            case Heard(samples):
                said.append(f"| {samples / SAMPLE_RATE:g}")
    return said


def heard(splicer: Splicer, *messages: Results | UtteranceEnd) -> list[str]:
    return [line for message in messages for line in plain(splicer.hear(message))]


def test_a_guess_replaces_the_one_before_and_a_final_span_stays():
    assert heard(
        Splicer(0),
        guess("good", 0, 0.5),
        guess("good ease", 0, 1),
        final("good evening", 0, 1),
        guess("all", 1, 1.5),
        final("all", 1, 2, ends=True),
    ) == [
        "good …",
        "good ease …",
        "good evening …",
        "good evening all …",
        "good evening all.",
        "| 2",
    ]


def test_where_the_vendor_never_ends_an_utterance_the_silence_does():
    splicer = Splicer(0)
    assert heard(splicer, final("one", 0, 1), UtteranceEnd(), UtteranceEnd()) == [
        "one …",
        "one.",
        "| 1",
    ]


def test_an_utterance_does_not_grow_for_ever():
    splicer = Splicer(0)
    lines = [
        line
        for at in range(40)
        for line in heard(splicer, final(f"word{at}", at, at + 1))
        if line.endswith(("0.", "9."))
    ]
    assert lines == [" ".join(f"word{at}" for at in range(int(MAX_UTTERANCE_SECONDS))) + "."]


def test_a_span_of_silence_is_complete_at_once():
    assert heard(Splicer(0), final("", 0, 3), final("", 3, 6)) == ["| 3", "| 6"]


def test_what_was_shown_and_was_nothing_is_withdrawn():
    assert heard(Splicer(0), guess("thank", 0, 1), final("", 0, 1)) == ["thank …", ".", "| 1"]
    assert heard(Splicer(0), guess("thank", 0, 1), guess("", 0, 1.2)) == ["thank …", "."]


def test_nothing_is_complete_while_an_utterance_goes_on():
    splicer = Splicer(0)
    assert heard(splicer, final("one", 0, 1), final("", 1, 2)) == ["one …", "one …"]
    assert splicer.heard == 2 * SAMPLE_RATE


def test_a_new_connection_begins_where_the_words_were_final():
    splicer = Splicer(0)
    splicer.hear(final("one two", 0, 2))
    splicer.hear(guess("thr", 2, 2.4))
    assert plain(splicer.connected(splicer.heard)) == ["one two …"]
    events = splicer.hear(final("three", 0.5, 1, ends=True))
    assert plain(events) == ["one two three.", "| 3"]
    assert isinstance(events[0], Utterance)
    assert [word.start_time for word in events[0].segment.words] == [0, 1, 2.5]


def test_past_a_hole_nothing_is_complete():
    splicer = Splicer(0)
    assert heard(splicer, final("one", 0, 1, ends=True)) == ["one.", "| 1"]
    splicer.connected(20 * SAMPLE_RATE)
    assert heard(splicer, final("two", 0, 1, ends=True)) == ["two."]
    assert plain(splicer.end(heard=22 * SAMPLE_RATE)) == []


def test_at_the_end_a_guess_is_better_than_nothing_but_not_complete():
    splicer = Splicer(0)
    splicer.hear(final("one", 0, 1))
    splicer.hear(guess("two", 1, 2))
    assert plain(splicer.end()) == ["one two."]


def test_at_the_end_all_is_complete_if_the_vendor_says_so():
    splicer = Splicer(0)
    splicer.hear(final("one", 0, 1))
    assert plain(splicer.end(heard=5 * SAMPLE_RATE)) == ["one.", "| 5"]


def test_who_goes_on_after_a_loss_makes_the_guess():
    splicer = Splicer(0)
    splicer.hear(final("one", 0, 1))
    splicer.hear(guess("two", 1, 2))
    assert plain(splicer.give_up()) == ["one.", "| 1"]
    assert plain(Splicer(0).give_up()) == []


def test_a_resumed_speech_keeps_its_clock():
    splicer = Splicer(7 * SAMPLE_RATE)
    splicer.connected(7 * SAMPLE_RATE)
    events = splicer.hear(final("later", 0.5, 1, ends=True))
    assert isinstance(events[0], Utterance)
    assert events[0].segment.start_time == 7.5


spans = st.lists(
    st.tuples(
        st.sampled_from(["", "a", "b c", "d e f"]),
        st.floats(0.1, 4),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    max_size=25,
)


@given(spans, st.integers(0, 10 * SAMPLE_RATE))
def test_every_final_word_comes_once_in_order_and_after_what_was_complete(given_spans, start):
    """However often the connection is lost: it goes on where the words were final."""
    splicer = Splicer(start)
    splicer.connected(start)
    first, clock = start, 0.0
    said: list[Word] = []
    wanted: list[str] = []
    marks = [0]
    for text, seconds, is_final, ends, lost in given_spans:
        if lost:
            first, clock = splicer.heard, 0.0
            splicer.connected(first)
        message = span(text, clock, clock + seconds, is_final=is_final, speech_final=ends)
        if is_final:
            clock += seconds
            wanted += text.split()
        events = splicer.hear(message)
        for event in events:
            if isinstance(event, Utterance):
                said += event.segment.words
                for word in event.segment.words:
                    assert word.start_time * SAMPLE_RATE >= marks[-1]
            if isinstance(event, Heard):
                assert event.samples > marks[-1]
                marks.append(event.samples)
    rest = [e for e in splicer.give_up() if isinstance(e, Utterance)]
    said += [word for event in rest for word in event.segment.words]
    assert [word.word for word in said] == wanted
    starts = [word.start_time for word in said]
    assert starts == sorted(starts)
    assert splicer.heard >= marks[-1]

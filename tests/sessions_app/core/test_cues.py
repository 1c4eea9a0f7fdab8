import itertools
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.core.shapes import Segment, Word
from sessions_app.contract.messages import CoachingCue
from sessions_app.core.cues import Cue, Cues

PASSAGE = "we walked down to the river and the boats were moored beside every old house"
PLAIN = PASSAGE.split(" ")


def utterance(
    start: float, seconds: float, said: str | list[str], *, final: bool = True
) -> Segment:
    """Words evenly over ``seconds`` from ``start`` on, without a gap."""
    words = said.split() if isinstance(said, str) else said
    each = seconds / len(words)
    timed = tuple(
        Word(
            word=word,
            start_time=start + index * each,
            end_time=start + (index + 1) * each,
            confidence=0.9,
        )
        for index, word in enumerate(words)
    )
    return Segment(
        text=" ".join(words),
        start_time=start,
        end_time=start + seconds,
        words=timed,
        is_final=final,
    )


def talk(wpm: float, seconds: float, start: float = 0.0) -> Segment:
    count = round(wpm * seconds / 60)
    return utterance(start, seconds, list(itertools.islice(itertools.cycle(PLAIN), count)))


def kinds(cues: list[Cue]) -> list[str]:
    return [cue.kind for cue in cues]


@pytest.mark.parametrize(
    ("wpm", "expected"),
    [(60, ["too_slow"]), (98, ["too_slow"]), (102, []), (178, []), (184, ["too_fast"])],
)
def test_pace_is_told_outside_of_100_to_180(wpm, expected):
    assert kinds(Cues().heard(talk(wpm, 30))) == expected


def test_the_words_a_minute_are_those_of_the_last_half_minute():
    cues = Cues()
    assert cues.heard(talk(140, 60)) == []
    (cue,) = cues.heard(talk(200, 30, 60))
    assert cue.message.startswith("You are at 200 words a minute.")
    assert cue.at_seconds == pytest.approx(90)


def test_fourteen_slow_words_are_too_few_to_judge():
    assert Cues().heard(utterance(0, 20, PLAIN[:14])) == []
    assert kinds(Cues().heard(utterance(0, 20, PLAIN))) == ["too_slow"]


def test_a_fast_phrase_is_no_fast_speech():
    assert Cues().heard(talk(240, 9)) == []


def test_a_long_silence_is_not_counted_as_slowness():
    cues = Cues()
    cues.heard(talk(150, 15))
    assert cues.heard(talk(150, 6, 25)) == []


def test_pace_is_followed_across_utterances():
    cues = Cues()
    given = [cues.heard(talk(200, 2, at)) for at in range(0, 20, 2)]
    assert [kinds(each) for each in given].count(["too_fast"]) == 1


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("we um walked down uh to the river", "“um”, “uh”"),
        ("we um walked down um to the river", "“um”"),
        ("Um, we walked, you know, down to the river", "“um”, “you know”"),
    ],
)
def test_two_fillers_are_told_and_named(words, named):
    (cue,) = Cues().heard(utterance(0, 4, words))
    assert cue.kind == "fillers"
    assert f"({named})" in cue.message


@pytest.mark.parametrize(
    "words", ["we um walked down to the river", "so we walked. Right, so we like the river"]
)
def test_one_filler_or_discourse_markers_are_not_told(words):
    assert Cues().heard(utterance(0, 4, words)) == []


def test_fillers_half_a_minute_apart_are_not_told():
    cues = Cues()
    assert cues.heard(utterance(0, 4, "um we walked down")) == []
    assert cues.heard(utterance(34, 4, "um we walked down")) == []


def test_a_club_s_own_fillers_count():
    words = "we boats walked down boats to the river"
    assert kinds(Cues(lambda: ["boats"]).heard(utterance(0, 4, words))) == ["fillers"]


def test_silence_after_speech_is_told_once():
    cues = Cues()
    assert cues.status(20, is_speech=False) == []  # Nobody has spoken yet.
    cues.status(21, is_speech=True)
    assert cues.status(29, is_speech=False) == []
    assert kinds(cues.status(29.25, is_speech=False)) == ["silence"]
    assert [cue for at in range(30, 120) for cue in cues.status(at, is_speech=False)] == []
    cues.status(120, is_speech=True)
    assert kinds(cues.status(129, is_speech=False)) == ["silence"]


def test_words_that_the_level_missed_are_no_silence():
    cues = Cues()
    cues.status(1, is_speech=True)
    cues.heard(talk(140, 8, 1))
    assert cues.status(10, is_speech=False) == []
    assert kinds(cues.status(17.25, is_speech=False)) == ["silence"]


def test_a_second_silence_within_half_a_minute_is_told_when_the_half_minute_is_over():
    cues = Cues()
    cues.status(1, is_speech=True)
    assert kinds(cues.status(10, is_speech=False)) == ["silence"]
    cues.status(11, is_speech=True)
    assert cues.status(39.75, is_speech=False) == []
    assert kinds(cues.status(40, is_speech=False)) == ["silence"]


def test_nothing_is_said_while_captions_are_re_established():
    cues = Cues()
    cues.status(1, is_speech=True)
    cues.interrupted()
    assert cues.heard(talk(220, 30)) == []
    assert cues.status(40, is_speech=False) == []
    cues.restored()
    assert kinds(cues.status(40.25, is_speech=False)) == ["silence"]


def test_words_lost_in_between_are_not_taken_for_slowness():
    cues = Cues()
    cues.heard(talk(150, 9))
    cues.interrupted()
    cues.restored()
    assert cues.heard(talk(150, 6, 16)) == []


def test_captions_that_lag_by_half_a_minute_bring_no_cue():
    cues = Cues()
    cues.status(61, is_speech=True)
    assert cues.heard(talk(220, 30)) == []


def test_hypotheses_sounds_and_segments_without_times_say_nothing():
    cues = Cues()
    assert cues.heard(utterance(0, 4, "um uh um uh", final=False)) == []
    assert cues.heard(utterance(0, 30, ["[noise]"] * 90)) == []
    assert cues.heard(Segment(text="um uh", start_time=0, end_time=1, is_final=True)) == []


WORDS = st.lists(st.sampled_from([*PLAIN, "um", "uh", "[noise]", "so", "like"]), min_size=1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("heard"), st.floats(0, 12), st.floats(0.1, 20), WORDS),
        st.tuples(st.just("status"), st.floats(0, 12), st.booleans()),
        st.tuples(st.sampled_from(["interrupted", "restored"])),
    ),
    max_size=60,
)


@given(steps=STEPS)
def test_whatever_comes_cues_are_rare_short_in_order_and_never_while_interrupted(steps):
    cues, clock, interrupted, given_at = Cues(), 0.0, False, defaultdict(list)
    for name, *args in steps:
        found: list[Cue] = []
        match name:
            case "heard":
                gap, seconds, words = args
                found = cues.heard(utterance(clock + gap, seconds, words))
                clock += gap + seconds
            case "status":
                gap, is_speech = args
                clock += gap
                found = cues.status(clock, is_speech=is_speech)
            case "interrupted" | "restored":
                interrupted = name == "interrupted"
                getattr(cues, name)()
        assert not (interrupted and found)
        for cue in found:
            assert len(cue.message) <= 120
            CoachingCue(cue_type=cue.kind, message=cue.message, timestamp=cue.at_seconds)
            given_at[cue.kind].append(cue.at_seconds)
    for times in given_at.values():
        assert all(later - earlier >= 30 for earlier, later in itertools.pairwise(times))


@given(
    wpm=st.integers(105, 175),
    cuts=st.lists(st.integers(4, 12), min_size=3, max_size=15),
)
def test_a_steady_good_pace_without_fillers_brings_no_cue(wpm, cuts):
    cues, at = Cues(), 0.0
    for count in cuts:
        seconds = count * 60 / wpm
        assert cues.heard(utterance(at, seconds, PLAIN[:count])) == []
        assert cues.status(at + seconds, is_speech=True) == []
        at += seconds


@given(wpm=st.integers(185, 260), cuts=st.lists(st.integers(4, 9), min_size=12, max_size=12))
def test_a_steady_fast_pace_is_told(wpm, cuts):
    cues, at, told = Cues(), 0.0, list[Cue]()
    for count in cuts:
        seconds = count * 60 / wpm
        told += cues.heard(utterance(at, seconds, PLAIN[:count]))
        at += seconds
    assert kinds(told) == ["too_fast"]

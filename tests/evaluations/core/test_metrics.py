"""What is measured, against speeches whose measures are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.core.alignment import UntimedTranscriptError, aligned, spoken_words
from evaluations.core.fillers import occurrences
from evaluations.core.metrics import MOST_POINTS, Metrics, measure
from evaluations.core.pauses import pauses
from evaluations.core.series import AudioSeries
from evaluations.core.shapes import Segment, Transcript, Word
from evaluations.core.summary import form_of
from tests.evaluations.speeches import BOAT, INAUGURAL, PUNCTUATED, spoken

SILENT = AudioSeries(120.0)


def fillers(text):
    found = occurrences(spoken_words(spoken(text)))
    return [occurrence.word for occurrence in found if occurrence.classification == "true_filler"]


def markers(text):
    found = occurrences(spoken_words(spoken(text)))
    return [o.word for o in found if o.classification == "discourse_marker"]


def test_names_are_those_of_the_file():
    dumped = measure(spoken(BOAT), SILENT, {"transcript": "builtin"}).model_dump(by_alias=True)
    assert list(dumped) == [
        "durationSeconds", "durationFormatted", "totalWords", "wordsPerMinute", "pace",
        "fillerWords", "fillerWordCount", "fillerWordFrequency", "pauseCount",
        "totalPauseDurationSeconds", "averagePauseDurationSeconds", "intentionalPauseCount",
        "hesitationPauseCount", "pauses", "energy", "pitch", "vocabulary", "structure",
        "qualityWarning", "engines",
    ]  # fmt: skip
    assert list(dumped["pace"]) == ["windows", "mean", "spread", "fastest", "slowest"]


def test_round_trip_keeps_every_field():
    metrics = measure(spoken(PUNCTUATED), SILENT, {"transcript": "builtin"})
    assert Metrics.model_validate_json(metrics.model_dump_json(by_alias=True)) == metrics


@pytest.mark.parametrize("times", [(), (0.0, 0.0)])
def test_words_without_times_never_last_no_time(times):
    words = tuple(
        Word(word=text, start_time=0, end_time=0, confidence=0.9)
        for text in ("one", "two", "three")
        if times
    )
    bare = Segment(text="one two three", start_time=0, end_time=0, words=words, is_final=True)
    transcript = Transcript(segments=(bare,))
    metrics = measure(transcript, AudioSeries(6.0), {})
    assert (metrics.duration_seconds, metrics.words_per_minute) == (6.0, 30.0)
    with pytest.raises(UntimedTranscriptError):
        measure(transcript, AudioSeries(0.0), {})


def test_words_without_times_are_laid_over_the_speech_not_the_silence():
    rms = np.array([0] * 40 + [3000] * 8, dtype=np.float32)
    bare = Segment(text="one two three four", start_time=0, end_time=0, is_final=True)
    placed = aligned(Transcript(segments=(bare,)), AudioSeries(12.0, rms))
    assert placed.words[0].start_time == 10.0
    assert placed.words[-1].end_time == pytest.approx(12.0)


def test_a_single_word_lasts_as_long_as_its_audio():
    one = Word(word="yes", start_time=3, end_time=3, confidence=1)
    bare = Segment(text="yes", start_time=3, end_time=3, words=(one,), is_final=True)
    assert measure(Transcript(segments=(bare,)), AudioSeries(5.0), {}).duration_seconds > 0


def test_no_words_is_no_error():
    metrics = measure(Transcript(), SILENT, {})
    assert (metrics.total_words, metrics.structure) == (0, None)
    assert metrics.quality_warning


def test_markers_are_no_words():
    words = (Word(word="[noise]", start_time=0, end_time=1, confidence=0.1),)
    noisy = Segment(text="[noise]", start_time=0, end_time=1, words=words, is_final=True)
    assert spoken_words(Transcript(segments=(noisy,))) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("um i think UHH, that Erm is hmm ah fine", ["um", "uh", "er", "hm", "ah"]),
        ("it was, you know, a long day", ["you know"]),
        ("do you know what happened", []),
        ("you know that it rains", []),
        ("a kind of magic", []),
        ("i was kind of late", ["kind of"]),
        ("i mean it works", ["i mean"]),
        ("what i mean by that", []),
        ("and he was, like, gone", ["like"]),
        ("it looks like rain", []),
        ("i like the sea", []),
        ("they swim like a fish", []),
    ],
)
def test_true_fillers_go_by_context(text, expected):
    assert fillers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it rained [0.6] so we left", ["so"]),
        ("it rained so much", []),
        ("turn right now", []),
        ("it works, right?", ["right"]),
        ("we left. [0.4] basically it rained", ["basically"]),
        ("he literally ran", []),
    ],
)
def test_discourse_markers_go_by_place(text, expected):
    assert markers(text) == expected


def test_own_fillers_count():
    metrics = measure(spoken("and stuff we left and stuff"), SILENT, {}, ["and stuff"])
    assert metrics.filler_word_count == 2


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I came. [1.6] He left.", "intentional"),
        ("i came um [1.6] he left", "hesitation"),
        ("i came to the [2.0] the sea", "hesitation"),
        ("i came to the [2.0] sea", "unclassified"),
        ("i came [2.0] he left", "intentional"),
        ("i came [4.5] he left", "unclassified"),
    ],
)
def test_pauses_are_told_apart(text, kind):
    words = spoken_words(spoken(text))
    filler_indices = {o.index for o in occurrences(words)}
    (pause,) = pauses(words, filler_indices)
    assert pause.type == kind


def test_a_short_gap_is_no_pause():
    assert pauses(spoken_words(spoken("i came. [1.3] He left.")), set()) == ()


def test_structure_without_punctuation():
    structure = measure(spoken(BOAT), SILENT, {}).structure
    assert structure is not None
    assert structure.hook is not None
    assert structure.hook.kind == "story"
    assert structure.call_back is not None
    assert structure.call_back.words.startswith("a boat that stays in the harbour")
    assert structure.call_to_action is not None
    assert [feature.words for feature in structure.questions] == ["and do you know what happened"]
    assert any("i was careful with" in feature.words for feature in structure.anaphora)


def test_structure_with_punctuation():
    structure = measure(spoken(PUNCTUATED), SILENT, {}).structure
    assert structure is not None
    assert structure.hook is not None
    assert structure.hook.kind == "question"
    assert [feature.words for feature in structure.signposts[:3]] == [
        "First,",
        "Second,",
        "Finally,",
    ]
    assert any("packed, dressed and eaten" in f.words for f in structure.rule_of_three)
    assert any(f.words.startswith("We say") for f in structure.anaphora)
    assert structure.call_to_action is not None


def test_contrast_of_the_inaugural_address():
    structure = measure(spoken(INAUGURAL), SILENT, {}).structure
    assert structure is not None
    assert [f.words for f in structure.contrasts] == [
        "ask not what your country can do for you ask what you can do for your country"
    ]


def test_quality_warning_needs_doubt():
    assert measure(spoken(BOAT, confidence=0.8), SILENT, {}).quality_warning is None
    assert measure(spoken(BOAT, confidence=0.4), SILENT, {}).quality_warning


def test_energy_does_not_depend_on_the_gain():
    rms = np.abs(np.random.default_rng(1).normal(2000, 700, 480)).astype(np.float32)
    quiet = measure(spoken(BOAT), AudioSeries(120.0, (rms / 8).astype(np.float32)), {})
    loud = measure(spoken(BOAT), AudioSeries(120.0, rms), {})
    assert quiet.energy == loud.energy


def test_nothing_grows_with_the_length_of_the_recording():
    long = AudioSeries(1500.0, np.full(6000, 900, dtype=np.float32))
    assert len(measure(spoken(BOAT), long, {}).energy.windows) <= MOST_POINTS


@pytest.mark.parametrize(
    ("count", "form"), [(19, "none"), (20, "short"), (60, "short"), (61, "full")]
)
def test_form_goes_by_words(count, form):
    assert form_of(spoken("word " * count)) == form


@given(
    st.lists(
        st.sampled_from(
            [
                "um",
                "so",
                "the",
                "boat",
                "is",
                "safe",
                "like",
                "you",
                "know",
                "right",
                ".",
                "[2.0]",
                "a",
            ]
        )
    )
)
def test_measuring_never_fails_and_repeats_itself(pieces):
    text = " ".join(piece for piece in pieces if piece != ".") or "boat"
    if not any(not piece.startswith("[") for piece in text.split()):
        text = "boat"
    first, second = (measure(spoken(text), SILENT, {}) for _ in range(2))
    assert first.model_dump_json() == second.model_dump_json()
    assert first.duration_seconds > 0

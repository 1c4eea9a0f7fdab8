"""What the clocks say, of any policy and any speech."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubs.core.retention import (
    MAX_DAYS,
    MIN_DAYS,
    WARNED_BEFORE,
    Clocks,
    Part,
    SpeechFacts,
    due,
    first_due,
    is_to_be_warned,
    record_due,
    verdict,
)

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
DAY = timedelta(days=1)

days = st.integers(MIN_DAYS, MAX_DAYS)
clocks = st.builds(Clocks, audio_days=days, transcript_days=days, evaluation_days=days)
ages = st.timedeltas(timedelta(0), 2 * MAX_DAYS * DAY)
speeches = st.builds(
    SpeechFacts,
    kept_since=ages.map(lambda age: NOW - age),
    present=st.frozensets(st.sampled_from(Part)),
    held=st.booleans(),
    in_use=st.booleans(),
)


@given(clocks, speeches)
def test_what_is_held_or_in_use_is_never_touched(policy, speech):
    if speech.held or speech.in_use:
        assert not verdict(policy, speech, NOW)
        assert due(policy, speech) == {}
        assert record_due(policy, speech) is None


@given(clocks, speeches)
def test_a_part_goes_at_its_age_and_no_younger(policy, speech):
    gone = verdict(policy, speech, NOW).parts
    assert gone <= speech.present
    if not (speech.held or speech.in_use):
        for part in speech.present:
            assert (part in gone) == (NOW - speech.kept_since >= policy.of(part))


@given(clocks, speeches)
def test_the_speech_goes_with_its_last_part_and_never_before(policy, speech):
    said = verdict(policy, speech, NOW)
    if said.record:
        assert said.parts == speech.present
        assert NOW - speech.kept_since >= MIN_DAYS * DAY
    elif speech.present and not speech.held and not speech.in_use:
        assert said.parts != speech.present


@given(clocks, speeches, ages)
def test_what_goes_once_goes_for_good(policy, speech, later):
    before, after = verdict(policy, speech, NOW), verdict(policy, speech, NOW + later)
    assert before.parts <= after.parts
    assert after.record or not before.record


@given(clocks, speeches)
def test_a_second_run_finds_nothing(policy, speech):
    said = verdict(policy, speech, NOW)
    left = SpeechFacts(
        speech.kept_since, speech.present - said.parts, held=speech.held, in_use=speech.in_use
    )
    if not said.record:
        assert not verdict(policy, left, NOW)


@pytest.mark.parametrize(
    ("age", "parts", "record"),
    [
        (9, set(), False),
        (10, {Part.AUDIO}, False),
        (20, {Part.AUDIO, Part.TRANSCRIPT}, False),
        (30, set(Part), True),
    ],
)
def test_three_clocks(age, parts, record):
    policy = Clocks(audio_days=10, transcript_days=20, evaluation_days=30)
    said = verdict(policy, SpeechFacts(NOW - age * DAY, frozenset(Part)), NOW)
    assert (said.parts, said.record) == (parts, record)


def test_a_speech_of_which_nothing_was_saved_goes_after_the_longest_clock():
    policy = Clocks(audio_days=10, transcript_days=20, evaluation_days=30)
    assert not verdict(policy, SpeechFacts(NOW - 29 * DAY), NOW)
    assert verdict(policy, SpeechFacts(NOW - 30 * DAY), NOW).record


@given(clocks, speeches)
def test_the_speaker_is_told_in_time_and_never_too_late(policy, speech):
    first = first_due(policy, speech)
    if first is None:
        assert not is_to_be_warned(policy, speech, NOW)
        return
    assert is_to_be_warned(policy, speech, first - WARNED_BEFORE)
    assert not is_to_be_warned(policy, speech, first)
    if is_to_be_warned(policy, speech, NOW):
        assert not verdict(policy, speech, NOW)

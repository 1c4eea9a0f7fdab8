"""Text frames of strangers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.contract import wire
from tests.sessions_app.contract.test_golden import CLIENT, example

# Lone surrogates too: a server may hand on what is no UTF-8.
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner),
)
ANY_OBJECT = st.dictionaries(ANY_TEXT, ANY_JSON)
ANY_TYPE = st.sampled_from(sorted(CLIENT)) | ANY_JSON


def refusal(text: str) -> str:
    message = wire.parse(text)
    assert isinstance(message, wire.Malformed), message
    return message.sentence


@given(ANY_TEXT)
def test_no_text_raises(text):
    assert wire.parse(text)


@given(st.binary())
def test_no_bytes_raise(frame):
    assert refusal(frame.decode("latin1"))


@given(ANY_JSON)
def test_no_json_value_raises(value):
    assert wire.parse(json.dumps(value))


@given(ANY_OBJECT, ANY_TYPE)
def test_no_object_raises_whatever_its_type_says(fields, kind):
    assert wire.parse(json.dumps({**fields, "type": kind}))


@given(st.data())
def test_a_message_with_one_wrong_field_is_refused_by_that_field(data):
    name = data.draw(st.sampled_from(["set_consent", "set_project_context", "set_vad_config"]))
    message = example(name)
    field = data.draw(st.sampled_from(sorted(message.keys() - {"type"})))
    message[field] = data.draw(st.none() | st.dictionaries(st.text(), st.integers()))
    sentence = refusal(json.dumps(message))
    assert name in sentence
    assert f"`{field}`" in sentence


@pytest.mark.parametrize("name", ["set_consent", "set_project_context", "set_vad_config"])
def test_a_missing_field_is_named(name):
    for field in example(name).keys() - {"type"}:
        message = {key: value for key, value in example(name).items() if key != field}
        sentence = refusal(json.dumps(message))
        assert f"`{field}`" in sentence
        assert "required" in sentence.lower()


@pytest.mark.parametrize(
    ("name", "field", "value", "expectation"),
    [
        ("set_consent", "speakerName", 7, "string"),
        ("set_consent", "speakerName", "", "1"),
        ("set_consent", "speakerName", "A" * 121, "120"),
        ("set_consent", "consentConfirmed", "yes", "bool"),
        ("set_consent", "consentConfirmed", 1, "bool"),
        ("set_vad_config", "silenceThresholdSeconds", 2.9, "3"),
        ("set_vad_config", "silenceThresholdSeconds", 15.1, "15"),
        ("set_vad_config", "silenceThresholdSeconds", "5", "number"),
        ("set_vad_config", "enabled", 0, "bool"),
        ("set_project_context", "speechTitle", "A" * 201, "200"),
        ("set_project_context", "projectType", "A" * 101, "100"),
        ("set_project_context", "objectives", ["A"] * 11, "10"),
        ("set_project_context", "objectives", "none", "array"),
    ],
)
def test_the_sentence_names_field_and_expectation(name, field, value, expectation):
    sentence = refusal(json.dumps({**example(name), field: value}))
    assert f"`{field}`" in sentence
    assert expectation in sentence


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("set_consent", "speakerName", "Ada\0"),
        ("set_notes", "notes", "\0"),
        ("set_project_context", "objectives", ["Breathe", "Pau\0se"]),
    ],
)
def test_a_text_that_no_database_takes_is_refused(name, field, value):
    """PostgreSQL knows no U+0000: the session would never again be stored."""
    sentence = refusal(json.dumps({**example(name), field: value}))
    assert f"`{field}`" in sentence
    assert "U+0000" in sentence


def test_the_place_in_a_list_is_named():
    sentence = refusal(json.dumps({**example("set_project_context"), "objectives": ["A" * 501]}))
    assert "`objectives.0`" in sentence
    assert "500" in sentence


@pytest.mark.parametrize("seconds", [3, 15, 3.0, 15.0])
def test_the_ends_of_the_silence_threshold_are_allowed(seconds):
    message = {**example("set_vad_config"), "silenceThresholdSeconds": seconds}
    assert not isinstance(wire.parse(json.dumps(message)), wire.Malformed)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_threshold_is_a_finite_number(number):
    text = json.dumps(example("set_vad_config")).replace("7.5", number)
    assert "silenceThresholdSeconds" in refusal(text) or "JSON" in refusal(text)


def test_an_unknown_type_is_said_so_and_cut_to_a_readable_length():
    assert "Unknown message type" in refusal('{"type": "sing"}')
    assert len(refusal(json.dumps({"type": "x" * 60_000}))) < 200


@pytest.mark.parametrize("text", ["[]", "1", '"start_recording"', "null", "true"])
def test_a_value_that_is_no_object_is_refused(text):
    assert "object" in refusal(text)


@pytest.mark.parametrize("text", ["", "{", "{'type': 'panic_mute'}", "start_recording", "\x00"])
def test_text_that_is_no_json_is_refused(text):
    assert "JSON" in refusal(text)


def test_a_message_without_a_type_is_told_to_name_one():
    assert "`type`" in refusal("{}")


def test_deep_nesting_is_refused():
    for depth in (150, 400, 20_000):
        nested = '{"a": ' + "[" * depth + "]" * depth + "}"
        assert refusal(nested)


@pytest.mark.parametrize("size", [wire.MAX_TEXT_BYTES + 1, 4 * wire.MAX_TEXT_BYTES])
def test_a_frame_over_the_limit_is_refused_with_the_limit(size):
    assert str(wire.MAX_TEXT_BYTES) in refusal("x" * size)


def test_the_limit_counts_bytes_not_letters():
    text = json.dumps({"type": "panic_mute", "note": "é" * 40_000}, ensure_ascii=False)
    assert len(text) < wire.MAX_TEXT_BYTES
    assert str(wire.MAX_TEXT_BYTES) in refusal(text)


def test_a_frame_of_exactly_the_limit_is_read():
    empty = json.dumps({"type": "panic_mute", "note": ""})
    text = empty.replace('""', '"' + "x" * (wire.MAX_TEXT_BYTES - len(empty)) + '"')
    assert len(text) == wire.MAX_TEXT_BYTES
    assert not isinstance(wire.parse(text), wire.Malformed)

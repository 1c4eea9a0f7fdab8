"""What clients may say, and what they are told when they may not."""

import base64
from typing import Any

import pytest

from sessions_app.coach.protocol.beta import is_beta, modern
from sessions_app.coach.protocol.client import TYPES, read_audio, read_client_event
from sessions_app.coach.protocol.errors import ClientError
from sessions_app.coach.protocol.items import Conversation, Item, read_item
from sessions_app.coach.protocol.session import Session, merged, updated
from tests.sessions_app.coach.driven import Driven, only, typed, types


def refused(talk: Driven, event: dict[str, Any]) -> dict[str, Any]:
    (error,) = talk.sent({"event_id": "mine", **event})
    assert error["type"] == "error"
    fields: dict[str, Any] = error["error"]
    assert fields["type"] == "invalid_request_error"
    assert fields["event_id"] == "mine"
    assert fields["message"]
    return fields


class TestRefusals:
    @pytest.mark.parametrize(
        ("event", "code", "param"),
        [
            ({}, "missing_required_parameter", "type"),
            ({"type": "response.invent"}, "invalid_value", "type"),
            ({"type": 7}, "invalid_value", "type"),
            ({"type": "session.update"}, "missing_required_parameter", "session"),
            ({"type": "input_audio_buffer.append"}, "missing_required_parameter", "audio"),
            ({"type": "input_audio_buffer.append", "audio": "?"}, "invalid_value", "audio"),
            ({"type": "input_audio_buffer.append", "audio": 3}, "invalid_type", "audio"),
            ({"type": "input_audio_buffer.commit", "why": 1}, "unknown_parameter", "why"),
            (
                {"type": "conversation.item.retrieve", "item_id": "x"},
                "item_retrieve_invalid_item_id",
                "item_id",
            ),
            (
                {"type": "conversation.item.delete", "item_id": "x"},
                "item_delete_invalid_item_id",
                "item_id",
            ),
            (
                {
                    "type": "conversation.item.truncate",
                    "item_id": "x",
                    "content_index": 0,
                    "audio_end_ms": 0,
                },
                "item_truncate_invalid_item_id",
                "item_id",
            ),
            (
                {"type": "response.create", "response": {"modalities": ["audio"]}},
                "unknown_parameter",
                "response.modalities",
            ),
        ],
    )
    def test_they_name_what_is_wrong(self, event: dict[str, Any], code: str, param: str) -> None:
        error = refused(Driven(), event)
        assert (error["code"], error["param"]) == (code, param)

    def test_half_a_sample(self) -> None:
        audio = base64.b64encode(b"123").decode()
        error = refused(Driven(), {"type": "input_audio_buffer.append", "audio": audio})
        assert "odd number of bytes" in error["message"]

    def test_too_much_sound_at_once(self) -> None:
        with pytest.raises(ClientError, match="15 MiB"):
            read_audio("A" * (21 * 1024 * 1024))

    def test_what_somebody_said_is_not_in_the_message(self) -> None:
        item = {"type": "message", "role": "user", "content": "a secret"}
        error = refused(Driven(), {"type": "conversation.item.create", "item": item})
        assert "secret" not in error["message"]

    def test_clearing_the_output_means_nothing_over_a_socket(self) -> None:
        assert Driven().send("output_audio_buffer.clear") == []


class TestSessionUpdate:
    def test_only_what_is_present_changes(self) -> None:
        talk = Driven()
        talk.update(instructions="Be kind.", audio={"output": {"speed": 1.2}})
        session = only(talk.detect(silence_duration_ms=300), "session.updated")["session"]
        assert session["instructions"] == "Be kind."
        assert session["audio"]["output"]["speed"] == 1.2
        assert session["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 300
        assert session["audio"]["input"]["turn_detection"]["threshold"] == 0.5

    def test_what_is_empty_clears(self) -> None:
        talk = Driven()
        talk.update(instructions="Be kind.", tools=[{"type": "function", "name": "f"}])
        reduction = {"noise_reduction": {"type": "near_field"}}
        talk.update(audio={"input": reduction})
        cleared = {"noise_reduction": None, "turn_detection": None}
        events = talk.update(instructions="", tools=[], audio={"input": cleared})
        session = only(events, "session.updated")["session"]
        assert session["instructions"] == ""
        assert session["tools"] == []
        assert session["audio"]["input"]["noise_reduction"] is None
        assert session["audio"]["input"]["turn_detection"] is None

    @pytest.mark.parametrize(
        "flat",
        [
            "modalities",
            "voice",
            "speed",
            "input_audio_format",
            "output_audio_format",
            "input_audio_transcription",
            "turn_detection",
            "max_response_output_tokens",
            "temperature",
        ],
    )
    def test_the_beta_is_refused_by_name(self, flat: str) -> None:
        session = {"type": "realtime", "instructions": "new", flat: None}
        talk = Driven()
        error = refused(talk, {"type": "session.update", "session": session})
        assert error["code"] == "unknown_parameter"
        assert error["param"] == f"session.{flat}"
        assert "new" not in str(talk.update()[0]["session"]), "nothing of it may be applied"

    @pytest.mark.parametrize(
        ("session", "code", "param"),
        [
            ({"instructions": "x"}, "missing_required_parameter", "session.type"),
            ({"type": "transcription"}, "invalid_value", "session.type"),
            ({"type": "realtime", "model": "other"}, "invalid_value", "session.model"),
            (
                {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcmu"}}}},
                "invalid_value",
                "session.audio.input.format.type",
            ),
            (
                {"type": "realtime", "audio": {"input": {"transcription": {"enabled": True}}}},
                "unknown_parameter",
                "session.audio.input.transcription.enabled",
            ),
            (
                {"type": "realtime", "audio": {"input": {"turn_detection": {"threshold": 2}}}},
                "invalid_value",
                "session.audio.input.turn_detection.threshold",
            ),
            (
                {"type": "realtime", "audio": {"output": {"speed": "fast"}}},
                "invalid_type",
                "session.audio.output.speed",
            ),
        ],
    )
    def test_refusals(self, session: dict[str, Any], code: str, param: str) -> None:
        error = refused(Driven(), {"type": "session.update", "session": session})
        assert error["code"] == code
        assert error["param"].startswith(param)

    def test_both_modalities_are_one_too_many(self) -> None:
        session = {"type": "realtime", "output_modalities": ["audio", "text"]}
        error = refused(Driven(), {"type": "session.update", "session": session})
        assert error["param"].startswith("session.output_modalities")

    def test_a_voice_stays_once_it_was_heard(self) -> None:
        talk = Driven()
        assert types(talk.update(audio={"output": {"voice": "marin"}})) == ["session.updated"]
        talk.send("response.create")
        (error,) = talk.update(audio={"output": {"voice": "cedar"}})
        assert error["error"]["code"] == "cannot_update_voice"
        assert types(talk.update(audio={"output": {"voice": "marin"}})) == ["session.updated"]

    def test_turn_detection_of_another_type_brings_no_old_fields(self) -> None:
        old = {"turn_detection": {"type": "server_vad", "threshold": 0.7}}
        new = {"turn_detection": {"type": "semantic_vad"}}
        assert merged(old, new) == new
        session = updated(
            Session(type="realtime"),
            {"type": "realtime", "audio": {"input": new}},
            has_spoken=False,
        )
        assert session.audio.input.turn_detection is not None
        assert session.audio.input.turn_detection.type == "semantic_vad"


class TestItems:
    def test_the_place_in_the_conversation(self) -> None:
        talk = Driven()
        for name, previous in (("a", None), ("b", "root"), ("c", "b")):
            events = talk.send(
                "conversation.item.create",
                item={**typed(name), "id": name},
                previous_item_id=previous,
            )
        assert events[0]["previous_item_id"] == "b"
        assert [item.id for item in talk.session.conversation] == ["b", "c", "a"]

    @pytest.mark.parametrize(
        ("item", "previous", "code"),
        [
            ({**typed("x"), "id": "a"}, None, "item_create_duplicate_item_id"),
            (typed("x"), "nobody", "item_create_invalid_previous_item_id"),
            ({"role": "user", "content": []}, None, "missing_required_parameter"),
            ({"type": "message", "content": []}, None, "missing_required_parameter"),
            (
                {"type": "message", "role": "user", "content": [{"type": "output_text"}]},
                None,
                "invalid_value",
            ),
            (
                {"type": "message", "role": "assistant", "content": [{"type": "text"}]},
                None,
                "invalid_value",
            ),
        ],
    )
    def test_refusals(self, item: dict[str, Any], previous: str | None, code: str) -> None:
        talk = Driven()
        talk.send("conversation.item.create", item={**typed("hello"), "id": "a"})
        event = {"type": "conversation.item.create", "item": item, "previous_item_id": previous}
        assert refused(talk, event)["code"] == code
        assert len(talk.session.conversation) == 1

    def test_calls_and_their_results_are_kept_as_they_are(self) -> None:
        talk = Driven()
        call = {"type": "function_call", "name": "f", "arguments": "{}", "call_id": "c1"}
        talk.send("conversation.item.create", item={**call, "id": "call"})
        output = {"type": "function_call_output", "call_id": "c1", "output": "42"}
        talk.send("conversation.item.create", item={**output, "id": "result"})
        (got,) = talk.send("conversation.item.retrieve", item_id="result")
        assert got["item"] | output == got["item"]

    def test_a_deleted_item_is_gone(self) -> None:
        talk = Driven()
        talk.send("conversation.item.create", item={**typed("hello"), "id": "a"})
        (deleted,) = talk.send("conversation.item.delete", item_id="a")
        assert deleted["type"] == "conversation.item.deleted"
        assert talk.session.conversation == ()

    def test_a_deleted_item_does_not_come_back(self) -> None:
        conversation = Conversation()
        conversation.add(Item("a"))
        conversation.remove("a")
        conversation.replace(Item("a", text="late"))
        assert conversation.items == ()

    def test_images_say_nothing(self) -> None:
        content = [
            {"type": "input_image", "image_url": "data:"},
            {"type": "input_text", "text": "x"},
        ]
        assert read_item({"type": "message", "role": "user", "content": content}, "new").text == "x"


class TestBeta:
    def test_old_names_are_read_as_new_ones(self) -> None:
        old = {"type": "response.audio.delta", "delta": "AA=="}
        assert is_beta(old)
        assert modern(old) == {"type": "response.output_audio.delta", "delta": "AA=="}

    def test_contents_are_too(self) -> None:
        item = {"role": "assistant", "content": [{"type": "audio", "transcript": "hi"}, "odd"]}
        done = modern({"type": "response.done", "response": {"output": [item, None]}})
        kept = done["response"]["output"][0]["content"]
        assert kept == [{"type": "output_audio", "transcript": "hi"}, "odd"]
        created = modern({"type": "conversation.item.created", "item": {"role": "user"}})
        assert created["type"] == "conversation.item.added"

    def test_new_events_stay_as_they_are(self) -> None:
        event = {"type": "response.done", "response": {"id": "r", "output": []}}
        assert not is_beta(event)
        assert modern(event) == event
        part = {"type": "response.content_part.added", "part": {"type": "audio"}}
        assert modern(part) == part


def test_every_client_event_of_the_package_is_known() -> None:
    """The eleven of the API; a new one of the vendor's is noticed here."""
    from openai.types.realtime import realtime_client_event  # noqa: PLC0415 - a second of imports

    fields = [getattr(model, "model_fields", {}) for model in vars(realtime_client_event).values()]
    theirs = {one["type"].annotation.__args__[0] for one in fields if "type" in one}
    assert theirs == set(TYPES)


def test_a_value_is_read() -> None:
    event = read_client_event({"type": "response.cancel", "response_id": "r"})
    assert event.type == "response.cancel"

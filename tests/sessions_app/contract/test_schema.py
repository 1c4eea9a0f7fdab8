"""What is generated from the messages, and that it says the same as they do."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from sessions_app.contract import typescript, wire
from sessions_app.contract.messages import SetVadConfig
from sessions_app.contract.schema import FOLDER, artefacts, file_name, models, schema
from speechcoach.env import BASE_DIR

EXAMPLES = Path(__file__).parents[2] / "contract"
CLIENT, SERVER = sorted(models("client")), sorted(models("server"))
MESSAGES = [("client", name) for name in CLIENT] + [("server", name) for name in SERVER]


def example(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text())
    return value


@cache
def schemas() -> dict[str, dict[str, Any]]:
    """The schemas as they lie in the project."""
    return {path.name: json.loads(path.read_text()) for path in (BASE_DIR / FOLDER).glob("*.json")}


def validator(name: str) -> Draft202012Validator:
    resources = [(key, Resource.from_contents(value)) for key, value in schemas().items()]
    return Draft202012Validator(schemas()[name], registry=Registry().with_resources(resources))


@pytest.mark.parametrize("name", sorted(schemas()))
def test_a_schema_is_one(name):
    Draft202012Validator.check_schema(schemas()[name])


@pytest.mark.parametrize(("direction", "name"), MESSAGES)
def test_an_example_is_valid_alone_and_among_all_of_its_side(direction, name):
    validator(file_name(direction, name)).validate(example(name))
    validator(f"{direction}.json").validate(example(name))


@pytest.mark.parametrize(("direction", "name"), MESSAGES)
def test_a_message_of_the_other_side_is_not_valid(direction, name):
    other = "server" if direction == "client" else "client"
    assert not validator(f"{other}.json").is_valid(example(name))


@pytest.mark.parametrize(("direction", "name"), MESSAGES)
def test_a_newer_side_may_send_more(direction, name):
    newer = {**example(name), "unheardOf": {"nested": True}}
    validator(file_name(direction, name)).validate(newer)


@pytest.mark.parametrize(("direction", "name"), MESSAGES)
def test_every_field_that_a_message_must_have_is_asked_for(direction, name):
    for field in schemas()[file_name(direction, name)]["required"]:
        less = {key: value for key, value in example(name).items() if key != field}
        assert not validator(file_name(direction, name)).is_valid(less), field


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("set_vad_config", "silenceThresholdSeconds", 2.9),
        ("set_vad_config", "silenceThresholdSeconds", "5"),
        ("set_vad_config", "enabled", 1),
        ("set_project_context", "speechTitle", "x" * 201),
        ("set_project_context", "objectives", ["x"] * 11),
        ("set_project_context", "objectives", ["x" * 501]),
        ("set_consent", "speakerName", ""),
        ("set_consent", "consentConfirmed", None),
        ("set_time_limit", "seconds", 601),
        ("set_session_mode", "mode", "rehearsal"),
        ("set_notes", "notes", "x" * 2001),
    ],
)
def test_what_the_schema_refuses_does_not_parse_either(name, field, value):
    broken = {**example(name), field: value}
    assert not validator(file_name("client", name)).is_valid(broken)
    assert isinstance(wire.parse(json.dumps(broken)), wire.Malformed)


@pytest.mark.parametrize(
    ("field", "value"), [("channels", 2), ("sampleRate", 44_100), ("encoding", "MP3")]
)
def test_the_handshake_has_one_form(field, value):
    broken = {**example("audio_format"), field: value}
    assert not validator(file_name("client", "audio_format")).is_valid(broken)


def test_descriptions_name_fields_as_the_wire_does():
    assert "`receivedSamples`" in schemas()["server.session_resumed.json"]["description"]


class TestTypes:
    def test_a_shape_has_one_meaning(self):
        one = {"title": "Same", "properties": {"a": {"type": "string"}}, "required": ["a"]}
        two = {"title": "Same", "properties": {"b": {"type": "string"}}, "required": ["b"]}
        with pytest.raises(typescript.UnknownSchemaError, match="Same means two shapes"):
            typescript.declarations([one], [two])

    @pytest.mark.parametrize(
        ("shape", "expected"),
        [
            ({"type": "integer"}, "number"),
            ({"const": 1}, "1"),
            ({"enum": ["a", "b"], "type": "string"}, '"a" | "b"'),
            ({"items": {"enum": ["a", "b"]}, "type": "array"}, '("a" | "b")[]'),
            ({"anyOf": [{"$ref": "#/$defs/Word"}, {"type": "null"}]}, "Word | null"),
            (
                {"type": "object", "additionalProperties": {"type": "number"}},
                "Record<string, number>",
            ),
        ],
    )
    def test_expressions(self, shape, expected):
        assert typescript.expression(shape) == expected

    @pytest.mark.parametrize("shape", [{}, {"type": "object"}, {"$ref": "https://example.com/x"}])
    def test_what_cannot_be_said_is_an_error_and_not_any(self, shape):
        with pytest.raises(typescript.UnknownSchemaError):
            typescript.expression(shape)

    def test_what_a_client_may_leave_out_is_optional(self):
        optional = {"title": "T", "properties": {"a": {"type": "string"}, "b": {"type": "null"}}}
        text = typescript.declarations([{**optional, "required": ["a"]}], [])
        assert "  a: string;\n  b?: null;\n" in text


class TestCommand:
    def test_the_project_is_up_to_date(self):
        call_command("contract", "--check")

    def test_stale_missing_and_left_over_files_are_named_and_repaired(self, tmp_path):
        call_command("contract", "--write", root=tmp_path)
        stale, missing, left_over = (
            tmp_path / FOLDER / name
            for name in ("client.set_notes.json", "client.json", "client.forgotten.json")
        )
        stale.write_text("{}")
        missing.unlink()
        left_over.write_text("{}")
        with pytest.raises(CommandError) as caught:
            call_command("contract", "--check", root=tmp_path)
        named = str(caught.value).splitlines()[1:]
        assert {Path(line.strip()).name for line in named} == {
            stale.name,
            missing.name,
            left_over.name,
        }
        call_command("contract", "--write", root=tmp_path)
        call_command("contract", "--check", root=tmp_path)
        assert not left_over.exists()

    def test_every_artefact_is_made_the_same_each_time(self):
        assert artefacts() == artefacts()


def test_a_clients_schema_is_of_what_parses():
    assert schema("client", SetVadConfig)["properties"]["silenceThresholdSeconds"] == {
        "minimum": 3,
        "maximum": 15,
        "type": "number",
    }

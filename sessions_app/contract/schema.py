"""The messages as JSON Schema (draft 2020-12), for clients in any language. Pure.

A schema holds what a client may rely on. Beyond it both sides may send fields that the other one
does not know yet, so no schema closes its objects.
"""

import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from pydantic.json_schema import GenerateJsonSchema

from sessions_app.contract import typescript
from sessions_app.contract.messages import AudioFormatMessage, ClientMessage, ServerMessage

Direction = Literal["client", "server"]
Schema = dict[str, Any]

FOLDER: Final = "docs/contract/schema"
TYPES: Final = "static/js/live/messages.d.ts"
_UNIONS: Final[dict[Direction, Any]] = {"client": ClientMessage, "server": ServerMessage}
# Any values parse, so that wrong ones can be answered with audio_format_error.
_HANDSHAKE: Final = {
    "channels": {"const": 1},
    "sampleRate": {"const": 16_000},
    "encoding": {"const": "LINEAR16"},
}


class _Generator(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:
        # "Speech Title" says no more than `speechTitle`.
        return False

    def field_is_required(self, *args: Any, **named: Any) -> bool:
        # The server writes every field, null where there is nothing.
        return self.mode == "serialization" or super().field_is_required(*args, **named)


def models(direction: Direction) -> dict[str, type[BaseModel]]:
    """The messages that one side sends, by ``type``."""
    members: tuple[type[BaseModel], ...] = get_args(get_args(_UNIONS[direction])[0])
    return {member.model_fields["type"].default: member for member in members}


def schema(direction: Direction, model: type[BaseModel]) -> Schema:
    """The schema of one message: of a client's, what parses; of the server's, what is written."""
    mode: Literal["validation", "serialization"] = (
        "validation" if direction == "client" else "serialization"
    )
    return published(model, mode, _HANDSHAKE if model is AudioFormatMessage else {})


def published(
    model: type[BaseModel],
    mode: Literal["validation", "serialization"],
    refined: Mapping[str, object] = MappingProxyType({}),
) -> Schema:
    """The schema of a model as others may rely on it; ``refined`` says more of some fields."""
    raw = model.model_json_schema(by_alias=True, mode=mode, schema_generator=_Generator)
    raw["properties"].update(refined)
    made: Schema = _in_wire_terms(raw)
    return {"$schema": GenerateJsonSchema.schema_dialect, **made}


def union(direction: Direction) -> Schema:
    """The schema of any message that one side sends; it refers to the messages' own files."""
    names = sorted(models(direction))
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": f"{direction.capitalize()}Message",
        "description": f"Any message that the {direction} sends.",
        "oneOf": [{"$ref": file_name(direction, name)} for name in names],
    }


def file_name(direction: Direction, name: str) -> str:
    """The file of a message's schema."""
    return f"{direction}.{name}.json"


def artefacts() -> dict[str, str]:
    """Every generated file: its path in the project, and its text."""
    files: dict[str, str] = {}
    messages: dict[Direction, list[Schema]] = {}
    for direction in _UNIONS:
        messages[direction] = []
        files[f"{FOLDER}/{direction}.json"] = as_text(union(direction))
        for name, model in models(direction).items():
            made = schema(direction, model)
            messages[direction].append(made)
            files[f"{FOLDER}/{file_name(direction, name)}"] = as_text(made)
    files[TYPES] = typescript.declarations(messages["client"], messages["server"])
    return files


def as_text(value: Schema) -> str:
    """A schema as its file holds it."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _in_wire_terms(node: Any) -> Any:
    """The schema with open objects, and with descriptions that name fields as the wire does."""
    if isinstance(node, list):
        return [_in_wire_terms(part) for part in node]
    if not isinstance(node, dict):
        return node
    made = {name: _in_wire_terms(part) for name, part in node.items()}
    if made.get("additionalProperties") is False:
        del made["additionalProperties"]
    if isinstance(properties := made.get("properties"), dict):
        # A field that can hold one value only is there to be checked: `type`, and the handshake's.
        wanted = {*made.get("required", []), *_constants(properties)}
        made["required"] = [name for name in properties if name in wanted]
        for name in made["required"]:
            properties[name].pop("default", None)
        if isinstance(text := made.get("description"), str):
            made["description"] = _description(text, properties)
    return made


def _constants(properties: Schema) -> Iterator[str]:
    return (name for name, field in properties.items() if "const" in field)


def _description(text: str, properties: Schema) -> str:
    def wire_name(match: re.Match[str]) -> str:
        camel = to_camel(match[1])
        return f"`{camel if camel in properties else match[1]}`"

    return re.sub(r"``(\w+)``", wire_name, " ".join(text.split()))

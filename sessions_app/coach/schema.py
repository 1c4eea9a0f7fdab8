"""The coach's messages as JSON Schema, and as the browser's types. Pure."""

from typing import Any, Final, Literal, get_args

from pydantic import BaseModel

from sessions_app.coach.messages import ClientCoachMessage, ServerCoachMessage
from sessions_app.contract import typescript
from sessions_app.contract.schema import as_text, published

TYPES: Final = "static/js/coach/messages.d.ts"
SCHEMA: Final = "docs/coach.schema.json"
_SOURCE: Final = "sessions_app/coach/messages.py"

Schema = dict[str, Any]


def models(union: Any) -> dict[str, type[BaseModel]]:
    """The messages of a union, by ``type``."""
    members: tuple[type[BaseModel], ...] = get_args(get_args(union)[0])
    return {member.model_fields["type"].default: member for member in members}


def artefacts() -> dict[str, str]:
    """Every generated file: its path in the project, and its text."""
    client = _schemas(ClientCoachMessage, "validation")
    server = _schemas(ServerCoachMessage, "serialization")
    return {
        SCHEMA: as_text({"client": client, "server": server}),
        TYPES: typescript.declarations(client.values(), server.values(), _SOURCE),
    }


def _schemas(union: Any, mode: Literal["validation", "serialization"]) -> dict[str, Schema]:
    return {name: published(model, mode) for name, model in models(union).items()}

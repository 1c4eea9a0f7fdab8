"""The event names of the beta, for reading what an older server sends. They are never sent."""

from collections.abc import Mapping
from typing import Any, Final

_RENAMED: Final = {
    "conversation.item.created": "conversation.item.added",
    "response.audio.delta": "response.output_audio.delta",
    "response.audio.done": "response.output_audio.done",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio_transcript.done": "response.output_audio_transcript.done",
    "response.text.delta": "response.output_text.delta",
    "response.text.done": "response.output_text.done",
}
_CONTENT: Final = {"text": "output_text", "audio": "output_audio"}


def is_beta(event: Mapping[str, Any]) -> bool:
    """Whether a server event has a name that only the beta has."""
    return event.get("type") in _RENAMED


def modern(event: Mapping[str, Any]) -> dict[str, Any]:
    """A server event under the names of the GA API; one that has them already is as it was."""
    result = dict(event)
    kind = event.get("type")
    if isinstance(kind, str):
        result["type"] = _RENAMED.get(kind, kind)
    if isinstance(item := event.get("item"), Mapping):
        result["item"] = _modern_item(item)
    response = event.get("response")
    if isinstance(response, Mapping) and isinstance(output := response.get("output"), list):
        items = [_modern_item(one) if isinstance(one, Mapping) else one for one in output]
        result["response"] = {**response, "output": items}
    return result


def _modern_item(item: Mapping[str, Any]) -> dict[str, Any]:
    content = item.get("content")
    if item.get("role") != "assistant" or not isinstance(content, list):
        return dict(item)
    parts = [
        {**part, "type": _CONTENT.get(part.get("type", ""), part.get("type"))}
        if isinstance(part, Mapping)
        else part
        for part in content
    ]
    return {**item, "content": parts}

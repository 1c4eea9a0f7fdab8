"""What was said in a conversation, bounded, so that it can be taken up on another connection. Pure.

Texts only: what was typed, what was heard of the speaker, and of the coach what reached the
speaker's ears. Calls of tools and their results stay together, or a tool would be run twice.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from sessions_app.coach import Event, Turn

MOST_ITEMS: Final = 240
MOST_CHARACTERS: Final = 48_000
"""About two hours of conversation, and well within what a model takes."""


class Said(BaseModel):
    """One item. ``generated`` is all that the coach made; ``text`` what of it was heard.

    ``call`` holds the fields of a tool's call or result. ``hidden`` items are ours: the browser
    does not see them.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    id: str
    role: Literal["user", "assistant", "system", ""] = ""
    text: str = ""
    generated: str = ""
    call: dict[str, Any] | None = None
    hidden: bool = False

    @property
    def is_told(self) -> bool:
        return bool(self.text.strip()) or self.call is not None

    def fields(self) -> dict[str, Any]:
        """The item as a connection is given it again, and as a browser is shown it."""
        if self.call is not None:
            return {**self.call, "id": self.id}
        kind = "output_text" if self.role == "assistant" else "input_text"
        content = [{"type": kind, "text": self.text}]
        return {"id": self.id, "type": "message", "role": self.role, "content": content}


class History:
    """The items of a conversation, in order."""

    def __init__(self, items: tuple[Said, ...] = ()) -> None:
        self._items: OrderedDict[str, Said] = OrderedDict((item.id, item) for item in items)

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._items

    @property
    def items(self) -> tuple[Said, ...]:
        return tuple(self._items.values())

    def get(self, item_id: str) -> Said | None:
        return self._items.get(item_id)

    def add(self, item: Mapping[str, Any], *, hidden: bool = False) -> None:
        """Take an item as the upstream, or we, have made it; one that is there stays."""
        item_id = item.get("id")
        if not isinstance(item_id, str) or item_id in self._items:
            return
        kind, role = str(item.get("type")), str(item.get("role"))
        if kind in {"function_call", "function_call_output"}:
            kept = ("type", "call_id", "name", "arguments", "output")
            call = {name: item[name] for name in kept if name in item}
            self._items[item_id] = Said(id=item_id, call=call, hidden=hidden)
        elif kind == "message" and role in {"user", "assistant", "system"}:
            text = _text_of(item)
            fields = {"id": item_id, "role": role, "text": text, "generated": text}
            self._items[item_id] = Said.model_validate({**fields, "hidden": hidden})
        self._trim()

    def complete_call(self, item: Mapping[str, Any]) -> None:
        """The arguments of a call are known now."""
        said = self._items.get(str(item.get("id")))
        if said is not None and said.call is not None:
            said.call.update({name: item[name] for name in ("name", "arguments") if name in item})

    def hear(self, item_id: str, text: str) -> None:
        """What the speaker said in an item is known now."""
        if (said := self._items.get(item_id)) is not None and said.role == "user":
            said.text = said.generated = text

    def say(self, item_id: str, delta: str) -> None:
        """The coach goes on in an item."""
        if (said := self._items.get(item_id)) is not None and said.role == "assistant":
            said.text += delta
            said.generated += delta

    def cut(self, item_id: str, heard_ms: float, made_ms: float) -> None:
        """Of an item only so much was heard: its text ends with the last word heard whole."""
        said = self._items.get(item_id)
        if said is None or made_ms <= 0:
            return
        words = said.generated.split()
        share = min(1.0, max(0.0, heard_ms / made_ms))
        total = sum(len(word) + 1 for word in words)
        kept: list[str] = []
        spoken = 0
        for word in words:
            spoken += len(word) + 1
            if spoken > share * total + 1e-9:
                break
            kept.append(word)
        said.text = " ".join(kept)

    def delete(self, item_id: str) -> None:
        self._items.pop(item_id, None)

    def replay(self) -> list[Event]:
        """The client events that give another connection what was said.

        A call without its result is left out: whoever wants it, makes it again.
        """
        outputs = {
            str(item.call.get("call_id"))
            for item in self._items.values()
            if item.call is not None and item.call.get("type") == "function_call_output"
        }
        return [
            {"type": "conversation.item.create", "item": item.fields()}
            for item in self._items.values()
            if item.is_told and (item.call is None or str(item.call.get("call_id")) in outputs)
        ]

    def turns(self) -> tuple[Turn, ...]:
        """The same for an upstream that is told when it is connected."""
        return tuple(
            Turn("assistant" if item.role == "assistant" else "user", item.text, item.id)
            for item in self._items.values()
            if item.role in {"user", "assistant"} and item.text.strip() and not item.hidden
        )

    def shown(self) -> list[Event]:
        """The server events that show a browser what was said."""
        events: list[Event] = []
        previous: str | None = None
        for item in self._items.values():
            if item.hidden or item.call is not None or not item.is_told:
                continue
            fields = {**item.fields(), "object": "realtime.item", "status": "completed"}
            events += [
                {"type": f"conversation.item.{step}", "item": fields, "previous_item_id": previous}
                for step in ("added", "done")
            ]
            previous = item.id
        return events

    def _trim(self) -> None:
        size = sum(len(item.generated) for item in self._items.values())
        while len(self._items) > MOST_ITEMS or (size > MOST_CHARACTERS and len(self._items) > 1):
            _, oldest = self._items.popitem(last=False)
            size -= len(oldest.generated)
            # A result without its call is refused by the upstream.
            call_id = (oldest.call or {}).get("call_id")
            if call_id is not None:
                self._drop_call(call_id)

    def _drop_call(self, call_id: str) -> None:
        for item_id, item in list(self._items.items()):
            if item.call is not None and item.call.get("call_id") == call_id:
                del self._items[item_id]


def _text_of(item: Mapping[str, Any]) -> str:
    parts = item.get("content")
    if not isinstance(parts, list | tuple):
        return ""
    texts = (part.get("text") or part.get("transcript") for part in parts if isinstance(part, dict))
    return " ".join(text for text in texts if isinstance(text, str))

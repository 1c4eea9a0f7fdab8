"""The items of a conversation, and what a client may put into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal

import pydantic
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from sessions_app.coach.protocol.errors import ClientError, client_error

Role = Literal["user", "assistant", "system"]
Status = Literal["in_progress", "completed", "incomplete"]
ContentKind = Literal["input_text", "input_audio", "output_text", "output_audio"]

ROOT: Final = "root"
"""``previous_item_id`` of what shall be first."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing said, or handed over.

    ``text`` is what stands in the conversation. ``generated_text`` is all that was made for an item
    of the assistant's: more than ``text`` where it was cut off. ``audio_ms`` is how much sound was
    made for it. ``other`` holds the fields of what is no message.
    """

    id: str
    role: Role = "user"
    content: ContentKind = "input_text"
    text: str = ""
    status: Status = "completed"
    audio_ms: int = 0
    generated_text: str = ""
    has_content: bool = True
    other: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_spoken(self) -> bool:
        """Whether it is the assistant's sound."""
        return self.content == "output_audio" and not self.other

    def fields(self) -> dict[str, Any]:
        """The item as events show it. Its sound is not kept."""
        if self.other:
            return {"object": "realtime.item", "status": self.status, **self.other, "id": self.id}
        name = "transcript" if self.content.endswith("audio") else "text"
        content = [{"type": self.content, name: self.text}] if self.has_content else []
        return {
            "id": self.id,
            "object": "realtime.item",
            "type": "message",
            "status": self.status,
            "role": self.role,
            "content": content,
        }


class Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    type: Literal["input_text", "input_audio", "input_image", "output_text", "output_audio"]
    text: str | None = None
    transcript: str | None = None
    audio: str | None = None
    image_url: str | None = None
    detail: str | None = None


class _Given(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    object: Literal["realtime.item"] | None = None
    status: Status | None = None


class Message(_Given):
    type: Literal["message"]
    role: Role
    content: tuple[Content, ...]


class FunctionCall(_Given):
    type: Literal["function_call"]
    name: str
    arguments: str
    call_id: str | None = None


class FunctionCallOutput(_Given):
    type: Literal["function_call_output"]
    call_id: str
    output: str


_GIVEN: Final[TypeAdapter[Message | FunctionCall | FunctionCallOutput]] = TypeAdapter(
    Annotated[Message | FunctionCall | FunctionCallOutput, Field(discriminator="type")]
)
_SAYS: Final[Mapping[Role, frozenset[str]]] = {
    "user": frozenset({"input_text", "input_audio", "input_image"}),
    "system": frozenset({"input_text"}),
    "assistant": frozenset({"output_text", "output_audio"}),
}


def read_item(given: Mapping[str, Any], new_id: str) -> Item:
    """The item of a ``conversation.item.create``; ``new_id`` is its name if it brings none.

    Raises:
        ClientError: no such item may be put into a conversation.
    """
    try:
        read = _GIVEN.validate_python(given)
    except pydantic.ValidationError as error:
        raise client_error(error, ("item",)) from None
    name = read.id or new_id
    if not isinstance(read, Message):
        return Item(id=name, other=read.model_dump(exclude_none=True, exclude={"id", "object"}))
    for at, part in enumerate(read.content):
        if part.type not in _SAYS[read.role]:
            param = f"item.content[{at}].type"
            allowed = ", ".join(f"'{kind}'" for kind in sorted(_SAYS[read.role]))
            raise ClientError(
                "invalid_value", f"Invalid value for '{param}'. Supported: {allowed}.", param
            )
    text = said(read.content)
    spoken = any(part.type == "input_audio" for part in read.content)
    kind: ContentKind = "input_audio" if spoken else "input_text"
    if read.role == "assistant":
        # Replayed, it has no sound that could be cut.
        kind = "output_text"
    return Item(id=name, role=read.role, content=kind, text=text, generated_text=text)


def said(content: Sequence[Content]) -> str:
    """The words of a message's parts."""
    return " ".join(part.text or part.transcript or "" for part in content).strip()


class Conversation:
    """The items in order."""

    def __init__(self) -> None:
        self._items: dict[str, Item] = {}
        self._order: list[str] = []

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._items

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(self._items[name] for name in self._order)

    @property
    def last_id(self) -> str | None:
        return self._order[-1] if self._order else None

    def get(self, item_id: str) -> Item | None:
        return self._items.get(item_id)

    def add(self, item: Item, previous: str | None = None) -> str | None:
        """Put ``item`` after ``previous`` (at the end by default); return what it comes after.

        Raises:
            ClientError: its id is taken, or ``previous`` is not there.
        """
        if item.id in self._items:
            raise ClientError(
                "item_create_duplicate_item_id",
                f"Error adding item: an item with id '{item.id}' already exists.",
                "item.id",
            )
        if previous is None:
            at = len(self._order)
        elif previous == ROOT:
            at = 0
        elif previous in self._items:
            at = self._order.index(previous) + 1
        else:
            raise ClientError(
                "item_create_invalid_previous_item_id",
                f"Error adding item: the previous item with id '{previous}' does not exist.",
                "previous_item_id",
            )
        self._order.insert(at, item.id)
        self._items[item.id] = item
        return self._order[at - 1] if at else None

    def replace(self, item: Item) -> None:
        """Let ``item`` stand where the one with its id stands; deleted ones stay deleted."""
        if item.id in self._items:
            self._items[item.id] = item

    def remove(self, item_id: str) -> None:
        del self._items[item_id]
        self._order.remove(item_id)

"""The frames that nearly all sound comes in, read without the state of a WebSocket parser."""

from typing import Final

from websockets.frames import apply_mask  # type: ignore[attr-defined] # C, where it is

AT_ONCE: Final = 32
"""Messages of one read that are handed over. Before those behind them it is the others' turn."""
_PLAIN = b"\x82\xfe"
"""How a frame begins that is a whole binary message, masked, its length in the next two bytes."""
_SHORTEST = 126
"""What is shorter has its length in one byte (RFC 6455, 5.2)."""
_HEADER_BYTES = 8


def plain_messages(data: bytes, longest: int) -> tuple[list[bytes], int]:
    """The messages that ``data`` begins with, and where what is none begins.

    ``data`` begins between two messages. At most ``AT_ONCE`` are read, and none above ``longest``
    bytes; whatever else there is, and what is cut off at the end, is for a parser.
    """
    messages: list[bytes] = []
    at = 0
    while data.startswith(_PLAIN, at) and len(messages) < AT_ONCE:
        begin = at + _HEADER_BYTES
        size = int.from_bytes(data[at + 2 : at + 4])
        if begin + size > len(data) or not _SHORTEST <= size <= longest:
            break
        at = begin + size
        messages.append(apply_mask(data[begin:at], data[begin - 4 : begin]))
    return messages, at

"""What the server and a decoder process say to each other: frames on stdin and stdout.

A frame is a kind (one byte), the lease it belongs to, the payload's length, and the payload.
"""

import struct
from collections.abc import Callable
from typing import Final, Literal, TypedDict

HEADER: Final = struct.Struct("<cII")
OPENING: Final = struct.Struct("<Q?")
"""Payload of ``OPEN``: the sample at which the audio begins; whether interims are wanted."""

OPEN: Final = b"O"
AUDIO: Final = b"A"
FINISH: Final = b"F"
READY: Final = b"R"
MESSAGE: Final = b"M"

WordFields = tuple[str, float, float, float]
"""Word, start and end in seconds of the speech, confidence (0–1)."""


class Words(TypedDict):
    """Words of an utterance: as guessed now, or for good."""

    kind: Literal["hypothesis", "utterance"]
    start: float
    end: float
    words: list[WordFields]


class Progress(TypedDict):
    """Everything before sample ``heard`` is decoded."""

    kind: Literal["progress"]
    heard: int


class Done(TypedDict):
    """All that was asked for is decoded."""

    kind: Literal["done"]


Message = Words | Progress | Done


def frame(kind: bytes, lease: int, payload: bytes = b"") -> bytes:
    """A whole frame."""
    return HEADER.pack(kind, lease, len(payload)) + payload


def read_frame(read: Callable[[int], bytes]) -> tuple[bytes, int, bytes] | None:
    """The next frame from ``read`` (which blocks for exactly n bytes); ``None`` at the end."""
    header = read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    kind, lease, size = HEADER.unpack(header)
    payload = read(size) if size else b""
    return (kind, lease, payload) if len(payload) == size else None

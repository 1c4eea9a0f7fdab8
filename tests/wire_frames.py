"""What clients put on a WebSocket's wire, in order and in whatever pieces it comes."""

import asyncio
from collections.abc import Callable

from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from tests.server import DEADLINE_SECONDS

Message = tuple[str, bytes]
MOST_BYTES = 60_000
PCM = bytes(1_600)
SIZES = (0, 1, 125, 126, 1_600, MOST_BYTES, MOST_BYTES + 1)


async def turns(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not reached():  # noqa: ASYNC110 - what is waited for are the loop's own turns
            await asyncio.sleep(0)


def frames_of(kind: str, data: bytes, parts: int) -> bytes:
    """A message as a client of ours or any other sends it: whole, or in parts with a ping."""
    opcode = Opcode.BINARY if kind == "audio" else Opcode.TEXT
    if parts == 1:
        return Frame(opcode, data).serialize(mask=True)
    half = len(data) // 2
    return b"".join(
        frame.serialize(mask=True)
        for frame in (
            Frame(opcode, data[:half], fin=False),
            Frame(Opcode.PING, b"there?"),
            Frame(Opcode.CONT, data[half:], fin=True),
        )
    )


messages = st.lists(
    st.tuples(
        st.sampled_from(["audio", "audio", "audio", "text"]),
        st.sampled_from(SIZES[:-1]),
        st.sampled_from([1, 1, 1, 2]),
    ),
    max_size=60,
)
# Nothing is handed over before the application has come back to wait for it.
cuts = st.lists(
    st.tuples(st.integers(1, 70_000), st.sampled_from([0, 1, 3, 12, 12, 12])), max_size=40
)

UNFINISHED = Frame(Opcode.BINARY, PCM, fin=False).serialize(mask=True)
BEGINNINGS = (b"\x82\xfe", b"\x82\xff", b"\x82\x7e", b"\xc2\xfe", b"\x02\xfe", b"\x80\x80", b"")

wrong = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(BEGINNINGS), st.binary(max_size=40)).map(b"".join),
        st.sampled_from(SIZES).map(lambda size: frames_of("audio", bytes(size), 1)),
        st.just(frames_of("audio", b"abcd", 2)),
        st.just(UNFINISHED),
        st.just(Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True)),
    ),
    max_size=8,
)
"""What breaks the protocol here and there."""


def stream_of(sent: list[tuple[str, int, int]]) -> tuple[list[Message], bytes]:
    """What comes of ``messages``, and how it goes over the wire."""
    expected, stream = [], b""
    for number, (kind, size, parts) in enumerate(sent):
        data = (b"%d" % number * size)[:size]
        expected.append((kind, data))
        stream += frames_of(kind, data, parts)
    return expected, stream


_WITHIN = b"\x82\xfe\x00\x80" + bytes(4) + b"x" * 100
# Masks of zeros change nothing.
LOOKALIKES = {
    "a message": b"\x82\xed" + bytes(4) + b"?" + _WITHIN,
    "a ping": b"\x89\xed" + bytes(4) + b"?" + _WITHIN,
}
"""Frames within which, from their seventh byte on, something looks like a longer message."""
LOOKALIKE_AT = 7

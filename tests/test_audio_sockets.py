"""Whatever a client sends, in whatever pieces: what the servers' own protocols make of it."""

import asyncio

import pytest
from hypothesis import example, given

from tests.audio_socket import AudioSocket
from tests.daphne_socket import DaphneSocket
from tests.uvicorn_socket import UvicornSocket
from tests.wire_frames import (
    LOOKALIKE_AT,
    LOOKALIKES,
    PCM,
    UNFINISHED,
    cuts,
    frames_of,
    messages,
    stream_of,
    wrong,
)

CHUNK = frames_of("audio", PCM, 1)

pytestmark = pytest.mark.parametrize("kind", [UvicornSocket, DaphneSocket])


async def open_socket(kind: type[AudioSocket], **options: bool) -> AudioSocket:
    socket = kind(**options)
    await socket.opened()
    await socket.settled()
    return socket


@given(messages, cuts)
@example([("audio", 1_600, 1)] * 60 + [("text", 1, 1)] + [("audio", 1_600, 1)] * 3, [])
@example([("text", 1, 1), ("audio", 1_600, 1)], [])
def test_every_message_comes_once_and_in_order(kind, sent, pieces):
    async def run() -> None:
        socket = kind()
        await socket.opened()
        expected, stream = stream_of(sent)
        await socket.fed(stream, pieces)
        assert socket.got == expected
        await socket.over()

    asyncio.run(run())


@given(wrong)
@example([b"\x82\xfe\x00\x01mask."])
@example([UNFINISHED, CHUNK])
def test_what_is_wrong_is_answered_as_by_the_server_itself(kind, parts):
    async def run() -> None:
        ours, theirs = kind(), kind(inherited=True)
        for socket in (ours, theirs):
            await socket.opened()
            for part in parts:
                await socket.reads()
                socket.feed(part)
                await socket.settled()
        assert ours.answered == theirs.answered
        assert ours.got == theirs.got
        for socket in (ours, theirs):
            await socket.over()

    asyncio.run(run())


@pytest.mark.parametrize("name", LOOKALIKES)
async def test_what_looks_like_a_message_within_a_frame_is_none(kind, name):
    socket = await open_socket(kind)
    frame = LOOKALIKES[name]
    socket.feed(frame[:LOOKALIKE_AT])
    socket.feed(frame[LOOKALIKE_AT:] + CHUNK)
    await socket.settled()
    assert socket.got[-1] == ("audio", PCM)
    assert socket.got[:-1] == [("audio", frame[6:])] * (name == "a message")
    await socket.over()


async def test_audio_is_handed_over_at_once_and_without_the_parser(kind):
    socket = await open_socket(kind)
    socket.feed(CHUNK * 3)
    assert socket.got == [("audio", PCM)] * 3
    assert socket.parser_calls() == 0
    # The rest of a long read has its turn as well.
    socket.feed(CHUNK * 100 + frames_of("text", b"stop", 1))
    assert socket.parser_calls() > 0
    await socket.settled()
    assert socket.got == [("audio", PCM)] * 103 + [("text", b"stop")]
    await socket.over()


async def test_nothing_is_handed_over_after_a_close(kind):
    socket = await open_socket(kind)
    socket.feed(frames_of("text", b"close", 1))
    await socket.settled()
    socket.feed(CHUNK)
    await socket.settled()
    assert socket.got == [("text", b"close")]
    await socket.over()


async def test_nobody_is_woken_for_less_than_is_wanted_until_something_else_is_said(kind):
    socket = await open_socket(kind)
    socket.missing = 3_200
    socket.feed(CHUNK)
    await socket.settled()
    socket.feed(CHUNK * 5)
    await socket.settled()
    assert socket.marks == [6_400]
    # What comes next may be about it.
    for text in (b"pause", b"go on"):
        socket.feed(frames_of("text", text, 1))
        await socket.settled()
    assert socket.marks == [6_400, 1]
    socket.feed(CHUNK)
    await socket.settled()
    assert socket.marks == [6_400, 1, 6_400]
    socket.feed(CHUNK + frames_of("text", b"stop", 1))
    await socket.settled()
    assert socket.marks == [6_400, 1, 6_400, 1]
    await socket.over()

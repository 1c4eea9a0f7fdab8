"""What our protocol of uvicorn's does besides; see ``test_audio_sockets``."""

import asyncio

from websockets.frames import Frame

from sessions_app.live import fast_lane
from tests.uvicorn_socket import UvicornSocket
from tests.wire_frames import PCM, frames_of


async def test_of_one_read_so_much_is_handed_over_before_it_is_the_turn_of_others():
    socket = UvicornSocket()
    await socket.opened()
    await socket.settled()
    socket.feed(frames_of("audio", PCM, 1) * 100)
    assert len(socket.got) == fast_lane.YIELD_EVERY
    assert socket.wire.pauses == 1
    await socket.settled()
    assert len(socket.got) == 100
    await socket.over()


async def test_a_text_is_sent_at_once_where_it_can_be():
    socket = UvicornSocket()
    await socket.opened()
    assert socket.tell("first")
    assert socket.tell("second")
    socket.client.receive_data(bytes(socket.wire.written))
    events = socket.client.events_received()
    assert [bytes(one.data) for one in events if isinstance(one, Frame)] == [b"first", b"second"]
    # One that does not read is waited for by ``send``.
    socket.protocol.pause_writing()
    assert not socket.tell("third")
    socket.protocol.resume_writing()
    socket.feed(frames_of("text", b"close", 1))
    await socket.settled()
    assert not socket.tell("too late")
    await socket.over()


async def test_to_a_client_that_is_gone_nothing_is_sent():
    socket = UvicornSocket()
    await socket.opened()
    await socket.settled()
    socket.protocol.connection_lost(ConnectionResetError())
    assert not socket.tell("too late")
    assert not socket.wire.written
    await asyncio.gather(*socket.protocol.tasks)

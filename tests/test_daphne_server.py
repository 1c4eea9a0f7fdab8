"""What our protocol of daphne's does besides; see ``test_audio_sockets``."""

from unittest.mock import Mock

from daphne.ws_protocol import WebSocketFactory

from speechcoach.daphne_server import AudioSocket
from tests.daphne_socket import DaphneSocket
from tests.wire_frames import PCM, frames_of


async def test_who_sends_audio_is_there_though_a_ping_was_not_answered():
    socket = DaphneSocket()
    await socket.opened()
    await socket.settled()
    overdue = socket.protocol.autoPingTimeoutCall = Mock()
    socket.protocol.last_ping = 0
    socket.feed(frames_of("audio", PCM, 1))
    overdue.cancel.assert_called_once_with()
    assert socket.protocol.autoPingTimeoutCall is None
    assert socket.protocol.last_ping > 0
    await socket.over()


def test_it_is_the_one_of_every_socket():
    assert WebSocketFactory.protocol is AudioSocket

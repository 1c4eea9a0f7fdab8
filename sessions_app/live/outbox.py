"""What a session has to say to its client, in order."""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from sessions_app.contract import wire
from sessions_app.core import effects as fx
from sessions_app.live.pump import Pump
from sessions_app.live.replies import Reply
from speechcoach.audio_lane import tell_nobody

MAX_UNREAD: Final = 2000


class _Client(Protocol):
    hung_up: bool

    @property
    def send(self) -> Callable[..., Awaitable[None]]: ...

    @property
    def close(self) -> Callable[[int], Awaitable[None]]: ...


class Outbox:
    """Sends at once what can be sent at once, and the rest in its turn.

    Most messages are about the sound that is just being heard, and nothing is to go before them: no
    task is woken for those (``audio_lane``).

    Args:
        client: the socket; what it has not been sent when it is hung up stays unsent.
    """

    def __init__(self, client: _Client) -> None:
        self.tell: Callable[[str], bool] = tell_nobody
        self._client = client
        self._pump = Pump[fx.Effect | Reply]("outbox", self._deliver, limit=MAX_UNREAD)

    def put(self, item: fx.Effect | Reply) -> bool:
        """Never waits. False where the client leaves more unread than may wait."""
        told = (
            isinstance(item, fx.Send)
            and self._pump.idle
            and not self._client.hung_up
            and self.tell(wire.dump(item.message))
        )
        return told or self._pump.put(item)

    async def close(self) -> None:
        """What still waits is dropped."""
        self.tell = tell_nobody
        await self._pump.close()

    async def _deliver(self, effect: fx.Effect | Reply) -> None:
        if isinstance(effect, Reply) and await effect.holds():
            effect = fx.Send(effect.message)
        if self._client.hung_up:
            return
        match effect:
            case fx.Send(message=message):
                await self._client.send(text_data=wire.dump(message))
            case fx.SendAudio(audio=audio):
                await self._client.send(bytes_data=audio)
            case fx.HangUp(code=code):
                await self._client.close(code)

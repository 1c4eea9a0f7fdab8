"""An extension of ASGI that our servers offer: a socket's messages without its queue and its tasks.

A socket's ``scope["extensions"][EXTENSION]`` is a :class:`Lane`. While its application waits for a
message it may put a function there, and is then handed binary messages at once, by the event loop's
own call that read them: no task is woken for them. What comes behind another message that still
waits, waits as well, so that the order stays. And it may send text messages in the same call. An
application that leaves it alone loses nothing.
"""

from collections.abc import Callable
from typing import Final, TypedDict

EXTENSION: Final = "speechcoach.audio"
ANY: Final = (0, 0.0)
"""``wanted`` where each message is."""


class Lane(TypedDict):
    """``take`` is called with binary messages, in order; None: they are queued like all others.

    ``wanted`` is how many bytes of them the application has use for at once, and for how many
    seconds at most it can do without; it sets it before ``take`` returns. A server may leave fewer
    bytes unread for so long: to be woken for each message costs more than to read it.

    ``tell`` sends a text message. False: it did not, and the message must go by ``send``, which
    waits where the client does not read and says where it is gone. Whatever was given to ``send``
    before must be out.
    """

    take: Callable[[list[bytes]], object] | None
    wanted: tuple[int, float]
    tell: Callable[[str], bool]


def new_lane(tell: Callable[[str], bool]) -> Lane:
    return Lane(take=None, wanted=ANY, tell=tell)


def tell_nobody(_text: str) -> bool:
    """``tell`` where there is nobody."""
    return False


def no_lane() -> Lane:
    """What an application has where the server offers none."""
    return new_lane(tell_nobody)

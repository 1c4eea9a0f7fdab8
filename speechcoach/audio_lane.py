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


class Lane(TypedDict):
    """``take`` is called with each binary message; None: they are queued like all others.

    ``tell`` sends a text message. False: it did not, and the message must go by ``send``, which
    waits where the client does not read and says where it is gone. Whatever was given to ``send``
    before must be out.
    """

    take: Callable[[bytes], object] | None
    tell: Callable[[str], bool]


def no_lane() -> Lane:
    """What an application has where the server offers none."""
    return Lane(take=None, tell=lambda _text: False)

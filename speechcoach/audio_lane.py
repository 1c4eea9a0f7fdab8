"""An extension of ASGI that our servers offer: a socket's binary messages, without its queue.

A socket's ``scope["extensions"][EXTENSION]`` is a :class:`Lane`. While its application waits for a
message it may put a function there, and is then handed binary messages at once, by the event loop's
own call that read them: no task is woken for them. What comes behind another message that still
waits, waits as well, so that the order stays. An application that leaves it alone loses nothing.
"""

from collections.abc import Callable
from typing import Final, TypedDict

EXTENSION: Final = "speechcoach.audio"


class Lane(TypedDict):
    """``take`` is called with each binary message; None: they are queued like all others."""

    take: Callable[[bytes], object] | None

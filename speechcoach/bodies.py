"""A bound on the body of a request, kept before anything reads it.

Django's ASGI handler puts a body beyond ``FILE_UPLOAD_MAX_MEMORY_SIZE`` on a disk, whatever the
view then makes of it, and it may be somebody's voice. No page of ours needs so much at once: a
recorded speech comes in pieces.
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_Application = Callable[[Any, Any, Any], Awaitable[None]]


class _TooLargeError(Exception):
    """More came than was announced."""


class SmallBodies:
    """An ASGI application that answers 413 where a body is larger than ``most`` bytes."""

    def __init__(self, application: _Application, most: int) -> None:
        self._application = application
        self._most = most

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        if _announced(scope) > self._most:
            await self._refuse(send)
            return
        got, answered = 0, False

        async def counted() -> _Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > self._most:
                raise _TooLargeError
            return message

        async def noted(message: _Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._application(scope, counted, noted)
        except _TooLargeError:
            if not answered:
                await self._refuse(send)

    async def _refuse(self, send: _Send) -> None:
        sentence = (
            f"The request is larger than {self._most} bytes. A recorded speech is uploaded in "
            "smaller pieces."
        )
        body = json.dumps({"error": "too_large", "message": sentence}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _announced(scope: _Message) -> int:
    """The ``content-length``; 0 where there is none, or no number."""
    for name, value in scope.get("headers", ()):
        if name.lower() == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0

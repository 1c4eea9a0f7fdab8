"""No body of a request reaches a disk: what is too large is refused before it is read."""

import io
import json

from asgiref.sync import async_to_sync
from daphne.http_protocol import WebRequest
from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler, load_handler

from sessions_app.uploads.receiving import PIECE_BYTES
from speechcoach.bodies import SmallBodies
from speechcoach.embedded import keep_bodies_in_memory

MOST = 1000


def ask(*pieces: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()):
    """The answer to a request, and how much of it the application behind has read."""
    sent, read = [], []

    async def application(scope, receive, send):
        while True:
            message = await receive()
            read.append(message.get("body", b""))
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"thanks"})

    waiting = [
        {"type": "http.request", "body": piece, "more_body": index + 1 < len(pieces)}
        for index, piece in enumerate(pieces)
    ]

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    async def run():
        scope = {"type": "http", "headers": headers}
        await SmallBodies(application, MOST)(scope, receive, send)

    async_to_sync(run)()
    return sent, b"".join(read)


def test_a_body_within_the_limit_passes_whole():
    sent, read = ask(b"a" * 600, b"b" * 400)
    assert sent[0]["status"] == 200
    assert len(read) == MOST


def test_an_announced_body_beyond_it_is_refused_unread():
    sent, read = ask(b"a" * 1001, headers=((b"content-length", b"1001"),))
    assert sent[0]["status"] == 413
    answer = json.loads(sent[1]["body"])
    assert answer["error"] == "too_large"
    assert "smaller pieces" in answer["message"]
    assert read == b""


def test_one_that_grows_beyond_it_is_refused_where_it_does():
    sent, read = ask(b"a" * 600, b"b" * 600)
    assert sent[0]["status"] == 413
    assert read == b"a" * 600


def test_a_length_that_is_no_number_is_counted():
    sent, _ = ask(b"a" * 1001, headers=((b"content-length", b"many"),))
    assert sent[0]["status"] == 413


def test_no_handler_of_django_s_makes_a_temporary_file():
    handlers = [load_handler(path, None) for path in settings.FILE_UPLOAD_HANDLERS]
    assert not any(isinstance(handler, TemporaryFileUploadHandler) for handler in handlers)
    assert PIECE_BYTES < settings.FILE_UPLOAD_MAX_MEMORY_SIZE


def test_daphne_keeps_a_body_in_memory_and_no_more_than_tells_that_it_is_too_large(monkeypatch):
    monkeypatch.setattr(WebRequest, "gotLength", WebRequest.gotLength)
    keep_bodies_in_memory(MOST)
    request = WebRequest.__new__(WebRequest)
    request.gotLength(5_000_000)
    assert isinstance(request.content, io.BytesIO)
    for _ in range(5):
        assert request.content.write(b"a" * 500) == 500
    assert len(request.content.getvalue()) == MOST + 1

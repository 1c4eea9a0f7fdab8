"""How the fake OpenAI is spoken to: its requests, its answers, and the port they come through."""

import email
import json
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.fakes.dial_tone import Vocabulary

KEY = "sk-fake-quibblestone"
MODELS: dict[str, str | None] = {
    "gpt-5.4-mini": None,
    "gpt-4o-mini-tts": "2027-01-06",
    "tts-1": "2027-01-06",
    "whisper-1": "2027-02-26",
}


@dataclass(frozen=True)
class Request:
    """``file`` is what was uploaded with a form, whose fields are the ``body``: one of several
    values is a list. ``size`` is that of the whole request.
    """

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    file: bytes | None = None
    size: int = 0

    @property
    def messages(self) -> list[dict[str, str]]:
        messages: list[dict[str, str]] = self.body.get("input") or self.body["messages"]
        return messages

    @property
    def schema(self) -> dict[str, Any]:
        if "text" in self.body:
            return dict(self.body["text"]["format"]["schema"])
        return dict(self.body["response_format"]["json_schema"]["schema"])

    @property
    def data(self) -> dict[str, Any]:
        """The document of data that an evaluation is asked with."""
        return dict(json.loads(self.messages[1]["content"]))


class Reply:
    """How an answer is written; ``fake`` knows the server, ``request`` what was asked."""

    billed = True

    def __init__(self, write: Callable[["Handler", "FakeOpenAI", Request], None]) -> None:
        self.write = write


class Free(Reply):
    """An answer that no vendor charges for."""

    billed = False


@dataclass
class FakeOpenAI:
    base_url: str
    usual: dict[str, Reply]
    requests: list[Request] = field(default_factory=list)
    billed: list[str] = field(default_factory=list)
    models: dict[str, str | None] = field(default_factory=lambda: dict(MODELS))
    vocabulary: Vocabulary | None = None
    """What it can hear."""
    on_hang: Callable[[], object] = lambda: True
    released: threading.Event = field(default_factory=threading.Event)
    _scripts: dict[str, list[Reply]] = field(default_factory=lambda: defaultdict(list))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answers(self, path: str, *replies: Reply) -> Self:
        with self._lock:
            self._scripts[path] = list(replies)
        return self

    def calls(self, path: str) -> list[Request]:
        with self._lock:
            return [request for request in self.requests if request.path == path]

    def reply_to(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            script = self._scripts[request.path]
            if not script:
                reply = self.usual.get(request.path) or status(404)
            else:
                reply = script.pop(0) if len(script) > 1 else script[0]
            if reply.billed:
                self.billed.append(request.path)
            return reply


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("content-length", 0))))

    def _answer(self, content: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        kind, file = headers.get("content-type", ""), None
        if kind.startswith("multipart/form-data"):
            body, file = _form(kind, content)
        else:
            body = json.loads(content or b"{}")
        request = Request(self.path, headers, body, file, len(content))
        fake = self.server.fake
        reply = fake.reply_to(request)
        # "Token" is how Deepgram is spoken to; the check of its key is all that comes here.
        if headers.get("authorization") not in {f"Bearer {KEY}", f"Token {KEY}"}:
            reply = status(401)
        try:
            reply.write(self, fake, request)
        except OSError:
            self.close_connection = True

    def send(self, code: int, kind: str, content: bytes, **headers: str) -> None:
        self.begin(code, kind, {**headers, "content-length": str(len(content))})
        self.wfile.write(content)

    def begin(self, code: int, kind: str, headers: dict[str, str]) -> None:
        number = len(self.server.fake.requests)
        self.send_response(code)
        self.send_header("content-type", kind)
        self.send_header("x-request-id", f"req_{number}")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def json(self, value: object, code: int = 200, **headers: str) -> None:
        self.send(code, "application/json", json.dumps(value).encode(), **headers)

    def log_message(self, *_args: object) -> None:
        pass


def _form(kind: str, content: bytes) -> tuple[dict[str, Any], bytes | None]:
    """The fields of a form, and the file in it."""
    head = f"content-type: {kind}\r\n\r\n".encode()
    fields: dict[str, Any] = {}
    file = None
    for part in email.message_from_bytes(head + content, policy=policy.HTTP).iter_parts():
        name = part.get_param("name", header="content-disposition")
        value = part.get_payload(decode=True)
        assert isinstance(name, str)
        assert isinstance(value, bytes)
        if part.get_filename() is not None:
            file = value
        elif name.endswith("[]"):
            fields.setdefault(name.removesuffix("[]"), []).append(value.decode())
        else:
            fields[name] = value.decode()
    return fields, file


class Server(ThreadingHTTPServer):
    daemon_threads = True
    fake: FakeOpenAI

    def handle_error(self, *_args: object) -> None:
        """A client that has gone away is what several scripts are about."""


def status(code: int, error: str = "", **headers: str) -> Reply:
    """An error as the vendor words it. ``retry_after="0"`` and so on are headers."""

    def write(handler: Handler, _fake: FakeOpenAI, _request: Request) -> None:
        body = {"error": {"message": f"status {code}", "type": error, "code": error or None}}
        handler.json(body, code, **headers)

    return Free(write)

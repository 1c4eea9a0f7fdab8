"""OpenAI as far as we use it, on a real port: answers that can be scripted, calls that are counted.

    with openai_server() as fake:
        fake.answers("/v1/responses", status(429, retry_after="0"), drafted())
        fake.calls("/v1/responses")     # the requests that came
        fake.billed                     # the answers that a vendor would charge for

The last answer of a script repeats. Without one, an address answers as the vendor does: with a
draft that follows the schema it was sent and quotes the transcript it was sent, or with a hum.
"""

import json
import math
import struct
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

KEY = "sk-fake-quibblestone"
SAMPLE_RATE = 24_000
USAGE = (2_000, 500)
MODELS: dict[str, str | None] = {
    "gpt-5.4-mini": None,
    "gpt-4o-mini-tts": "2027-01-06",
    "tts-1": "2027-01-06",
}
WORDS_PER_MINUTE = 160


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

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
    requests: list[Request] = field(default_factory=list)
    billed: list[str] = field(default_factory=list)
    models: dict[str, str | None] = field(default_factory=lambda: dict(MODELS))
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
                reply = USUAL.get(request.path) or status(404)
            else:
                reply = script.pop(0) if len(script) > 1 else script[0]
            if reply.billed:
                self.billed.append(request.path)
            return reply


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        self._answer(json.loads(self.rfile.read(length)))

    def _answer(self, body: dict[str, Any]) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request, fake = Request(self.path, headers, body), self.server.fake
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


class Server(ThreadingHTTPServer):
    daemon_threads = True
    fake: FakeOpenAI

    def handle_error(self, *_args: object) -> None:
        """A client that has gone away is what several scripts are about."""


# Answers


def status(code: int, error: str = "", **headers: str) -> Reply:
    """An error as the vendor words it. ``retry_after="0"`` and so on are headers."""

    def write(handler: Handler, _fake: FakeOpenAI, _request: Request) -> None:
        body = {"error": {"message": f"status {code}", "type": error, "code": error or None}}
        handler.json(body, code, **headers)

    return Free(write)


def hang() -> Reply:
    """Says nothing until the server closes; ``on_hang`` of the server is called until it says that
    somebody has given up."""

    def write(handler: Handler, fake: FakeOpenAI, _request: Request) -> None:
        while not fake.released.wait(0.01) and not fake.on_hang():
            pass
        fake.released.wait()
        handler.close_connection = True

    return Free(write)


def drip() -> Reply:
    """Begins an answer and goes on a byte at a time, without an end; ``on_hang`` as above."""

    def write(handler: Handler, fake: FakeOpenAI, request: Request) -> None:
        kind = "audio/pcm" if request.path.endswith("speech") else "application/json"
        handler.begin(200, kind, {"transfer-encoding": "chunked"})
        given_up = False
        while not fake.released.wait(0.01):
            handler.wfile.write(b"1\r\n \r\n")
            given_up = given_up or bool(fake.on_hang())
        handler.close_connection = True

    return Reply(write)


def text(content: str | Callable[[Request], str], usage: object = USAGE) -> Reply:
    """An answer whose text is ``content``, whatever was asked for; ``usage`` None leaves it out."""

    def write(handler: Handler, _fake: FakeOpenAI, request: Request) -> None:
        said = content if isinstance(content, str) else content(request)
        handler.json(_completion(request, said, usage))

    return Reply(write)


def drafted(change: Callable[[dict[str, Any], Request], object] | None = None) -> Reply:
    """A draft after the schema and the transcript of the request, as ``change`` leaves it."""

    def content(request: Request) -> str:
        answer = draft_for(request)
        if change is not None:
            change(answer, request)
        return json.dumps(answer)

    return text(content)


def not_json() -> Reply:
    return text('{"opening": "Thank you, and then the conn')


def wrong_schema() -> Reply:
    return text(json.dumps({"verdict": "splendid", "stars": 5}))


def without_usage() -> Reply:
    return text(lambda request: json.dumps(draft_for(request)), usage=None)


def refusal() -> Reply:
    def write(handler: Handler, _fake: FakeOpenAI, request: Request) -> None:
        body = _completion(request, "", USAGE)
        if "output" in body:
            body["output"][0]["content"] = [{"type": "refusal", "refusal": "I would rather not."}]
        else:
            body["choices"][0]["message"] |= {"content": None, "refusal": "I would rather not."}
        handler.json(body)

    return Reply(write)


def garbage() -> Reply:
    """200, and no JSON at all: a proxy's page."""

    def write(handler: Handler, _fake: FakeOpenAI, _request: Request) -> None:
        handler.send(200, "text/html", b"<html>Welcome to the hotel's network</html>")

    return Free(write)


def spoken(piece: int = 4_801, slower: float = 1.0, stop_after: float = math.inf) -> Reply:
    """A hum as long as the text takes, in pieces of odd length; cut off after some seconds."""

    def write(handler: Handler, _fake: FakeOpenAI, request: Request) -> None:
        seconds = len(request.body["input"].split()) / WORDS_PER_MINUTE * 60 * slower
        pcm = hum(min(seconds, stop_after))
        handler.begin(200, "audio/pcm", {"transfer-encoding": "chunked"})
        for at in range(0, len(pcm), piece):
            part = pcm[at : at + piece]
            handler.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        if stop_after < seconds:
            handler.close_connection = True
            return
        handler.wfile.write(b"0\r\n\r\n")

    return Reply(write)


def sound(content: bytes, kind: str = "audio/pcm") -> Reply:
    """These bytes as sound, whatever they are."""

    def write(handler: Handler, _fake: FakeOpenAI, _request: Request) -> None:
        handler.send(200, kind, content)

    return Reply(write)


def _listed(handler: Handler, fake: FakeOpenAI, _request: Request) -> None:
    data = [
        {"id": name, "object": "model", "created": 1, "owned_by": "openai", "shutdown_date": until}
        for name, until in fake.models.items()
    ]
    handler.json({"object": "list", "data": data})


USUAL = {
    "/v1/models": Free(_listed),
    "/v1/projects": Free(lambda handler, _fake, _request: handler.json({"projects": []})),
    "/v1/responses": drafted(),
    "/v1/chat/completions": drafted(),
    "/v1/audio/speech": spoken(),
}


def hum(seconds: float) -> bytes:
    count = round(seconds * SAMPLE_RATE)
    cycle = [round(8_000 * math.sin(2 * math.pi * at / 150)) for at in range(150)]
    wave = struct.pack("<150h", *cycle)
    return (wave * (count // 150 + 1))[: count * 2]


def _completion(request: Request, said: str, usage: object) -> dict[str, Any]:
    if request.path.endswith("/responses"):
        body: dict[str, Any] = {
            "id": "resp_1",
            "object": "response",
            "created_at": 1,
            "model": request.body["model"],
            "status": "completed",
            "parallel_tool_calls": False,
            "tool_choice": "auto",
            "tools": [],
            "output": [
                {
                    "type": "message",
                    "id": "msg_1",
                    "role": "assistant",
                    "status": "completed",
                    "content": [{"type": "output_text", "text": said, "annotations": []}],
                }
            ],
        }
        return body if usage is None else {**body, "usage": _usage(usage, "input", "output")}
    message = {"role": "assistant", "content": said, "refusal": None}
    body = {
        "id": "chatcmpl_1",
        "object": "chat.completion",
        "created": 1,
        "model": request.body["model"],
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
    }
    return body if usage is None else {**body, "usage": _usage(usage, "prompt", "completion")}


def _usage(usage: object, read: str, written: str) -> object:
    if not isinstance(usage, tuple):
        return usage
    return {
        f"{read}_tokens": usage[0],
        f"{read}_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        f"{written}_tokens": usage[1],
        f"{written}_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": sum(usage),
    }


def draft_for(request: Request) -> dict[str, Any]:
    """A draft by the rules: the schema's fields, quotes from the transcript, harmless sentences."""
    quotes = _quotes(request.data["transcript"])
    counts = request.data["counts"]
    kinds = ["commendation"] * counts["commendations"]["most"]
    kinds += ["recommendation"] * counts["recommendations"]["most"]
    remark = _resolved(request.schema, request.schema["properties"]["items"]["items"])
    items: list[dict[str, Any]] = []
    for kind, (quote, at) in zip(kinds, quotes, strict=False):
        item: dict[str, Any] = {}
        for name in remark["properties"]:
            item[name] = {
                "type": kind,
                "evidence_quote": quote,
                "evidence_timestamp": at,
            }.get(name, f"We noted the {name.replace('_', ' ')} of part {len(items) + 1}.")
        items.append(item)
    return {
        "opening": "Thank you for these words.",
        "items": items,
        "closing": "For next time, keep one pause longer.",
        "structure_commentary": {
            "opening_comment": "Your first line came at once.",
            "body_comment": None,
            "closing_comment": None,
        },
    }


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    reference = part.get("$ref")
    return dict(schema["$defs"][reference.rpartition("/")[2]]) if reference else part


def _quotes(lines: list[dict[str, Any]]) -> list[tuple[str, float]]:
    """Runs of seven words of the transcript that do not overlap."""
    found = []
    for line in lines:
        words = line["text"].split()
        found += [
            (" ".join(words[at : at + 7]), line["start"]) for at in range(0, len(words) - 6, 7)
        ]
    return found


@contextmanager
def openai_server() -> Iterator[FakeOpenAI]:
    server = Server(("127.0.0.1", 0), Handler)
    fake = FakeOpenAI(f"http://127.0.0.1:{server.server_port}/v1")
    server.fake = fake
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield fake
    finally:
        fake.released.set()
        server.shutdown()
        thread.join()
        server.server_close()

"""``deploy/nginx.conf`` in front of a server that tells what reached it."""

import contextlib
import http.client
import json
import queue
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.conf import settings

from speechcoach.stack.local import free_ports

CONFIGURATION = Path(__file__).resolve().parent.parent / "deploy" / "nginx.conf"
WAIT_SECONDS = 30


class Upstream(BaseHTTPRequestHandler):
    """Answers with what it was asked; a stream goes on when it is told to."""

    protocol_version = "HTTP/1.1"
    go_on = threading.Event()
    arrived: queue.Queue[bytes] = queue.Queue()

    def do_GET(self) -> None:
        if self.headers["Upgrade"]:
            self._echo_frames()
        elif self.path.startswith("/stream/"):
            self._stream()
        else:
            self._tell()

    def do_PUT(self) -> None:
        left = int(self.headers["Content-Length"])
        while left:
            piece = self.rfile.read1(left)
            left -= len(piece)
            self.arrived.put(piece)
        self._tell()

    def _tell(self) -> None:
        body = json.dumps({"path": self.path, **{k.lower(): v for k, v in self.headers.items()}})
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"data: 1\n\n")
        self.go_on.wait(WAIT_SECONDS)
        self.wfile.write(b"data: 2\n\n")
        self.close_connection = True

    def _echo_frames(self) -> None:
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.end_headers()
        while frame := self.connection.recv(1024):
            self.connection.sendall(frame)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class Proxy:
    port: int
    folder: Path
    process: subprocess.Popen[str]
    lines: "queue.Queue[str]" = field(default_factory=queue.Queue)

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS)

    def ask(self, method: str, path: str, **headers: str) -> tuple[int, dict[str, str]]:
        with contextlib.closing(self.connection()) as connection:
            connection.request(method, path, headers=headers)
            response = connection.getresponse()
            body = response.read()
            return response.status, json.loads(body) if response.status == 200 else {}

    def logged(self, text: str) -> str:
        """All that is written until a line has ``text`` in it."""
        written = ""
        while text not in written:
            written += self.lines.get(timeout=WAIT_SECONDS)
        return written


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    if shutil.which("nginx") is None and not Path("/usr/sbin/nginx").exists():
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("nginx")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    [port] = free_ports(1)
    text = CONFIGURATION.read_text()
    for there, here in (
        ("listen 8080;", f"listen 127.0.0.1:{port};"),
        ("web:8000", f"127.0.0.1:{server.server_port}"),
        ("/tmp/", f"{folder}/"),
    ):
        assert there in text
        text = text.replace(there, here)
    file = folder / "nginx.conf"
    file.write_text(text)
    command = [shutil.which("nginx") or "/usr/sbin/nginx", "-e", "stderr", "-c", str(file)]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    process = subprocess.Popen(
        [*command, "-g", "daemon off;"], stdout=subprocess.PIPE, text=True, bufsize=1
    )
    running = Proxy(port, folder, process)
    try:
        _wait_until_it_listens(running)
        threading.Thread(target=_read, args=(running,), daemon=True).start()
        yield running
    finally:
        Upstream.go_on.set()
        process.terminate()
        process.wait(WAIT_SECONDS)
        server.shutdown()
        server.server_close()


def _wait_until_it_listens(proxy: Proxy) -> None:
    while proxy.process.poll() is None:
        with (
            contextlib.suppress(ConnectionRefusedError),
            socket.create_connection(("127.0.0.1", proxy.port)),
        ):
            return
        threading.Event().wait(0.02)
    raise AssertionError(f"nginx ended with {proxy.process.returncode}")


def _read(proxy: Proxy) -> None:
    assert proxy.process.stdout is not None
    for line in proxy.process.stdout:
        proxy.lines.put(line)


def test_the_server_is_told_who_asks_and_how(proxy: Proxy):
    status, told = proxy.ask("GET", "/clubs/?page=2", Host="club.example.com:8000")
    assert status == 200
    assert told["path"] == "/clubs/?page=2"
    assert told["host"] == "club.example.com:8000"
    assert told["x-forwarded-for"] == "127.0.0.1"
    assert told["x-forwarded-proto"] == "http"


def test_who_terminates_tls_in_front_is_believed_but_not_who_is_behind_it(proxy: Proxy):
    claims = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9", "X-Forwarded-Proto": "https"}
    _, told = proxy.ask("GET", "/", **claims)
    assert told["x-forwarded-for"] == "203.0.113.9"
    assert told["x-forwarded-proto"] == "https"


@pytest.mark.parametrize(
    "path", ["/metrics", "//metrics", "/%6detrics", "/./metrics", "/a/../metrics", "/metrics?a=b"]
)
def test_figures_are_for_nobody_outside(proxy: Proxy, path: str):
    assert proxy.ask("GET", path)[0] == 404


def test_a_socket_is_passed_on_as_one(proxy: Proxy):
    with socket.create_connection(("127.0.0.1", proxy.port), WAIT_SECONDS) as connection:
        connection.sendall(
            b"GET /ws/session HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\n\r\n"
        )
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(1024)
        assert head.startswith(b"HTTP/1.1 101")
        connection.sendall(b"frame")
        assert connection.recv(1024) == b"frame"


def test_events_are_passed_on_as_they_come(proxy: Proxy):
    Upstream.go_on.clear()
    with contextlib.closing(proxy.connection()) as connection:
        connection.request("GET", "/stream/metrics?speech=1")
        response = connection.getresponse()
        # The server has said no more yet, and will not before this has come.
        assert response.readline() == b"data: 1\n"
        Upstream.go_on.set()
        assert b"data: 2" in response.read()


def test_what_is_uploaded_goes_through_as_it_comes_and_is_written_nowhere(proxy: Proxy):
    piece = b"v" * 300_000
    with contextlib.closing(proxy.connection()) as connection:
        connection.putrequest("PUT", "/clubs/a/uploads/1")
        connection.putheader("Content-Length", str(2 * len(piece)))
        connection.endheaders(piece)
        assert Upstream.arrived.get(timeout=WAIT_SECONDS), "before the rest was sent"
        connection.send(piece)
        assert connection.getresponse().status == 200
    written = [path for path in proxy.folder.rglob("*") if path.is_file()]
    assert {path.name for path in written} == {"nginx.conf", "nginx.pid"}


def test_what_the_application_refuses_as_too_large_reaches_it(proxy: Proxy):
    """So that its own answer is seen."""
    [line] = [
        line for line in CONFIGURATION.read_text().splitlines() if "client_max_body_size" in line
    ]
    mebibytes = int(line.split()[1].removesuffix("m;"))
    assert mebibytes * 2**20 > settings.FILE_UPLOAD_MAX_MEMORY_SIZE


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/ws/session?t=c2VjcmV0", "/ws/session"),
        ("/invitations/c2VjcmV0/", "/invitations/[redacted]"),
        ("/shared/c2VjcmV0/audio", "/shared/[redacted]"),
        ("/accounts/password/reset/key/c2VjcmV0/", "/accounts/password/reset/key/[redacted]"),
        ("/accounts/confirm-email/c2VjcmV0/", "/accounts/confirm-email/[redacted]"),
        ("/clubs/harbour/", "/clubs/harbour/"),
    ],
)
def test_no_secret_of_an_address_is_written(proxy: Proxy, path: str, written: str):
    proxy.ask("GET", path)
    assert "c2VjcmV0" not in proxy.logged(f" GET {written} 200 ")

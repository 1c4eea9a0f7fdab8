"""The real server as a process of its own, and a client that a test drives frame by frame."""

import asyncio
import atexit
import contextlib
import fcntl
import functools
import json
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookiejar import Cookie
from pathlib import Path
from typing import Any, Self

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from clubs.demo import PASSWORD
from sessions_app.rehearsal.account import Account
from sessions_app.rehearsal.own_server import OwnServer, own_server, runserver, set_up_data

OPERATOR = "operator@harbour.example"
DEADLINE_SECONDS = 120.0
"""How long a test waits for what must come. Only a failing test waits that long."""

CANARY = "quillwortzephyr"
"""A word of the scripted transcript that stands nowhere else."""

SCRIPT = (
    (f"Good evening everyone and welcome to the {CANARY} club.", 0.5, 4.0),
    ("When I was a child my father took me to the river every summer.", 4.5, 9.0),
    ("First, those long hours by the water taught me to be patient.", 10.0, 14.0),
    ("Second, they taught me to listen before I speak.", 15.0, 18.0),
)


@dataclass(frozen=True)
class Address:
    """Where a server, or whatever stands before several, answers."""

    base_url: str

    @property
    def origin(self) -> str:
        return self.base_url

    @property
    def socket_url(self) -> str:
        return f"{self.base_url.replace('http', 'ws', 1)}/ws/session"


@dataclass(frozen=True)
class Server(Address):
    """A running server."""

    log: Path
    environment: Mapping[str, str]
    own: OwnServer
    hold: Path | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Meanwhile no final transcription begins: what comes before it is not in a hurry."""
        assert self.hold is not None, "only a script can be held"
        with self.hold.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def written(self) -> str:
        """All that the server has logged so far."""
        self.own.output.settle()
        return self.log.read_text(errors="replace")


ServerFactory = Callable[..., AbstractContextManager[Server]]


def uvicorn(port: int) -> list[str]:
    """The production server; one that reads frames over our limit, so that we can answer them."""
    return [
        *(sys.executable, "-m", "uvicorn", "speechcoach.asgi:application"),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--ws", "speechcoach.uvicorn_server:AudioProtocol"),
        *("--ws-max-size", "1048576", "--ws-per-message-deflate", "false"),
        # Without it, a server that is told to stop waits for whoever watches a chart.
        *("--timeout-graceful-shutdown", "5"),
        *("--log-level", "info", "--no-server-header"),
    ]


def serve(port: int) -> list[str]:
    """What ``make run`` starts: daphne, with the contract's heartbeat."""
    return ["env", f"PORT={port}", sys.executable, "manage.py", "serve"]


COMMANDS = {"daphne": runserver, "uvicorn": uvicorn, "serve": serve}


@functools.cache
def _prepared() -> Path:
    """The demo clubs, set up once for all servers of this process."""
    folder = Path(tempfile.mkdtemp(prefix="speechcoach-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    set_up_data(folder)
    return folder


@functools.cache
def _empty() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="speechcoach-empty-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextmanager
def serving(
    kind: str = "daphne",
    script: Iterable[tuple[str, float, float] | dict[str, Any]] | None = SCRIPT,
    **variables: str,
) -> Iterator[Server]:
    """Start a server whose transcription follows ``script`` (None: the built-in engine).

    Entries of the script are lines as ``(text, start, end)``, or as they stand in a script's file.
    A database of its own (``DATABASE_URL``) has the demo clubs already: ``tests.stack.postgres``.
    """
    hold = None
    # What a developer has set for themselves must not be asked in a test.
    nobody = {"OPENAI_API_KEY": "", "OPENAI_BASE_URL": "", "DEEPGRAM_API_KEY": ""}
    variables = {**nobody, "FINAL_TRANSCRIBER": "auto", **variables}
    with ExitStack() as stack:
        if script is not None:
            folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="speechcoach-test-"))
            )
            names = ("text", "start", "end")
            lines = [
                line if isinstance(line, dict) else dict(zip(names, line, strict=True))
                for line in script
            ]
            hold = folder / "hold"
            hold.touch()
            path = folder / "script.json"
            path.write_text(json.dumps([*lines, {"held_by": str(hold)}]))
            variables = {"TRANSCRIBER": f"scripted:{path}", **variables}
        prepared = _empty() if "DATABASE_URL" in variables else _prepared()
        own: OwnServer = stack.enter_context(own_server(variables, COMMANDS[kind], prepared))
        forget_accounts(own.base_url)
        yield Server(own.base_url, own.log, own.environment, own, hold)


SERVER_KINDS = os.environ.get("TEST_SERVERS", "daphne,uvicorn").split(",")


@pytest.fixture(scope="session", params=SERVER_KINDS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """One server for all tests, of each kind; it takes audio faster than it is spoken."""
    with serving(request.param, AUDIO_MAX_LEAD_SECONDS="1500") as running:
        yield running


@pytest.fixture(scope="session")
def strict_server() -> Iterator[Server]:
    """A server with the default limits."""
    with serving() as running:
        yield running


# A session for each person and server: every sign-in costs a password hash.
_accounts: dict[tuple[str, str], list[Cookie]] = {}


def forget_accounts(base_url: str) -> None:
    """A new server: another that had its port before did not know its people's sessions."""
    for known in [known for known in _accounts if known[0] == base_url]:
        del _accounts[known]


async def sign_in(server: Address, email: str = OPERATOR) -> Account:
    account = Account(server.base_url)
    cookies = _accounts.get((server.base_url, email))
    if cookies is None:
        await account.sign_in(email, PASSWORD)
        _accounts[server.base_url, email] = list(account.cookies.jar)
    else:
        # Whole ones: beside one without its domain the server's next would be a second.
        for cookie in cookies:
            account.cookies.jar.set_cookie(cookie)
    return account


@dataclass
class Received:
    """What came, in order: messages as dicts, audio as bytes."""

    frames: list[dict[str, Any] | bytes] = field(default_factory=list)

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if isinstance(frame, dict)]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["type"] == kind]

    @property
    def states(self) -> list[str]:
        return [message["state"] for message in self.of("state_change")]

    @property
    def types(self) -> list[str]:
        return [frame["type"] if isinstance(frame, dict) else "tts_audio" for frame in self.frames]


class Client:
    """One socket. ``received`` is everything that came; ``expect`` goes on where it stopped.

    ``patience`` is how many seconds the next frame may take.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.patience = DEADLINE_SECONDS
        self.received = Received()

    async def send(self, kind: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def send_audio(self, chunks: Iterable[bytes]) -> None:
        for chunk in chunks:
            await self.socket.send(chunk)

    async def next(self) -> dict[str, Any] | bytes:
        """The next frame."""
        async with asyncio.timeout(self.patience):
            frame = await self.socket.recv()
        value: dict[str, Any] | bytes = frame if isinstance(frame, bytes) else json.loads(frame)
        self.received.frames.append(value)
        return value

    async def until(self, wanted: Callable[[dict[str, Any] | bytes], bool]) -> Received:
        """Everything up to and including the first frame that is ``wanted``."""
        taken = Received()
        while True:
            try:
                frame = await self.next()
            except TimeoutError:
                pytest.fail(f"it did not come; since then came {taken.types}", pytrace=False)
            taken.frames.append(frame)
            if wanted(frame):
                return taken

    async def expect(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next message of this type with these fields; what comes before it is kept too."""

        def wanted(frame: dict[str, Any] | bytes) -> bool:
            if isinstance(frame, bytes) or frame["type"] != kind:
                return False
            return all(frame.get(name) == value for name, value in fields.items())

        last = (await self.until(wanted)).frames[-1]
        assert isinstance(last, dict)
        return last

    async def expect_audio(self) -> bytes:
        last = (await self.until(lambda frame: isinstance(frame, bytes))).frames[-1]
        assert isinstance(last, bytes)
        return last

    async def settled(self) -> Received:
        """Everything that is on its way, by a message that the session always answers."""
        # Not in any test's script: a refusal that names this field is the echo.
        await self.socket.send('{"type": "set_vad_config", "silenceThresholdSeconds": "echo"}')
        return await self.until(
            lambda frame: isinstance(frame, dict) and "set_vad_config" in str(frame.get("message"))
        )

    async def closed(self) -> int | None:
        """Wait until the server closes; the code."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await self.next()
        return self.socket.close_code

    @property
    def session_id(self) -> str:
        """The session's id, which is its speech's; known past the greeting."""
        return str(self.received.of("session_info")[0]["sessionId"])

    # Common ways

    async def opened(self) -> Self:
        """Past the greeting."""
        await self.expect("session_info")
        return self

    async def consented(self, name: str = "Ada Lovelace") -> None:
        await self.send("set_consent", speakerName=name, consentConfirmed=True)
        await self.expect("consent_status")

    async def start(self) -> None:
        """Consent, handshake and start, up to the state."""
        await self.consented()
        await self.handshake()
        await self.send("start_recording")
        await self.expect("state_change", state="recording")

    async def handshake(self) -> None:
        await self.send("audio_format", channels=1, sampleRate=16_000, encoding="LINEAR16")

    async def spoken(self, pcm: bytes) -> None:
        """Start, speak, stop, and wait until the evaluation is ready."""
        await self.start()
        await self.send_audio([pcm[at : at + 32_000] for at in range(0, len(pcm), 32_000)])
        await self.send("stop_recording")
        await self.expect("pipeline_progress", stage="ready")

    async def delivered(self, pcm: bytes) -> None:
        """Spoken, delivered and played."""
        await self.spoken(pcm)
        await self.send("deliver_evaluation")
        await self.expect("tts_complete")
        await self.send("playback_finished")
        await self.expect("state_change", state="idle")


@contextlib.asynccontextmanager
async def socket(
    server: Address,
    token: str | None = None,
    *,
    origin: str | None = "",
    in_query: bool = False,
    path: str = "/ws/session",
    subprotocols: Sequence[str] = ("speechcoach.v1",),
    resume: str | None = None,
) -> AsyncIterator[Client]:
    """A socket as a page would open it, from the server's own origin unless told otherwise."""
    offered = list(subprotocols)
    url = f"{server.base_url.replace('http', 'ws', 1)}{path}"
    if token is not None and in_query:
        url += f"?t={token}"
    elif token is not None:
        offered.append(f"ticket.{token}")
    if resume is not None:
        url += f"{'&' if '?' in url else '?'}resume={resume}"
    async with connect(
        url,
        origin=Origin(server.origin) if origin == "" else (Origin(origin) if origin else None),
        subprotocols=[Subprotocol(name) for name in offered] or None,
        compression=None,
        max_size=None,
        # Else a client that has left much unread takes ten seconds to close.
        max_queue=None,
        proxy=None,
        open_timeout=DEADLINE_SECONDS,
    ) as connection:
        yield Client(connection)


@contextlib.asynccontextmanager
async def session(
    server: Address,
    email: str = OPERATOR,
    club: str = "harbour",
    speech: str | None = None,
    *,
    resume: str | None = None,
) -> AsyncIterator[Client]:
    """A signed-in operator's session, past the greeting."""
    async with await sign_in(server, email) as account:
        token = await account.ticket(club, speech)
    async with socket(server, token, resume=resume) as client:
        yield await client.opened()

"""The example client, run as its reader would run it."""

import asyncio
import contextlib
import sys
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from speechcoach.env import BASE_DIR
from tests.server import SCRIPT, Server
from tests.speech import SAMPLE_RATE, burst

CLIENT = BASE_DIR / "docs/examples/client.py"
SPOKEN = [text for text, _, end in SCRIPT if end < 10]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "speech.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(burst(10).tobytes())
    return path


class Cut:
    """Relays to a server, and cuts the first socket once it has carried so many bytes up."""

    def __init__(self, server: Server, after_bytes: int) -> None:
        self.port = urlsplit(server.base_url).port
        self.left: int | None = after_bytes
        self.sockets = 0

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside, outside = await asyncio.open_connection("127.0.0.1", self.port)
        down = asyncio.create_task(self._down(inside, writer))
        try:
            socket = False
            while data := await reader.read(65_536):
                if data.startswith(b"GET /ws/session"):
                    socket = True
                    self.sockets += 1
                if socket and self.left is not None:
                    self.left -= len(data)
                    if self.left < 0:
                        self.left = None
                        break
                outside.write(data)
        finally:
            down.cancel()
            outside.transport.abort()
            writer.transport.abort()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    @contextlib.asynccontextmanager
    async def address(self) -> AsyncIterator[str]:
        async with await asyncio.start_server(self.relay, "127.0.0.1", 0) as listening:
            host, port = listening.sockets[0].getsockname()
            yield f"http://{host}:{port}"


async def run(*arguments: str | Path) -> list[str]:
    """The lines that the client prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, CLIENT, *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode().splitlines()


async def test_it_goes_on_after_a_cut(strict_server, recording, tmp_path):
    cut = Cut(strict_server, after_bytes=150_000)
    async with cut.address() as address:
        printed = await run(address, recording, tmp_path)
    assert cut.left is None
    assert cut.sockets == 2
    assert "The connection was lost; the session goes on." in printed
    saved = {path.name for path in tmp_path.iterdir()}
    assert {"transcript.txt", "metrics.json", "evaluation.txt", "consent.json"} <= saved
    transcript = (tmp_path / "transcript.txt").read_text()
    for text in SPOKEN:
        assert text in printed
        assert transcript.count(text) == 1


def test_it_is_short():
    assert len(CLIENT.read_text().splitlines()) < 80

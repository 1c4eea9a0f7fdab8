"""A live transcription vendor in a process of its own, so that its cost is not the server's.

The connection, its handshake and its messages are those of ``tests.fakes.deepgram``; what it hears
goes by the sample clock, because to listen to hundreds of connections would take a core itself.
"""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from sessions_app.core.audio import BYTES_PER_SECOND
from speechcoach.env import BASE_DIR
from tests.fakes.deepgram import FakeDeepgram
from tests.fakes.dial_tone import Vocabulary
from tests.fakes.wire import HttpRequest, Socket

LINE = "and so we went down to the river again"
LINE_SECONDS = 4
"""A line of nine words in four seconds: 135 words a minute."""
GUESS_SECONDS = 1
"""Between two guesses: in the vendor's documentation each holds about a second more."""
KEY = "a-key"


class ClockedDeepgram(FakeDeepgram):
    """Hears ``LINE`` again and again, a guess each second; keeps no audio."""

    async def on_socket(self, request: HttpRequest, socket: Socket) -> None:
        heard = told = 0
        while (message := await socket.receive()) is not None:
            if isinstance(message, str):
                kind = json.loads(message)["type"]
                if kind == "Finalize":
                    await socket.send(_result(heard // BYTES_PER_SECOND, final=True))
                elif kind == "CloseStream":
                    await socket.send(json.dumps(_GOODBYE))
                    await socket.close()
                    return
                continue
            heard += len(message)
            while told + GUESS_SECONDS <= heard // BYTES_PER_SECOND:
                told += GUESS_SECONDS
                await socket.send(_result(told, final=told % LINE_SECONDS == 0))


_GOODBYE = {
    "type": "Metadata", "duration": 1.0, "transaction_key": "", "request_id": "", "sha256": "",
    "created": "", "channels": 1,
}  # fmt: skip


def _result(second: int, *, final: bool) -> str:
    """What is heard of the line that is spoken in the second before ``second``."""
    start = (second - 1) // LINE_SECONDS * LINE_SECONDS
    words = LINE.split()
    step = (LINE_SECONDS - 0.5) / len(words)
    said = [
        {
            "word": word,
            "punctuated_word": word,
            "start": round(start + at * step, 3),
            "end": round(start + (at + 1) * step, 3),
            "confidence": 0.97,
        }
        for at, word in enumerate(words)
        if start + (at + 1) * step <= second
    ]
    alternative: dict[str, Any] = {
        "transcript": " ".join(str(one["word"]) for one in said),
        "confidence": 0.97,
        "words": said,
    }
    return json.dumps(
        {
            "type": "Results",
            "channel_index": [0, 1],
            "start": float(start),
            "duration": float(second - start),
            "is_final": final,
            "speech_final": final,
            "from_finalize": False,
            "channel": {"alternatives": [alternative]},
            "metadata": {
                "request_id": "fake",
                "model_uuid": "fake",
                "model_info": {"name": "fake", "version": "1", "arch": "fake"},
            },
        }
    )


@contextlib.contextmanager
def vendor() -> Iterator[dict[str, str]]:
    """A vendor's process; gives the settings by which a server finds it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.vendor"],
        cwd=BASE_DIR,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        if not address:
            raise RuntimeError("the vendor did not start")
        yield {
            "TRANSCRIBER": "deepgram",
            "DEEPGRAM_API_KEY": KEY,
            "DEEPGRAM_BASE_URL": address,
        }
    finally:
        process.terminate()
        process.wait()


async def _serve() -> None:
    async with ClockedDeepgram(Vocabulary([]), key=KEY) as fake:
        print(fake.base_url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve())

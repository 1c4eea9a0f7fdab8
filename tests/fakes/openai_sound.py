"""Sound by the fake OpenAI: a hum as long as the text takes."""

import math
import struct

from tests.fakes.openai_wire import FakeOpenAI, Handler, Reply, Request

SAMPLE_RATE = 24_000
WORDS_PER_MINUTE = 160


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


def hum(seconds: float) -> bytes:
    count = round(seconds * SAMPLE_RATE)
    cycle = [round(8_000 * math.sin(2 * math.pi * at / 150)) for at in range(150)]
    wave = struct.pack("<150h", *cycle)
    return (wave * (count // 150 + 1))[: count * 2]

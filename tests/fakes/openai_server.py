"""OpenAI as far as we use it, on a real port: answers that can be scripted, calls that are counted.

    with openai_server() as fake:
        fake.answers("/v1/responses", status(429, retry_after="0"), drafted())
        fake.calls("/v1/responses")     # the requests that came
        fake.billed                     # the answers that a vendor would charge for

The last answer of a script repeats. Without one, an address answers as the vendor does: with a
draft that follows the schema it was sent and quotes the transcript it was sent, or with a hum, or
with the words of ``vocabulary`` that it hears.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.fakes.openai_drafts import (
    USAGE,
    draft_for,
    drafted,
    not_json,
    refusal,
    text,
    without_usage,
    wrong_schema,
)
from tests.fakes.openai_failures import drip, garbage, hang
from tests.fakes.openai_sound import SAMPLE_RATE, WORDS_PER_MINUTE, hum, sound, spoken
from tests.fakes.openai_transcripts import transcribed
from tests.fakes.openai_wire import (
    KEY,
    FakeOpenAI,
    Free,
    Handler,
    Reply,
    Request,
    Server,
    status,
)

__all__ = [
    "KEY",
    "SAMPLE_RATE",
    "USAGE",
    "WORDS_PER_MINUTE",
    "FakeOpenAI",
    "Reply",
    "Request",
    "draft_for",
    "drafted",
    "drip",
    "garbage",
    "hang",
    "hum",
    "not_json",
    "openai_server",
    "refusal",
    "sound",
    "spoken",
    "status",
    "text",
    "transcribed",
    "without_usage",
    "wrong_schema",
]


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
    "/v1/audio/transcriptions": transcribed(),
}


@contextmanager
def openai_server() -> Iterator[FakeOpenAI]:
    server = Server(("127.0.0.1", 0), Handler)
    fake = FakeOpenAI(f"http://127.0.0.1:{server.server_port}/v1", USUAL)
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

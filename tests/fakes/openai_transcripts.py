"""Transcripts by the fake OpenAI: it hears the sound of ``tests.fakes.dial_tone``.

As the vendor does, it gives times to one model only, leaves punctuation out of timed words, and
refuses recordings over its limit.
"""

import io
from typing import Any

import soundfile

from tests.fakes.dial_tone import SAMPLE_RATE, Said
from tests.fakes.openai_wire import FakeOpenAI, Handler, Reply, Request, status

MOST_BYTES = 25 * 1024 * 1024
WITHOUT_TIMES = {"gpt-4o-transcribe", "gpt-4o-mini-transcribe", "gpt-transcribe", "no-times"}
TOKENS = (1_000, 100)


def transcribed(
    *, duration: float | None = None, without_times: bool = False, **changed: Any
) -> Reply:
    """What is heard, except for what is ``changed`` in the answer."""

    def write(handler: Handler, fake: FakeOpenAI, request: Request) -> None:
        if request.size > MOST_BYTES:
            status(413).write(handler, fake, request)
            return
        timed = request.body["response_format"] == "verbose_json"
        if timed and request.body["model"] in WITHOUT_TIMES:
            status(400, "invalid_request_error").write(handler, fake, request)
            return
        assert request.file is not None
        assert fake.vocabulary is not None
        samples, rate = soundfile.read(io.BytesIO(request.file), dtype="int16")
        assert rate == SAMPLE_RATE
        seconds = len(samples) / SAMPLE_RATE
        said = fake.vocabulary.heard(samples)
        answer: dict[str, Any] = {"text": " ".join(one.word for one in said)}
        if timed:
            answer |= {
                "task": "transcribe",
                "language": "english",
                "duration": seconds if duration is None else duration,
                "words": [_word(one, without_times=without_times) for one in said],
                "usage": {"type": "duration", "seconds": round(seconds)},
            }
        else:
            read, written = TOKENS
            answer["usage"] = {
                "type": "tokens",
                "input_tokens": read,
                "output_tokens": written,
                "total_tokens": read + written,
            }
        handler.json(answer | changed)

    return Reply(write)


def _word(one: Said, *, without_times: bool) -> dict[str, Any]:
    start, end = (0.0, 0.0) if without_times else (one.start, one.end)
    return {"word": one.word.strip(".,!?"), "start": start, "end": end}

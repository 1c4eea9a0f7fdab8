"""A Deepgram that hears the sound of ``tests.fakes.dial_tone``, live and recorded.

It behaves as the vendor's documentation says, and misbehaves as its users report: each connection
and each request takes the next of the given plans, and the default plan when there are none left.
"""

import asyncio
import contextlib
import io
import json
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import soundfile

from tests.fakes.dial_tone import SAMPLE_RATE, Said, Vocabulary
from tests.fakes.wire import HttpRequest, Socket, WireServer, http_answer

INTERIM_SECONDS = 0.25
"""How much audio comes between two guesses."""
LONGEST_SPAN_SECONDS = 3.0


@dataclass(frozen=True)
class Live:
    """How a live connection goes.

    Attributes:
        refuse: the status and headers with which the handshake is answered.
        hang: the handshake is never answered.
        drop_after: seconds of audio after which the connection ends; with ``close_code``, or
            without a word where that is None.
        drop_at_once: it ends right after it was accepted.
        mute: it takes audio and says nothing.
        noise: texts that are sent in between, such as unknown types and broken JSON.
        from_finalize: whether ``Finalize`` is answered so that one can tell.
        answers_finalize: whether it is answered at all.
        late_final: seconds that the last words take after ``CloseStream``.
        closes: whether it closes after ``CloseStream``.
        ends_utterances: whether it ever says ``speech_final``.
        slow: seconds of work for each second of audio.
    """

    refuse: tuple[int, Mapping[str, str]] | None = None
    hang: bool = False
    drop_after: float | None = None
    drop_at_once: bool = False
    close_code: int | None = 1011
    mute: bool = False
    noise: tuple[str, ...] = ()
    from_finalize: bool = True
    answers_finalize: bool = True
    late_final: float = 0.0
    closes: bool = True
    ends_utterances: bool = True
    slow: float = 0.0


@dataclass(frozen=True)
class Recorded:
    """How a request with recorded audio is answered.

    Attributes:
        status, headers: other than 200, it is refused.
        hang: no answer.
        drip: seconds between the bytes of the answer.
        body: this instead of an answer.
        without_words, without_times, without_duration: what the answer lacks.
        duration: what the metadata say, where it is not the truth.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: bool = False
    drip: float = 0.0
    body: bytes | None = None
    without_words: bool = False
    without_times: bool = False
    without_duration: bool = False
    duration: float | None = None


@dataclass
class Connection:
    """What one live connection was sent."""

    query: dict[str, list[str]]
    headers: Mapping[str, str]
    audio: bytearray = field(default_factory=bytearray)
    texts: list[str] = field(default_factory=list)
    closed_by_us: str = ""

    @property
    def seconds(self) -> float:
        return len(self.audio) / 2 / SAMPLE_RATE


class FakeDeepgram(WireServer):
    """Use as an asynchronous context manager; ``base_url`` is where it listens.

    Args:
        idle_seconds: without audio and ``KeepAlive`` for so long, a connection is closed.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        live: Iterable[Live] = (),
        recorded: Iterable[Recorded] = (),
        *,
        default: Live = Live(),
        idle_seconds: float = 10.0,
        key: str = "a-key",
    ) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.live = deque(live)
        self.recorded = deque(recorded)
        self.default = default
        self.idle_seconds = idle_seconds
        self.key = key
        self.connections: list[Connection] = []
        self.attempts = 0
        self.requests: list[HttpRequest] = []
        self._plans: dict[int, Live] = {}

    async def refusal(self, request: HttpRequest) -> tuple[int, Mapping[str, str]] | None:
        self.attempts += 1
        plan = self._plans[id(request)] = self.live.popleft() if self.live else self.default
        if plan.hang:
            await asyncio.Event().wait()
        if request.headers.get("authorization") != f"Token {self.key}":
            return 401, {}
        if request.path != "/v1/listen":
            return 404, {}
        return plan.refuse

    async def on_socket(self, request: HttpRequest, socket: Socket) -> None:
        connection = Connection(request.query, request.headers)
        self.connections.append(connection)
        await _Conversation(self, self._plans.pop(id(request)), connection, socket).hold()

    async def on_http(self, request: HttpRequest, writer: asyncio.StreamWriter) -> None:
        self.requests.append(request)
        plan = self.recorded.popleft() if self.recorded else Recorded()
        if plan.hang:
            await asyncio.Event().wait()
        status = plan.status
        if request.headers.get("authorization") != f"Token {self.key}":
            status = 401
        body = plan.body if plan.body is not None else self._answer(request.body, plan)
        if status != 200:
            body = json.dumps({"err_code": "FAKE", "err_msg": "refused"}).encode()
        answer = http_answer(status, body, plan.headers)
        for at in range(0, len(answer), 64 if plan.drip else len(answer)):
            writer.write(answer[at : at + 64] if plan.drip else answer)
            await writer.drain()
            await asyncio.sleep(plan.drip)

    def _answer(self, body: bytes, plan: Recorded) -> bytes:
        samples, rate = soundfile.read(io.BytesIO(body), dtype="int16")
        assert rate == SAMPLE_RATE
        seconds = len(samples) / SAMPLE_RATE
        said = self.vocabulary.heard(samples)
        alternative = _alternative(said)
        if plan.without_words:
            del alternative["words"]
        for word in alternative.get("words", []) if plan.without_times else []:
            word["start"] = word["end"] = 0
        metadata: dict[str, Any] = {
            "request_id": "fake",
            "sha256": "fake",
            "created": "2026-01-01T00:00:00Z",
            "channels": 1,
            "models": ["fake"],
            "model_info": {},
            "duration": seconds if plan.duration is None else plan.duration,
        }
        if plan.without_duration:
            del metadata["duration"]
        answer = {"metadata": metadata, "results": {"channels": [{"alternatives": [alternative]}]}}
        return json.dumps(answer).encode()


class _Conversation:
    """One live connection: audio in, spans out."""

    def __init__(
        self, fake: FakeDeepgram, plan: Live, connection: Connection, socket: Socket
    ) -> None:
        self._fake = fake
        self._plan = plan
        self._connection = connection
        self._socket = socket
        # The sample before which everything is final, and the one up to which a guess was sent.
        self._final = 0
        self._guessed = 0
        self._last_word = 0
        self._open = False
        self._owes_utterance_end = False

    async def hold(self) -> None:
        if self._plan.drop_at_once:
            await self._end()
            return
        while not self._connection.closed_by_us:
            try:
                async with asyncio.timeout(self._fake.idle_seconds):
                    message = await self._socket.receive()
            except TimeoutError:
                self._connection.closed_by_us = "NET-0001"
                await self._socket.close(1011, "NET-0001: no audio")
                return
            if message is None:
                return
            if isinstance(message, bytes):
                self._connection.audio += message
                await self._hear(len(message))
            else:
                self._connection.texts.append(message)
                await self._obey(json.loads(message)["type"])

    async def _hear(self, count: int) -> None:
        await asyncio.sleep(count / 2 / SAMPLE_RATE * self._plan.slow)
        drop = self._plan.drop_after
        if drop is not None and self._connection.seconds >= drop:
            await self._end()
        elif not self._plan.mute:
            await self._say_what_is_heard()

    async def _end(self) -> None:
        self._connection.closed_by_us = str(self._plan.close_code)
        if self._plan.close_code is None:
            self._socket.cut()
        else:
            await self._socket.close(self._plan.close_code, "NET-0000: as planned")

    async def _obey(self, kind: str) -> None:
        if kind == "Finalize" and self._plan.answers_finalize and not self._plan.mute:
            await self._result(self._end_sample, final=True, flush=self._plan.from_finalize)
        if kind == "CloseStream":
            await asyncio.sleep(self._plan.late_final)
            if not self._plan.mute:
                if self._final < self._end_sample:
                    await self._result(self._end_sample, final=True)
                await self._send({"type": "Metadata", "duration": self._connection.seconds,
                                  "transaction_key": "", "request_id": "", "sha256": "",
                                  "created": "", "channels": 1})  # fmt: skip
            if self._plan.closes:
                self._connection.closed_by_us = "1000"
                await self._socket.close()

    @property
    def _end_sample(self) -> int:
        return len(self._connection.audio) // 2

    async def _say_what_is_heard(self) -> None:
        step = round(INTERIM_SECONDS * SAMPLE_RATE)
        while self._guessed + step <= self._end_sample:
            self._guessed += step
            for text in self._plan.noise:
                await self._socket.send(text)
            said = self._span(self._guessed)
            if said:
                self._last_word = _sample(said[-1].end)
                self._open = self._owes_utterance_end = True
            silent = self._guessed - self._last_word
            if self._open and silent >= self._milliseconds("endpointing"):
                self._open = False
                await self._result(self._guessed, final=True, speech=self._plan.ends_utterances)
            elif self._guessed - self._final >= LONGEST_SPAN_SECONDS * SAMPLE_RATE:
                # Before a word that is still being said, so that none is cut.
                end = _sample(said[-1].start) if said and silent <= 0 else self._guessed
                await self._result(end, final=True)
            else:
                await self._result(self._guessed, final=False)
            if self._owes_utterance_end and silent >= self._milliseconds("utterance_end_ms"):
                self._owes_utterance_end = False
                await self._send({"type": "UtteranceEnd", "channel": [0], "last_word_end": 0})

    def _milliseconds(self, name: str) -> int:
        """An option in samples."""
        return int(self._connection.query[name][0]) * SAMPLE_RATE // 1000

    def _span(self, end: int) -> list[Said]:
        samples = np.frombuffer(bytes(self._connection.audio), dtype="<i2")[self._final : end]
        offset = self._final / SAMPLE_RATE
        return [
            Said(one.word, one.start + offset, one.end + offset)
            for one in self._fake.vocabulary.heard(samples)
        ]

    async def _result(
        self, end: int, *, final: bool, speech: bool = False, flush: bool = False
    ) -> None:
        await self._send(
            {
                "type": "Results",
                "channel_index": [0, 1],
                "start": self._final / SAMPLE_RATE,
                "duration": (end - self._final) / SAMPLE_RATE,
                "is_final": final,
                "speech_final": speech,
                "from_finalize": flush,
                "channel": {"alternatives": [_alternative(self._span(end))]},
                "metadata": {
                    "request_id": "fake",
                    "model_uuid": "fake",
                    "model_info": {"name": "fake", "version": "1", "arch": "fake"},
                },
            }
        )
        if final:
            self._final = end
            self._guessed = max(self._guessed, end)

    async def _send(self, payload: dict[str, Any]) -> None:
        with contextlib.suppress(ConnectionError):
            await self._socket.send(json.dumps(payload))


def _alternative(said: list[Said]) -> dict[str, Any]:
    return {
        "transcript": " ".join(one.word for one in said),
        "confidence": 0.97,
        "words": [
            {
                "word": one.word.strip(".,").lower(),
                "punctuated_word": one.word,
                "start": one.start,
                "end": one.end,
                "confidence": 0.97,
            }
            for one in said
        ],
    }


def _sample(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)

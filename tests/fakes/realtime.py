"""OpenAI's Realtime server on a port: the built-in engine, or a script, and what may go wrong.

Each connection takes the next of the given plans, and the default plan when there are none left.
"""

import asyncio
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sessions_app.coach import CoachContext, Event
from sessions_app.coach.engine.connection import BuiltinConnection, BuiltinUpstream
from tests.fakes.realtime_parts import ToneVoice, TurnWords
from tests.fakes.realtime_script import Player, Step
from tests.fakes.wire import HttpRequest, Socket, WireServer


@dataclass(frozen=True)
class Plan:
    """How a connection goes.

    Attributes:
        refuse: the status with which the handshake is answered.
        hang: the handshake is never answered.
        close_at_once: the code with which it closes right after it accepted.
        close_after: seconds after which it closes, with ``close_code``; None of either: a cut.
        expire_after: seconds after which the session expires, as the vendor's do.
        fail_on: type of the client event that is answered by an error of the server's.
        late_deltas: so many more deltas of an answer come after it was interrupted.
        without_usage: ``response.done`` does not say what was used.
        noise: types of events that nobody knows, sent after ``session.created``.
        beta: events come under the names of the beta.
        script: what is played in the engine's place.
    """

    refuse: int | None = None
    hang: bool = False
    close_at_once: int | None = None
    close_after: float | None = None
    close_code: int | None = 1011
    expire_after: float | None = None
    fail_on: str = ""
    late_deltas: int = 0
    without_usage: bool = False
    noise: tuple[str, ...] = ()
    beta: bool = False
    script: tuple[Step, ...] | None = None


_BETA = {
    "conversation.item.added": "conversation.item.created",
    "response.output_audio.delta": "response.audio.delta",
    "response.output_audio.done": "response.audio.done",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
    "response.output_text.delta": "response.text.delta",
    "response.output_text.done": "response.text.done",
}


class FakeRealtime(WireServer):
    """``url`` is what ``websocket_base_url`` is set to, as a client knows it.

    Args:
        upstream: who answers; by default the built-in engine with an ear that hears ``words``, one
            text a turn, and a voice that hums.
    """

    def __init__(
        self,
        words: Iterable[str] = (),
        plans: Iterable[Plan] = (),
        default: Plan = Plan(),
        upstream: BuiltinUpstream | None = None,
        voice: ToneVoice | None = None,
        patience: float = 0.0,
    ) -> None:
        super().__init__()
        self.ear = TurnWords(words)
        self._upstream = upstream or BuiltinUpstream(
            self.ear, voice or ToneVoice(), patience=patience
        )
        self._plans = deque(plans)
        self._default = default
        self._plan = default
        self.requests: list[HttpRequest] = []
        self.received: list[Event] = []
        """What clients sent, over all connections."""
        self.sent: list[Event] = []
        self.connections = 0
        self.open = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1"

    def heard_types(self) -> list[str]:
        return [str(event.get("type")) for event in self.received]

    async def refusal(self, request: HttpRequest) -> tuple[int, Mapping[str, str]] | None:
        self.requests.append(request)
        self._plan = self._plans.popleft() if self._plans else self._default
        if self._plan.hang:
            await asyncio.Event().wait()
        if self._plan.refuse is not None:
            return self._plan.refuse, {}
        if request.path != "/v1/realtime" or "model" not in request.query:
            return 404, {}
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return 401, {}
        # The beta's shape is switched off; who asks for it is told so.
        return (400, {}) if "openai-beta" in request.headers else None

    async def on_socket(self, request: HttpRequest, socket: Socket) -> None:
        plan = self._plan
        self.connections += 1
        self.open += 1
        try:
            if plan.close_at_once is not None:
                await socket.close(plan.close_at_once)
                while await socket.receive() is not None:
                    pass
            elif plan.script is not None:
                await self._play(plan.script, socket)
            else:
                await self._converse(request.query["model"][0], plan, socket)
        finally:
            self.open -= 1

    async def _converse(self, model: str, plan: Plan, socket: Socket) -> None:
        connection = await self._upstream.connect(CoachContext(session_id="fake"), model)
        tasks = [
            asyncio.create_task(self._take(connection, plan, socket)),
            asyncio.create_task(self._give(connection, plan, socket)),
            asyncio.create_task(self._end(plan, socket)),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await connection.close()

    async def _take(self, connection: BuiltinConnection, plan: Plan, socket: Socket) -> None:
        while (text := await socket.receive()) is not None:
            event = json.loads(text)
            self.received.append(event)
            if plan.fail_on and event.get("type") == plan.fail_on:
                await self._send(socket, error("server_error", "The server had an error."))
            else:
                await connection.send(event)

    async def _give(self, connection: BuiltinConnection, plan: Plan, socket: Socket) -> None:
        last_delta: Event = {}
        async for event in connection:
            if event["type"] == "response.output_audio.delta":
                last_delta = event
            if plan.without_usage and event["type"] == "response.done":
                del event["response"]["usage"]
            await self._send(socket, beta(event) if plan.beta else event)
            if event["type"] == "input_audio_buffer.speech_started" and last_delta:
                for _ in range(plan.late_deltas):
                    await self._send(socket, last_delta)
            if event["type"] == "session.created":
                for kind in plan.noise:
                    await self._send(socket, {"type": kind, "event_id": "noise"})

    async def _end(self, plan: Plan, socket: Socket) -> None:
        if plan.expire_after is not None:
            await asyncio.sleep(plan.expire_after)
            said = "Your session hit the maximum duration of 60 minutes."
            await self._send(socket, error("invalid_request_error", said, code="session_expired"))
            await socket.close(1001)
        elif plan.close_after is not None:
            await asyncio.sleep(plan.close_after)
            if plan.close_code is None:
                socket.cut()
            else:
                await socket.close(plan.close_code)
        await asyncio.Event().wait()

    async def _play(self, script: tuple[Step, ...], socket: Socket) -> None:
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        reading = asyncio.create_task(self._read(socket, queue))
        player = Player(queue)
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            for step in script:
                await asyncio.sleep(max(0.0, began + step.get("at", 0.0) - loop.time()))
                match step:
                    case {"send": event}:
                        await self._send(socket, player.filled(event))
                    case {"expect": wanted}:
                        await player.expect(wanted, step.get("within", 5.0))
                    case {"absent": unwanted}:
                        await player.absent(unwanted, step["for"])
                    case {"stall": seconds}:
                        await asyncio.sleep(seconds)
                    case {"close": code}:
                        await socket.close(code)
            await reading
        finally:
            reading.cancel()

    async def _read(self, socket: Socket, queue: asyncio.Queue[dict[str, Any]]) -> None:
        while (text := await socket.receive()) is not None:
            event = json.loads(text)
            self.received.append(event)
            queue.put_nowait(event)

    async def _send(self, socket: Socket, event: Event) -> None:
        self.sent.append(event)
        await socket.send(json.dumps(event))


def error(kind: str, message: str, code: str | None = None) -> Event:
    fields = {"type": kind, "code": code, "message": message, "param": None, "event_id": None}
    return {"type": "error", "event_id": "event_error", "error": fields}


def beta(event: Event) -> Event:
    """A server event under the beta's name."""
    return {**event, "type": _BETA.get(event["type"], event["type"])}


def unknown_types(count: int) -> Iterator[str]:
    """Names of events that no version of the API has."""
    return (f"response.future_{number}.delta" for number in range(count))

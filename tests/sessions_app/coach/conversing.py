"""A conversation under a virtual clock: a browser's hand, and upstreams that a test plays."""

import base64
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sessions_app.coach.core import effects as fx
from sessions_app.coach.core.configuring import Engine
from sessions_app.coach.core.faults import Fault
from sessions_app.coach.core.link import Config
from sessions_app.coach.core.session import CoachSession
from sessions_app.coach.core.snapshot import CoachSnapshot

VENDOR = Engine(
    provider="openai",
    model="vendor-model",
    voice="marin",
    transcription_model="listener",
    rotate_seconds=1_200.0,
    is_told=True,
)
BUILTIN = Engine(provider="builtin", model="builtin")
FRAME_MS = 40
FRAME = base64.b64encode(bytes(FRAME_MS * 48)).decode()


@dataclass
class Upstream:
    """One connection, as the vendor sees it."""

    number: int
    engine: Engine
    asked: list[dict[str, Any]] = field(default_factory=list)
    closed: bool = False

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.asked if event["type"] == kind]


class Conversation:
    """Everything that the session asks for is carried out at once.

    Args:
        chance: what full jitter draws.
        answers: whether connections are made and configured by themselves.
    """

    def __init__(
        self,
        primary: Engine = VENDOR,
        spare: Engine | None = BUILTIN,
        *,
        chance: Callable[[], float] = lambda: 0.5,
        snapshot: CoachSnapshot | None = None,
        resumed: bool = False,
        is_demo: bool = False,
        answers: bool = True,
    ) -> None:
        self.now = 1_000.0
        self.answers = answers
        self.upstreams: dict[int, Upstream] = {}
        self.told: list[dict[str, Any]] = []
        self.shell: list[fx.Effect] = []
        self.notes: list[fx.Note] = []
        self.closed: int | None = None
        ids: Iterator[str] = (f"{number:032x}" for number in itertools.count(1))
        config = Config(
            session_id="s1",
            primary=primary,
            spare=spare,
            instructions="Coach them.",
            chance=chance,
            new_id=lambda: next(ids),
            is_demo=is_demo,
        )
        self.session = CoachSession(config, snapshot or CoachSnapshot(), self.now)
        self.session.opened(self.now, resumed=resumed)
        self.settle()

    # The shell

    def settle(self) -> None:
        while effects := self.session.effects():
            for effect in effects:
                self._carry_out(effect)

    def _carry_out(self, effect: fx.Effect) -> None:
        match effect:
            case fx.Connect(number=number, engine=engine):
                self.upstreams[number] = Upstream(number, engine)
                if self.answers:
                    self.accept(number)
            case fx.Disconnect(number=number):
                self.upstreams[number].closed = True
            case fx.Ask(number=number, event=event):
                upstream = self.upstreams[number]
                upstream.asked.append(event)
                if self.answers and event["type"] == "session.update":
                    self.session.receive_upstream(number, {"type": "session.updated"}, self.now)
            case fx.Tell(event=event):
                self.told.append(event)
            case fx.HangUp(code=code):
                self.closed = code
            case fx.Note():
                self.notes.append(effect)
            case _:
                self.shell.append(effect)

    def accept(self, number: int) -> None:
        self.session.connected(number)
        created = {"type": "session.created", "session": {"instructions": "Coach them.", "id": "x"}}
        self.session.receive_upstream(number, created, self.now)

    @property
    def upstream(self) -> Upstream:
        """The connection that was made last and is still there."""
        return [one for one in self.upstreams.values() if not one.closed][-1]

    # Who plays

    def send(self, kind: str, **fields: Any) -> None:
        self.session.receive(json.dumps({"type": kind, **fields}), self.now)
        self.settle()

    def speak(self, seconds: float) -> None:
        """The page sends sound in real time."""
        for _ in range(round(seconds * 1000 / FRAME_MS)):
            self.send("input_audio_buffer.append", audio=FRAME)
            self.wait(FRAME_MS / 1000, step=FRAME_MS / 1000)

    def hear(self, kind: str, **fields: Any) -> None:
        """The upstream says something."""
        self.session.receive_upstream(self.upstream.number, {"type": kind, **fields}, self.now)
        self.settle()

    def lose(self, fault: Fault = Fault.RETRYABLE, code: str = "1006") -> None:
        upstream = self.upstream
        upstream.closed = True
        self.session.lost(upstream.number, fault, code, self.now)
        self.settle()

    def wait(self, seconds: float, step: float = 0.1) -> None:
        for _ in range(max(1, round(seconds / step))):
            self.now += step
            self.session.tick(self.now)
            self.settle()

    # Whole turns

    def user_says(self, item_id: str, text: str) -> None:
        self.hear("input_audio_buffer.speech_started", item_id=item_id, audio_start_ms=0)
        self.hear("input_audio_buffer.speech_stopped", item_id=item_id, audio_end_ms=900)
        self.hear("input_audio_buffer.committed", item_id=item_id, previous_item_id=None)
        item = {"id": item_id, "type": "message", "role": "user", "content": []}
        for step in ("added", "done"):
            self.hear(f"conversation.item.{step}", item=item, previous_item_id=None)
        self.hear(
            "conversation.item.input_audio_transcription.completed",
            item_id=item_id,
            content_index=0,
            transcript=text,
        )

    def coach_begins(self, response_id: str, item_id: str) -> None:
        self.hear("response.created", response={"id": response_id, "status": "in_progress"})
        item = {"id": item_id, "type": "message", "role": "assistant", "content": []}
        self.hear("response.output_item.added", response_id=response_id, item=item)
        self.hear("conversation.item.added", item=item, previous_item_id=None)

    def coach_goes_on(self, response_id: str, item_id: str, text: str, milliseconds: int) -> None:
        about = {"response_id": response_id, "item_id": item_id}
        self.hear("response.output_audio_transcript.delta", **about, delta=text)
        sound = base64.b64encode(bytes(48 * milliseconds)).decode()
        self.hear("response.output_audio.delta", **about, delta=sound)

    def coach_ends(self, response_id: str, status: str = "completed", **details: Any) -> None:
        response = {"id": response_id, "status": status, "status_details": details or None}
        self.hear("response.done", response=response)

    def coach_says(self, number: int, text: str, milliseconds: int = 1_000) -> None:
        response_id, item_id = f"resp_{number}", f"item_a{number}"
        self.coach_begins(response_id, item_id)
        self.coach_goes_on(response_id, item_id, text, milliseconds)
        self.coach_ends(response_id)

    # What came of it

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.told if event["type"] == kind]

    @property
    def states(self) -> list[str]:
        return [event["state"] for event in self.of("coach.state")]

    @property
    def providers(self) -> list[str]:
        return [event["provider"] for event in self.of("coach.provider")]

    @property
    def notices(self) -> list[str]:
        return [event["code"] for event in self.of("coach.notice")]

    @property
    def refusals(self) -> list[str]:
        return [event["error"]["code"] for event in self.of("error")]

"""The built-in engine without a loop: a shell that does everything at once, by a script."""

import base64
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from evaluations.core.shapes import Word
from sessions_app.coach import CoachContext, Event
from sessions_app.coach.engine.core.coaching import brain
from sessions_app.coach.engine.core.effects import (
    Effect,
    Forget,
    Hear,
    Hush,
    Listen,
    Say,
    Send,
    StopListening,
    Think,
)
from sessions_app.coach.engine.core.machine import EngineSession

RATE = 24_000
MS_PER_LETTER = 10
"""The voice of these tests is quick."""


def tone(seconds: float, level: int = 4_000) -> bytes:
    """What the gate takes for speech."""
    at = np.arange(round(seconds * RATE))
    return (level * np.sin(at * 0.2)).astype("<i2").tobytes()


def quiet(seconds: float) -> bytes:
    return bytes(round(seconds * RATE) * 2)


def appended(pcm: bytes) -> Event:
    return {"type": "input_audio_buffer.append", "audio": base64.b64encode(pcm).decode()}


def counter() -> Callable[[str], str]:
    numbers = itertools.count(1)
    return lambda kind: f"{kind}_{next(numbers)}"


def spoken_words(text: str, start: float = 0.0, rate: float = 0.4) -> tuple[Word, ...]:
    def word(at: int, text: str) -> Word:
        begin = start + at * rate
        return Word(word=text, start_time=begin, end_time=begin + 0.8 * rate, confidence=0.95)

    return tuple(word(at, text) for at, text in enumerate(text.split()))


@dataclass
class Driven:
    """``heard`` are the words of the turns to come; a turn without any is a cough.

    With ``held`` the effects of a kind wait until ``release``.
    """

    context: CoachContext = field(default_factory=lambda: CoachContext(session_id="test"))
    patience: float = 1.5
    lead_ms: float = 1e9
    held: tuple[type, ...] = ()

    def __post_init__(self) -> None:
        self.now = 100.0
        self.session = EngineSession(
            self.context, counter(), patience=self.patience, lead_ms=self.lead_ms
        )
        self.events: list[Event] = []
        self.heard: list[str] = []
        self.waiting: list[Effect] = []
        self.sound: dict[int, bytes] = {}
        self.started: dict[int, int] = {}
        self.effects: list[Effect] = []
        self.run()

    def send(self, type_: str, **fields: object) -> list[Event]:
        """Send a client event; return what it brings at once."""
        return self.sent({"type": type_, **fields})

    def sent(self, event: Event) -> list[Event]:
        before = len(self.events)
        self.session.receive(event, self.now)
        self.run()
        return self.events[before:]

    def play(self, pcm: bytes, chunk: int = 1_920) -> list[Event]:
        """The microphone gives ``pcm``, in real time."""
        before = len(self.events)
        for at in range(0, len(pcm), chunk):
            piece = pcm[at : at + chunk]
            self.now += len(piece) / 2 / RATE
            self.session.receive(appended(piece), self.now)
            self.run()
            self.tick()
        return self.events[before:]

    def speak(self, words: str = "", seconds: float = 1.0, after: float = 0.6) -> list[Event]:
        """Somebody says ``words`` and is silent."""
        self.heard.append(words)
        return self.play(tone(seconds) + quiet(after))

    def update(self, **session: object) -> list[Event]:
        return self.send("session.update", session={"type": "realtime", **session})

    def detect(self, **fields: object) -> list[Event]:
        detection = {"type": "server_vad", **fields} if fields else None
        return self.update(audio={"input": {"turn_detection": detection}})

    def tick(self) -> None:
        wakes_at = self.session.wakes_at
        if wakes_at is not None and wakes_at <= self.now:
            self.session.tick(self.now)
            self.run()

    def wait(self, seconds: float) -> list[Event]:
        """Let time pass without any sound."""
        before, end = len(self.events), self.now + seconds
        while (wakes_at := self.session.wakes_at) is not None and wakes_at <= end:
            self.now = max(self.now, wakes_at)
            self.session.tick(self.now)
            self.run()
            later = self.session.wakes_at
            assert later is None or later > self.now, "a shell would spin"
        self.now = end
        return self.events[before:]

    def run(self) -> None:
        while effects := self.session.effects():
            for effect in effects:
                self.effects.append(effect)
                if isinstance(effect, self.held):
                    self.waiting.append(effect)
                else:
                    self.do(effect)

    def release(self) -> list[Event]:
        """Do what was held, the oldest first."""
        before = len(self.events)
        waiting, self.waiting = self.waiting, []
        for effect in waiting:
            self.do(effect)
        self.run()
        return self.events[before:]

    def do(self, effect: Effect) -> None:
        match effect:
            case Send(event):
                self.events.append(event)
            case Listen(turn, start):
                self.sound[turn], self.started[turn] = b"", start
            case Hear(turn, pcm):
                self.sound[turn] += pcm
            case StopListening(turn):
                text = self.heard.pop(0) if self.heard else ""
                words = spoken_words(text, self.started[turn] / RATE)
                self.session.receive_words(turn, words, self.now)
            case Think(number, state, request):
                self.session.receive_thought(number, brain.reply(state, request), self.now)
            case Say(number, text):
                self.session.receive_voice(number, tone(len(text) * MS_PER_LETTER / 1000), self.now)
                self.session.receive_voice(number, b"", self.now)
            case Forget() | Hush():
                pass


def types(events: Iterable[Event]) -> list[str]:
    """The types in order, a run of one type told once."""
    return [kind for kind, _ in itertools.groupby(event["type"] for event in events)]


def of(events: Iterable[Event], kind: str) -> list[Event]:
    return [event for event in events if event["type"] == kind]


def only(events: Iterable[Event], kind: str) -> Event:
    (event,) = of(events, kind)
    return event


def spoken(events: Iterable[Event]) -> str:
    """What the coach said."""
    return " ".join(
        event["transcript"] for event in of(events, "response.output_audio_transcript.done")
    )


def typed(text: str, role: str = "user") -> Event:
    """The item of a ``conversation.item.create``."""
    kind = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text}]}

"""One recording: its samples counted and judged, its level followed, its captions merged."""

from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

from pydantic import BaseModel

from evaluations.core.shapes import Segment
from sessions_app.contract import messages as m
from sessions_app.core.arrival import Arrival
from sessions_app.core.audio import BYTES_PER_SAMPLE, SAMPLE_RATE, Blocks, refusal
from sessions_app.core.cues import Cue, Cues
from sessions_app.core.health import AudioHealth, HealthMonitor
from sessions_app.core.limits import Limits
from sessions_app.core.transcript import LiveSegments
from sessions_app.core.vad import STATUS_WINDOWS, SpeechEnd, Vad, VadStatus
from sessions_app.transcription import Heard, Hypothesis, SpeechEvent, StreamStatus, Utterance


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a frame: samples from ``start`` on, and how many came irregularly of late.

    ``full`` says that the longest speech is reached with it.
    """

    start: int
    pcm: bytes
    irregular: int
    full: bool


class Recording:
    """What is known of the samples of one recording.

    ``accepting`` is off once audio was refused; what was captured before stays. ``kept`` are the
    samples that the vault has, ``heard`` those that the live transcription is done with.
    """

    def __init__(
        self, limits: Limits, vad: Vad, started_at: float, *, cues: Cues | None = None
    ) -> None:
        self.samples = 0
        self.kept = 0
        self.heard = 0
        self.accepting = True
        self.live = LiveSegments()
        self.arrival = Arrival(started_at, limits.max_lead_seconds)
        self._limits = limits
        self._vad = vad
        # What is said of the windows is due with each status: so they are judged together.
        self._blocks = Blocks(STATUS_WINDOWS)
        self._health = HealthMonitor()
        self._cues = cues
        self._seconds_shown = 0

    def refusal(self, pcm: bytes, now: float) -> str | None:
        """Why a frame cannot be taken; None when it can."""
        if sentence := refusal(pcm):
            return sentence
        if self.arrival.would_lead(len(pcm) // BYTES_PER_SAMPLE, now):
            return (
                f"The audio's arrival rate is too high: it runs more than "
                f"{self._limits.max_lead_seconds:g} s ahead of the clock."
            )
        return None

    def take(self, pcm: bytes, now: float) -> Taken:
        """Count a frame in; what goes beyond the longest speech is cut off."""
        room = self._limits.max_speech_seconds * SAMPLE_RATE - self.samples
        pcm = pcm[: room * BYTES_PER_SAMPLE]
        count = len(pcm) // BYTES_PER_SAMPLE
        start = self.samples
        self.samples += count
        return Taken(start, pcm, self.arrival.accept(count, now), full=count == room)

    def listen(self, pcm: bytes) -> list[BaseModel]:
        """The messages about level, silence and health that these samples bring about."""
        windows = self._blocks.push(pcm)
        if windows is None:
            return []
        events = [*self._vad.judge(windows), *self._health.judge(windows)]
        # By the samples' own time, so that their order does not tell how they were cut.
        messages: list[BaseModel] = []
        for event in sorted(events, key=attrgetter("at_seconds")):
            messages.append(_message(event))
            if self._cues is not None and isinstance(event, VadStatus):
                messages += _cues(self._cues.status(event.at_seconds, is_speech=event.is_speech))
        return messages

    def hear(self, event: SpeechEvent) -> list[BaseModel]:
        """The messages that an event of the live transcription brings about."""
        update: BaseModel | None = None
        messages: list[BaseModel] = []
        match event:
            case Hypothesis():
                update = self.live.hypothesis(event.segment)
            case Utterance():
                update = self.live.utterance(event.segment)
                messages += _cues(self._cues.heard(event.segment)) if self._cues else []
            case Heard():
                self.heard = max(self.heard, event.samples)
            case StreamStatus():
                messages.append(m.TranscriptionStatus(status=event.status, engine=event.engine))
                update = self.live.drop_hypothesis()
                self._follow(event)
        return [*messages, update] if update is not None else messages

    def _follow(self, event: StreamStatus) -> None:
        """Without captions nothing can be said of pace and fillers."""
        if self._cues is None:
            return
        if event.status == "reconnected":
            self._cues.restored()
        else:
            self._cues.interrupted()

    def go_on(self, samples: int, heard: int, finished: tuple[Segment, ...], now: float) -> None:
        """Take up a recording where another process left it; ``samples`` are in the vault.

        Captions go on at ``heard``, which stands between utterances: later ones are heard again.
        """
        self.samples = self.kept = samples
        self.heard = heard
        self.live = LiveSegments(tuple(s for s in finished if s.start_time * SAMPLE_RATE < heard))
        self.arrival.samples = samples
        self.arrival.last_at = now
        self._seconds_shown = int(now - self.arrival.started_at)

    def next_second(self, now: float) -> int | None:
        """The seconds since the start, when there is a new one to show."""
        elapsed = int(now - self.arrival.started_at)
        if elapsed <= self._seconds_shown:
            return None
        self._seconds_shown = elapsed
        return elapsed

    def stall(self, now: float) -> Literal["never started", "gap"] | None:
        """Whether the microphone has been silent for too long, as opposed to the speaker."""
        silent = now - self.arrival.last_at
        if not self.accepting:
            return None
        if self.samples:
            return "gap" if silent >= self._limits.gap_seconds else None
        return "never started" if silent >= self._limits.silent_start_seconds else None


def _cues(cues: list[Cue]) -> list[BaseModel]:
    return [
        m.CoachingCue(cue_type=cue.kind, message=cue.message, timestamp=cue.at_seconds)
        for cue in cues
    ]


def _message(event: VadStatus | SpeechEnd | AudioHealth) -> BaseModel:
    match event:
        case VadStatus():
            return m.VadStatusMessage(energy=event.energy, is_speech=event.is_speech)
        case SpeechEnd():
            return m.VadSpeechEnd(silence_duration_seconds=event.silence_duration_seconds)
        case AudioHealth():
            return m.AudioHealthMessage(kind=event.kind, message=event.message)

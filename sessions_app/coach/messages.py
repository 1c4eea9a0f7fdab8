"""The product's own messages on the coach's socket, once; all others are OpenAI Realtime's.

``ClientCoachMessage`` and ``ServerCoachMessage`` are closed unions told apart by ``type``. The
browser's types (`static/js/coach/messages.d.ts`) are made from them by `manage.py contract`. Which
of the protocol's own events a browser may send stands in ``core/allowed.py``. Pure.
"""

from typing import Annotated, Literal

from pydantic import Field

from evaluations.core.shapes import CamelShape
from sessions_app.contract.messages import Incoming

MAX_SAMPLES = 10 * 60 * 24_000
"""More than any gap that a page can know of: it keeps at most one second."""
MAX_MS = 60_000.0

Provider = Literal["openai", "builtin"]
Milliseconds = Annotated[float, Field(ge=0, le=MAX_MS, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class SpeakerConsent(Incoming):
    """What the speaker of a take agrees to, as it is written to the consent log."""

    speaker_name: Annotated[str, Field(min_length=1, max_length=120)]
    consent_confirmed: bool


class CoachTakeAction(Incoming):
    """Begin, end, keep or throw away a practice take. Keeping needs ``consent``."""

    type: Literal["coach.take"] = "coach.take"
    action: Literal["start", "stop", "keep", "discard"]
    title: Annotated[str, Field(max_length=200)] = ""
    consent: SpeakerConsent | None = None


class CoachTurns(Incoming):
    """Who ends a turn: the server by silence (``auto``), or the page by ``commit``."""

    type: Literal["coach.turns"] = "coach.turns"
    mode: Literal["auto", "push_to_talk"]


class CoachMetrics(Incoming):
    """What the page has measured since it last said so; every field may be left out."""

    type: Literal["coach.metrics"] = "coach.metrics"
    barge_in_ms: Milliseconds | None = None
    reply_ms: Milliseconds | None = None
    thinking_ms: Milliseconds | None = None
    caption_ms: Milliseconds | None = None
    output_latency_ms: Milliseconds | None = None
    underruns: Count = 0
    dropped_samples: Count = 0
    gaps: Count = 0


class CoachGap(Incoming):
    """The page could not send so many samples (24 kHz): what follows is that much later."""

    type: Literal["coach.gap"] = "coach.gap"
    samples: Annotated[int, Field(ge=1, le=MAX_SAMPLES)]


class CoachAck(Incoming):
    """The page has read all that came so far. A page that reads nothing is closed."""

    type: Literal["coach.ack"] = "coach.ack"


class CoachRetry(Incoming):
    """Try at once to reach the coach, without waiting for the end of a pause."""

    type: Literal["coach.retry"] = "coach.retry"


ClientCoachMessage = Annotated[
    CoachTakeAction | CoachTurns | CoachMetrics | CoachGap | CoachAck | CoachRetry,
    Field(discriminator="type"),
]


class CoachProvider(CamelShape):
    """Who answers: at the start, and whenever that changes; ``reason`` says why it has."""

    type: Literal["coach.provider"] = "coach.provider"
    provider: Provider
    model: str
    voice: str
    reason: str | None = None


class CoachState(CamelShape):
    """``retry_at`` is how many seconds a pause will last before the coach is tried again."""

    type: Literal["coach.state"] = "coach.state"
    session_id: str
    state: Literal["connecting", "listening", "thinking", "speaking", "take", "paused"]
    resumed: bool = False
    retry_at: Annotated[float, Field(ge=0)] | None = None


class TakeFigures(CamelShape):
    """What is told of a take at once; the rest stands on the page of a take that is kept."""

    duration_seconds: float
    total_words: int
    words_per_minute: float
    filler_word_count: int
    fillers_per_minute: float
    pause_count: int
    longest_pause_seconds: float
    hesitation_pause_count: int
    energy_variation: float
    pitch_range_semitones: float | None = None
    quality_warning: str | None = None


class CoachTake(CamelShape):
    """How a take stands. ``seconds`` were recorded of it; ``message`` says what went wrong."""

    type: Literal["coach.take"] = "coach.take"
    take_id: str
    state: Literal["recording", "measuring", "ready", "keeping", "kept", "discarded", "failed"]
    seconds: Annotated[float, Field(ge=0)]
    metrics: TakeFigures | None = None
    transcript: str | None = None
    speech_url: str | None = None
    message: str | None = None


class CoachNotice(CamelShape):
    """Something that the person must know; ``recoverable`` says that the session goes on."""

    type: Literal["coach.notice"] = "coach.notice"
    code: Literal["audio_gap", "audio_rate", "engine_changed", "limit_near", "refused", "upstream"]
    message: str
    recoverable: bool = True


ServerCoachMessage = Annotated[
    CoachProvider | CoachState | CoachTake | CoachNotice,
    Field(discriminator="type"),
]

"""What the coach's session asks of its shell. Values only; a test compares them."""

from dataclasses import dataclass
from decimal import Decimal

from sessions_app.coach import Event
from sessions_app.coach.core.configuring import Engine
from sessions_app.coach.core.faults import Fault
from sessions_app.coach.messages import CoachMetrics, SpeakerConsent


@dataclass(frozen=True, slots=True)
class Connect:
    """Open a connection to an engine; say ``connected`` or ``lost`` under ``number``."""

    number: int
    engine: Engine


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Close a connection; nothing of it is told any more."""

    number: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Send a client event on connection ``number``."""

    number: int
    event: Event


@dataclass(frozen=True, slots=True)
class Tell:
    """Send an event to the browser."""

    event: Event


@dataclass(frozen=True, slots=True)
class HangUp:
    """Close the browser's socket: behind all that it was told, or ``at_once``."""

    code: int
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class BeginTake:
    take_id: str


@dataclass(frozen=True, slots=True)
class TakeSound:
    """The next PCM16LE at 24 kHz of the take."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class FinishTake:
    """Measure the take; say ``take_measured`` or ``take_failed``."""

    take_id: str


@dataclass(frozen=True, slots=True)
class DropTake:
    """Forget the take and its sound."""

    take_id: str


@dataclass(frozen=True, slots=True)
class KeepTake:
    """Make a practice speech of the take; say ``take_kept`` or ``take_not_kept``."""

    take_id: str
    title: str
    consent: SpeakerConsent


@dataclass(frozen=True, slots=True)
class Observe:
    """Latencies and losses that the page has measured."""

    metrics: CoachMetrics


@dataclass(frozen=True, slots=True)
class Spend:
    """What the vendor asks for something that it has done."""

    cost_usd: Decimal


@dataclass(frozen=True, slots=True)
class Note:
    """An error of the upstream, for the log and for the officers: codes, never words."""

    provider: str
    fault: Fault
    code: str
    attempt: int


Effect = (
    Connect
    | Disconnect
    | Ask
    | Tell
    | HangUp
    | BeginTake
    | TakeSound
    | FinishTake
    | DropTake
    | KeepTake
    | Observe
    | Spend
    | Note
)

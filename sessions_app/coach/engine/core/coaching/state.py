"""What the coach knows, what is said to it, and what it answers."""

from dataclasses import dataclass
from typing import Literal

from evaluations.core.shapes import Word
from sessions_app.coach import PastSpeech, Take

Phase = Literal["start", "goal", "take", "after", "done"]
"""Nothing said yet; the goal was asked for; a take is awaited; it was spoken about; over."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was known before the conversation began."""

    speaker_name: str = ""
    goal: str = ""
    speeches: tuple[PastSpeech, ...] = ()
    take: Take | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of the speaker's. Typed words have no times: ``words`` is empty then.

    ``in_take`` says that it was said while the coach was to be silent.
    """

    text: str
    words: tuple[Word, ...] = ()
    seconds: float = 0.0
    in_take: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What an answer is wanted to.

    Attributes:
        turns: what was said since the last answer; may be nothing.
        asked: the client asked for an answer, rather than the speaker's silence.
        unclear: somebody spoke, and no word of it was understood.
        idle: nobody has spoken for long.
        unheard: what is left of the last answer, if it was cut off.
        opened: the answer's first sentence, where it is spoken already.
    """

    turns: tuple[Said, ...] = ()
    asked: bool = False
    unclear: bool = False
    idle: bool = False
    unheard: tuple[str, ...] = ()
    opened: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """What is compared from take to take."""

    words: int
    words_per_minute: float
    fillers: int
    fillers_per_minute: float
    pauses: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Feedback:
    """What was said of a take, in parts that can be asked for again."""

    commendation: str
    suggestion: str
    reason: str
    attempt: str
    exercise: str
    action: str
    kind: str


@dataclass(frozen=True, slots=True)
class CoachState:
    """All that the coach remembers; an answer is made from it and gives the next one."""

    facts: Facts = Facts()
    phase: Phase = "start"
    goal: str = ""
    """The topic that was chosen, by its id; "" before."""
    speed: float = 1.0
    """Of the voice, as the speaker asked for it."""
    said: tuple[str, ...] = ()
    """The last answer worth repeating, sentence by sentence."""
    heard: str = ""
    """The last words of the speaker's that were no request."""
    feedback: Feedback | None = None
    measured: tuple[Measured, ...] = ()
    used: tuple[str, ...] = ()
    """Kinds of findings spoken of already."""
    take: tuple[Said, ...] = ()
    """The last take."""
    answers: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say, sentence by sentence, and what the coach knows once it is said."""

    sentences: tuple[str, ...]
    state: CoachState

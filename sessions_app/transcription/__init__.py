"""The seams behind which sound becomes words: live captions, and the final transcript."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Protocol, Self

from evaluations.billing import Bill
from evaluations.core.shapes import AudioFormat, Segment, Transcript


@dataclass(frozen=True, slots=True)
class TranscriberContext:
    """What an engine may know about the speech: words to expect, and the language spoken.

    ``start_sample`` is the number of the stream's first sample in the speech, after a resume.
    ``club_id`` is whose speech it is: a vendor that fails one club is not taken from another.

    An engine may ignore ``key_terms``. The built-in one does: its language model is read-only, so
    that a word it has cannot be made likelier (measured: none of ten names and rare words came out
    otherwise), and a word that it lacks would need a pronunciation, which nothing here makes.
    """

    language: str = "en"
    key_terms: tuple[str, ...] = ()
    start_sample: int = 0
    club_id: int = 0


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """The words of the utterance being spoken, as they are guessed now; replaces the last one."""

    segment: Segment


@dataclass(frozen=True, slots=True)
class Utterance:
    """A finished utterance; its words will not change any more."""

    segment: Segment


@dataclass(frozen=True, slots=True)
class Heard:
    """Everything before ``samples`` is decoded: no utterance with an earlier end will follow."""

    samples: int


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """The engine was lost, came back, or is given up for this speech.

    ``engine`` names the one that came in its place; None where it is the same as before.
    """

    status: Literal["reconnecting", "reconnected", "failed"]
    engine: str | None = None


SpeechEvent = Hypothesis | Utterance | Heard | StreamStatus


class TranscriptStream(Protocol):
    """Live captions of one speech."""

    def push(self, pcm: bytes) -> None:
        """Give the next samples (PCM16LE mono in the stream's format), once it is entered.

        Never waits: what the engine cannot take yet is kept, within bounds of the stream's own.

        Raises:
            speechcoach.errors.ProviderError: the engine is gone.
        """
        ...

    async def finish(self) -> None:
        """Say that no more samples follow. The last utterances come, then iteration ends."""
        ...

    def __aiter__(self) -> AsyncIterator[SpeechEvent]: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Free the engine, finished or not."""
        ...


class Transcriber(Protocol):
    """Gives live captions."""

    name: str

    def stream(self, fmt: AudioFormat, context: TranscriberContext) -> TranscriptStream:
        """Open a stream; the engine starts when the stream is entered."""
        ...


@dataclass(frozen=True, slots=True)
class LiveTranscript:
    """What the live engine left behind: final segments, and up to which sample they are complete.

    ``engine`` is the name of the engine that made it.
    """

    segments: tuple[Segment, ...]
    complete_samples: int
    engine: str


class FinalTranscriber(Protocol):
    """Gives the final transcript of a whole speech."""

    name: str

    async def transcribe(
        self,
        audio: AsyncIterator[bytes],
        context: TranscriberContext,
        live: LiveTranscript,
        bill: Bill | None = None,
    ) -> Transcript:
        """Transcribe ``audio`` (PCM16LE mono, 16 kHz, from the first sample, in blocks).

        An engine whose live decoding is already final may keep ``live`` up to its
        ``complete_samples`` and decode only the rest. What is asked of a vendor that has a price
        is noted on ``bill``.

        Raises:
            speechcoach.errors.ProviderError: the engine could not transcribe.
        """
        ...

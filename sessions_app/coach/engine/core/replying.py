"""A response from its first event to its last: words, sound in deltas of 100 ms, what was heard."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from sessions_app.coach.engine.core.effects import Effect, Hush, Say, Send
from sessions_app.coach.protocol import server
from sessions_app.coach.protocol.items import ContentKind, Conversation, Item
from sessions_app.coach.protocol.server import Ending, Response, Usage, Why
from sessions_app.coach.protocol.session import BYTES_PER_MS

DELTA_BYTES: Final = 100 * BYTES_PER_MS
MS_PER_LETTER: Final = 65.0
AHEAD_MS: Final = 2_000
"""The next sentence is spoken when so little of the one before is left to send."""


@dataclass(frozen=True, slots=True)
class Span:
    """A sentence and where it lies in its item's sound."""

    text: str
    start_ms: float
    end_ms: float


@dataclass(slots=True)
class Active:
    """A response under way.

    ``thinking`` says that more sentences may come. ``sound`` are the sentences whose sound has
    come, and is not sent yet: text (once), PCM so far, whether that is all.
    """

    response: Response
    item: Item
    usage: Usage
    previous: str | None
    speed: float = 1.0
    thinking: bool = True
    cut: bool = False
    waiting: deque[str] = field(default_factory=deque)
    saying: str | None = None
    number: int = 0
    pcm: bytearray = field(default_factory=bytearray)
    queued: deque[tuple[str, int]] = field(default_factory=deque)
    """Sentences whose words are to be told when ``int`` bytes have been sent in all."""
    sent: int = 0
    made: int = 0
    ended: int = 0
    """Bytes of sentences that are spoken to their end."""
    began_at: float | None = None
    spans: list[Span] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


class Replying:
    """At most one response at a time.

    Args:
        lead_ms: how far the sound sent may run ahead of being heard.
    """

    def __init__(
        self,
        emit: Callable[[Effect], None],
        conversation: Conversation,
        lead_ms: float,
    ) -> None:
        self._emit = emit
        self._conversation = conversation
        self._lead_ms = lead_ms
        self._numbers = 0
        self.active: Active | None = None

    def begin(self, response: Response, usage: Usage) -> None:
        """Open a response; its sentences follow by ``say``."""
        kind: ContentKind = "output_audio" if response.spoken else "output_text"
        item = Item(
            response.item_id, "assistant", kind, status="in_progress", has_content=False
        )  # fmt: skip
        self._send(response.created())
        self._send(response.item_added(item))
        previous = None
        if response.conversation_id is not None:
            previous = self._conversation.add(item)
            self._send(server.item_added(item, previous))
        self._send(response.part_added())
        self.active = Active(response, item, usage, previous)

    def say(self, sentences: tuple[str, ...], speed: float, *, last: bool, now: float) -> None:
        """Add sentences; ``last`` says that the answer is complete with them."""
        active = self.active
        if active is None:
            return
        active.waiting.extend(sentences)
        active.speed = speed
        active.thinking = not last
        if not active.response.spoken:
            while active.waiting:
                self._tell(active, active.waiting.popleft())
        self._go_on(now)

    def receive_voice(self, number: int, pcm: bytes, now: float) -> None:
        """Take sound of the sentence that was asked for under ``number``; b"" ends it."""
        active = self.active
        if active is None or number != active.number or active.saying is None:
            return
        if pcm:
            active.pcm += pcm
            active.made += len(pcm)
        else:
            start = active.spans[-1].end_ms if active.spans else 0.0
            end = active.made / BYTES_PER_MS
            active.spans.append(Span(active.saying, start, end))
            active.saying = None
            active.ended = active.made
        self._go_on(now)

    def flush(self, now: float) -> None:
        """Send what may be sent now."""
        self._go_on(now)

    @property
    def flushes_at(self) -> float | None:
        """When more may be sent, if anything waits."""
        active = self.active
        if active is None or not active.pcm or active.began_at is None or self._is_partial(active):
            return None
        return self._sendable_at(active, active.began_at)

    def _is_partial(self, active: Active) -> bool:
        """Whether the rest of the next delta is on its way."""
        return len(active.pcm) < DELTA_BYTES and active.sent + len(active.pcm) > active.ended

    def _sendable_at(self, active: Active, began_at: float) -> float:
        """When the next sound is no further ahead of being heard than it may be."""
        return began_at + (active.sent / BYTES_PER_MS - self._lead_ms) / 1000

    def end(
        self, status: Ending, why: Why | None = None, failure: str | None = None
    ) -> Active | None:
        """Close the response with all the events that clients expect; return what it was."""
        active, self.active = self.active, None
        if active is None:
            return None
        if active.saying is not None:
            start = active.spans[-1].end_ms if active.spans else 0.0
            # How long the rest of it would have been is not known; longer than what there is.
            likely = start + len(active.saying) * MS_PER_LETTER
            active.spans.append(
                Span(active.saying, start, max(likely, active.made / BYTES_PER_MS + 1))
            )
        if active.response.spoken and status != "completed":
            self._emit(Hush())
        response, text = active.response, "".join(active.told)
        complete = status == "completed"
        item = replace(
            active.item,
            text=text,
            generated_text=text,
            has_content=True,
            status="completed" if complete else "incomplete",
            audio_ms=int(active.sent / BYTES_PER_MS),
        )
        if response.spoken:
            self._send(response.audio_done())
        self._send(response.words_done(text))
        self._send(response.part_done(text))
        self._send(response.item_done(item))
        if response.conversation_id is not None:
            self._conversation.replace(item)
            self._send(server.item_done(item, active.previous))
        usage = replace(
            active.usage,
            text_out=len(text) // 4,
            audio_out=int(active.sent / BYTES_PER_MS / 50),
        )
        self._send(response.done(status, why, (item,), usage, failure))
        self._send(server.rate_limits_updated())
        return active

    def _go_on(self, now: float) -> None:
        active = self.active
        if active is None:
            return
        if active.response.spoken:
            self._send_sound(active, now)
            left_ms = len(active.pcm) / BYTES_PER_MS
            if active.saying is None and active.waiting and left_ms < AHEAD_MS:
                self._numbers += 1
                active.number = self._numbers
                active.saying = active.waiting.popleft()
                active.queued.append((active.saying, active.made))
                self._emit(Say(active.number, active.saying, active.speed))

    @property
    def finished(self) -> bool:
        """Whether all that was to be said has been sent."""
        active = self.active
        return (
            active is not None
            and not active.thinking
            and not active.waiting
            and active.saying is None
            and not active.pcm
        )

    def _send_sound(self, active: Active, now: float) -> None:
        while active.pcm:
            if self._is_partial(active):
                return
            if active.began_at is None:
                active.began_at = now
            if now < self._sendable_at(active, active.began_at):
                return
            piece = bytes(active.pcm[:DELTA_BYTES])
            while active.queued and active.queued[0][1] < active.sent + len(piece):
                self._tell(active, active.queued.popleft()[0])
            del active.pcm[:DELTA_BYTES]
            active.sent += len(piece)
            self._send(active.response.audio_delta(piece))

    def _tell(self, active: Active, sentence: str) -> None:
        delta = f" {sentence}" if active.told else sentence
        active.told.append(delta)
        self._send(active.response.words_delta(delta))

    def _send(self, event: server.Fields) -> None:
        self._emit(Send(event))


def heard_text(spans: tuple[Span, ...], ms: float) -> str:
    """The words whose sound ended by ``ms``, told within a sentence by the length of its words."""
    heard: list[str] = []
    for span in spans:
        if span.end_ms <= ms:
            heard.append(span.text)
            continue
        if ms > span.start_ms:
            share = (ms - span.start_ms) / (span.end_ms - span.start_ms)
            heard.append(_beginning(span.text, share))
        break
    return " ".join(part for part in heard if part)


def _beginning(text: str, share: float) -> str:
    words = text.split()
    limit = share * (sum(len(word) for word in words) + len(words))
    kept: list[str] = []
    used = 0
    for word in words:
        used += len(word) + 1
        if used > limit:
            break
        kept.append(word)
    return " ".join(kept)

"""What an answer is cut from, and what is left of one that was cut off."""

from dataclasses import dataclass

from evaluations.core.shapes import Word
from sessions_app.coach.engine.core.coaching.state import Said
from sessions_app.coach.engine.core.replying import Active, Span
from sessions_app.coach.protocol.items import read_item
from sessions_app.coach.protocol.session import RATE


@dataclass(slots=True)
class Interrupted:
    """An answer that was cut off: its sentences, and how much of it was heard."""

    item_id: str
    spans: tuple[Span, ...]
    rest: tuple[str, ...]
    heard_ms: float

    @property
    def unheard(self) -> tuple[str, ...]:
        """From the sentence in which it was cut on."""
        return (*(span.text for span in self.spans if span.end_ms > self.heard_ms), *self.rest)


def text_of(words: tuple[Word, ...]) -> str:
    text = " ".join(word.word for word in words)
    return text[:1].upper() + text[1:]


def sent_ms(active: Active) -> float:
    return active.sent / (RATE * 2 / 1000)


def within(sentences: tuple[str, ...], most: int | None) -> tuple[tuple[str, ...], bool]:
    """Whole sentences of at most ``most`` words, and whether any had to go."""
    if most is None:
        return sentences, False
    kept: list[str] = []
    for sentence in sentences:
        most -= len(sentence.split())
        if most < 0:
            return tuple(kept), True
        kept.append(sentence)
    return tuple(kept), False


def said_in(given: tuple[dict[str, object], ...]) -> tuple[Said, ...]:
    """What speakers say in the input of a response of its own."""
    items = (read_item(one, "") for one in given if one.get("type") == "message")
    return tuple(Said(item.text) for item in items if item.role == "user" and item.text)

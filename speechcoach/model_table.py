"""What is known of vendors' models: the one place in the product that holds their names.

Settings choose among them, or name one that is not here: it is then used without what only a known
model is asked for, and costs nothing on our books unless OPENAI_PRICES says otherwise. Prices are
in US dollars, from the vendor's price list of November 2026.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final, Literal

Job = Literal["transcript", "evaluation", "speech", "coach"]

DEFAULT_TRANSCRIPTION_MODEL: Final = "whisper-1"
DEFAULT_EVALUATION_MODEL: Final = "gpt-5.4-mini"
DEFAULT_SPEECH_MODEL: Final = "gpt-4o-mini-tts"
DEFAULT_VOICE: Final = "coral"
DEFAULT_REALTIME_MODEL: Final = "gpt-realtime-2.1"
DEFAULT_REALTIME_VOICE: Final = "marin"

VOICES: Final = (
    *("alloy", "ash", "ballad", "cedar", "coral", "echo", "fable"),
    *("marin", "nova", "onyx", "sage", "shimmer", "verse"),
)
"""OpenAI's. Whether each model takes each of them is not documented."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What one answer of a model that talks was made of: text read and written, sound heard and
    spoken. ``read`` and ``heard`` are without what was ``cached``."""

    read: int = 0
    read_cached: int = 0
    written: int = 0
    heard: int = 0
    heard_cached: int = 0
    spoken: int = 0


@dataclass(frozen=True, slots=True)
class SoundPrices:
    """Per million tokens, of a model whose sound costs something else than its text."""

    read_cached: Decimal
    heard: Decimal
    heard_cached: Decimal
    spoken: Decimal


@dataclass(frozen=True, slots=True)
class Prices:
    """Per million tokens, and per minute of sound where that is what is sold.

    Without ``sound`` all tokens cost the same.
    """

    input: Decimal = Decimal(0)
    output: Decimal = Decimal(0)
    minute: Decimal = Decimal(0)
    sound: SoundPrices | None = None

    def of_tokens(self, read: int, written: int) -> Decimal:
        return (self.input * read + self.output * written) / 1_000_000

    def of_talk(self, used: Tokens) -> Decimal:
        sound = self.sound or SoundPrices(self.input, self.input, self.input, self.output)
        return (
            self.of_tokens(used.read, used.written)
            + (
                sound.read_cached * used.read_cached
                + sound.heard * used.heard
                + sound.heard_cached * used.heard_cached
                + sound.spoken * used.spoken
            )
            / 1_000_000
        )

    def of_sound(self, seconds: float) -> Decimal:
        return self.minute * Decimal(str(round(seconds, 3))) / 60


FREE: Final = Prices()


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """``reasons``: it thinks before it answers, and may be asked to do so briefly.

    ``timed``: it says when each word was said; None where only asking tells. ``keywords``: it takes
    words to expect as such, not in its prompt. ``directed``: a voice that may be told how to
    speak. ``voices``: those it speaks with. ``gone_on`` is when the vendor has said that it ends;
    `manage.py engines --live` asks whether that still holds. ``captions`` is the model that writes
    down what a speaker says to the coach; ``rotate_seconds`` how long one conversation with it is
    let go on: the vendor ends each after an hour at the latest.
    """

    jobs: frozenset[Job] = frozenset({"transcript", "evaluation", "speech", "coach"})
    prices: Prices = FREE
    reasons: bool = False
    timed: bool | None = None
    keywords: bool = False
    directed: bool = False
    voices: tuple[str, ...] = ()
    gone_on: date | None = None
    captions: str = ""
    rotate_seconds: float = 20 * 60


def _writes(read: str, written: str, gone_on: date | None = None) -> ModelFacts:
    prices = Prices(Decimal(read), Decimal(written))
    return ModelFacts(frozenset({"evaluation"}), prices, reasons=True, gone_on=gone_on)


def _hears(
    minute: str, gone_on: date | None = None, *, timed: bool = False, keywords: bool = False
) -> ModelFacts:
    prices = Prices(minute=Decimal(minute))
    return ModelFacts(
        frozenset({"transcript"}), prices, timed=timed, keywords=keywords, gone_on=gone_on
    )


def _speaks(minute: str, gone_on: date | None, *, directed: bool = False) -> ModelFacts:
    prices = Prices(minute=Decimal(minute))
    return ModelFacts(
        frozenset({"speech"}), prices, directed=directed, voices=VOICES, gone_on=gone_on
    )


def _talks(prices: Prices, gone_on: date | None = None) -> ModelFacts:
    voices = tuple(voice for voice in VOICES if voice not in {"fable", "nova", "onyx"})
    return ModelFacts(
        frozenset({"coach"}), prices, voices=voices, gone_on=gone_on, captions="gpt-live-transcribe"
    )


def _six(figures: Iterable[Decimal]) -> Prices:
    read, read_cached, written, heard, heard_cached, spoken = figures
    return Prices(read, written, sound=SoundPrices(read_cached, heard, heard_cached, spoken))


_TALK: Final = _six(map(Decimal, ("4", "0.4", "24", "32", "0.4", "64")))
_OLDER_TALK: Final = _six(map(Decimal, ("4", "0.4", "16", "32", "0.4", "64")))
_MINI_TALK: Final = _six(map(Decimal, ("0.6", "0.06", "2.4", "10", "0.3", "20")))


_SPEECH_ENDS = date(2027, 1, 6)
_TRANSCRIPTION_ENDS = date(2027, 2, 26)
MODELS: Final[dict[str, ModelFacts]] = {
    # Prices of transcripts are not checked against the list yet; `docs/engines.md` says how.
    "whisper-1": _hears("0.006", _TRANSCRIPTION_ENDS, timed=True),
    "gpt-4o-transcribe": _hears("0.006", _TRANSCRIPTION_ENDS),
    "gpt-4o-mini-transcribe": _hears("0.003", _TRANSCRIPTION_ENDS),
    # Its price is not known here: OPENAI_PRICES.
    "gpt-transcribe": _hears("0", keywords=True),
    "gpt-5.5": _writes("5", "30"),
    "gpt-5.4": _writes("2.5", "15"),
    "gpt-5.4-mini": _writes("0.75", "4.5"),
    "gpt-5.4-nano": _writes("0.2", "1.25", date(2027, 4, 1)),
    "gpt-5": _writes("1.25", "10", date(2026, 12, 11)),
    "gpt-5-mini": _writes("0.25", "2", date(2026, 12, 11)),
    "gpt-4o-mini-tts": _speaks("0.015", _SPEECH_ENDS, directed=True),
    "tts-1": _speaks("0.015", _SPEECH_ENDS),
    "tts-1-hd": _speaks("0.03", _SPEECH_ENDS),
    "gpt-realtime-2.1": _talks(_TALK),
    "gpt-realtime-2.1-mini": _talks(_MINI_TALK),
    "gpt-realtime-2": _talks(_TALK),
    "gpt-realtime-1.5": _talks(_OLDER_TALK),
    "gpt-realtime": _talks(_OLDER_TALK, date(2027, 1, 20)),
    "gpt-realtime-mini": _talks(_MINI_TALK, date(2027, 1, 20)),
    # Writes down what is said to those: nobody chooses it.
    "gpt-live-transcribe": ModelFacts(frozenset(), Prices(minute=Decimal("0.017"))),
}


def facts_of(model: str, prices: Iterable[str] = ()) -> ModelFacts:
    """What is known of ``model``; ``prices`` (entries of OPENAI_PRICES) go before the table.

    An entry is ``model=input:output`` in dollars per million tokens, or ``model=minute``; of a
    model that talks also ``model=`` input, cached input and output of text, then those of sound.

    Raises:
        ValueError: an entry cannot be read.
    """
    facts = MODELS.get(model, ModelFacts())
    for entry in prices:
        name, _, figures = entry.partition("=")
        stated = _prices(entry, figures)
        if name.strip() == model:
            facts = replace(facts, prices=stated)
    return facts


def _prices(entry: str, figures: str) -> Prices:
    try:
        amounts = [Decimal(figure.strip()) for figure in figures.split(":")]
    except ArithmeticError:
        amounts = []
    if any(not amount.is_finite() or amount < 0 for amount in amounts):
        amounts = []
    match amounts:
        case [minute]:
            return Prices(minute=minute)
        case [read, written]:
            return Prices(read, written)
        case [_, _, _, _, _, _]:
            return _six(amounts)
    raise ValueError(f"OPENAI_PRICES holds {entry!r}; write model=input:output or model=minute")

"""An exercise for each thing that may be suggested: something to say aloud, at once."""

from collections.abc import Mapping
from typing import Final

from evaluations.core.prose import chosen

_LONGEST: Final = 9
"""Words of a quote that are said in an exercise."""

EXERCISES: Final[Mapping[str, tuple[str, ...]]] = {
    "fillers": (
        "Say “{line}” three times, and close your lips wherever a filler would come.",
        "Say “{line}” again, and put one silent breath in the place of each filler.",
    ),
    "fast": (
        "Say “{line}” at half your speed, then once more at the speed that feels right.",
        "Say “{line}” and tap your finger once for each word; let the taps stay even and calm.",
    ),
    "slow": (
        "Say “{line}” on one breath, without a stop.",
        "Say “{line}” three times, each time a little quicker, and keep the second one.",
    ),
    "hesitation": (
        "Say “{line}” from memory three times, until it comes without a gap.",
        "Say the thought before “{line}”, take one breath, and go straight into it.",
    ),
    "long_sentence": (
        "Say “{line}” as two sentences, with a full stop that I can hear.",
        "Say “{line}” in no more than eight words, then go on.",
    ),
    "long_stretch": (
        "Say “{line}”, count one, two under your breath, and only then go on.",
        "Say “{line}” and breathe out wholly before the next word.",
    ),
    "level_pitch": (
        "Say “{line}” three times, and lift another word each time.",
        "Say “{line}” as a question, then as an answer.",
    ),
    "level_energy": (
        "Whisper “{line}”, then say it to the back of a large room, then as you like it best.",
        "Say “{line}” and let only one word be loud.",
    ),
    "repeated": (
        "Say “{line}” again, and find another way to put it.",
        "Say “{line}” once with half of its words.",
    ),
    "no_hook": (
        "Open with a question that “{line}” would answer, wait two seconds, and then say it.",
        "Begin with a place and a time, and only then say “{line}”.",
    ),
    "abrupt_close": (
        "Say “{line}” as your very last words: slowly, and with silence after it.",
        "Give me one closing sentence that begins with “So tonight”, and stop there.",
    ),
    "no_signposts": (
        "Say “My first point is this”, and then “{line}”.",
        "Give me your main points in three short sentences: first, second and third.",
    ),
    "key_pause": (
        "Say “{line}”, wait for two full seconds, and then say your next sentence.",
        "Say “{line}”, breathe in and out once, and go on only then.",
    ),
}
_LIKE: Final = {
    "fast_throughout": "fast",
    "slow_throughout": "slow",
}
_WITHOUT_LINE: Final = "Give me the last two sentences again, and do just that in them."


def exercise_for(kind: str, facts: Mapping[str, str], quote: str) -> str:
    """An exercise on the line that the suggestion was about; always the same for the same line."""
    line = _line(quote or facts.get("chunk", ""))
    if not line:
        return _WITHOUT_LINE
    variants = EXERCISES.get(_LIKE.get(kind, kind), EXERCISES["key_pause"])
    return chosen(variants, line, "exercise").format(line=line)


def _line(quote: str) -> str:
    return " ".join(quote.split()[:_LONGEST]).rstrip(".,;:!?")

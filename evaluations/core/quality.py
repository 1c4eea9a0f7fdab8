"""Whether the transcript is good enough to found remarks on; thresholds from measures.md."""

from collections.abc import Sequence

from evaluations.core.shapes import Word

FEWEST_WORDS_PER_MINUTE = 10.0
LOWEST_MEAN_CONFIDENCE = 0.5


def mean_confidence(words: Sequence[Word]) -> float:
    """Mean confidence of ``words``, which hold no markers; 0 for none."""
    return sum(word.confidence for word in words) / len(words) if words else 0.0


def quality_warning(words: Sequence[Word], words_per_minute: float) -> str | None:
    """A sentence for people when too little was heard or heard too uncertainly, else None."""
    if not words:
        return "No words could be made out in the recording."
    if words_per_minute < FEWEST_WORDS_PER_MINUTE:
        return "Very few words could be made out for the length of the recording."
    if mean_confidence(words) < LOWEST_MEAN_CONFIDENCE:
        return "Many words in the recording could not be made out with confidence."
    return None

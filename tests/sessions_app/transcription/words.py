"""Words with times, for tests."""

from evaluations.core.shapes import Word


def word(text: str, start: float, end: float | None = None) -> Word:
    return Word(
        word=text,
        start_time=round(start, 3),
        end_time=round(end if end is not None else start + 0.2, 3),
        confidence=0.9,
    )

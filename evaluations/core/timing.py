"""How long a script takes to say."""

import re

_SPOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")


def spoken_word_count(script: str) -> int:
    """Words as a voice says them: figures are counted as the words they become."""
    return sum(
        _number_words(match[0]) if match[0][0].isdecimal() else 1
        for match in _SPOKEN.finditer(script)
    )


def estimate_seconds(script: str, words_per_minute: float) -> float:
    """Words / the voice's calibrated rate; measures.md, "Script and time".

    Raises:
        ValueError: the rate is not positive.
    """
    if words_per_minute <= 0:
        raise ValueError("a voice's rate must be positive")
    return spoken_word_count(script) * 60 / words_per_minute


def words_per_minute(script: str, seconds: float) -> float:
    """The rate at which ``script`` was said in ``seconds``: that of ``estimate_seconds``."""
    return spoken_word_count(script) * 60 / seconds


def _number_words(figures: str) -> int:
    parts = [part for part in re.split(r"[.,:]", figures) if part]
    joined = len(parts) - 1 if "." in figures else 0
    return joined + sum(_integer_words(part) for part in parts)


def _integer_words(digits: str) -> int:
    if len(digits) > 6:
        return len(digits)
    value = int(digits)
    thousands, rest = divmod(value, 1000)
    hundreds, tens = divmod(rest, 100)
    count = 0
    if thousands:
        count += _integer_words(str(thousands)) + 1
    if hundreds:
        count += 2
    if tens:
        count += 1 if tens <= 20 or tens % 10 == 0 else 2
    return max(1, count)

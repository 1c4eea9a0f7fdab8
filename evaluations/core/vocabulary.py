"""Choice of words: variety, phrases that return, length of sentences, readability."""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

import snowballstemmer

from evaluations.core.sentences import Span, is_punctuated
from evaluations.core.shapes import CamelShape, Word
from evaluations.core.tokens import plain

# measures.md, "Metrics": a phrase of three words or more, three times or more.
PHRASE_WORDS = 3
PHRASE_TIMES = 3
_LONGEST_PHRASE = 8
_MOST_PHRASES = 20
_SAMPLE = 100

_VOWELS = re.compile(r"[aeiouy]+")


class RepeatedPhrase(CamelShape):
    phrase: str
    count: int
    timestamps: tuple[float, ...]


class SentenceLength(CamelShape):
    """In words. ``longest_start`` is when the longest one begins."""

    count: int
    mean: float
    longest: int
    longest_start: float | None


class Vocabulary(CamelShape):
    """``readability`` is Flesch's reading ease (1948); None where no punctuation was heard."""

    distinct_stems_per_100_words: float
    repeated_phrases: tuple[RepeatedPhrase, ...]
    sentence_length: SentenceLength
    readability: float | None


@lru_cache(maxsize=20_000)
def stem(token: str) -> str:
    # A stemmer works on its word in itself, and evaluations are made in several threads: one each.
    return str(snowballstemmer.stemmer("english").stemWord(token))


def vocabulary(words: Sequence[Word], spans: Sequence[Span]) -> Vocabulary:
    """The vocabulary of timed ``words`` whose sentences are ``spans``."""
    heard = [plain(word) for word in words]
    lengths = [span.last - span.first for span in spans]
    longest = max(spans, key=lambda span: span.last - span.first, default=None)
    return Vocabulary(
        distinct_stems_per_100_words=_variety(heard),
        repeated_phrases=_repeated(words, heard),
        sentence_length=SentenceLength(
            count=len(spans),
            mean=round(sum(lengths) / len(lengths), 1) if lengths else 0,
            longest=max(lengths, default=0),
            longest_start=None if longest is None else round(words[longest.first].start_time, 2),
        ),
        readability=_reading_ease(heard, len(spans)) if is_punctuated(words) else None,
    )


def _variety(heard: Sequence[str]) -> float:
    """Mean distinct stems over runs of 100 words, so that long speeches compare with short ones."""
    if not heard:
        return 0
    stems = [stem(token) for token in heard]
    if len(stems) <= _SAMPLE:
        return round(len(set(stems)) * 100 / len(stems), 1)
    starts = range(0, len(stems) - _SAMPLE + 1, _SAMPLE // 2)
    runs = [len(set(stems[start : start + _SAMPLE])) for start in starts]
    return round(sum(runs) / len(runs), 1)


def _repeated(words: Sequence[Word], heard: Sequence[str]) -> tuple[RepeatedPhrase, ...]:
    """The longest phrases that return; a part is listed only where it returns more often."""
    found: list[tuple[tuple[str, ...], list[int]]] = []
    for length in range(_LONGEST_PHRASE, PHRASE_WORDS - 1, -1):
        places: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for start in range(len(heard) - length + 1):
            seen = places[tuple(heard[start : start + length])]
            if not seen or start - seen[-1] >= length:
                seen.append(start)
        for phrase, starts in places.items():
            if len(starts) >= PHRASE_TIMES and not any(
                len(longer) >= len(starts) and _contains(known, phrase) for known, longer in found
            ):
                found.append((phrase, starts))
    found.sort(key=lambda entry: (-len(entry[1]) * len(entry[0]), entry[1][0]))
    return tuple(
        RepeatedPhrase(
            phrase=" ".join(phrase),
            count=len(starts),
            timestamps=tuple(round(words[start].start_time, 2) for start in starts),
        )
        for phrase, starts in found[:_MOST_PHRASES]
    )


def _contains(longer: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return any(
        longer[at : at + len(phrase)] == phrase for at in range(len(longer) - len(phrase) + 1)
    )


def _reading_ease(heard: Sequence[str], count: int) -> float | None:
    if not heard or not count:
        return None
    syllables = sum(_syllables(token) for token in heard)
    return round(206.835 - 1.015 * len(heard) / count - 84.6 * syllables / len(heard), 1)


def _syllables(token: str) -> int:
    groups = len(_VOWELS.findall(token))
    silent = token.endswith("e") and not token.endswith(("le", "ee")) and groups > 1
    return max(1, groups - silent)

"""Words that were heard, as utterances."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from evaluations.core.shapes import Segment, Transcript, Word

PAUSE_SECONDS: Final = 0.7
"""A pause this long ends an utterance …"""
LONG_SECONDS: Final = 12.0
"""… and in one that is longer than this, the end of a sentence does."""


def segment(words: Iterable[Word], *, is_final: bool) -> Segment:
    """One utterance of at least one word; its speaker is the one who says most of it."""
    said = tuple(words)
    speakers = Counter(word.speaker_id for word in said if word.speaker_id is not None)
    return Segment(
        text=" ".join(word.word for word in said),
        start_time=said[0].start_time,
        end_time=max(word.end_time for word in said),
        words=said,
        is_final=is_final,
        speaker_id=speakers.most_common(1)[0][0] if speakers else None,
    )


def transcript(words: Sequence[Word]) -> Transcript:
    """The words as utterances."""
    segments = []
    said: list[Word] = []
    for word, following in pairwise([*words, None]):
        if word is None:
            continue
        said.append(word)
        if following is None or _ends(said, following):
            segments.append(segment(said, is_final=True))
            said = []
    return Transcript(segments=tuple(segments))


def _ends(said: Sequence[Word], following: Word) -> bool:
    last = said[-1]
    if following.start_time - last.end_time >= PAUSE_SECONDS:
        return True
    if following.speaker_id != last.speaker_id:
        return True
    long = last.end_time - said[0].start_time >= LONG_SECONDS
    return long and last.word.rstrip("\"'”’)").endswith((".", "?", "!"))

"""Every spoken word with a time: engines that give none get theirs from the sound."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from evaluations.core.series import RMS_WINDOW_SECONDS, SPEECH_SHARE, AudioSeries
from evaluations.core.shapes import Segment, Transcript, Word
from evaluations.core.tokens import is_marker, tokenise


class UntimedTranscriptError(ValueError):
    """There are words, but neither they nor the sound say when they were spoken."""


def aligned(transcript: Transcript, series: AudioSeries) -> Transcript:
    """``transcript`` with a time for every word.

    Words that have times keep them. Words without (a segment of bare text, or all of a segment's
    words at one instant) are laid over the sound: over the stretches of speech inside the
    segment's span, or between its timed neighbours, in proportion to their length in letters.

    Raises:
        UntimedTranscriptError: words lack times and ``series`` has no length.
    """
    segments = list(transcript.segments)
    timed = [_is_timed(segment) for segment in segments]
    if all(timed):
        return Transcript(segments=tuple(displayed(segment) for segment in segments))
    if series.duration_seconds <= 0:
        raise UntimedTranscriptError("the words have no times and the audio has no length")
    result: list[Segment] = []
    position = 0
    while position < len(segments):
        if timed[position]:
            result.append(displayed(segments[position]))
            position += 1
            continue
        stop = position
        while stop < len(segments) and not timed[stop] and not _has_span(segments[stop]):
            stop += 1
        if stop == position:
            group, span = [segments[position]], _span(segments[position])
        else:
            group = segments[position:stop]
            following = segments[stop].start_time if stop < len(segments) else None
            span = (result[-1].end_time if result else 0.0, following or series.duration_seconds)
        result.extend(_laid_out(group, span, series))
        position += len(group)
    return Transcript(segments=tuple(result))


def spoken_words(transcript: Transcript) -> tuple[Word, ...]:
    """The words of ``transcript`` as displayed, markers such as ``[noise]`` left out."""
    return tuple(
        word
        for segment in transcript.segments
        for word in displayed(segment).words
        if not is_marker(word.word) and tokenise(word.word)
    )


def _is_timed(segment: Segment) -> bool:
    if not segment.words:
        return not tokenise(segment.text)
    return segment.words[-1].end_time > segment.words[0].start_time


def _has_span(segment: Segment) -> bool:
    return segment.end_time > segment.start_time


def _span(segment: Segment) -> tuple[float, float]:
    return (segment.start_time, segment.end_time)


def displayed(segment: Segment) -> Segment:
    """Take case and punctuation from the text where only the text has them."""
    shown = segment.text.split()
    if len(shown) != len(segment.words):
        return segment
    pairs = list(zip(shown, segment.words, strict=True))
    if all(text == word.word for text, word in pairs) or any(
        tokenise(text) != tokenise(word.word) for text, word in pairs
    ):
        return segment
    words = tuple(word.model_copy(update={"word": text}) for text, word in pairs)
    return segment.model_copy(update={"words": words})


def _laid_out(
    group: Sequence[Segment], span: tuple[float, float], series: AudioSeries
) -> list[Segment]:
    texts = [segment.text.split() or [word.word for word in segment.words] for segment in group]
    weights = [len(text) + 1 for words in texts for text in words]
    edges = _edges(weights, _stretches(span, series))
    result = []
    at = 0
    for segment, words in zip(group, texts, strict=True):
        confidences = [word.confidence for word in segment.words]
        known = confidences if len(confidences) == len(words) else [1.0] * len(words)
        placed = tuple(
            Word(word=text, start_time=start, end_time=end, confidence=confidence)
            for text, confidence, (start, end) in zip(
                words, known, edges[at : at + len(words)], strict=True
            )
        )
        at += len(words)
        update: dict[str, object] = {"words": placed}
        if placed:
            update |= {"start_time": placed[0].start_time, "end_time": placed[-1].end_time}
        result.append(segment.model_copy(update=update))
    return result


def _stretches(span: tuple[float, float], series: AudioSeries) -> list[tuple[float, float]]:
    """The parts of ``span`` with speech by level (0.15 × the median level), or all of it."""
    start, end = span
    sounding = series.rms[series.rms > 1]
    if len(sounding) and end > start:
        loud = series.rms > SPEECH_SHARE * float(np.median(sounding))
        pieces = [
            (max(start, at * RMS_WINDOW_SECONDS), min(end, (at + 1) * RMS_WINDOW_SECONDS))
            for at in np.flatnonzero(loud).tolist()
        ]
        inside = [piece for piece in pieces if piece[1] > piece[0]]
        if inside:
            return inside
    return [(start, max(end, start + 0.001))]


def _edges(
    weights: Sequence[int], stretches: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Start and end of each word when speech time is shared out by ``weights``."""
    sounding = np.cumsum([0.0, *(end - start for start, end in stretches)])
    shares = np.cumsum([0, *weights]) / max(1, sum(weights)) * sounding[-1]
    starts = np.searchsorted(sounding, shares[:-1], side="right") - 1
    ends = np.searchsorted(sounding, shares[1:], side="left") - 1

    def clock(share: float, stretch: int) -> float:
        place = min(max(stretch, 0), len(stretches) - 1)
        return round(float(stretches[place][0] + share - sounding[place]), 3)

    return [
        (clock(a, int(i)), clock(b, int(j)))
        for (a, b), i, j in zip(pairwise(shares.tolist()), starts, ends, strict=True)
    ]

"""A transcript as its speaker puts it right: their words, at the times at which they were heard."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from evaluations.core.alignment import displayed
from evaluations.core.evidence import FEWEST_TOKENS, MOST_TOKENS, Occurrence, find_quote, quote_text
from evaluations.core.shapes import Evaluation, Segment, Transcript, Word
from evaluations.core.styling import applied_style, base_item
from evaluations.core.tokens import tokenise


@dataclass(frozen=True, slots=True)
class Correction:
    """``changed`` counts the words that are other ones now, or written otherwise.

    ``before`` are the words there were; ``places[i]`` says which words of ``transcript`` stand
    where word ``i`` of them stood, first to last (excluded).
    """

    transcript: Transcript
    changed: int
    before: tuple[Word, ...]
    places: tuple[tuple[int, int], ...]


def correctable(transcript: Transcript) -> tuple[Segment, ...]:
    """The lines that can be corrected: what a page shows of ``transcript``."""
    return tuple(segment for segment in transcript.segments if segment.text.strip())


def corrected(transcript: Transcript, lines: Sequence[str]) -> Correction:
    """``transcript`` with ``lines`` in place of what ``correctable`` gives; an empty line goes.

    A word that stays keeps its time; others share that of the words in whose place they stand, by
    their length. What the speaker has written is sure: its confidence is 1.

    Raises:
        ValueError: not as many lines as there are.
    """
    segments: list[Segment] = []
    before: list[Word] = []
    places: list[tuple[int, int]] = []
    changed = count = 0
    for segment, line in zip(correctable(transcript), lines, strict=True):
        old = _timed(segment)
        new, found, differing = _rewritten(segment, old, line.split())
        before += old
        places += [(count + first, count + last) for first, last in found]
        changed += differing
        count += len(new)
        if new:
            update = {"text": " ".join(word.word for word in new), "words": new}
            segments.append(segment.model_copy(update=update))
    if not changed:
        return Correction(transcript, 0, tuple(before), tuple(places))
    return Correction(Transcript(segments=tuple(segments)), changed, tuple(before), tuple(places))


def requoted(evaluation: Evaluation, correction: Correction) -> Evaluation:
    """``evaluation`` whose quotes follow the correction, wherever they stand in its sentences.

    A quote whose words are too few or too many now stays as it was, and no longer passes.
    """
    pairs = dict(_new_quotes(evaluation, correction))
    items = tuple(
        item.model_copy(
            update={
                "summary": _replaced(item.summary, pairs),
                "explanation": _replaced(item.explanation, pairs),
                "evidence_quote": pairs.get(item.evidence_quote, item.evidence_quote),
            }
        )
        for item in evaluation.items
    )
    styled = evaluation.style_items and tuple(
        {
            name: _replaced(value, pairs) if isinstance(value, str) else value
            for name, value in item.items()
        }
        for item in evaluation.style_items
    )
    following = evaluation.model_copy(update={"items": items, "style_items": styled})
    style = applied_style(following)
    if style is None:
        return following
    told = tuple(base_item(style, item) for item in following.style_items or ())
    return following.model_copy(update={"items": told})


def _timed(segment: Segment) -> tuple[Word, ...]:
    """The words of ``segment`` as it shows them; without times they share its span."""
    texts = segment.text.split()
    shown = displayed(segment).words
    if [word.word for word in shown] == texts:
        return shown
    return tuple(_laid(texts, segment.start_time, segment.end_time, segment.speaker_id))


def _rewritten(
    segment: Segment, old: Sequence[Word], texts: Sequence[str]
) -> tuple[tuple[Word, ...], list[tuple[int, int]], int]:
    new: list[Word] = []
    places: list[tuple[int, int]] = []
    changed = 0
    keys = [tokenise(word.word) or (word.word,) for word in old]
    wanted = [tokenise(text) or (text,) for text in texts]
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, keys, wanted, autojunk=False).get_opcodes():
        if kind == "equal":
            for word, text in zip(old[i1:i2], texts[j1:j2], strict=True):
                places.append((len(new), len(new) + 1))
                changed += word.word != text
                new.append(word if word.word == text else word.model_copy(update={"word": text}))
            continue
        changed += max(i2 - i1, j2 - j1)
        places += [(len(new), len(new) + j2 - j1)] * (i2 - i1)
        if i1 < i2:
            start, end = old[i1].start_time, old[i2 - 1].end_time
        else:
            start = old[i1 - 1].end_time if i1 else segment.start_time
            end = max(start, old[i1].start_time if i1 < len(old) else segment.end_time)
        new += _laid(texts[j1:j2], start, end, segment.speaker_id)
    return tuple(new), places, changed


def _laid(texts: Sequence[str], start: float, end: float, speaker: str | None) -> Iterator[Word]:
    """``texts`` over a span of time, by their length."""
    lengths = [len(text) + 1 for text in texts]
    total = sum(lengths)
    edges = [
        start + (end - start) * sum(lengths[:at]) / total if total else start
        for at in range(len(texts) + 1)
    ]
    for text, (first, last) in zip(texts, pairwise(edges), strict=False):
        yield Word(word=text, start_time=first, end_time=last, confidence=1.0, speaker_id=speaker)


def _new_quotes(evaluation: Evaluation, correction: Correction) -> Iterator[tuple[str, str]]:
    words = correction.transcript.words
    for item in evaluation.items:
        found = find_quote(item.evidence_quote, correction.before, item.evidence_timestamp)
        if found is None:
            continue
        first, last = correction.places[found.first][0], correction.places[found.last - 1][1]
        if first >= last:
            continue
        quote = quote_text(words, Occurrence(first, last, words[first].start_time))
        if FEWEST_TOKENS <= len(tokenise(quote)) <= MOST_TOKENS:
            yield item.evidence_quote, quote


def _replaced(text: str, pairs: dict[str, str]) -> str:
    for old, new in pairs.items():
        text = text.replace(old, new)
    return text

"""Rhetorical devices in running words, with or without punctuation.

The built-in transcriber gives lower-case words and times only, so every device is told by words
and silence; punctuation, where there is any, decides more.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from evaluations.core import phrasing
from evaluations.core.prose import unquoted
from evaluations.core.sentences import (
    SENTENCE_GAP,
    Span,
    clause_starts,
    ends_sentence,
    gap_before,
    is_punctuated,
    sentences,
)
from evaluations.core.shapes import Word
from evaluations.core.stopwords import STOPWORDS
from evaluations.core.tokens import plain

DeviceKind = Literal[
    "question", "story", "number", "quotation", "contrast", "triad", "anaphora", "signpost",
    "call_to_action",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Device:
    """A device in words ``first`` to ``last`` (excluded). ``detail`` is what identifies it."""

    kind: DeviceKind
    first: int
    last: int
    detail: str = ""


class Speech:
    """Words of a speech, indexed for searching by phrase."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = tuple(words)
        self.heard = tuple(plain(word) for word in words)
        self.punctuated = is_punctuated(words)
        self.sentences = sentences(words)
        self.clauses = clause_starts(words)
        self._clause_set = frozenset(self.clauses)
        self._starts = [0]
        for token in self.heard:
            self._starts.append(self._starts[-1] + len(token) + 1)
        self._line = " ".join(self.heard)

    def matches(self, pattern: re.Pattern[str]) -> Iterator[Span]:
        """Where ``pattern`` matches whole words of the normalised text."""
        for span, _ in self.found(pattern):
            yield span

    def found(self, pattern: re.Pattern[str]) -> Iterator[tuple[Span, dict[str, Span]]]:
        """Where ``pattern`` matches, and where each of its named groups does."""
        for match in pattern.finditer(self._line):
            named = {name: self._span(*match.span(name)) for name in match.groupdict()}
            yield self._span(match.start(), match.end()), named

    def _span(self, start: int, end: int) -> Span:
        first = bisect_right(self._starts, start) - 1
        # A group may begin with the blank before its first word.
        first += self._starts[first] < start
        return Span(first, max(bisect_left(self._starts, end), first + 1))

    def starts_clause(self, index: int) -> bool:
        return index in self._clause_set

    def clause_end(self, index: int, most: int = 15) -> int:
        """Where the clause around word ``index`` ends, at most ``most`` words on."""
        position = bisect_right(self.clauses, index)
        end = self.clauses[position] if position < len(self.clauses) else len(self.words)
        return min(end, index + most)

    def sentence_of(self, index: int) -> Span:
        return self.sentences[bisect_right(self.sentences, Span(index, 1 << 60)) - 1]

    def said(self, first: int, last: int) -> str:
        """Words ``first`` to ``last`` (excluded), fit to stand between quotation marks."""
        return unquoted(" ".join(word.word for word in self.words[first:last]))


def devices(speech: Speech) -> tuple[Device, ...]:
    """Every device found, in order of place."""
    anaphora = tuple(_anaphora(speech))
    found = [
        *_questions(speech),
        *_stories(speech),
        *_numbers(speech),
        *_quotations(speech),
        *_contrasts(speech),
        *_triads(speech, anaphora),
        *anaphora,
        *_signposts(speech),
        *_calls(speech),
    ]
    return tuple(sorted(found, key=lambda device: (device.first, device.kind)))


def _phrases(speech: Speech, kind: DeviceKind, pattern: re.Pattern[str]) -> Iterator[Device]:
    for span in speech.matches(pattern):
        yield Device(kind, span.first, span.last, " ".join(speech.heard[span.first : span.last]))


def _stories(speech: Speech) -> Iterator[Device]:
    """From the words that open a scene to the end of their clause."""
    for span in speech.matches(phrasing.STORY):
        said = " ".join(speech.heard[span.first : span.last])
        last = max(span.last, speech.clause_end(span.last - 1, most=12))
        yield Device("story", span.first, last, said)


def _questions(speech: Speech) -> Iterator[Device]:
    if speech.punctuated:
        for span in speech.sentences:
            if speech.words[span.last - 1].word.rstrip("\"'”’)").endswith("?"):
                yield Device("question", span.first, span.last)
        return
    for first in speech.clauses:
        last = speech.clause_end(first, most=20)
        if last - first >= 4 and phrasing.QUESTION.match(" ".join(speech.heard[first:last])):
            yield Device("question", first, last)


def _numbers(speech: Speech) -> Iterator[Device]:
    for span in speech.matches(phrasing.NUMBER):
        following = speech.heard[span.last] if span.last < len(speech.heard) else ""
        # "number ten", "ten oclock" name a thing; a lone year does too, but it anchors a story.
        if following != "oclock" and not (span.first and speech.heard[span.first - 1] == "number"):
            last = min(span.last, speech.sentence_of(span.first).last)
            yield Device("number", span.first, last, " ".join(speech.heard[span.first : last]))


def _quotations(speech: Speech) -> Iterator[Device]:
    yield from _phrases(speech, "quotation", phrasing.QUOTED)
    opened = None
    for index, word in enumerate(speech.words):
        if word.word.startswith(("“", '"')):
            opened = index
        if opened is not None and re.search(r"[”\"][.,;!?]*$", word.word):
            if index - opened >= 3:
                yield Device("quotation", opened, index + 1)
            opened = None


def _contrasts(speech: Speech) -> Iterator[Device]:
    taken: set[int] = set()
    for pattern in (*phrasing.CONTRAST, phrasing.DENIAL):
        for span, named in speech.found(pattern):
            tail = named["tail"].first
            whole = range(span.first, min(span.last, speech.sentence_of(tail).last))
            together = _answers if pattern is phrasing.DENIAL else _turns
            if taken.isdisjoint(whole) and together(speech, span.first, tail):
                taken.update(whole)
                turn = speech.heard[span.first : span.last]
                yield Device("contrast", span.first, whole.stop, " ".join(turn[:2]))


def _turns(speech: Speech, first: int, tail: int) -> bool:
    """Whether a "but" turns its own sentence, and not the next one."""
    return (
        "but" not in speech.heard[first:tail]
        or not speech.punctuated
        or speech.sentence_of(first) == speech.sentence_of(tail)
    )


def _answers(speech: Speech, first: int, tail: int) -> bool:
    """Whether the sentence after a denial answers it, in as few words."""
    ends = ends_sentence(speech.words[tail - 1].word) or speech.sentence_of(tail).first == tail
    denied = max(start for start in speech.clauses if start <= first)
    denies_again = not {"do", "does", "did", "not"}.isdisjoint(speech.heard[tail + 1 : tail + 3])
    return ends and first - denied <= 4 and not denies_again


def _triads(speech: Speech, anaphora: Sequence[Device]) -> Iterator[Device]:
    taken: set[int] = set()
    for pattern in (phrasing.PARALLEL, phrasing.LINKED):
        for span in speech.matches(pattern):
            members = speech.heard[span.first : span.last : 2]
            if not (phrasing.FUNCTION | phrasing.DETERMINERS).isdisjoint(members):
                continue
            taken.update(range(span.first, span.last))
            yield Device("triad", span.first, span.last, speech.said(span.first, span.last))
    frames = [range(device.first, device.last) for device in anaphora]
    steps = (
        (first, last)
        for first, last in (*speech.matches(phrasing.THREEFOLD), *_periodic(speech))
        # Three sentences that open alike are heard as a return, not as three steps.
        if not any(first < frame.stop and frame.start < last for frame in frames)
    )
    for first, last in (*steps, *_listed(speech)):
        if taken.isdisjoint(range(first, last)):
            taken.update(range(first, last))
            yield Device("triad", first, last, speech.said(first, last))


def _periodic(speech: Speech) -> Iterator[tuple[int, int]]:
    """Three groups of equal length sharing words at the same places ("of the people by the …")."""
    heard = speech.heard
    for period in (3, 4, 5):
        for first in range(len(heard) - 3 * period + 1):
            groups = [heard[first + period * n : first + period * (n + 1)] for n in range(3)]
            same = [group[0] for group in zip(*groups, strict=True) if len(set(group)) == 1]
            changed = period - len(same)
            if len(same) >= 2 and changed and not phrasing.FUNCTION.issuperset(same):
                yield first, first + 3 * period


def _listed(speech: Speech) -> Iterator[tuple[int, int]]:
    """Lists of three: "bread, salt and wine"."""
    if not speech.punctuated:
        yield from _listed_by_ear(speech)
        return
    for span in speech.sentences:
        for first in range(span.first, span.last):
            rest = " ".join(word.word for word in speech.words[first : min(span.last, first + 10)])
            match = phrasing.LISTED.match(rest)
            if match and _are_members(*(match[name].lower().split() for name in "abc")):
                yield first, first + len(match[0].split())


def _are_members(*members: Sequence[str]) -> bool:
    """Whether three runs of words are alike enough to be a list, and not two clauses that meet."""
    first, second, third = members
    if any(member[0] in phrasing.NOT_MEMBER for member in (second, third)):
        return False
    # With an article before one member, there is one before each.
    named = [member[0] in phrasing.DETERMINERS for member in (second, third)]
    begins = second[0] in first or (
        second[0] not in {"every", "each"} and not phrasing.DETERMINERS.isdisjoint(first)
    )
    # "If you pass by, come and see me": a request joined by its own "and".
    asked = second[-1] in phrasing.IMPERATIVES and first[-1] not in phrasing.IMPERATIVES
    again = len(second) == 1 and second[0] in first
    return not (again or asked) and (begins or not named[0]) and named[0] == named[1]


def _listed_by_ear(speech: Speech) -> Iterator[tuple[int, int]]:
    """Without commas a list is told by its breath: "bread [breath] salt and wine [breath]"."""
    edges = [*speech.clauses, len(speech.heard)]
    for before, first, last in zip(edges, edges[1:], edges[2:], strict=False):
        said = speech.heard[first:last]
        if last - first > 5 or gap_before(speech.words, first) >= SENTENCE_GAP:
            continue
        if not phrasing.PAIR.match(" ".join(said)) or said[0] in phrasing.NOT_MEMBER:
            continue
        joint = said.index("and")
        lead = speech.heard[max(before, first - 3) : first]
        if joint and _are_members(lead, said[:joint], said[joint + 1 :]):
            yield max(before, first - max(1, joint)), last


def _anaphora(speech: Speech) -> Iterator[Device]:
    """Three clauses within 30 s that open alike, or three words that return three times in 60."""
    taken: set[int] = set()
    for length in (4, 3, 2):
        for opening, starts in _returning(speech, length).items():
            run = _densest(speech, starts)
            sentences = all(speech.sentence_of(start).first == start for start in run)
            if _bland(opening, deliberate=sentences and length > 2):
                continue
            if len(run) >= 3 and taken.isdisjoint(run):
                taken.update(place + step for place in run for step in range(length))
                last = min(len(speech.words), run[-1] + max(length, 8))
                yield Device("anaphora", run[0], last, " ".join(opening))


def _returning(speech: Speech, length: int) -> dict[tuple[str, ...], list[int]]:
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    starts = speech.clauses if length == 2 else range(len(speech.heard) - length + 1)
    for start in starts:
        places[tuple(speech.heard[start : start + length])].append(start)
    return {opening: found for opening, found in places.items() if len(found) >= 3}


def _densest(speech: Speech, starts: Sequence[int]) -> list[int]:
    runs = [
        [
            other
            for other in starts
            if 0 <= speech.words[other].start_time - speech.words[start].start_time <= 30
        ]
        for start in starts
    ]
    return max(runs, key=len)


def _bland(opening: tuple[str, ...], *, deliberate: bool) -> bool:
    """Whether ``opening`` returns in any speech. ``deliberate``: each time, a sentence begins."""
    return (
        " ".join(opening[:2]) in phrasing.BLAND_OPENINGS
        or (not deliberate and phrasing.FUNCTION.issuperset(opening))
        or (not deliberate and len(opening) > 2 and STOPWORDS.issuperset(opening))
        or (opening[-1] in {"a", "an", "the", "of", "and"} and len(opening) == 2)
    )


def _signposts(speech: Speech) -> Iterator[Device]:
    yield from _phrases(speech, "signpost", phrasing.SIGNPOST_ANYWHERE)
    for span in speech.matches(phrasing.SIGNPOST_OPENING):
        following = speech.heard[span.last] if span.last < len(speech.heard) else ""
        if speech.starts_clause(span.first) and following not in phrasing.NOT_SIGNPOST:
            said = " ".join(speech.heard[span.first : span.last])
            yield Device("signpost", span.first, span.last, said)


def _calls(speech: Speech) -> Iterator[Device]:
    for span in speech.matches(phrasing.CALL):
        if speech.heard[span.first] not in {"let", "lets"} or _opens_thought(speech, span.first):
            yield Device("call_to_action", span.first, speech.clause_end(span.first))
    for start in speech.clauses:
        if not _opens_thought(speech, start):
            continue
        verb = start
        while verb < len(speech.heard) - 1 and speech.heard[verb] in phrasing.LEADS:
            verb += 1
        if speech.heard[verb] in phrasing.IMPERATIVES and speech.clause_end(start) - verb >= 3:
            yield Device("call_to_action", start, speech.clause_end(start))


def _opens_thought(speech: Speech, index: int) -> bool:
    """Whether a sentence begins here, or what a colon or an "and" adds to one. After "if …," an
    imperative tells what to do in that case: an instruction, not a call."""
    before = speech.words[index - 1].word if index else "."
    joined = speech.heard[index] in {"and", "but", "so"}
    return before.endswith(":") or joined or speech.sentence_of(index).first == index

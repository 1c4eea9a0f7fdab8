"""What the operator noted: which of the true findings come first.

A note is never a fact and never quoted. It names what a finding is about ("the pace", "too many
ums"), a moment ("1:20"), or words that the speaker said; findings of that sort, or at that place,
are preferred. What was not heard is not found, whatever a note says.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evaluations.core.evidence import MOST_TOKENS, SUREST, Occurrence
from evaluations.core.stopwords import STOPWORDS, word_set
from evaluations.core.tokens import tokenise
from evaluations.core.vocabulary import stem
from evaluations.evaluator.builtin.concerns import concerns, is_about_speaking
from evaluations.evaluator.builtin.findings import Finding, Heard
from evaluations.evaluator.builtin.remarks import Kind

# More than any finding weighs by itself: what was noted leads, the rest keeps its order.
_NOTED = 15.0
# Before the lines that tell most (``strengths``), which nobody asked for.
_LINE = 2.6
_SHORTEST_RUN = 3
_FEWEST_LETTERS = 5
_MOST_TIMES = 3
# A moment is noted down when it has just passed.
_BEFORE_SECONDS, _AFTER_SECONDS = 12.0, 3.0

_NOTE_ENDS = re.compile(
    r"[\n;•]+|(?<=[.!?…])\s+|,?\s+\b(?:but|although|however)\b,?", re.IGNORECASE
)
_QUOTED = re.compile(r"[“„\"«]([^“”„\"«»\n]+)[“”\"»]")
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):([0-5]\d)(?![\d:])")
_PRAISE = word_set(
    """
    beautiful best brilliant charming clear clever compelling effective elegant enjoyed excellent
    fine funny good great impressive like liked love loved lovely memorable moving nice nicely
    perfect poetic powerful smart strong strongest super terrific touching vivid well wonderful
    worked works
    """
)
_CRITICISM = word_set(
    """
    abrupt avoid bit boring confused confusing could didnt doesnt drop dropped excessive flat hard
    hardly hurried improve isnt lack lacked lacks less long lost many miss missed missing monotone
    more muddled needs never no not overused repetitive rush rushed shorten should slower stuck too
    trim unclear unsure wasnt weak without work wrong
    """
)
# Said of speakers and speeches: shared with the speech by chance rather than meant as its words.
_OF_SPEAKING = word_set(
    """
    about audience hands line lines listeners looked looking looks moment moved people person point
    points sentence smile smiled smiling sounded speaker speaking speech spoke stood talk talked
    talking walked word words
    """
)
# They speak of the whole speech, or of a line for its own sake; no note on a place is meant.
_WITHOUT_PLACE = word_set(
    """
    steady_pace variety few_fillers fast_throughout slow_throughout level_pitch level_energy
    no_signposts key_pause thread
    """
)

_Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Note:
    """One thing that was noted, and the places in the speech that it means."""

    text: str
    kinds: frozenset[Kind]
    places: tuple[_Place, ...]


def directed(heard: Heard, found: Sequence[Finding], kind: Kind) -> tuple[Finding, ...]:
    """``found`` as the notes weigh it; among commendations, also the lines that notes mention.

    What was heard with doubt gains nothing: a note does not make it any surer.
    """
    notes = [note for note in _notes(heard) if kind in note.kinds]
    if not notes:
        return tuple(found)
    if kind == "commendation":
        found = [*found, *_lines(heard, notes)]
    return tuple(_weighed(heard, finding, notes) for finding in found)


def _notes(heard: Heard) -> Iterator[_Note]:
    for text in _NOTE_ENDS.split(heard.brief.notes):
        if tokenise(text):
            yield _Note(text, _kinds(text), tuple(dict.fromkeys(_places(heard, text))))


def _kinds(text: str) -> frozenset[Kind]:
    """Whether a note praises, asks for a change, or may mean either. Quoted words say nothing."""
    said = set(tokenise(_QUOTED.sub(" ", text)))
    praises, criticises = not said.isdisjoint(_PRAISE), not said.isdisjoint(_CRITICISM)
    if praises is criticises:
        return frozenset({"commendation", "recommendation"})
    return frozenset({"commendation"}) if praises else frozenset({"recommendation"})


def _weighed(heard: Heard, finding: Finding, notes: Sequence[_Note]) -> Finding:
    quote = heard.quote(finding.first, finding.last)
    if quote is None or heard.confidence(quote.first, quote.last) < SUREST:
        return finding
    return finding.weighing(_NOTED * max(_matches(note, finding, quote) for note in notes))


def _matches(note: _Note, finding: Finding, quote: Occurrence) -> int:
    """How well a finding answers a note: 0, or 1 each for what it is about and where it is."""
    about = concerns(note.text, finding.kind)
    there = finding.kind not in _WITHOUT_PLACE and any(
        first < quote.last and quote.first < last for first, last in note.places
    )
    return about + there


# Places


def _places(heard: Heard, text: str) -> Iterator[_Place]:
    """The places that a note means: quoted words, else a run of words, else rare words; moments."""
    for clock in _CLOCK.finditer(text):
        yield from _moment(heard, 60 * int(clock[1]) + int(clock[2]))
    quoted = [tokenise(said) for said in _QUOTED.findall(text)]
    verbatim = [place for said in quoted for place in _verbatim(heard, said)]
    yield from verbatim or _longest_run(heard, tokenise(text)) or _rare_words(heard, tokenise(text))


def _moment(heard: Heard, seconds: float) -> Iterator[_Place]:
    first, last = heard.at(seconds - _BEFORE_SECONDS), heard.at(seconds + _AFTER_SECONDS)
    if heard.words[first].start_time <= seconds + _AFTER_SECONDS and first < last:
        yield first, last


def _verbatim(heard: Heard, said: Sequence[str]) -> list[_Place]:
    """Everywhere that ``said`` stands in the speech, unless it is grammar alone."""
    if all(token in STOPWORDS for token in said):
        return []
    starts = range(len(heard.tokens) - len(said) + 1)
    return [(at, at + len(said)) for at in starts if _stands(heard, said, at)]


def _stands(heard: Heard, said: Sequence[str], at: int) -> bool:
    return list(heard.tokens[at : at + len(said)]) == list(said)


def _longest_run(heard: Heard, note: Sequence[str]) -> list[_Place]:
    """Where the longest run of the note's words, three at least, stands in the speech."""
    for length in range(min(len(note), MOST_TOKENS), _SHORTEST_RUN - 1, -1):
        for first in range(len(note) - length + 1):
            places = _verbatim(heard, note[first : first + length])
            if places:
                return places
    return []


def _rare_words(heard: Heard, note: Sequence[str]) -> list[_Place]:
    """Where content words of the note stand that the speech has three times at most."""
    wanted = {
        stem(token)
        for token in note
        if len(token) >= _FEWEST_LETTERS
        and token not in STOPWORDS | _OF_SPEAKING | _PRAISE | _CRITICISM
        and not is_about_speaking(token)
    }
    found: dict[str, list[_Place]] = {}
    for at, token in enumerate(heard.tokens):
        if stem(token) in wanted:
            found.setdefault(stem(token), []).append((at, at + 1))
    return [place for places in found.values() if len(places) <= _MOST_TIMES for place in places]


def _lines(heard: Heard, notes: Sequence[_Note]) -> Iterator[Finding]:
    """The line at each place that a note means; in a longer stretch, the most telling one."""
    for place in dict.fromkeys(place for note in notes for place in note.places):
        first, last = _line(heard, place)
        kind = "definite_words" if len(heard.content(first, last, 2)) == 2 else "plain_line"
        yield Finding(kind, first, last, _LINE, {"when": heard.when(first)})


def _line(heard: Heard, place: _Place) -> _Place:
    first, last = place
    if last - first > MOST_TOKENS:
        within = (run for run in heard.telling_clauses if run[0] >= first and run[1] <= last)
        return next(within, (first, first + MOST_TOKENS))
    begins = max((at for at in heard.speech.clauses if at <= first), default=0)
    begins = max(begins, last - MOST_TOKENS)
    return begins, max(last, heard.speech.clause_end(last - 1, most=begins + MOST_TOKENS - last))

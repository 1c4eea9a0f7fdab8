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

from evaluations.core.prose import unquoted
from evaluations.core.sentences import Span, clause_starts, is_punctuated, sentences
from evaluations.core.shapes import Word
from evaluations.core.stopwords import STOPWORDS, word_set
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
        for match in pattern.finditer(self._line):
            first = bisect_right(self._starts, match.start()) - 1
            last = bisect_left(self._starts, match.end())
            yield Span(first, max(last, first + 1))

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
    found = [
        *_questions(speech),
        *_phrases(speech, "story", _STORY),
        *_numbers(speech),
        *_quotations(speech),
        *_contrasts(speech),
        *_triads(speech),
        *_anaphora(speech),
        *_signposts(speech),
        *_calls(speech),
    ]
    return tuple(sorted(found, key=lambda device: (device.first, device.kind)))


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{pattern})(?!\S)")


_QUESTION = _words(
    r"(?:(?:and|but|so|now|well) )?"
    r"(?:(?:have|do|did|can|could|would|will|are|should|were) (?:you|we|any of you|anyone)\b.*"
    r"|(?:what|why|how|where|who) (?:is|are|do|does|did|was|were|would|will|can|could|should|if"
    r"|about|makes|made|many|often|much|long|here|among)\b.*"
    r"|when (?:did|do|was the last time|will) .*|what if .*|has (?:anyone|anybody) .*)"
)
_STORY = _words(
    r"when i was|i (?:still |can |will always )?remember(?: when| the| my| that)?"
    r"|(?:years|months|weeks|days) ago"
    r"|one (?:day|morning|evening|night|afternoon)|last (?:week|year|month|summer|winter"
    r"|night|spring|autumn)"
    r"|once upon a time|let me tell you (?:about|a story)|the other day|(?:i will|ill) never forget"
    r"|it was (?:a|an|my|the) (?:\w+ )?(?:morning|night|day|evening|afternoon|summer"
    r"|winter)|i was \w+(?: \w+)? years old"
    r"|(?:this|it) (?:all )?(?:began|started) (?:when|with|in)|on my first day"
)
_CARDINAL = (
    r"\d[\d,.]*|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    r"|nineteen|twenty"
    r"|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?"
)
_SMALL = r"one|two|three|four|five|six|seven|eight|nine|half|a"
_NUMBER = _words(
    rf"(?:(?:{_SMALL}) )?(?:{_CARDINAL})(?: (?:and |{_SMALL}|{_CARDINAL}))*(?: (?:percent"
    rf"|per cent))?"
    r"|(?:one|two|three|four|five|six|seven|eight|nine) (?:percent|per cent|out of \w+"
    r"|in (?:ten|five|four|three|every))"
)
_QUOTED = _words(
    r"once (?:said|wrote)|in the words of|as \w+(?: \w+)? (?:said|wrote|put it)|(?:there"
    r" is|theres) (?:a|an old) saying"
    r"|(?:the|an old) (?:saying|proverb)|(?:my|our) (?:\w+ )?(?:mother|father"
    r"|grandmother|grandfather|teacher|mentor|boss|coach) "
    r"(?:always |often |used to |once )?(?:said|say|says|told me)"
)
_CONTRAST = (
    _words(r"(?P<verb>\w{2,}) not (?:\w+ ){1,11}(?P=verb)(?: \w+){1,8}"),
    _words(r"not only (?:\w+ ){1,10}but(?: also)?(?: \w+){1,8}"),
    _words(r"not because (?:\w+ ){1,10}but because(?: \w+){1,8}"),
    _words(
        r"(?:its|it is|this is|thats|that is) not (?:about )?(?:\w+ ){1,9}(?:its|it is|this"
        r" is|thats|that is)(?: \w+){1,8}"
    ),
    _words(r"not (?:\w+ ){1,7}but(?: \w+){1,8}"),
    _words(r"(?:it|this|that) isnt (?:about )?(?:\w+ ){1,9}(?:its|it is)(?: \w+){1,8}"),
    _words(r"(?:less|fewer) (?:\w+ ){1,6}(?:and |but )?more(?: \w+){1,6}"),
    _words(r"on (?:the )?one hand (?:\w+ ){1,20}on the other(?: \w+){0,8}"),
)
_PARALLEL = re.compile(
    r"(?<!\S)(?P<a>\w{2,}(?P<end>ing|er|ed|ly|tion|ness|ity|est|ful)) (?:and"
    r" )?(?P<b>\w{2,}(?P=end)) and (?P<c>\w{2,}(?P=end))(?!\S)"
)
_LINKED = _words(r"(?P<a>\w{4,}) (?P<link>and|or) (?P<b>\w{4,}) (?P=link) (?P<c>\w{4,})")
_LISTED = re.compile(
    r"^(?P<list>\w[\w'’-]*(?: \w[\w'’-]*){0,2}, \w[\w'’-]*(?: \w[\w'’-]*){0,2},? and"
    r" \w[\w'’-]*(?: \w[\w'’-]*)?)"
)
_SIGNPOST_ANYWHERE = _words(
    r"in conclusion|to (?:sum up|summarise|summarize|conclude|begin with|close)|in"
    r" summary|for (?:example|instance)"
    r"|(?:my|the|a) (?:first|second|third|final|last) (?:point|reason|thing|lesson|step"
    r"|idea|part|question)"
    r"|(?:there are|i have|here are) (?:two|three|four|five) (?:\w+ )?(?:things|reasons"
    r"|points|lessons|ways|steps|parts|ideas|questions)"
    r"|(?:let me|i will now|ill now|now let us|now lets) (?:turn to|move on|come to)"
    r"|which brings me to|in other words|number (?:one|two|three)"
)
_SIGNPOST_OPENING = _words(r"first(?:ly| of all)?|second(?:ly)?|third(?:ly)?|finally|lastly|next")
_NOT_SIGNPOST = word_set("time class hand day week month year door place floor person ones one in")
_CALL = _words(
    r"i (?:ask|urge|invite|challenge|encourage|beg|want|would like|need) (?:all of |each"
    r" of )?you(?: all)? to \w+(?: \w+)*?"
    r"|(?:let us|lets) (?!me\b)\w+|(?:we|you) must|join (?:me|us)|(?:i )?(?:hope|trust)"
    r" you will|(?:the )?next time you|my (?:challenge|invitation) to you"
)
_IMPERATIVES = word_set(
    "ask go take try join start stop call write remember choose give tell imagine speak sign vote "
    "come make keep find share look listen read visit pick plant bring dare leave turn talk put "
    "hold stand learn help begin say open walk send volunteer practise practice commit"
)
_LEADS = word_set("so and then today tonight tomorrow please now just but")
_BLAND_OPENINGS = frozenset(
    """
    and then|and so|and the|and i|you know|i mean|i think|it was|it is|in the|and it|so i|of the
    |so the|but i|but the|to the|i was|and we|and that|and a|that is|this is|and he|and she
    |and they|there was|there is|that the|kind of|sort of
    """.replace("\n    ", "").split("|")
)
_FUNCTION = word_set(
    "a an the and or but of to in on at by for from with as is are was were be it its"
    " this that he she they we you i "
    "his her their our your my so then um uh er"
)


def _phrases(speech: Speech, kind: DeviceKind, pattern: re.Pattern[str]) -> Iterator[Device]:
    for span in speech.matches(pattern):
        yield Device(kind, span.first, span.last, " ".join(speech.heard[span.first : span.last]))


def _questions(speech: Speech) -> Iterator[Device]:
    if speech.punctuated:
        for span in speech.sentences:
            if speech.words[span.last - 1].word.rstrip("\"'”’)").endswith("?"):
                yield Device("question", span.first, span.last)
        return
    for first in speech.clauses:
        last = speech.clause_end(first, most=20)
        if last - first >= 4 and _QUESTION.match(" ".join(speech.heard[first:last])):
            yield Device("question", first, last)


def _numbers(speech: Speech) -> Iterator[Device]:
    for span in speech.matches(_NUMBER):
        said = " ".join(speech.heard[span.first : span.last])
        following = speech.heard[span.last] if span.last < len(speech.heard) else ""
        # "number ten", "ten oclock" name a thing; a lone year does too, but it anchors a story.
        if following != "oclock" and not (span.first and speech.heard[span.first - 1] == "number"):
            yield Device("number", span.first, span.last, said)


def _quotations(speech: Speech) -> Iterator[Device]:
    yield from _phrases(speech, "quotation", _QUOTED)
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
    for pattern in _CONTRAST:
        for span in speech.matches(pattern):
            if not taken.isdisjoint(range(span.first, span.last)):
                continue
            taken.update(range(span.first, span.last))
            turn = speech.heard[span.first : span.last]
            yield Device("contrast", span.first, span.last, " ".join(turn[:2]))


def _triads(speech: Speech) -> Iterator[Device]:
    taken: set[int] = set()
    for pattern in (_PARALLEL, _LINKED):
        for span in speech.matches(pattern):
            if not _FUNCTION.isdisjoint(speech.heard[span.first : span.last : 2]):
                continue
            taken.update(range(span.first, span.last))
            yield Device("triad", span.first, span.last, speech.said(span.first, span.last))
    for first, last in (*_periodic(speech), *_listed(speech)):
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
            if len(same) >= 2 and changed and not _FUNCTION.issuperset(same):
                yield first, first + 3 * period


def _listed(speech: Speech) -> Iterator[tuple[int, int]]:
    if not speech.punctuated:
        return
    for span in speech.sentences:
        for first in range(span.first, span.last):
            rest = " ".join(word.word for word in speech.words[first : min(span.last, first + 10)])
            match = _LISTED.match(rest)
            if match:
                yield first, first + len(match["list"].split())


def _anaphora(speech: Speech) -> Iterator[Device]:
    """Three clauses within 30 s that open alike, or three words that return three times in 60."""
    taken: set[int] = set()
    for length in (4, 3, 2):
        for opening, starts in _returning(speech, length).items():
            if _bland(opening):
                continue
            run = _densest(speech, starts)
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


def _bland(opening: tuple[str, ...]) -> bool:
    return (
        " ".join(opening[:2]) in _BLAND_OPENINGS
        or _FUNCTION.issuperset(opening)
        or (len(opening) > 2 and STOPWORDS.issuperset(opening))
        or (opening[-1] in {"a", "an", "the", "of", "and"} and len(opening) == 2)
    )


def _signposts(speech: Speech) -> Iterator[Device]:
    yield from _phrases(speech, "signpost", _SIGNPOST_ANYWHERE)
    for span in speech.matches(_SIGNPOST_OPENING):
        following = speech.heard[span.last] if span.last < len(speech.heard) else ""
        if speech.starts_clause(span.first) and following not in _NOT_SIGNPOST:
            yield Device("signpost", span.first, span.last, speech.heard[span.first])


def _calls(speech: Speech) -> Iterator[Device]:
    for span in speech.matches(_CALL):
        yield Device("call_to_action", span.first, speech.clause_end(span.first))
    for start in speech.clauses:
        verb = start
        while verb < len(speech.heard) - 1 and speech.heard[verb] in _LEADS:
            verb += 1
        if speech.heard[verb] in _IMPERATIVES and speech.clause_end(start) - verb >= 3:
            yield Device("call_to_action", start, speech.clause_end(start))

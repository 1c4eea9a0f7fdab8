"""What a wording may say of a finding: words from the quote, before it, after it, and around."""

from collections.abc import Sequence

from evaluations.core.evidence import SUREST, Occurrence
from evaluations.core.pauses import OPEN_ENDED
from evaluations.core.stopwords import STOPWORDS, word_set
from evaluations.evaluator.builtin.findings import Finding, Heard

_LEADS = word_set("and but so because then")
_JOINTS = word_set(
    "and but because so when where while until which that as if or with for to after before from"
)
_COUNTS = word_set(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty hundred thousand years"
)
_SOUNDS = frozenset({"um", "uh", "er", "ah", "hm"})
_FEWEST = 3
_NEXT_WORDS = 7


def facts_of(heard: Heard, finding: Finding, quote: Occurrence) -> dict[str, str]:
    """The finding's own facts, and those that every finding has.

    ``key`` is the most telling word of the quote, ``tail`` its end; ``chunk`` and ``rest`` are its
    two halves; ``next`` is what was said after it, ``topic`` what the talk is about.
    """
    first, last = quote.first, quote.last
    joint = _joint(heard, first, last)
    key = _key(heard, first, last)
    subject = heard.topic[0] if heard.topic else ""
    facts = {
        "when": heard.when(first),
        "length": heard.length,
        "key": key,
        "subject": subject,
        "topic": subject or key,
        "chunk": _said(heard, *heard.trimmed(first, joint)),
        "rest": _begun_at(heard, joint, last),
        "tail": _tail(heard, first, last),
        "next": words_after(heard, max(last, min(finding.last, last + 3))),
        **finding.facts,
    }
    if finding.kind == "definite_words":
        telling = heard.content(first, last, 2)
        in_order = sorted(telling, key=heard.tokens[first:last].index)
        facts |= dict(zip(("first", "second"), in_order, strict=False))
    for name in ("when", "said", "first"):
        if text := facts.get(name):
            facts[name.capitalize()] = text[:1].upper() + text[1:]
    return facts


def words_after(heard: Heard, index: int) -> str:
    """Three to seven words from ``index`` on that stand by themselves; "" where there are none."""
    last = min(heard.speech.clause_end(index, most=_NEXT_WORDS), len(heard.words))
    if index >= len(heard.words) or last - index < _FEWEST:
        return ""
    first, last = heard.trimmed(index, last)
    if heard.tokens[last - 1] in OPEN_ENDED or heard.confidence(first, last) < SUREST:
        return ""
    return _said(heard, first, last)


def words_before(heard: Heard, index: int) -> str:
    """The end of what was said before word ``index``: at most five words of one sentence."""
    first = max(index - 5, heard.speech.sentence_of(index - 1).first if index else 0)
    return _said(heard, first, index)


def _key(heard: Heard, first: int, last: int) -> str:
    """The most telling word, as it was said; inside a sentence rather than at its start, where any
    word has a capital."""
    starts = {span.first for span in heard.speech.sentences}
    inner = [at for at in range(first, last) if at not in starts]
    telling = (
        [at for at in inner if heard.tokens[at] not in STOPWORDS | _COUNTS]
        or [at for at in inner if heard.tokens[at] not in STOPWORDS]
        or inner
        or [first]
    )
    best = max(telling, key=lambda at: (_sure(heard, at), len(heard.tokens[at]), -at))
    return heard.join([best]) or heard.tokens[best]


def _sure(heard: Heard, at: int) -> bool:
    return heard.words[at].confidence >= SUREST and heard.tokens[at].isalpha()


def _joint(heard: Heard, first: int, last: int) -> int:
    """Where a quote parts best: at a mark or a breath, before a joining word, near its middle."""

    def fitness(at: int) -> float:
        parts = 3.0 * heard.speech.starts_clause(at) + 1.5 * (heard.tokens[at] in _JOINTS)
        hangs = 2.5 * (heard.tokens[at - 1] in OPEN_ENDED)
        return parts - hangs - abs(at - (first + last) / 2) / 3

    places = range(first + _FEWEST, last - 1)
    return max(places, key=fitness, default=last)


def _begun_at(heard: Heard, first: int, last: int) -> str:
    """The second half as a sentence of its own, without the word that joined it to the first."""
    while first < last and heard.tokens[first] in _LEADS | _SOUNDS:
        first += 1
    first, last = heard.trimmed(first, last)
    return _said(heard, first, last) if last - first >= 2 else ""


def _tail(heard: Heard, first: int, last: int) -> str:
    """The last words of a quote: four, or as many as hang together."""
    begin = max(first, last - 4)
    whole: Sequence[int] = [at for at in range(begin, last) if heard.speech.starts_clause(at)]
    begin = next((at for at in whole if last - at >= _FEWEST), begin)
    return _said(heard, begin, last)


def _said(heard: Heard, first: int, last: int) -> str:
    return heard.speech.said(first, last).rstrip(".,;:!?—–- ")

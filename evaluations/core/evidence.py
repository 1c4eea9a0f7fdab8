"""Whether a quote was said, and when; rules from measures.md, "Evidence"."""

from collections.abc import Sequence
from dataclasses import dataclass

from evaluations.core.alignment import spoken_words
from evaluations.core.pauses import OPEN_ENDED
from evaluations.core.prose import unquoted
from evaluations.core.sentences import SENTENCE_GAP, ends_sentence, gap_before, starts_clause
from evaluations.core.shapes import Evaluation, Item, Transcript, Word
from evaluations.core.stopwords import word_set
from evaluations.core.styling import applied_style, in_step, restyled, same_quote
from evaluations.core.tokens import Token, plain, tokenise, tokens_of

FEWEST_TOKENS = 6
MOST_TOKENS = 15
TOLERANCE_SECONDS = 20.0
SUREST = 0.6
FEWEST_COMMENDATIONS = 2
FEWEST_RECOMMENDATIONS = 1
_BEST_LENGTH = 9
# Words that begin a phrase more often than they stand inside one.
_JOINTS = word_set("and but because so if when then or i we you he she they it there this the a")
_HESITATIONS = frozenset({"um", "uh", "er", "ah", "hm"})


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A quote in the transcript: words ``first`` to ``last`` (excluded), said from ``start``."""

    first: int
    last: int
    start: float


def find_quote(quote: str, words: Sequence[Word], claimed: float) -> Occurrence | None:
    """The occurrence of ``quote`` nearest to ``claimed`` seconds, at most 20 s from it.

    The quote must have 6–15 tokens and stand whole and contiguous in ``words``.
    """
    return _find(tokenise(quote), tokens_of(words), words, claimed)


def check_item(item: Item, words: Sequence[Word]) -> Item | None:
    """``item`` with its time set to where its quote was said, or None when it was not."""
    found = find_quote(item.evidence_quote, words, item.evidence_timestamp)
    if found is None:
        return None
    return item.model_copy(update={"evidence_timestamp": round(found.start, 2)})


def grounded(evaluation: Evaluation, transcript: Transcript) -> Evaluation:
    """``evaluation`` with only what passed, at the times where it was said.

    ``style_items`` carry quotes under the same names and pass the same check.
    """
    words = spoken_words(transcript)
    checked = (check_item(item, words) for item in evaluation.items)
    update: dict[str, object] = {"items": tuple(item for item in checked if item is not None)}
    if evaluation.style_items is not None:
        styled = (_check_style_item(item, words) for item in evaluation.style_items)
        update["style_items"] = tuple(item for item in styled if item is not None)
    return evaluation.model_copy(update=update)


def is_enough(evaluation: Evaluation, *, short: bool = False) -> bool:
    """Whether enough items are left: 2 commendations (1 in the short form), 1 recommendation."""
    kinds = [item.type for item in in_step(evaluation).items]
    fewest = 1 if short else FEWEST_COMMENDATIONS
    return (
        kinds.count("commendation") >= fewest
        and kinds.count("recommendation") >= FEWEST_RECOMMENDATIONS
    )


def filled_up(evaluation: Evaluation, spare: Evaluation, *, short: bool = False) -> Evaluation:
    """``evaluation`` with items of ``spare`` where too few of a kind are left.

    An item of ``spare`` whose quote is already used is passed over. The style items of ``spare``
    come along where both are told in the same style.
    """
    fewest = {"commendation": 1 if short else FEWEST_COMMENDATIONS, "recommendation": 1}
    evaluation, spare = in_step(evaluation), in_step(spare)
    items = list(evaluation.items)
    used = {tokenise(item.evidence_quote) for item in items}
    for item in spare.items:
        have = sum(other.type == item.type for other in items)
        if have < fewest[item.type] and tokenise(item.evidence_quote) not in used:
            items.append(item)
    items.sort(key=lambda item: item.type)
    told = (*(evaluation.style_items or ()), *(spare.style_items or ()))
    styled = [
        one
        for item in items
        for one in [next((one for one in told if same_quote(one, item.evidence_quote)), None)]
        if one is not None
    ]
    style = applied_style(spare)
    alike = spare.evaluation_style == evaluation.evaluation_style and (
        not evaluation.items or applied_style(evaluation) is not None
    )
    if style is None or not alike or len(styled) < len(items):
        return evaluation.model_copy(update={"items": tuple(items), "style_items": None})
    return restyled(evaluation, style, styled)


def choose_quote(
    words: Sequence[Word],
    first: int,
    last: int,
    avoid: Sequence[tuple[int, int]] = (),
    most: int = MOST_TOKENS,
) -> Occurrence | None:
    """The best quote for what was said in words ``first`` to ``last`` (excluded).

    Looks at every run of 6 to ``most`` tokens that overlaps the place and touches no range in
    ``avoid``. First come runs with a mean confidence of 0.6, then runs that cover the place and
    begin and end where a clause does, then the one the transcriber was surest of. None when there
    is no run.
    """
    best: tuple[tuple[float, ...], Occurrence] | None = None
    for start in range(max(0, first - MOST_TOKENS), min(len(words), last)):
        tokens = 0
        for stop in range(start + 1, min(len(words), start + MOST_TOKENS) + 1):
            tokens += len(tokenise(words[stop - 1].word))
            if tokens > most:
                break
            if tokens < FEWEST_TOKENS or stop <= first:
                continue
            if any(start < end and begin < stop for begin, end in avoid):
                continue
            rank = _rank(words, (start, stop), (first, last))
            if best is None or rank > best[0]:
                best = (rank, Occurrence(start, stop, words[start].start_time))
    return None if best is None else best[1]


def quote_text(words: Sequence[Word], occurrence: Occurrence) -> str:
    """The quote as it stands in the transcript, without quotation marks or a mark left hanging."""
    said = " ".join(word.word for word in words[occurrence.first : occurrence.last])
    return unquoted(said).rstrip(",;:—–- ")


def _rank(words: Sequence[Word], run: tuple[int, int], place: tuple[int, int]) -> tuple[float, ...]:
    (start, stop), (first, last) = run, place
    covered = max(0, min(stop, last) - max(start, first)) / min(last - first, MOST_TOKENS)
    confidence = sum(word.confidence for word in words[start:stop]) / (stop - start)
    opens = 1.4 if start == first else 1.0 if starts_clause(words, start) else _joint(words, start)
    ends = 1.0 if stop in {last, len(words)} or starts_clause(words, stop) else _joint(words, stop)
    breaks = sum(_breaks(words, at) for at in range(start + 1, stop))
    dangling = plain(words[stop - 1]) in OPEN_ENDED
    hesitant = start != first and plain(words[start]) in _HESITATIONS
    fitness = 4 * min(covered, 0.8) + opens + ends - 2 * dangling - hesitant - 1.5 * breaks
    return (
        confidence >= SUREST,
        round(fitness - abs(stop - start - _BEST_LENGTH) / 10),
        round(confidence, 3),
        fitness,
        -start,
    )


def _joint(words: Sequence[Word], index: int) -> float:
    """How well words part before ``index`` where neither a mark nor a silence parts them."""
    if plain(words[index - 1]) in OPEN_ENDED:
        return -0.5
    return 0.6 if plain(words[index]) in _JOINTS else 0.0


def _breaks(words: Sequence[Word], index: int) -> bool:
    """Whether a quote that runs on over word ``index`` would sound like two quotes."""
    return gap_before(words, index) >= SENTENCE_GAP or ends_sentence(words[index - 1].word)


def _find(
    wanted: Sequence[str], tokens: Sequence[Token], words: Sequence[Word], claimed: float
) -> Occurrence | None:
    if not FEWEST_TOKENS <= len(wanted) <= MOST_TOKENS:
        return None
    found: list[Occurrence] = []
    heard = [token.text for token in tokens]
    for at in range(len(heard) - len(wanted) + 1):
        if heard[at : at + len(wanted)] == list(wanted):
            first, last = tokens[at].index, tokens[at + len(wanted) - 1].index + 1
            start = words[first].start_time
            if abs(start - claimed) <= TOLERANCE_SECONDS:
                found.append(Occurrence(first, last, start))
    return min(found, key=lambda occurrence: abs(occurrence.start - claimed), default=None)


def _check_style_item(
    item: dict[str, str | float], words: Sequence[Word]
) -> dict[str, str | float] | None:
    quote, claimed = item.get("evidence_quote"), item.get("evidence_timestamp")
    if not isinstance(quote, str) or isinstance(claimed, str) or claimed is None:
        return None
    found = find_quote(quote, words, claimed)
    return None if found is None else {**item, "evidence_timestamp": round(found.start, 2)}

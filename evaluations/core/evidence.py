"""Whether a quote was said, and when; rules from measures.md, "Evidence"."""

from collections.abc import Sequence
from dataclasses import dataclass

from evaluations.core.alignment import spoken_words
from evaluations.core.prose import unquoted
from evaluations.core.shapes import Evaluation, Item, Transcript, Word
from evaluations.core.styling import applied_style, in_step, restyled, same_quote
from evaluations.core.tokens import Token, tokenise, tokens_of

FEWEST_TOKENS = 6
MOST_TOKENS = 15
TOLERANCE_SECONDS = 20.0
SUREST = 0.6
FEWEST_COMMENDATIONS = 2
FEWEST_RECOMMENDATIONS = 1


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
    return _checked(item, words, tokens_of(words))


def grounded(evaluation: Evaluation, transcript: Transcript) -> Evaluation:
    """``evaluation`` with only what passed, at the times where it was said.

    ``style_items`` carry quotes under the same names and pass the same check.
    """
    words = spoken_words(transcript)
    # Once for all quotes: a long speech has thousands.
    tokens = tokens_of(words)
    checked = (_checked(item, words, tokens) for item in evaluation.items)
    update: dict[str, object] = {"items": tuple(item for item in checked if item is not None)}
    if evaluation.style_items is not None:
        styled = (_check_style_item(item, words, tokens) for item in evaluation.style_items)
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


def quote_text(words: Sequence[Word], occurrence: Occurrence) -> str:
    """The quote as it stands in the transcript, without quotation marks or a mark left hanging."""
    said = " ".join(word.word for word in words[occurrence.first : occurrence.last])
    return unquoted(said).rstrip(",;:—–- ")


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


def _checked(item: Item, words: Sequence[Word], tokens: Sequence[Token]) -> Item | None:
    found = _find(tokenise(item.evidence_quote), tokens, words, item.evidence_timestamp)
    if found is None:
        return None
    return item.model_copy(update={"evidence_timestamp": round(found.start, 2)})


def _check_style_item(
    item: dict[str, str | float], words: Sequence[Word], tokens: Sequence[Token]
) -> dict[str, str | float] | None:
    quote, claimed = item.get("evidence_quote"), item.get("evidence_timestamp")
    if not isinstance(quote, str) or isinstance(claimed, str) or claimed is None:
        return None
    found = _find(tokenise(quote), tokens, words, claimed)
    return None if found is None else {**item, "evidence_timestamp": round(found.start, 2)}

"""An evaluation as it is spoken, fitted to a time limit; rules from measures.md, "Script and time".

The fitted evaluation holds exactly what its script says: what is shown is what is spoken.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import cast

from evaluations.core.prose import chosen, split_sentences
from evaluations.core.shapes import Evaluation, Item, Shape, StructureCommentary
from evaluations.core.styling import applied_style, in_step, restyled, shortened, spare_parts
from evaluations.core.timing import estimate_seconds
from evaluations.core.tokens import tokenise

_LEADS = (
    "You said, “{quote}”.",
    "Your words were, “{quote}”.",
    "We heard, “{quote}”.",
    "Here it is again: “{quote}”.",
)


class FittedScript(Shape):
    """An evaluation cut to a limit, the script that says it, and how long that should take."""

    evaluation: Evaluation
    script: str
    estimated_seconds: float


def render(evaluation: Evaluation) -> str:
    """The spoken script: one paragraph for each part, blank lines between.

    Order: opening, commendations, structure, recommendations, closing.
    """
    structure = evaluation.structure_commentary
    remarks = (structure.opening_comment, structure.body_comment, structure.closing_comment)
    paragraphs = [
        evaluation.opening,
        *(_item(item) for item in _of(evaluation, "commendation")),
        " ".join(remark for remark in remarks if remark),
        *(_item(item) for item in _of(evaluation, "recommendation")),
        evaluation.closing,
    ]
    return "\n\n".join(paragraph.strip() for paragraph in paragraphs if paragraph.strip())


def fit(evaluation: Evaluation, limit_seconds: float, words_per_minute: float) -> FittedScript:
    """Cut ``evaluation`` until it can be said in ``limit_seconds`` at ``words_per_minute``.

    Structure remarks go first, then the third commendation, the second recommendation, second
    sentences, and then the second commendation. Opening, one commendation, one recommendation and
    closing always stay: the first of each or, where those are too long, others that are shorter. A
    limit too short even for the shortest is exceeded. In a style with fields of its own, the
    fields it can spare go where second sentences would.

    Raises:
        ValueError: ``words_per_minute`` is not positive.
    """
    shortest: FittedScript | None = None
    for candidate in _shorter(in_step(evaluation)):
        script = render(candidate)
        seconds = estimate_seconds(script, words_per_minute)
        if shortest is None or seconds < shortest.estimated_seconds:
            shortest = FittedScript(evaluation=candidate, script=script, estimated_seconds=seconds)
        if seconds <= limit_seconds:
            break
    # There is always one: the evaluation as it is.
    fitted = cast("FittedScript", shortest)
    return fitted.model_copy(update={"estimated_seconds": round(fitted.estimated_seconds, 1)})


def _shorter(evaluation: Evaluation) -> Iterator[Evaluation]:
    """``evaluation`` and ever shorter forms of it, in the order in which they are preferred."""
    yield evaluation
    for kept in (("opening_comment", "closing_comment"), ("opening_comment",), ()):
        remarks = evaluation.structure_commentary.model_dump(include=set(kept))
        plain = evaluation.model_copy(
            update={"structure_commentary": StructureCommentary(**remarks)}
        )
        yield plain
    commendations, recommendations = _of(plain, "commendation"), _of(plain, "recommendation")
    for most in ((2, len(recommendations)), (2, 1)):
        candidate = _with_items(plain, commendations[: most[0]], recommendations[: most[1]])
        yield candidate
    yield from _without_second_sentences(candidate)
    candidate = _with_items(plain, commendations[:1], recommendations[:1])
    yield candidate
    yield from _without_second_sentences(candidate)
    for one, other in product(commendations, recommendations):
        yield from _without_second_sentences(_with_items(plain, (one,), (other,)))


def _without_second_sentences(evaluation: Evaluation) -> Iterator[Evaluation]:
    """Drop last sentences one by one, the longest explanation's first, until one each is left."""
    current = evaluation
    while True:
        lengths = _spare_sentences(current)
        longest = max(lengths, default=0)
        if longest == 0:
            break
        if longest == 1 and (shortened := _ends_shortened(current)) != current:
            current = shortened
            yield current
            continue
        # The last of the longest: earlier remarks keep their sentences for longer.
        at = len(lengths) - 1 - lengths[::-1].index(longest)
        current = _without_sentence(current, at)
        yield current
    yield _ends_shortened(current)


def _spare_sentences(evaluation: Evaluation) -> list[int]:
    """How many sentences each item can do without."""
    style = applied_style(evaluation)
    if style is not None:
        return [spare_parts(style, item) for item in evaluation.style_items or ()]
    return [len(split_sentences(item.explanation)) for item in evaluation.items]


def _without_sentence(evaluation: Evaluation, at: int) -> Evaluation:
    style = applied_style(evaluation)
    if style is not None:
        styled = list(evaluation.style_items or ())
        styled[at] = shortened(style, styled[at])
        return restyled(evaluation, style, styled)
    items = list(evaluation.items)
    kept = " ".join(split_sentences(items[at].explanation)[:-1])
    items[at] = items[at].model_copy(update={"explanation": kept})
    return evaluation.model_copy(update={"items": tuple(items)})


def _ends_shortened(evaluation: Evaluation) -> Evaluation:
    return evaluation.model_copy(
        update={
            "opening": "".join(split_sentences(evaluation.opening)[:1]),
            "closing": "".join(split_sentences(evaluation.closing)[:1]),
        }
    )


def _with_items(
    evaluation: Evaluation, commendations: Sequence[Item], recommendations: Sequence[Item]
) -> Evaluation:
    kept = (*commendations, *recommendations)
    style = applied_style(evaluation)
    if style is None:
        return evaluation.model_copy(update={"items": kept})
    pairs = zip(evaluation.items, evaluation.style_items or (), strict=True)
    styled = [(item, told) for item, told in pairs if item in kept]
    styled.sort(key=lambda pair: pair[0].type)
    return restyled(evaluation, style, [told for _, told in styled])


def _of(evaluation: Evaluation, kind: str) -> tuple[Item, ...]:
    return tuple(item for item in evaluation.items if item.type == kind)


def quoting(quote: str) -> str:
    """A sentence that brings in ``quote``, always the same for the same words."""
    said = quote.strip().rstrip(".,;:")
    lead = chosen(_LEADS, said).format(quote=said)
    return lead.removesuffix(".") if said.endswith(("?", "!")) else lead


def _item(item: Item) -> str:
    """Summary, the quote unless the summary or explanation holds it already, explanation."""
    own = f" {' '.join(tokenise(f'{item.summary} {item.explanation}'))} "
    if f" {' '.join(tokenise(item.evidence_quote))} " in own:
        return f"{item.summary} {item.explanation}".strip()
    parts = (item.summary, quoting(item.evidence_quote), item.explanation)
    return " ".join(part for part in parts if part)

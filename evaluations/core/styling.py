"""Style items: how they are spoken, shortened, and told in the base shape.

Where an evaluation has style items, they are what is said; the base items follow from them, so
that a client that knows only the base shape shows the same sentences.
"""

from collections.abc import Sequence

from evaluations.core.prose import split_sentences
from evaluations.core.shapes import Evaluation, Item
from evaluations.core.styles import DEFINITIONS, Style
from evaluations.core.tokens import tokenise

StyleItem = dict[str, str | float]


def applied_style(evaluation: Evaluation) -> Style | None:
    """The style whose items ``evaluation`` is told in; None where the base items are all."""
    style = DEFINITIONS.get(evaluation.evaluation_style or "")
    return style if style is not None and style.fields and evaluation.style_items else None


def labelled(style: Style, item: StyleItem) -> tuple[tuple[str, str], ...]:
    """Label and text of each field that ``item`` has, in the style's order."""
    return tuple((field.label, text) for field in style.fields if (text := _text(item, field.name)))


def base_item(style: Style, item: StyleItem) -> Item:
    """``item`` in the base shape: its first field is the summary, the others explain.

    Raises:
        ValueError: ``item`` has none of the style's fields, no quote, no time, or no known type.
    """
    texts = [text for _, text in labelled(style, item)]
    if not texts:
        raise ValueError(f"a style item without any field of {style.id}")
    return Item.model_validate(
        {
            "type": item.get("type"),
            "summary": texts[0],
            "explanation": " ".join(texts[1:]),
            "evidence_quote": item.get("evidence_quote"),
            "evidence_timestamp": item.get("evidence_timestamp"),
        }
    )


def restyled(evaluation: Evaluation, style: Style, items: Sequence[StyleItem]) -> Evaluation:
    """``evaluation`` with these style items, and the base items that follow from them."""
    return evaluation.model_copy(
        update={
            "items": tuple(base_item(style, item) for item in items),
            "style_items": tuple(items),
        }
    )


def in_step(evaluation: Evaluation) -> Evaluation:
    """``evaluation`` with base items that say what its style items say.

    Style items that cannot be told in the base shape go; if none is left, the base items stand.
    """
    style = applied_style(evaluation)
    if style is None or evaluation.style_items is None:
        return evaluation
    items = [item for item in evaluation.style_items if _is_whole(style, item)]
    if not items:
        return evaluation.model_copy(update={"style_items": None})
    return restyled(evaluation, style, items)


def spare_parts(style: Style, item: StyleItem) -> int:
    """How many times ``item`` can be shortened."""
    return sum(len(split_sentences(_text(item, name))) for name in style.spare)


def shortened(style: Style, item: StyleItem) -> StyleItem:
    """``item`` without one sentence: a second one of a spare field, else a whole spare field.

    An item with nothing to spare comes back as it is.
    """
    sentences = {name: split_sentences(_text(item, name)) for name in style.spare}
    for name in style.spare:
        if len(sentences[name]) > 1:
            return {**item, name: " ".join(sentences[name][:-1])}
    for name in style.spare:
        if sentences[name]:
            return {key: value for key, value in item.items() if key != name}
    return item


def same_quote(one: StyleItem, quote: str) -> bool:
    return tokenise(_text(one, "evidence_quote")) == tokenise(quote)


def _is_whole(style: Style, item: StyleItem) -> bool:
    try:
        base_item(style, item)
    except ValueError:
        return False
    return True


def _text(item: StyleItem, name: str) -> str:
    value = item.get(name, "")
    return value.strip() if isinstance(value, str) else ""

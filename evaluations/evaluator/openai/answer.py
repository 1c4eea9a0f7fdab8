"""The form in which a draft is asked for, and how an answer becomes an evaluation."""

import functools
import re
from typing import Any, cast

from pydantic import create_model

from evaluations.core.shapes import Evaluation, Item, Shape
from evaluations.core.styles import Style
from evaluations.core.styling import StyleItem, restyled

_COMMON = ("opening", "closing", "structure_commentary")
_REMARK = ("type", "evidence_quote", "evidence_timestamp")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]+")


@functools.cache
def answer_form(style: Style) -> type[Shape]:
    """The shape of an answer in ``style``: an evaluation's own fields, and nothing else.

    Derived from :class:`Evaluation` and :class:`Item`. In a style with fields of its own, a remark
    has those in place of summary and explanation.
    """
    remark: type[Shape] = Item
    if style.fields:
        fields: dict[str, Any] = {field.name: (str, ...) for field in style.fields}
        fields |= {name: (Item.model_fields[name].annotation, ...) for name in _REMARK}
        remark = create_model("StyledRemark", __base__=Shape, **fields)
    parts: dict[str, Any] = {
        name: (Evaluation.model_fields[name].annotation, ...) for name in _COMMON
    }
    return create_model("EvaluationDraft", __base__=Shape, items=(tuple[remark, ...], ...), **parts)


def as_evaluation(answer: Shape, style: Style, most: tuple[int, int]) -> Evaluation:
    """``answer`` (of :func:`answer_form`) as an evaluation with at most so many remarks a kind.

    Raises:
        ValueError: a remark has no text at all.
    """
    given = _plain(answer.model_dump(mode="json"))
    remarks: list[StyleItem] = _within(given["items"], most)
    told = [dict(remark) for remark in remarks] if style.fields else None
    evaluation = Evaluation(
        **{name: given[name] for name in _COMMON},
        items=() if told is not None else tuple(Item(**cast("Any", one)) for one in remarks),
        evaluation_style=style.id,
    )
    return evaluation if told is None else restyled(evaluation, style, told)


def as_answer(evaluation: Evaluation, style: Style) -> dict[str, Any]:
    """``evaluation`` as an answer would have given it: what a revision starts from."""
    dumped = evaluation.model_dump(mode="json")
    items = dumped["style_items"] if style.fields and dumped["style_items"] else dumped["items"]
    return {**{name: dumped[name] for name in _COMMON}, "items": items}


def _within(remarks: list[StyleItem], most: tuple[int, int]) -> list[StyleItem]:
    kinds = ("commendation", "recommendation")
    return [
        remark
        for kind, count in zip(kinds, most, strict=True)
        for remark in [one for one in remarks if one["type"] == kind][:count]
    ]


def _plain(value: Any) -> Any:
    """``value`` with texts on one line, and without characters that no page or database takes."""
    match value:
        case str():
            return " ".join(_UNPRINTABLE.sub(" ", value).split())
        case list():
            return [_plain(one) for one in value]
        case dict():
            return {name: _plain(one) for name, one in value.items()}
    return value

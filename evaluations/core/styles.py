"""The styles an evaluation may be given in, each as data; measures.md, "Styles".

A style item is a flat mapping: ``type``, the style's own fields, ``evidence_quote`` and
``evidence_timestamp``. Its fields, said in their order, are the remark as it is spoken.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StyleField:
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Style:
    """``description`` is for the operator who chooses.

    ``spare`` are the fields that go when time is short, the first to go first; the others always
    stay, and hold the quote. ``commendations`` and ``recommendations`` are the most of each. The
    classic style has no fields of its own: its items are the base items.
    """

    id: str
    name: str
    description: str
    fields: tuple[StyleField, ...] = ()
    spare: tuple[str, ...] = ()
    commendations: int = 3
    recommendations: int = 2


def _fields(**labels: str) -> tuple[StyleField, ...]:
    return tuple(StyleField(name, label) for name, label in labels.items())


CLASSIC = "classic"
MICRO_FOCUS = "micro_focus"

DEFINITIONS: Mapping[str, Style] = {
    style.id: style
    for style in (
        Style(
            CLASSIC,
            "Classic",
            "Commendations first, then what to try next, each with its effect on listeners.",
        ),
        Style(
            "sbi",
            "Situation, behaviour, impact",
            "Each remark names the moment, what was said or done in it, and what that does.",
            _fields(situation="Situation", behaviour="Behaviour", impact="Impact"),
            ("impact", "situation"),
        ),
        Style(
            "feedforward",
            "Feedforward",
            "Looks only at the next talk: what to take into it, and which line to start from.",
            _fields(
                intention="In the next talk",
                starting_point="Starting point",
                first_step="First step",
                benefit="Benefit",
            ),
            ("benefit", "first_step"),
        ),
        Style(
            "coin",
            "Context, observation, impact, next",
            "Adds a next step to every remark, so that none ends with a judgement.",
            _fields(context="Context", observation="Observation", impact="Impact", next="Next"),
            ("context", "impact", "next"),
        ),
        Style(
            "holistic",
            "Holistic",
            "Looks at content, structure, language and delivery, and at how each serves the whole.",
            _fields(
                area="Area", observation="Observation", effect="Effect", whole="For the whole talk"
            ),
            ("effect", "whole", "area"),
        ),
        Style(
            "eec",
            "Example, effect, change or continue",
            "A quoted example, what it does for listeners, and whether to change or continue it.",
            _fields(example="Example", effect="Effect", change_or_continue="Change or continue"),
            ("effect", "change_or_continue"),
        ),
        Style(
            "radical_candour",
            "Radical candour",
            "Says why the talk is worth the trouble, then says the thing plainly and offers a way.",
            _fields(care="Care", candour="Candour", effect="Effect", offer="Offer"),
            ("effect", "offer", "care"),
        ),
        Style(
            "socratic",
            "Socratic",
            "Asks questions about quoted lines that let the speaker find the answer.",
            _fields(
                heard="What was heard",
                notice="To notice",
                explore="To think about",
                next="To decide",
            ),
            ("explore", "heard", "next"),
        ),
        Style(
            "comparative",
            "Comparative",
            "Sets the strongest moment of this speech beside the one with the most to gain.",
            _fields(
                moment="Moment", observation="Observation", comparison="Comparison", lesson="Lesson"
            ),
            ("lesson", "comparison", "moment"),
            commendations=2,
            recommendations=1,
        ),
        Style(
            MICRO_FOCUS,
            "Micro-focus",
            "Takes one thing and goes into it in depth, with an exercise and a way to check.",
            _fields(
                focus="Focus",
                close_up="Close up",
                reason="Why it matters",
                practice="Practice",
                check="How to check",
            ),
            ("reason", "check", "practice"),
            commendations=2,
            recommendations=1,
        ),
    )
}

STYLES: tuple[str, ...] = tuple(DEFINITIONS)


def style_of(style_id: str) -> Style:
    """The style called ``style_id``.

    Raises:
        ValueError: there is none; the message names the valid ones.
    """
    try:
        return DEFINITIONS[style_id]
    except KeyError:
        known = ", ".join(STYLES)
        raise ValueError(f"Invalid evaluation style “{style_id}”; valid are {known}") from None

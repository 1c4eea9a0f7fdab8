"""How each finding is said: several phrasings of what was done, its effect, and what to try.

Texts are templates over a finding's facts and ``quote``, the words quoted. They speak to the
speaker, name what was heard, and never judge the person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter

from evaluations.core.prose import chosen


@dataclass(frozen=True, slots=True)
class Wording:
    """``summary`` says what was done or what to do, ``effect`` what it does for listeners.

    ``attempt`` is one thing to try (recommendations), ``next_time`` the same in a few words.
    """

    summary: tuple[str, ...]
    effect: tuple[str, ...]
    attempt: tuple[str, ...] = ()
    next_time: str = ""


def filled(variants: Sequence[str], facts: Mapping[str, str], *content: str) -> str:
    """One of ``variants`` for which there are all the facts, with them in their places.

    The last one is the net: what it needs, there always is.
    """
    usable = [one for one in variants if all(facts.get(name) for name in _fields(one))]
    return chosen(usable or variants[-1:], *content).format_map(facts)


def _fields(template: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(template) if name]

"""How each finding is said: several phrasings of what was done, its effect, and what to try.

Texts are templates over a finding's facts and ``quote``, the words quoted. They speak to the
speaker, name what was heard, and never judge the person.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """``summary`` says what was done or what to do, ``effect`` what it does for listeners.

    ``attempt`` is one thing to try (recommendations), ``next_time`` the same in a few words.
    """

    summary: tuple[str, ...]
    effect: tuple[str, ...]
    attempt: tuple[str, ...] = ()
    next_time: str = ""

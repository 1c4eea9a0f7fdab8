"""Which engines this deployment offers its clubs, and which a club has chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from clubs.models import Club, ClubEngines

BUILTIN: Final = "builtin:"
"""How the names of voices begin that speak on this server; all others are a vendor's."""

_voices: list[Callable[[], Sequence[str]]] = []


def offer_voices(names: Callable[[], Sequence[str]]) -> None:
    """Say which voices may speak evaluations: for the composition root."""
    _voices.append(names)


def offered_voices(*, builtin_only: bool = False) -> list[str]:
    """The voices that a club may choose from; a vendor's unless it sends nothing to vendors."""
    every = [name for names in _voices for name in names()]
    return [name for name in every if name.startswith(BUILTIN) or not builtin_only]


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """What a club has chosen: "" is no voice in particular.

    ``withdrawn`` is the voice that it has chosen and that may not speak for it any more; the
    deployment's own does in its place.
    """

    voice: str = ""
    builtin_only: bool = False
    withdrawn: str = ""


def choice_of(club: Club) -> EngineChoice:
    """What a club has chosen. Needs the club's scope."""
    row = ClubEngines.of(club)
    if row.speech in offered_voices(builtin_only=row.builtin_only):
        return EngineChoice(row.speech, row.builtin_only)
    return EngineChoice("", row.builtin_only, withdrawn=row.speech)

"""Which engines this deployment offers its clubs, and which a club has chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clubs.models import Club, ClubEngines

_voices: list[Callable[[], Sequence[str]]] = []


def offer_voices(names: Callable[[], Sequence[str]]) -> None:
    """Say which voices may speak evaluations: for the composition root."""
    _voices.append(names)


def offered_voices() -> list[str]:
    """The names of the voices that a club may choose from."""
    return [name for names in _voices for name in names()]


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """What a club has chosen: "" is no voice in particular."""

    voice: str = ""
    builtin_only: bool = False


def choice_of(club: Club) -> EngineChoice:
    """What a club has chosen; a voice that is not offered any more counts as none.

    Needs the club's scope.
    """
    row = ClubEngines.of(club)
    voice = row.speech if row.speech in offered_voices() else ""
    return EngineChoice(voice, row.builtin_only)

"""The lights of a meeting: green, yellow and red at a project's three times."""

import re
from dataclasses import dataclass
from typing import Literal

from evaluations.core.projects import BY_NAME

Light = Literal["none", "green", "yellow", "red"]
Verdict = Literal["under", "within", "over"]

# A speaker has half a minute after red; measures.md, "Roles".
GRACE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Lights:
    """When each light comes on, in seconds from the first word."""

    green: float
    yellow: float
    red: float

    @property
    def name(self) -> str:
        return f"{self.green / 60:g} to {self.red / 60:g} minutes"

    @property
    def overtime(self) -> float:
        """The last second that is still within the time."""
        return self.red + GRACE_SECONDS

    def light_at(self, seconds: float) -> Light:
        if seconds >= self.red:
            return "red"
        if seconds >= self.yellow:
            return "yellow"
        return "green" if seconds >= self.green else "none"

    def verdict_at(self, seconds: float) -> Verdict:
        if seconds < self.green:
            return "under"
        return "over" if seconds > self.overtime else "within"


def _minutes(shortest: float, longest: float) -> Lights:
    return Lights(shortest * 60, (shortest + longest) * 30, longest * 60)


PRESETS: tuple[Lights, ...] = (
    _minutes(1, 2),
    _minutes(2, 3),
    _minutes(4, 6),
    _minutes(5, 7),
    _minutes(6, 8),
    _minutes(8, 10),
)
_OWN = re.compile(r"(?<!\d)(\d{1,2})\s*(?:-|–|—|to)\s*(\d{1,2})(?!\d)")
# What a meeting gives each kind of speech unless it says otherwise.
_CUSTOMARY = (
    (re.compile(r"table ?topics?|impromptu", re.IGNORECASE), PRESETS[0]),
    (re.compile(r"evaluat", re.IGNORECASE), PRESETS[1]),
    (re.compile(r"ice ?breaker", re.IGNORECASE), PRESETS[2]),
    (re.compile(r"prepared|persuasive|informative|humorous", re.IGNORECASE), PRESETS[3]),
)


def told_lights(project_type: str, planned: tuple[int, int] | None = None) -> Lights | None:
    """The lights that the agenda or the project tells; None where neither does.

    ``planned`` (seconds to green and red, of the agenda) wins; then a range in ``project_type``
    ("5–7 minutes"), a preset or not; then the name of a preset of ours; then a kind of speech with
    a customary time.
    """
    if planned is not None:
        return _minutes(planned[0] / 60, planned[1] / 60)
    own = _OWN.search(project_type)
    if own and 0 < int(own[1]) < int(own[2]) <= 60:
        return _minutes(int(own[1]), int(own[2]))
    if preset := BY_NAME.get(project_type.strip().casefold()):
        return _minutes(*preset.minutes)
    for pattern, lights in _CUSTOMARY:
        if pattern.search(project_type):
            return lights
    return None


def lights_for(
    project_type: str, seconds: float, planned: tuple[int, int] | None = None
) -> tuple[Lights, bool]:
    """The lights of a speech, and whether they were told (see :func:`told_lights`).

    Where they were not, they are the preset nearest to ``seconds``, the length of the speech.
    """
    told = told_lights(project_type, planned)
    if told is not None:
        return told, True
    return min(PRESETS, key=lambda lights: _distance(lights, seconds)), False


def _distance(lights: Lights, seconds: float) -> tuple[float, float]:
    outside = max(lights.green - seconds, seconds - lights.red, 0.0)
    return outside, abs(lights.yellow - seconds)

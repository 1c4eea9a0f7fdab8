"""The roles of a meeting, each reporting on a speech; every role works without a key."""

from dataclasses import dataclass, field
from typing import Protocol

from evaluations.core.metrics import Metrics
from evaluations.core.shapes import Brief, MeetingFacts, RoleResult, Transcript


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """What a role may know of a speech, and of the meeting it was given in."""

    brief: Brief
    transcript: Transcript
    metrics: Metrics
    meeting: MeetingFacts = field(default_factory=MeetingFacts)


class Role(Protocol):
    id: str
    name: str

    def report(self, facts: RoleFacts) -> RoleResult:
        """Report on a speech. Pure: the same facts give the same report."""
        ...

"""What a session is configured with; the same for every session of a deployment."""

from collections.abc import Callable
from dataclasses import dataclass

from sessions_app.core.limits import Limits
from sessions_app.detection import SpeechDetector


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """
    Args:
        limits: figures of the contract, and of the deployment.
        make_detector: makes the speech detector of a recording; it is pure.
        styles: ids of the evaluation styles there are.
        roles: ids of the meeting roles there are.
    """

    limits: Limits
    make_detector: Callable[[], SpeechDetector]
    styles: tuple[str, ...]
    roles: tuple[str, ...]

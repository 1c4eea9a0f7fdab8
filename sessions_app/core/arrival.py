"""Whether audio arrives as a microphone gives it."""

from dataclasses import dataclass

from sessions_app.core.audio import SAMPLE_RATE

JITTER_SECONDS = 0.1
WARN_EVERY_SECONDS = 10.0


@dataclass(slots=True)
class Arrival:
    """The arrival rate of one recording; times are seconds of a monotonic clock.

    Audio may not run ahead of the clock by more than ``max_lead_seconds``.
    """

    started_at: float
    max_lead_seconds: float
    samples: int = 0
    last_at: float = 0.0
    irregular: int = 0
    _warned_at: float = float("-inf")
    _warned_count: int = 0

    def __post_init__(self) -> None:
        self.last_at = self.started_at

    def would_lead(self, samples: int, now: float) -> bool:
        """Whether ``samples`` more would run too far ahead."""
        ahead = (self.samples + samples) / SAMPLE_RATE - (now - self.started_at)
        return ahead > self.max_lead_seconds

    def accept(self, samples: int, now: float) -> int:
        """Count a chunk; returns how many irregular ones to warn about now, at most once in ten
        seconds: where many sessions are late, the log must not make them later.

        A chunk is irregular when it comes more than 100 ms off its expected time.
        """
        first = self.samples == 0
        if not first and abs((now - self.last_at) - samples / SAMPLE_RATE) > JITTER_SECONDS:
            self.irregular += 1
        self.samples += samples
        self.last_at = now
        if self.irregular == self._warned_count or now - self._warned_at < WARN_EVERY_SECONDS:
            return 0
        self._warned_at = now
        fresh, self._warned_count = self.irregular - self._warned_count, self.irregular
        return fresh

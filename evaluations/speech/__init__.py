"""The seam behind which a script becomes sound."""

from collections.abc import AsyncIterator
from typing import Protocol

from evaluations.billing import Bill


class Synthesizer(Protocol):
    """Speaks a script.

    ``sample_rate`` is in Hz; ``words_per_minute`` is the voice's measured rate on scripts of ours,
    by which a script's length is estimated before it is spoken.
    """

    name: str
    sample_rate: int
    words_per_minute: float

    def synthesize(self, script: str, bill: Bill | None = None) -> AsyncIterator[bytes]:
        """Yield PCM16LE mono at ``sample_rate``, in pieces of even length, as soon as they exist.

        What is asked of a vendor is noted on ``bill``.

        Raises:
            speechcoach.errors.ProviderError: the engine could not speak.
        """
        ...

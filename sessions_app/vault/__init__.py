"""The seam behind which captured speech is kept until it is evaluated: never on a disk."""

from collections.abc import AsyncIterator
from typing import Protocol


class VaultError(Exception):
    """The audio could not be kept, or not be had, now. What was kept before is untouched."""


class VaultFullError(VaultError):
    """The vault cannot take more audio."""


class VaultUnavailableError(VaultError):
    """The vault does not answer. Whether the last append was kept is unknown; repeat it."""


class AudioVault(Protocol):
    """Keeps PCM16LE mono 16 kHz by key. A key names the club and the speech."""

    async def append(self, key: str, start: int, pcm: bytes) -> int:
        """Keep ``pcm``, whose first sample is sample ``start`` of the speech.

        What overlaps with samples already kept is skipped, so that a replay changes nothing.
        Returns how many samples from the first one on would survive the loss of this process
        (embedded: are kept at all).

        Raises:
            ValueError: ``start`` lies beyond the end; a hole is never closed up silently.
            VaultFullError: there is no room.
            VaultUnavailableError: the vault does not answer (every method may raise it).
        """
        ...

    def append_now(self, key: str, start: int, pcm: bytes) -> int | None:
        """The same, where it needs no waiting. None: nothing was done, and ``append`` would wait.

        Raises:
            ValueError, VaultFullError: as ``append``.
        """
        ...

    async def length(self, key: str) -> int:
        """How many samples are kept under ``key``; 0 when there are none."""
        ...

    def read(self, key: str, start: int = 0) -> AsyncIterator[bytes]:
        """Yield the audio from sample ``start`` on, in blocks of at most 10 s."""
        ...

    async def drop(self, key: str) -> None:
        """Forget the audio. Unknown keys are no error."""
        ...

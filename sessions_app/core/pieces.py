"""A stretch of bytes in the pieces in which it came."""

from collections import deque


class Pieces:
    """Bytes that are added at the end and forgotten at the beginning.

    They are shared with whoever else keeps the same pieces, and copied when they are read: growing
    buffers would be moved about, one for each of many sessions.
    """

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def push(self, piece: bytes) -> None:
        if piece:
            self._pieces.append(piece)
            self._size += len(piece)

    def forget(self, count: int) -> None:
        """Let go of the first ``count`` bytes."""
        spare = min(count, self._size)
        self._size -= spare
        while spare:
            piece = self._pieces.popleft()
            if spare < len(piece):
                self._pieces.appendleft(piece[spare:])
            spare -= min(spare, len(piece))

    def read(self, begin: int, end: int) -> bytes:
        """The bytes from ``begin`` to ``end``, as far as they are there."""
        found, at = [], self._size
        # From the latest on: those are read as they come.
        for piece in reversed(self._pieces):
            if at <= begin:
                break
            at -= len(piece)
            if at < end:
                found.append(piece[max(0, begin - at) : end - at])
        return b"".join(reversed(found))

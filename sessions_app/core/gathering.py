"""Chunks that take their way through a session together."""

from collections.abc import Callable

from sessions_app.core.audio import CHUNK_BYTES, CHUNK_SAMPLES


class Gathering:
    """Gathers the chunks of one session into pieces.

    Args:
        piece: how many samples are worth the way; asked for each chunk.
    """

    def __init__(self, piece: Callable[[], int]) -> None:
        self._piece = piece
        self._chunks: list[bytes] = []
        self._lingers = False

    def push(self, pcm: bytes, before: int) -> list[bytes]:
        """Take a frame of a recording that has ``before`` samples; gives what is to go its way.

        Pieces end at multiples of their length, where something is due: the same as if each chunk
        came alone. A frame that is no chunk goes by itself, at once.
        """
        if len(pcm) != CHUNK_BYTES:
            return [*self.take(), pcm]
        self._chunks.append(pcm)
        piece = self._piece()
        held = len(self._chunks) * CHUNK_SAMPLES
        return self.take() if held >= piece - before % piece else []

    def missing(self, before: int) -> int:
        """How many samples more complete a piece; 0 where each chunk goes its way at once."""
        piece = self._piece()
        if piece <= CHUNK_SAMPLES:
            return 0
        return piece - before % piece - len(self._chunks) * CHUNK_SAMPLES

    def take(self) -> list[bytes]:
        """What waits for more goes now, before something else."""
        chunks, self._chunks, self._lingers = self._chunks, [], False
        if len(chunks) < 2:
            return chunks
        return [b"".join(chunks)]

    def tick(self) -> list[bytes]:
        """What has waited since the last time; a few times a second, or a pause would keep it."""
        if self._lingers:
            return self.take()
        self._lingers = bool(self._chunks)
        return []

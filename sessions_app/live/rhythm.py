"""What a socket does from time to time, each at its own pace."""


class Rhythm:
    """When each thing was last done, in seconds of a monotonic clock.

    Args:
        at_once: whether what was never done is due, or begins to wait when it is first asked about.
    """

    def __init__(self, *, at_once: bool) -> None:
        self._at_once = at_once
        self._done_at: dict[str, float] = {}

    def due(self, what: str, every: float, now: float) -> bool:
        """Whether it was last done so many seconds ago or more; then it counts as done."""
        if what not in self._done_at and not self._at_once:
            self._done_at[what] = now
        if now - self._done_at.get(what, float("-inf")) < every:
            return False
        self._done_at[what] = now
        return True

    def done(self, now: float, *what: str) -> None:
        """Something else has done these as well."""
        self._done_at.update(dict.fromkeys(what, now))

"""How many sockets are open, by person and by club."""

from collections import Counter


class OpenSockets:
    """Counts the sockets of this process.

    Args:
        per_user: how many one person may have open, in all clubs together.
        per_club: how many one club may have open.
    """

    def __init__(self, *, per_user: int, per_club: int) -> None:
        self._per_user = per_user
        self._per_club = per_club
        self._open: dict[object, tuple[int, int]] = {}
        self._users: Counter[int] = Counter()
        self._clubs: Counter[int] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    def enter(self, socket: object, user_id: int, club_id: int) -> bool:
        """Count ``socket`` in; False when its user or its club has too many."""
        if self._users[user_id] >= self._per_user or self._clubs[club_id] >= self._per_club:
            return False
        self._open[socket] = (user_id, club_id)
        self._users[user_id] += 1
        self._clubs[club_id] += 1
        return True

    def leave(self, socket: object) -> None:
        """Count ``socket`` out; once is enough."""
        if (ids := self._open.pop(socket, None)) is not None:
            user_id, club_id = ids
            self._users[user_id] -= 1
            self._clubs[club_id] -= 1

"""Telling live sessions that a row has changed: a nudge with ids; the row says what."""

from speechcoach import groups


def speech_group(club_id: int, speech_id: object) -> str:
    """The channel group of the sockets that show a speech."""
    return f"club.{club_id}.speech.{speech_id}"


def nudge(club_id: int, speech_id: object, kind: str, **ids: int | str) -> None:
    """Send ``kind`` to the sockets of a speech; a lost nudge is no failure."""
    groups.tell(speech_group(club_id, speech_id), kind, speech_id=str(speech_id), **ids)

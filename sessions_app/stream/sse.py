"""Server-sent events as text."""

import json
from typing import Final

from sessions_app.stream import Mark
from sessions_app.stream.broadcaster import Changed, Ended, Event, Reset

HEARTBEAT: Final = "event: hb\ndata: {}\n\n"


def retry(milliseconds: int) -> str:
    """How long a browser waits before it reconnects."""
    return f"retry: {milliseconds}\n\n"


def written(event: Event, speech_id: str) -> str:
    """One event with its id, which a browser sends back as ``Last-Event-ID``."""
    match event:
        case Changed(mark=mark, entry=entry):
            return _event(mark, "micro" if entry.forming else "bar", entry.text)
        case Reset(mark=mark, reason=reason):
            return _event(mark, "reset", json.dumps({"epoch": mark.epoch, "reason": reason}))
        case Ended(mark=mark):
            return _event(mark, "end", json.dumps({"speech": speech_id, "eid": mark.eid}))


def known(last_event_id: str | None) -> Mark | None:
    """Up to where whoever sends this id knows the bars: ``<epoch>-<eid>``, or ``<eid>`` alone.

    None where nothing is sent; what is no id of ours is of an epoch that is not in force.
    """
    if not last_event_id:
        return None
    epoch, dash, eid = last_event_id.rpartition("-")
    if not eid.isascii() or not eid.isdigit() or len(eid) > 12 or (dash and not epoch):
        return Mark("?", 0)
    return Mark(epoch, int(eid))


def _event(mark: Mark, name: str, data: str) -> str:
    return f"id: {mark}\nevent: {name}\ndata: {data}\n\n"

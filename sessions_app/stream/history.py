"""What an answer of history holds. Pure."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sessions_app.core.bar import Bar
from sessions_app.core.timeframes import TIMEFRAMES, aggregate, axis_offset, shifted
from sessions_app.stream import Entry, Mark, Page, voided

MOST_BARS: Final = 7_500
"""Five speeches of the greatest length."""


@dataclass(frozen=True, slots=True)
class SavedSpeech:
    """A saved speech with its bars."""

    speech_id: str
    title: str
    recorded_at: str | None
    kept: Page


@dataclass(frozen=True, slots=True)
class Asked:
    """Which bars: ``since`` a change, ``before`` a ``seq``, of the newest ``limit``."""

    timeframe: str = "1s"
    limit: int = MOST_BARS
    before: int | None = None
    since: Mark | None = None


def of_speech(page: Page, asked: Asked) -> str:
    """The answer, as JSON, about one speech."""
    mark, since = page.mark, asked.since
    if since is not None and not since.epoch:
        since = Mark(mark.epoch, since.eid)
    reset = since is not None and voided(since, mark)
    after = -1 if since is None or reset else since.eid
    bars = _chosen(sorted(page.entries, key=lambda entry: entry.seq), after, asked, mark)
    about = {
        "epoch": mark.epoch,
        "eid": mark.eid,
        "reset": reset,
        "ended": mark.ended,
        "timeframe": asked.timeframe,
    }
    return _answer(about, bars)


def of_speaker(speeches: Sequence[SavedSpeech], asked: Asked) -> str:
    """The answer, as JSON, about several speeches, one after the other on one axis."""
    seconds = TIMEFRAMES[asked.timeframe]
    bars: list[str] = []
    about: list[dict[str, object]] = []
    end = 0.0
    for speech in speeches:
        offset = axis_offset(end)
        own = [Bar.model_validate_json(entry.text) for entry in speech.kept.entries]
        moved = [shifted(bar, offset) for bar in aggregate(own, seconds, ended=True)]
        end = moved[-1].t1 if moved else end
        about.append(
            {
                "speech": speech.speech_id,
                "title": speech.title,
                "recordedAt": speech.recorded_at,
                "t0": offset,
                "t1": end,
            }
        )
        for bar in moved:
            if asked.before is None or bar.seq < asked.before:
                said = {"speech": speech.speech_id, **bar.model_dump(mode="json", by_alias=True)}
                bars.append(json.dumps(said, separators=(",", ":")))
    head = {
        "epoch": "saved",
        "eid": 0,
        "reset": False,
        "ended": True,
        "timeframe": asked.timeframe,
        "speeches": about,
    }
    return _answer(head, bars[-asked.limit :])


def _chosen(entries: Sequence[Entry], after: int, asked: Asked, mark: Mark) -> list[str]:
    seconds = TIMEFRAMES[asked.timeframe]
    before = asked.before
    if seconds == 1:
        own = [one.text for one in entries if one.eid > after and _is_before(one.seq, before)]
        return own[-asked.limit :]
    changed = {entry.seq // seconds for entry in entries if entry.eid > after}
    bars = (Bar.model_validate_json(entry.text) for entry in entries)
    wide = [
        bar.model_dump_json(by_alias=True)
        for bar in aggregate(bars, seconds, ended=mark.ended)
        if bar.seq // seconds in changed and _is_before(bar.seq, before)
    ]
    return wide[-asked.limit :]


def _is_before(seq: int, before: int | None) -> bool:
    return before is None or seq < before


def _answer(about: dict[str, object], bars: Iterable[str]) -> str:
    # The bars are JSON already, and there may be many.
    return f'{json.dumps(about)[:-1]}, "bars": [{",".join(bars)}]}}'

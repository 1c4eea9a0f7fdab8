"""What a rehearsal gives back, as JSON and as text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sessions_app.rehearsal.view import SessionView

_SHOWN_METRICS = (
    ("durationFormatted", "Duration"),
    ("totalWords", "Words"),
    ("wordsPerMinute", "Words per minute"),
    ("fillerWordCount", "Fillers"),
    ("pauseCount", "Pauses"),
)


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A saved output; ``path`` is where ``--out`` put it."""

    name: str
    url: str
    content: bytes
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The result. ``message`` says why there is no evaluation, where there is none."""

    view: SessionView
    timings: Mapping[str, float | None]
    message: str | None = None
    files: list[SavedFile] = field(default_factory=list)

    @property
    def metrics(self) -> dict[str, Any] | None:
        """The content of ``metrics.json``."""
        content = self._content("metrics.json")
        return None if content is None else dict(json.loads(content))

    def as_json(self) -> dict[str, Any]:
        """One object; times in seconds."""
        evaluation, info = self.view.evaluation, self.view.info
        return {
            "transcript": [
                segment.model_dump(mode="json", by_alias=True)
                for segment in self.view.segments
                if segment.is_final
            ],
            "metrics": self.metrics,
            "evaluation": evaluation.model_dump(mode="json", by_alias=True) if evaluation else None,
            "script": self.view.script,
            "message": self.message,
            "timings": {
                name: None if seconds is None else round(seconds, 3)
                for name, seconds in self.timings.items()
            },
            "outputs": [
                {
                    "name": file.name,
                    "path": file.path,
                    "url": file.url,
                    "size": len(file.content),
                }
                for file in self.files
            ],
            "messageTypes": list(self.view.types),
            "engines": info.engines.model_dump(by_alias=True) if info else {},
        }

    def as_text(self, *, server_stays: bool) -> str:
        """Metrics, evaluation and files, for a person.

        A file's address is of use only while the server stays.
        """
        metrics = self.metrics or {}
        lines = [f"{label:<18}{metrics[name]}" for name, label in _SHOWN_METRICS if name in metrics]
        if warning := metrics.get("qualityWarning"):
            lines.append(str(warning))
        written = self._content("evaluation.txt")
        lines += ["", written.decode().strip() if written else self.message or ""]
        lines += ["", "Saved:"]
        for file in self.files:
            place = file.path or (file.url if server_stays else file.name)
            lines.append(f"  {place} ({len(file.content)} bytes)")
        if not server_stays and not all(file.path for file in self.files):
            lines.append("They went with the rehearsal's server; --out DIR keeps them.")
        return "\n".join(lines)

    def _content(self, name: str) -> bytes | None:
        return next((file.content for file in self.files if file.name == name), None)

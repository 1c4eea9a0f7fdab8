"""A finished speech as people read it: what page, PDF, Markdown and JSON have in common."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from evaluations.core.figures import Figure, figures
from evaluations.core.metrics import Metrics
from evaluations.core.script import FittedScript
from evaluations.core.shapes import CamelShape, Evaluation, RoleReport, RoleResult, Transcript
from evaluations.core.styles import DEFINITIONS
from evaluations.core.styling import applied_style, labelled

SCHEMA_VERSION: Final = 1
"""Rises when a field goes or changes its meaning; new fields do not raise it."""


class About(CamelShape):
    """Who spoke, where and about what. Texts may be empty: not everything is filled in."""

    club: str
    title: str = ""
    speaker: str = ""
    project_type: str = ""
    objectives: tuple[str, ...] = ()
    recorded_at: datetime | None = None
    saved_at: datetime | None = None
    corrected_at: datetime | None = None
    """When somebody last put the transcript right by hand."""


class Labelled(CamelShape):
    label: str
    text: str


class Quote(CamelShape):
    """Words of the speaker, the second they begin at, and their line in the transcript."""

    text: str
    at: float
    line: int | None


class Remark(CamelShape):
    """``parts`` are the fields of the evaluation's style; a classic remark has none."""

    kind: Literal["commendation", "recommendation"]
    summary: str
    explanation: str
    parts: tuple[Labelled, ...] = ()
    quote: Quote


class Told(CamelShape):
    """An evaluation in the order in which it is read. ``style`` is empty for the classic one."""

    style: str
    opening: str
    remarks: tuple[Remark, ...]
    structure: tuple[Labelled, ...] = ()
    closing: str
    script: str
    category_scores: dict[str, float] | None = None


class Line(CamelShape):
    """One utterance of the transcript; ``at`` in seconds from the start of the recording."""

    at: float
    text: str
    speaker: str | None = None


class HumanNote(CamelShape):
    """What a person who evaluated the speech has written."""

    evaluator: str
    went_well: str
    to_try: str
    written_at: datetime


class Notice(CamelShape):
    """Why there is no evaluation."""

    title: str
    text: str


class SpeechDocument(CamelShape):
    """Dump with ``by_alias=True``. ``metrics`` are the figures as numbers, for programs."""

    schema_version: Literal[1] = SCHEMA_VERSION
    about: About
    notice: Notice | None = None
    evaluation: Told | None = None
    human_notes: tuple[HumanNote, ...] = ()
    reports: tuple[RoleReport, ...] = ()
    quality_warning: str | None = None
    figures: tuple[Figure, ...] = ()
    transcript: tuple[Line, ...] = ()
    metrics: Metrics | None = None
    engines: dict[str, str] = {}

    @property
    def title(self) -> str:
        return self.about.title or "Untitled speech"

    @property
    def speaker(self) -> str:
        return self.about.speaker or "Speaker not named"

    @property
    def is_empty(self) -> bool:
        """Nothing was recorded, or nothing was kept."""
        kept = self.evaluation or self.transcript or self.metrics or self.notice
        return not (kept or self.human_notes)

    def line_at(self, seconds: float) -> int | None:
        """The line of the transcript that is being said then; the first one before any."""
        if not self.transcript:
            return None
        return max(0, bisect_right(self.transcript, seconds, key=lambda line: line.at) - 1)


@dataclass(frozen=True, slots=True)
class Given:
    """What a run gave; ``problem`` says in a sentence why it gave no evaluation."""

    transcript: Transcript | None = None
    metrics: Metrics | None = None
    scripted: FittedScript | None = None
    roles: tuple[RoleResult, ...] = ()
    engines: Mapping[str, str] = field(default_factory=dict)
    too_short: bool = False
    problem: str = ""


def document(about: About, given: Given | None) -> SpeechDocument:
    """The document of a speech; of one without a kept run, an empty one. Pure."""
    if given is None:
        return SpeechDocument(about=about)
    lines = _lines(given.transcript) if given.transcript else ()
    shown = SpeechDocument(
        about=about,
        notice=None if given.scripted else _notice(given),
        reports=tuple(result.report for result in given.roles),
        quality_warning=given.metrics.quality_warning if given.metrics else None,
        figures=figures(given.metrics) if given.metrics else (),
        transcript=lines,
        metrics=given.metrics,
        engines=dict(given.engines),
    )
    if given.scripted is None:
        return shown
    return shown.model_copy(update={"evaluation": _told(given.scripted, shown)})


def _lines(transcript: Transcript) -> tuple[Line, ...]:
    return tuple(
        Line(at=segment.start_time, text=" ".join(segment.text.split()), speaker=segment.speaker_id)
        for segment in transcript.segments
        if segment.text.strip()
    )


def _notice(given: Given) -> Notice:
    if given.too_short:
        return Notice(
            title="Too short to evaluate.",
            text=given.problem or "An evaluation needs at least 20 words.",
        )
    return Notice(
        title="There is no evaluation of this speech.",
        text=given.problem or "It could not be finished.",
    )


def _told(scripted: FittedScript, shown: SpeechDocument) -> Told:
    evaluation = scripted.evaluation
    style = applied_style(evaluation)
    remarks = []
    for index, item in enumerate(evaluation.items):
        parts: tuple[Labelled, ...] = ()
        if style is not None and index < len(evaluation.style_items or ()):
            pairs = labelled(style, (evaluation.style_items or ())[index])
            parts = tuple(Labelled(label=label, text=text) for label, text in pairs)
        remarks.append(
            Remark(
                kind=item.type,
                summary=item.summary,
                explanation=item.explanation,
                parts=parts,
                quote=Quote(
                    text=item.evidence_quote,
                    at=item.evidence_timestamp,
                    line=shown.line_at(item.evidence_timestamp),
                ),
            )
        )
    return Told(
        style=DEFINITIONS[style.id].name if style is not None else "",
        opening=evaluation.opening,
        remarks=tuple(remarks),
        structure=_structure(evaluation),
        closing=evaluation.closing,
        script=scripted.script,
        category_scores=evaluation.category_scores,
    )


def _structure(evaluation: Evaluation) -> tuple[Labelled, ...]:
    given = evaluation.structure_commentary
    named = (
        ("Opening", given.opening_comment),
        ("Body", given.body_comment),
        ("Closing", given.closing_comment),
    )
    return tuple(Labelled(label=label, text=text) for label, text in named if text)

"""A speech's document in Markdown: CommonMark with tables, in which people's words stay words."""

import re
from collections.abc import Iterator
from typing import Final

from evaluations.core.document import HumanNote, Remark, SpeechDocument, Told
from evaluations.core.figures import Cell, Figure, Table
from evaluations.core.metrics import clock
from evaluations.core.shapes import RoleReport

# What means something anywhere in a line, and what does so at its beginning.
_ANYWHERE: Final = re.compile(r"[\\`*_\[\]<>&|~#$@^]")
_AT_START: Final = re.compile(r"^[-+=:]")
_NUMBERED: Final = re.compile(r"^(\d+)([.)])(?=\s|$)")
# What some readers make a link of without being asked.
_LINK: Final = re.compile(r"(?<=[a-z0-9])(?=://)|(?<=www)(?=\.)", re.IGNORECASE)


def escaped(text: str) -> str:
    """``text`` on one line, so that every reader of Markdown shows exactly these words."""
    line = " ".join(text.split())
    line = _ANYWHERE.sub(r"\\\g<0>", line)
    line = _LINK.sub(r"\\", line)
    line = _NUMBERED.sub(r"\1\\\2", line)
    return _AT_START.sub(r"\\\g<0>", line)


def markdown(document: SpeechDocument) -> str:
    """The whole document; ends with a newline."""
    return "\n\n".join(_blocks(document)) + "\n"


def _blocks(document: SpeechDocument) -> Iterator[str]:
    about = document.about
    yield f"# {escaped(document.title)}"
    facts = [
        ("Speaker", document.speaker),
        ("Club", about.club),
        ("Project", about.project_type),
        ("Recorded", f"{about.recorded_at:%Y-%m-%d}" if about.recorded_at else ""),
    ]
    yield "\n".join(f"- **{name}:** {escaped(text)}" for name, text in facts if text)
    if about.objectives:
        yield "## Objectives"
        yield "\n".join(f"- {escaped(text)}" for text in about.objectives)
    if document.is_empty:
        yield "Nothing was recorded, or nothing was kept."
    if document.notice:
        yield f"**{escaped(document.notice.title)}** {escaped(document.notice.text)}"
    if document.evaluation:
        yield from _evaluation(document.evaluation)
    for note in document.human_notes:
        yield from _note(note)
    for report in document.reports:
        yield from _report(report)
    if document.figures:
        yield "## Measurements"
        if document.quality_warning:
            yield f"**The recording was hard to understand.** {escaped(document.quality_warning)}"
        for figure in document.figures:
            yield from _figure(figure)
    if document.transcript:
        yield "## Transcript"
        if about.corrected_at:
            yield f"*Corrected by hand on {about.corrected_at:%Y-%m-%d}.*"
        yield from (f"**{clock(line.at)}** {escaped(line.text)}" for line in document.transcript)


def _evaluation(told: Told) -> Iterator[str]:
    yield f"## Evaluation: {escaped(told.style)}" if told.style else "## Evaluation"
    yield escaped(told.opening)
    for remark in told.remarks:
        yield from _remark(remark)
    for part in told.structure:
        yield f"**{escaped(part.label)}:** {escaped(part.text)}"
    yield escaped(told.closing)


def _remark(remark: Remark) -> Iterator[str]:
    if remark.parts:
        yield f"### {remark.kind.capitalize()}"
        yield from (f"**{escaped(part.label)}:** {escaped(part.text)}" for part in remark.parts)
    else:
        yield f"### {remark.kind.capitalize()}: {escaped(remark.summary)}"
        if remark.explanation:
            yield escaped(remark.explanation)
    yield f"> “{escaped(remark.quote.text)}” (at {clock(remark.quote.at)})"


def _note(note: HumanNote) -> Iterator[str]:
    of = f"{note.evaluator}’s evaluation" if note.evaluator else "The evaluator’s notes"
    yield f"## {escaped(of)}"
    for heading, text in (
        ("What worked", note.went_well),
        ("What to try next time", note.to_try),
    ):
        lines = [escaped(line) for line in text.splitlines() if line.strip()]
        if lines:
            yield f"### {heading}"
            yield "\\\n".join(lines)


def _report(report: RoleReport) -> Iterator[str]:
    yield f"## {escaped(report.title)}"
    for section in report.sections:
        if section.heading:
            yield f"### {escaped(section.heading)}"
        lines = [escaped(line) for line in section.content.splitlines() if line.strip()]
        if lines:
            yield "\\\n".join(lines)


def _figure(figure: Figure) -> Iterator[str]:
    yield f"### {escaped(figure.name)}: {escaped(figure.value)} {escaped(figure.unit)}"
    if figure.reading:
        yield escaped(figure.reading)
    yield f"*{escaped(figure.definition)}*"
    if figure.details:
        yield _table(figure.details)


def _table(table: Table) -> str:
    rows = [
        "| " + " | ".join(escaped(column.name) for column in table.columns) + " |",
        "|" + "|".join(" ---: " if column.number else " --- " for column in table.columns) + "|",
        *("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in table.rows),
    ]
    return "\n".join(rows)


def _cell(cell: Cell) -> str:
    return escaped(cell.text or ", ".join(clock(moment) for moment in cell.moments))

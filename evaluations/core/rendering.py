"""The text files of a speech."""

from evaluations.core.shapes import Evaluation, Item, RoleResult, Transcript
from evaluations.core.styles import Style
from evaluations.core.styling import StyleItem, applied_style, labelled


def timestamp(seconds: float) -> str:
    """``MM:SS``, cut to the second; minutes go on past 99."""
    whole = int(seconds)
    return f"{whole // 60:02d}:{whole % 60:02d}"


def transcript_text(transcript: Transcript) -> str:
    """``transcript.txt``: one line ``[MM:SS] text`` for each segment, ending with a newline."""
    lines = [
        f"[{timestamp(segment.start_time)}] {' '.join(segment.text.split())}"
        for segment in transcript.segments
        if segment.text.strip()
    ]
    return "".join(f"{line}\n" for line in lines)


def evaluation_text(evaluation: Evaluation, script: str) -> str:
    """``evaluation.txt``: the script as spoken, then each quote with its place in the speech.

    In a style with fields of its own, each quote is followed by its fields under their labels.
    """
    style = applied_style(evaluation)
    if style is not None:
        return _styled_text(evaluation, script, style)
    groups = (
        ("Commendations", [item for item in evaluation.items if item.type == "commendation"]),
        ("Recommendations", [item for item in evaluation.items if item.type == "recommendation"]),
    )
    parts = ["Evaluation", script.strip()]
    for heading, items in groups:
        if items:
            parts.append("\n".join([heading, *(_line(item) for item in items)]))
    return "\n\n".join(parts) + "\n"


def _line(item: Item) -> str:
    return f"[{timestamp(item.evidence_timestamp)}] “{item.evidence_quote}” – {item.summary}"


def _styled_text(evaluation: Evaluation, script: str, style: Style) -> str:
    parts = [f"Evaluation: {style.name}", script.strip()]
    for heading, kind in (("Commendations", "commendation"), ("Recommendations", "recommendation")):
        of_kind = [item for item in evaluation.style_items or () if item.get("type") == kind]
        if of_kind:
            parts += [heading, *(_block(style, item) for item in of_kind)]
    return "\n\n".join(parts) + "\n"


def _block(style: Style, item: StyleItem) -> str:
    place = timestamp(float(item["evidence_timestamp"]))
    lines = [f"{label}: {text}" for label, text in labelled(style, item)]
    return "\n".join([f"[{place}] “{item['evidence_quote']}”", *lines])


def notes_text(notes: str) -> str:
    """``notes.txt``: what the operator noted, line by line; "" for nothing but blanks."""
    lines = [line.rstrip() for line in notes.strip().splitlines()]
    return "\n".join(lines) + "\n" if lines else ""


def role_reports_text(results: tuple[RoleResult, ...]) -> str:
    """``role_reports.txt``: each role's report under its title."""
    blocks = []
    for result in results:
        sections = (f"{part.heading}\n{part.content}" for part in result.report.sections)
        blocks.append("\n\n".join([result.report.title.upper(), *sections]))
    return "\n\n\n".join(blocks) + "\n"

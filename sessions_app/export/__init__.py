"""A speech as a file to take away: Markdown, PDF or JSON, all of one document.

``evaluations.core.document`` decides what is in it, once; a renderer decides only how it looks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.text import slugify

from evaluations.core.document import SpeechDocument
from evaluations.core.markdown import markdown
from sessions_app.export import pdf


@dataclass(frozen=True, slots=True)
class Format:
    """``why_not`` says in a sentence why this machine cannot make it; None when it can.

    ``render`` raises what :func:`sessions_app.export.pdf.render` raises.
    """

    name: str
    extension: str
    content_type: str
    render: Callable[[SpeechDocument], bytes]
    why_not: Callable[[], str | None]


def _markdown(document: SpeechDocument) -> bytes:
    return markdown(document).encode()


def _json(document: SpeechDocument) -> bytes:
    return document.model_dump_json(by_alias=True, indent=2).encode() + b"\n"


FORMATS: Mapping[str, Format] = {
    entry.extension: entry
    for entry in (
        Format("PDF", "pdf", "application/pdf", pdf.render, pdf.why_not),
        Format("Markdown", "md", "text/markdown; charset=utf-8", _markdown, lambda: None),
        Format("JSON", "json", "application/json", _json, lambda: None),
    )
}


def file_name(document: SpeechDocument, extension: str) -> str:
    """A name for the file, of letters and digits that every system takes."""
    return f"{slugify(document.title)[:60].strip('-') or 'speech'}.{extension}"

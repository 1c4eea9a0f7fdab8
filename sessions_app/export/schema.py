"""The JSON export as JSON Schema, for programs in any language. Pure."""

from typing import Final

from evaluations.core.document import SpeechDocument
from sessions_app.contract.schema import as_text, published

FILE: Final = "docs/export.schema.json"


def artefacts() -> dict[str, str]:
    """The generated file: its path in the project, and its text."""
    return {FILE: as_text(published(SpeechDocument, "serialization"))}

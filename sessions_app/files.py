"""The files about a speech that are known before its evaluation, and files as messages."""

import base64
import json

from evaluations.core.shapes import MeetingFacts
from evaluations.pipeline import RenderedFile
from sessions_app.consent import shown_consent
from sessions_app.contract.messages import OutputFile
from sessions_app.core.key_terms import expected_words
from sessions_app.models import Speech
from sessions_app.vocabulary import member_names


def key_terms(speech: Speech, meeting: MeetingFacts) -> tuple[str, ...]:
    """Words a transcriber should expect: who speaks, about what, and before whom.

    Needs the club's scope.
    """
    return expected_words(
        speech.project, speech.speaker_name, meeting.word_of_the_day, member_names(speech.club_id)
    )


def context_files(speech: Speech) -> tuple[RenderedFile, ...]:
    """The files about a speech that are known before its evaluation."""
    shown = shown_consent(speech.club)
    consent = {
        "speakerName": speech.speaker_name,
        "consentConfirmed": speech.consent_confirmed,
        "consentTimestamp": speech.consent_at.isoformat() if speech.consent_at else None,
        "textVersion": shown.version,
        "text": shown.text,
    }
    return (
        RenderedFile(
            name="consent.json",
            content_type="application/json",
            text=json.dumps(consent, indent=2, ensure_ascii=False),
        ),
        RenderedFile(
            name="project-context.json",
            content_type="application/json",
            text=speech.project.model_dump_json(by_alias=True, indent=2),
        ),
    )


def as_message(name: str, content: bytes) -> OutputFile:
    """A file as ``outputs_saved`` carries it."""
    try:
        return OutputFile(name=name, content=content.decode(), encoding="utf-8")
    except UnicodeDecodeError:
        encoded = base64.b64encode(content).decode()
        return OutputFile(name=name, content=encoded, encoding="base64")

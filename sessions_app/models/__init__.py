"""What a club keeps of its sessions, one table a file."""

from sessions_app.models.bars import RecordingBars
from sessions_app.models.evaluator_note import EvaluatorNote
from sessions_app.models.hold import LegalHold, RetentionWarning
from sessions_app.models.meeting import AgendaSlot, Meeting
from sessions_app.models.share_link import ShareLink
from sessions_app.models.speech import Speech
from sessions_app.models.upload import Upload
from sessions_app.models.utterance import LiveUtterance

__all__ = [
    "AgendaSlot",
    "EvaluatorNote",
    "LegalHold",
    "LiveUtterance",
    "Meeting",
    "RecordingBars",
    "RetentionWarning",
    "ShareLink",
    "Speech",
    "Upload",
]

"""Why a file is refused, each with a sentence that a person can act on."""

import enum
from typing import Final

from sessions_app.core.audio import MAX_SPEECH_SECONDS

MIB: Final = 1024 * 1024
_MINUTES: Final = MAX_SPEECH_SECONDS // 60


class Refusal(enum.StrEnum):
    """The value is what the decoding process says; no file's words are in it."""

    UNKNOWN = "unknown"
    BROKEN = "broken"
    SILENT = "silent"
    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    CODEC = "codec"
    LONG = "long"
    HEAVY = "heavy"
    GONE = "gone"
    FULL = "full"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES: Final = {
    Refusal.UNKNOWN: "This is no sound or video file that we know. MP3, M4A, WAV, FLAC, OGG, WebM, "
    "MP4, MOV and MKV work, among others.",
    Refusal.BROKEN: "The file is broken or not complete: its sound cannot be read. Export it once "
    "more and upload that.",
    Refusal.SILENT: "There is no sound in this file, only pictures. Upload the recording that has "
    "the voice.",
    Refusal.EMPTY: "The sound in this file has no length.",
    Refusal.ENCRYPTED: "The file is protected against copying, so its sound cannot be read. Upload "
    "the recording as it came from the camera or phone.",
    Refusal.CODEC: "The file's sound is in a format that cannot be decoded here. Export it as MP3, "
    "M4A or WAV and upload that.",
    Refusal.LONG: f"The recording is longer than {_MINUTES} minutes. Cut it to the speech and "
    "upload that.",
    Refusal.HEAVY: "The file takes more memory or time to decode than a speech can need. Export "
    "its sound as MP3, M4A or WAV and upload that.",
    Refusal.GONE: "The server was restarted before the file was read. Upload it again.",
    Refusal.FULL: "The server has no room for more recordings just now. Upload it again in a few "
    "minutes.",
}


def too_large(most_bytes: int) -> str:
    """What is said of a file beyond ``most_bytes``."""
    return (
        f"The file is larger than {most_bytes // MIB} MiB. Export only its sound, as M4A or MP3: "
        "25 minutes of that take 25 MiB."
    )

"""What a speaker is told before a recording. The consent log keeps the text that was shown."""

from dataclasses import dataclass
from typing import Final

TEXT_VERSION: Final = "2026-11"

_MEASURED = (
    "While I speak, my voice is turned into words and measured: pace, pauses, fillers, energy and "
    "pitch. My voice itself is never written to a disk, and it is deleted when the evaluation is "
    "done with."
)
_VOICE_SENT = "To be turned into words it is sent to {}."
_WORDS_SENT = "My words are sent to {}, to draft the evaluation and to speak it."
# What the vendors say of themselves; of another server only its owner can say it.
_KEEPS_VOICES = {
    "Deepgram": "Deepgram is told not to keep it or to train on it.",
    "OpenAI": "OpenAI does not train on it, and may keep it for up to 30 days to look for abuse.",
}
_KEEPS_WORDS = {
    "OpenAI": (
        "OpenAI does not train on them, and may keep them for up to 30 days to look for abuse."
    ),
}
_KEPT = (
    "The transcript and the evaluation are kept only if they are saved for the club; otherwise "
    "they are deleted by themselves. I can withdraw at any time, and then everything about this "
    "speech is erased."
)


@dataclass(frozen=True, slots=True)
class ConsentText:
    """A text that speakers agree to. ``version`` tells it from others, in 20 characters at most."""

    version: str
    text: str


def consent_text(voice_goes_to: str = "", words_go_to: str = "") -> ConsentText:
    """The text where voices and words are sent to those who are named ("": to nobody).

    Several are joined by " and ".

    What vendors keep: docs/engines.md.
    """
    sentences, version = [_MEASURED], TEXT_VERSION
    for sentence, keeps, receivers, mark in (
        (_VOICE_SENT, _KEEPS_VOICES, voice_goes_to, "+voice"),
        (_WORDS_SENT, _KEEPS_WORDS, words_go_to, "+words"),
    ):
        if receivers:
            sentences.append(sentence.format(receivers))
            sentences += [keeps.get(receiver, "") for receiver in receivers.split(" and ")]
            version += mark
    return ConsentText(version, " ".join(filter(None, [*sentences, _KEPT])))

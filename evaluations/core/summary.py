"""Which form of evaluation a speech is long enough for."""

from typing import Literal

from evaluations.core.alignment import spoken_words
from evaluations.core.shapes import Transcript
from evaluations.core.tokens import tokenise

FEWEST_WORDS = 20
SHORT_FORM_WORDS = 60


def form_of(transcript: Transcript) -> Literal["none", "short", "full"]:
    """``none`` under 20 words, ``short`` to 60, else ``full``; measures.md, "Too little"."""
    count = sum(
        len(spoken_words(Transcript(segments=(segment,))))
        if segment.words
        else sum(bool(tokenise(text)) for text in segment.text.split())
        for segment in transcript.segments
    )
    if count < FEWEST_WORDS:
        return "none"
    return "short" if count <= SHORT_FORM_WORDS else "full"

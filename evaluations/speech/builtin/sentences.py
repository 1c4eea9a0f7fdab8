"""A script in pieces to speak one after another, so that the first is heard early."""

from typing import Final

import pysbd

MAX_SENTENCE: Final = 400
"""Characters; beyond it a sentence is cut at a space, since the voices limit their input."""


def sentences(script: str) -> list[str]:
    """The sentences of ``script``, without what no voice can read (control characters)."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in script).split())
    found = pysbd.Segmenter(language="en", clean=False).segment(plain)
    return [piece for sentence in found for piece in _pieces(sentence.strip()) if piece]


def _pieces(sentence: str) -> list[str]:
    pieces: list[str] = []
    while len(sentence) > MAX_SENTENCE:
        at = sentence.rfind(" ", 1, MAX_SENTENCE)
        at = at if at > 0 else MAX_SENTENCE
        pieces.append(sentence[:at])
        sentence = sentence[at:].lstrip()
    return [*pieces, sentence]

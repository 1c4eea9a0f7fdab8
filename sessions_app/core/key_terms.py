"""Words that a transcriber should expect in a speech.

Engines take a limited number of them, so they come in order of use: what the speech is about
first, the club's members last.
"""

from collections.abc import Iterable
from typing import Final

from evaluations.core.shapes import ProjectContext

MAX_TOKENS: Final = 300
"""Vendors refuse, or worse stop transcribing, at 500 tokens; ours are only estimated."""
MAX_CHARACTERS: Final = 60
"""A longer text is not something that anybody says word for word."""


def expected_words(
    project: ProjectContext,
    speaker: str = "",
    word_of_the_day: str = "",
    members: Iterable[str] = (),
) -> tuple[str, ...]:
    """The terms, without doubles, within ``MAX_TOKENS``.

    ``speaker`` and ``members`` are full names. A term that does not fit is left out, and smaller
    ones after it still come in.
    """
    about = (speaker, word_of_the_day, project.speech_title, project.project_type)
    terms: dict[str, str] = {}
    left = MAX_TOKENS
    for text in (*about, *project.objectives, *members):
        term = " ".join(text.split()).strip(" .,;:!?")
        if not term or len(term) > MAX_CHARACTERS or term.casefold() in terms:
            continue
        cost = tokens(term)
        if cost <= left:
            left -= cost
            terms[term.casefold()] = term
    return tuple(terms.values())


def tokens(term: str) -> int:
    """How many tokens a vendor's tokenizer makes of it at most, by a cautious rule of thumb."""
    return sum(max(1, -(-len(word.encode()) // 3)) for word in term.split())

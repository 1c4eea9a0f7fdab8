"""What OpenAI is asked about a part of a recording."""

from dataclasses import dataclass
from typing import Final

from sessions_app.core.key_terms import tokens
from sessions_app.transcription import TranscriberContext

FILLERS: Final = "Um, uh, er, ah."
"""A model writes as its prompt is written: without them in it, it leaves them out."""
MOST_PROMPT_TOKENS: Final = 200
"""What a prompt has above 224 is not read by all models; ours are only estimated."""


@dataclass(frozen=True, slots=True)
class Question:
    """``keywords`` is empty for a model that takes words to expect in its prompt only."""

    language: str
    prompt: str
    keywords: tuple[str, ...] = ()


def question(context: TranscriberContext, *, keywords: bool) -> Question:
    """What is asked about a speech; ``keywords``: the model takes words to expect as such."""
    if keywords:
        return Question(context.language, FILLERS, context.key_terms)
    left = MOST_PROMPT_TOKENS - tokens(FILLERS)
    terms = []
    for term in context.key_terms:
        # The comma, or the full stop, is one more.
        cost = tokens(term) + 1
        if cost <= left:
            left -= cost
            terms.append(term)
    expected = f" {', '.join(terms)}." if terms else ""
    return Question(context.language, f"{FILLERS}{expected}")

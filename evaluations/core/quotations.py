"""Quotations in an evaluator's own sentences: the speaker's words, or the sentence goes.

The tone rules do not read what stands in quotation marks, since there the speaker is speaking; so
nobody else may.
"""

import re
from collections.abc import Iterable, Sequence

from evaluations.core.alignment import spoken_words
from evaluations.core.evidence import find_quote, quote_text
from evaluations.core.prose import split_sentences
from evaluations.core.shapes import Brief, Evaluation, Transcript, Word
from evaluations.core.tokens import tokenise, tokens_of

_QUOTATION = re.compile(r"[“„«]([^“”„«»]*)|\"([^\"]*)\"?")


def sources(transcript: Transcript, brief: Brief) -> tuple[str, ...]:
    """What may be quoted: the speech, its title and its objectives, normalised."""
    said = [token.text for token in tokens_of(spoken_words(transcript))]
    told = (brief.project.speech_title, *brief.project.objectives)
    return (_joined(said), *(_joined(tokenise(text)) for text in told))


def invented(text: str, quotable: Iterable[str]) -> tuple[str, ...]:
    """The sentences of ``text`` with a quotation that stands in none of ``quotable``."""
    return tuple(
        sentence
        for sentence in split_sentences(text)
        if any(not _stands(quotation, quotable) for quotation in _quotations(sentence))
    )


def without_invented(text: str, quotable: Iterable[str]) -> str:
    """``text`` without those sentences; untouched where there is none."""
    gone = set(invented(text, quotable))
    if not gone:
        return text
    return " ".join(sentence for sentence in split_sentences(text) if sentence not in gone)


def in_spoken_words(evaluation: Evaluation, transcript: Transcript) -> Evaluation:
    """``evaluation``, whose quotes all passed, with each as it stands in the transcript."""
    words = spoken_words(transcript)
    items = tuple(
        item.model_copy(
            update={
                "evidence_quote": _as_spoken(item.evidence_quote, words, item.evidence_timestamp)
            }
        )
        for item in evaluation.items
    )
    styled = evaluation.style_items and tuple(
        {
            **item,
            "evidence_quote": _as_spoken(
                str(item["evidence_quote"]), words, float(item["evidence_timestamp"])
            ),
        }
        for item in evaluation.style_items
    )
    return evaluation.model_copy(update={"items": items, "style_items": styled})


def _as_spoken(quote: str, words: Sequence[Word], at: float) -> str:
    found = find_quote(quote, words, at)
    return quote if found is None else quote_text(words, found)


def _quotations(sentence: str) -> Iterable[tuple[str, ...]]:
    for match in _QUOTATION.finditer(sentence):
        if tokens := tokenise(match[1] or match[2] or ""):
            yield tokens


def _stands(quotation: Sequence[str], quotable: Iterable[str]) -> bool:
    return any(_joined(quotation) in source for source in quotable)


def _joined(tokens: Sequence[str]) -> str:
    return f" {' '.join(tokens)} "

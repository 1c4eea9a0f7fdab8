"""What an evaluation never says; categories from measures.md, "Tone".

The rules read the evaluator's own words only: inside quotation marks the speaker is speaking.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from evaluations.core.prose import split_sentences, without_quotations
from evaluations.core.shapes import Evaluation, Item, StructureCommentary

Category = Literal[
    "inference",
    "unseen",
    "punitive",
    "score",
    "unfounded",
    "professional_advice",
    "empty_praise",
    "machine",
    "formula",
]


@dataclass(frozen=True, slots=True)
class Violation:
    category: Category
    sentence: str
    words: str


def _rule(*alternatives: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(alternatives) + r")", re.IGNORECASE)


_STATES = (
    r"(?:nervous|anxious|afraid|scared|confident|unsure|uncomfortable|comfortable"
    r"|relaxed|tense|bored"
    r"|tired|excited|happy|sad|angry|upset|shy|proud|passionate|insecure|stressed|worried|calm"
    r"|enthusiastic|sincere|embarrassed|distracted|unprepared|at ease)\b"
)
RULES: dict[Category, re.Pattern[str]] = {
    "inference": _rule(
        r"(?:you|your voice|he|she|they|the speaker) (?:\w+ )?(?:seem|appear|look|sound"
        r"|feel|felt|were|was|are|is)"
        rf"(?:s|ed)?(?: to be)?(?: \w+)? {_STATES}",
        r"you (?:clearly |really |obviously |truly )?(?:felt|feel|wanted to|believe"
        r"|believed|love|loved|care|cared|hoped"
        r"|feared|worried|enjoyed|struggled)\b",
        r"your (?:nerves|nervousness|anxiety|passion|confidence|enthusiasm|sincerity|fear"
        r"|emotions?|feelings?|discomfort)\b",
        r"lack of confidence",
    ),
    "unseen": _rule(
        r"eye contact",
        r"gestur\w+",
        r"postur\w+",
        r"body language",
        r"facial",
        r"smil(?:e|ed|es|ing)\b",
        r"your (?:hands?|face|eyes|arms|stance|outfit|clothes|slides?|movements?)\b",
        r"you (?:stood|walked|paced|moved|looked (?:at|around|up|down))\b",
        r"stage presence",
    ),
    "punitive": _rule(
        r"(?:bad|badly|terribl[ey]|awful|horribl[ey]|poorly|sloppy|lazy|boring|pathetic"
        r"|unacceptable"
        r"|disappoint\w+|embarrassing|incompetent|careless|ridiculous|stupid)\b",
        r"(?:failed|failure|failing|mistakes?|weakness(?:es)?|faults?|blunders?)\b",
        r"you (?:must not|must stop|should have|shouldn't have|should never|never)\b",
        r"you got (?:it|that) wrong",
        r"you were wrong",
    ),
    "score": re.compile(
        r"\b\d+(?:[.,]\d+)? ?(?:%|(?:percent|per cent|points?|stars?)\b)|\b\w+ (?:percent"
        r"|per cent)\b"
        r"|\b\d+(?:[.,]\d+)? ?/ ?\d+|\b\w+ out of (?:five|ten|\d+)\b"
        r"|\b(?:scores?|scored|graded?|grades|rating|ratings|marks out)\b|\bA[+-](?!\w)",
        re.IGNORECASE,
    ),
    "unfounded": _rule(
        r"(?:the audience|the room|everyone|everybody|listeners) (?:was|were|loved|laughed"
        r"|felt|could not stop|clearly"
        r"|enjoyed|applauded|cried|hung on)\b",
        r"(?:research|studies|science|experts?|statistics)(?: \w+)? (?:shows?|says?"
        r"|proves?|suggests?|agree|confirms?)\b",
        r"it is (?:proven|well known|a fact)",
        r"as (?:always|usual|ever)\b",
    ),
    "professional_advice": _rule(
        r"diagnos\w+",
        r"therap(?:y|ist|ists|ies)\b",
        r"disorders?\b",
        r"medicat\w+",
        r"(?:speech )?patholog\w+",
        r"adhd\b",
        r"autis\w+",
        r"stutter\w*",
        r"(?:see|consult|ask) (?:a|your) (?:doctor|lawyer|physician|solicitor)",
        r"legal(?:ly)? (?:advice|liable|action)",
        r"lawsuit",
    ),
    "empty_praise": _rule(
        r"(?:great|good|nice|excellent|fantastic|amazing|wonderful|super|awesome"
        r"|terrific) (?:job|work|speech|talk|stuff)\b",
        r"well done\b",
        r"(?:amazing|awesome|fantastic|incredible|outstanding|perfect(?:ly)?|flawless"
        r"|brilliant|superb|phenomenal)\b",
        r"keep (?:it up|up the)\b",
        r"congratulations",
    ),
    "machine": _rule(
        r"as an? (?:ai|artificial|language model|assistant|machine)\b",
        r"(?:i am|i'm) (?:an? )?(?:ai|artificial|language model|bot|machine|computer|algorithm)\b",
        r"language model",
        r"artificial intelligence",
        r"(?:my|the) (?:algorithm|training data|prompt|model)\b",
        r"chatbot",
    ),
    "formula": _rule(
        r"(?:good|great|nice|strong|solid|lovely)(?: \w+){0,4},? but\b",
        r"that (?:being )?said,",
        r"having said that",
        r"(?:but|still),? overall\b",
        r"on (?:a|the) (?:more )?positive (?:note|side)",
        r"apart from that",
        r"despite (?:this|that|these),",
    ),
}


def violations(text: str) -> list[Violation]:
    """What ``text`` says that an evaluation does not say, sentence by sentence."""
    found = []
    for sentence in split_sentences(text):
        own_words = without_quotations(sentence)
        for category, rule in RULES.items():
            match = rule.search(own_words)
            if match:
                found.append(Violation(category, sentence, match[0]))
    return found


def cleaned_text(text: str) -> str:
    """``text`` without the sentences that break a rule; untouched where none does."""
    offending = {violation.sentence for violation in violations(text)}
    if not offending:
        return text
    return " ".join(sentence for sentence in split_sentences(text) if sentence not in offending)


def violations_in(evaluation: Evaluation) -> list[Violation]:
    """What the sentences of ``evaluation`` say that an evaluation does not say."""
    found: list[Violation] = []

    def note(text: str) -> str:
        found.extend(violations(text))
        return text

    cleaned(evaluation, note)
    return found


def cleaned(evaluation: Evaluation, clean: Callable[[str], str] = cleaned_text) -> Evaluation:
    """``evaluation`` with each of its texts as ``clean`` leaves it: without the sentences that
    break a rule.

    An item that loses its summary goes on with its explanation, and goes when it loses both. An
    opening or closing that loses everything becomes a plain thank-you. Quotes are never touched:
    those words are the speaker's.
    """
    items = (_cleaned_item(item, clean) for item in evaluation.items)
    structure = evaluation.structure_commentary
    return evaluation.model_copy(
        update={
            "opening": clean(evaluation.opening) or "Thank you for your speech.",
            "items": tuple(item for item in items if item is not None),
            "closing": clean(evaluation.closing) or "Thank you.",
            "structure_commentary": StructureCommentary(
                **{
                    name: clean(text) or None if text else None
                    for name, text in structure.model_dump().items()
                }
            ),
            "style_items": _cleaned_style_items(evaluation.style_items, clean),
        }
    )


def _cleaned_item(item: Item, clean: Callable[[str], str]) -> Item | None:
    summary, explanation = clean(item.summary), clean(item.explanation)
    if not summary and not explanation:
        return None
    if not summary:
        first, *rest = split_sentences(explanation)
        summary, explanation = first, " ".join(rest)
    return item.model_copy(update={"summary": summary, "explanation": explanation})


def _cleaned_style_items(
    items: tuple[dict[str, str | float], ...] | None, clean: Callable[[str], str]
) -> tuple[dict[str, str | float], ...] | None:
    if items is None:
        return None
    return tuple(
        {
            name: clean(value)
            if isinstance(value, str) and name not in {"evidence_quote", "type"}
            else value
            for name, value in item.items()
        }
        for item in items
    )

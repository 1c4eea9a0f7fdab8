"""A thousand evaluations in which half of the quotes were never said: none of them is kept."""

import random
import re
from functools import cache

import pytest

from evaluations.billing import Bill
from evaluations.core.metrics import Metrics, measure
from evaluations.core.script import FittedScript, fit
from evaluations.core.series import AudioSeries
from evaluations.core.shapes import Brief, Evaluation, Item, ProjectContext, Transcript
from evaluations.core.styles import DEFINITIONS, STYLES
from evaluations.core.styling import StyleItem, restyled
from evaluations.drafting import Drafting, Speech
from evaluations.evaluator.builtin import BuiltinEvaluator
from tests.evaluations.speeches import BOAT, COMPOST, PUNCTUATED, spoken

CASES = 1_000
BATCHES = 10
TITLE = "A Boat on a Shelf"
SPEECHES = {text: spoken(text) for text in (BOAT, COMPOST, PUNCTUATED)}
VOCABULARY = sorted({word for text in SPEECHES for word in text.split() if word[0] != "["})


@cache
def measured(text: str) -> Metrics:
    transcript = SPEECHES[text]
    return measure(transcript, AudioSeries(transcript.words[-1].end_time + 1), {})


class Remembering(BuiltinEvaluator):
    """The floor, asked once for each speech and style: a thousand cases share a few."""

    known: dict[tuple[str, str], Evaluation] = {}

    async def evaluate(self, brief, transcript, metrics, allowance=None):
        key = (transcript.text, brief.style)
        if key not in self.known:
            self.known[key] = await super().evaluate(brief, transcript, metrics)
        return self.known[key]


class Inventing:
    """Drafts and revises at random: every second quote was not said, or not then, or not so."""

    name = "inventing"

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.invented: list[str] = []

    async def evaluate(self, brief, transcript, metrics, allowance=None):
        return self._draft(brief, transcript)

    async def revise(self, brief, transcript, metrics, draft, objections, allowance=None):
        assert objections
        return self._draft(brief, transcript)

    def _draft(self, brief: Brief, transcript: Transcript) -> Evaluation:
        kinds = ("commendation", "commendation", "commendation", "recommendation")
        remarks = [self._remark(kind, at, transcript) for at, kind in enumerate(kinds)]
        style = DEFINITIONS[brief.style]
        quotation = self._chance.choice(
            ["", f"You called it “{TITLE}”.", "You told us “I was nervous and I failed”."]
        )
        evaluation = Evaluation(
            opening=f"Thank you for these words. {quotation}".strip(),
            items=tuple(remarks),
            closing="For next time, keep one pause longer.",
            evaluation_style=style.id,
        )
        if not style.fields:
            return evaluation
        told: list[StyleItem] = [
            {
                "type": item.type,
                **{field.name: item.explanation for field in style.fields},
                "evidence_quote": item.evidence_quote,
                "evidence_timestamp": item.evidence_timestamp,
            }
            for item in remarks
        ]
        return restyled(evaluation, style, told)

    def _remark(self, kind: str, at: int, transcript: Transcript) -> Item:
        words = transcript.words
        length = self._chance.randint(6, 15)
        first = self._chance.randrange(len(words) - length)
        quote, time = [word.word for word in words[first : first + length]], words[first].start_time
        if self._chance.random() < 0.5:
            quote, time = self._spoiled(quote, time)
            self.invented.append(" ".join(quote))
        return Item(
            type=kind,
            summary=f"Remark {at} was heard.",
            explanation=f"It carries part {at} of the talk.",
            evidence_quote=" ".join(quote),
            evidence_timestamp=max(0.0, time),
        )

    def _spoiled(self, quote: list[str], time: float) -> tuple[list[str], float]:
        match self._chance.randrange(6):
            case 0:
                return self._chance.choices(VOCABULARY, k=len(quote)), time
            case 1:
                quote[self._chance.randrange(len(quote))] = "quillwort"
                return quote, time
            case 2:
                del quote[2]
                return [*quote, "quillwort"], time
            case 3:
                return quote[::-1], time
            case 4:
                return [*quote, "and", "quillwort"], time
            case _:
                return quote, time + 500.0


def plain(text: str) -> str:
    """An own normalisation, so that the product's is not the judge of itself."""
    return f" {re.sub(r'[^a-z0-9 ]+', '', text.lower().replace('-', ' '))} ".replace("  ", " ")


def assert_said(scripted: FittedScript, transcript: Transcript) -> int:
    said = plain(" ".join(word.word for word in transcript.words))
    for item in scripted.evaluation.items:
        quote = plain(item.evidence_quote)
        assert quote in said, item.evidence_quote
        starts = [word.start_time for word in transcript.words]
        assert min(abs(start - item.evidence_timestamp) for start in starts) < 0.01
    drafted = [item for item in scripted.evaluation.items if item.summary.startswith("Remark")]
    if drafted:
        for quotation in re.findall("“([^”]*)”", scripted.evaluation.opening):
            assert plain(quotation) in said or quotation == TITLE
    return len(scripted.evaluation.items)


@pytest.mark.parametrize("batch", range(BATCHES))
async def test_of_a_thousand_evaluations_every_quote_was_said(batch):
    delivered = invented = 0
    for case in range(CASES // BATCHES):
        chance = random.Random(f"{batch}.{case}")
        text = chance.choice(list(SPEECHES))
        brief = Brief(
            speaker_name="Ana",
            project=ProjectContext(speech_title=TITLE),
            style=chance.choice(STYLES[::3]),
        )
        evaluator, floor = Inventing(chance), Remembering()
        speech = Speech(brief, SPEECHES[text], measured(text))
        drafting = Drafting(speech, evaluator, floor, float("inf"), Bill())
        draft = await drafting.draft()
        grounded = await drafting.ground(draft)
        tempered = await drafting.temper(grounded.evaluation, draft)
        scripted = fit(tempered.evaluation, 120, 150)
        kinds = [item.type for item in scripted.evaluation.items]
        assert kinds.count("commendation") >= 2
        assert kinds.count("recommendation") >= 1
        delivered += assert_said(scripted, SPEECHES[text])
        invented += len(evaluator.invented)
    assert delivered > 3 * CASES // BATCHES
    assert invented > CASES // BATCHES

"""From a transcript to an evaluation of which every word may be delivered.

A vendor has until a deadline, and one chance to put right what the checks object to. What it cannot
give in time or in order, the built-in evaluator gives: its remarks pass by construction.
"""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from evaluations.billing import Bill
from evaluations.core import evidence, quotations, summary, tone
from evaluations.core.metrics import Metrics
from evaluations.core.shapes import Brief, Evaluation, Transcript
from evaluations.evaluator import Allowance, Evaluator, Objection
from speechcoach.clock import MONOTONIC, Clock, within
from speechcoach.errors import ProviderError
from speechcoach.metrics import ENGINE_FAILURES

log = logging.getLogger(__name__)

GRACE_SECONDS = 1.0
QUOTE_RULE = (
    "Quotes have 6 to 15 words and stand word for word in the transcript, at about the time given."
)
QUOTATION_RULE = "Only the speaker's exact words may stand in quotation marks."


@dataclass(frozen=True, slots=True)
class Speech:
    """What an evaluation is about."""

    brief: Brief
    transcript: Transcript
    metrics: Metrics

    @property
    def is_short(self) -> bool:
        return summary.form_of(self.transcript) == "short"


@dataclass(frozen=True, slots=True)
class Drafted:
    """An evaluation, and the engine that had the last word on it: "core" for checks alone."""

    evaluation: Evaluation
    engine: str = "core"


@dataclass(frozen=True, slots=True)
class Drafting:
    """The steps of one evaluation. ``deadline`` is on ``clock``; past it only ``floor`` speaks."""

    speech: Speech
    evaluator: Evaluator
    floor: Evaluator
    deadline: float
    bill: Bill
    clock: Clock = MONOTONIC

    async def draft(self) -> Drafted:
        """What the evaluator drafts in time, else what the floor does."""
        if self.evaluator is not self.floor:
            speech = self.speech
            answer = await self._asked(
                self.evaluator.evaluate(
                    speech.brief, speech.transcript, speech.metrics, self._allowance()
                )
            )
            if answer is not None:
                return Drafted(answer, self.evaluator.name)
        return await self._floor()

    async def ground(self, draft: Drafted) -> Drafted:
        """Only quotes that were said; what was not is asked for once more, then dropped."""
        if draft.engine != self.evaluator.name or self.evaluator is self.floor:
            left = await asyncio.to_thread(
                evidence.grounded, draft.evaluation, self.speech.transcript
            )
            return await self._filled_up(Drafted(left))
        left = await asyncio.to_thread(self._founded, draft.evaluation)
        objections = await self._objectionable(draft)
        if not objections:
            return await self._filled_up(Drafted(left))
        # One generation for all that is wrong with the draft.
        objections += _out_of_tone(draft.evaluation)
        revised = await self._revised(draft.evaluation, objections)
        if revised is not None and _count(revised) >= _count(left):
            return await self._filled_up(Drafted(revised, self.evaluator.name))
        return await self._filled_up(Drafted(left))

    async def temper(self, grounded: Evaluation, draft: Drafted) -> Drafted:
        """Only sentences in the right tone; the others go, or are asked for once more where the
        quotes of ``draft`` did not cost it its chance already."""
        objections = _out_of_tone(grounded)
        vendors = draft.engine == self.evaluator.name and self.evaluator is not self.floor
        if objections and vendors and not await self._objectionable(draft):
            revised = await self._revised(grounded, objections)
            if revised is not None and _count(tone.cleaned(revised)) >= _count(grounded):
                return await self._filled_up(Drafted(tone.cleaned(revised), self.evaluator.name))
        return await self._filled_up(Drafted(tone.cleaned(grounded)))

    async def renewed(self, evaluation: Evaluation) -> Drafted:
        """What of an evaluation stands on the speech as it is by now, filled up by the floor."""
        left = await asyncio.to_thread(self._founded, evaluation)
        return await self._filled_up(Drafted(left))

    async def _filled_up(self, left: Drafted) -> Drafted:
        """What the checks left, with remarks of the floor where too few are left."""
        if evidence.is_enough(left.evaluation, short=self.speech.is_short):
            return left
        spare = (await self._floor()).evaluation
        passed = tone.cleaned(
            await asyncio.to_thread(evidence.grounded, spare, self.speech.transcript)
        )
        full = evidence.filled_up(left.evaluation, passed, short=self.speech.is_short)
        return Drafted(full, self.floor.name)

    async def _floor(self) -> Drafted:
        speech = self.speech
        drafted = await self.floor.evaluate(speech.brief, speech.transcript, speech.metrics)
        return Drafted(drafted, self.floor.name)

    async def _revised(self, draft: Evaluation, objections: list[Objection]) -> Evaluation | None:
        speech = self.speech
        answer = await self._asked(
            self.evaluator.revise(
                speech.brief,
                speech.transcript,
                speech.metrics,
                draft,
                objections,
                self._allowance(),
            )
        )
        return None if answer is None else await asyncio.to_thread(self._founded, answer)

    def _allowance(self) -> Allowance:
        return Allowance(max(0.0, self.deadline - self.clock.now()), self.bill)

    async def _asked(self, answer: Coroutine[Any, Any, Evaluation]) -> Evaluation | None:
        """An evaluator's answer; None where there is none in time. Its failure is told in the row:
        another engine's name stands there."""
        try:
            # An engine keeps to its allowance by itself; this is for one that does not.
            left = self.deadline - self.clock.now()
            return await within(left + GRACE_SECONDS if left > 0 else 0, answer, self.clock)
        except ProviderError as error:
            log.warning("engine=%s gave nothing reason=%s", self.evaluator.name, error.reason.value)
            ENGINE_FAILURES.inc(step="draft", engine=self.evaluator.name, reason=error.reason.value)
            return None

    async def _objectionable(self, draft: Drafted) -> list[Objection]:
        # All the words are read for every quote: not on a loop that others wait for.
        return await asyncio.to_thread(self._unfounded, draft.evaluation)

    def _founded(self, draft: Evaluation) -> Evaluation:
        """What of a vendor's draft stands on the speech, its quotes as they were spoken."""
        left = evidence.grounded(draft, self.speech.transcript)
        quotable = quotations.sources(self.speech.transcript, self.speech.brief)
        clean = partial(quotations.without_invented, quotable=quotable)
        return quotations.in_spoken_words(tone.cleaned(left, clean), self.speech.transcript)

    def _unfounded(self, draft: Evaluation) -> list[Objection]:
        passed = evidence.grounded(draft, self.speech.transcript).items
        kept = {item.evidence_quote for item in passed}
        found = [
            Objection(item.evidence_quote, QUOTE_RULE)
            for item in draft.items
            if item.evidence_quote not in kept
        ]

        quotable = quotations.sources(self.speech.transcript, self.speech.brief)

        def note(text: str) -> str:
            found.extend(
                Objection(sentence, QUOTATION_RULE)
                for sentence in quotations.invented(text, quotable)
            )
            return text

        tone.cleaned(draft, note)
        return list(dict.fromkeys(found))


def _out_of_tone(evaluation: Evaluation) -> list[Objection]:
    return [
        Objection(one.sentence, f"Tone, {one.category.replace('_', ' ')}: “{one.words}”")
        for one in tone.violations_in(evaluation)
    ]


def _count(evaluation: Evaluation) -> int:
    return len(evaluation.items)

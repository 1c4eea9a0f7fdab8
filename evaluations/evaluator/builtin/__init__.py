"""The evaluator that needs no key: remarks assembled from what was measured and found."""

import asyncio
from collections.abc import Sequence

from evaluations.core.metrics import Metrics
from evaluations.core.shapes import Brief, Evaluation, Transcript
from evaluations.core.summary import form_of
from evaluations.evaluator import Allowance, Objection
from evaluations.evaluator.builtin.compose import compose
from speechcoach.errors import ProviderError, Reason


class BuiltinEvaluator:
    """Drafts from rules alone: the same speech always gets the same remarks.

    Pure code that takes about 0.15 s of processor time for a thousand words, hence a thread.
    """

    name = "builtin"

    async def evaluate(
        self,
        brief: Brief,
        transcript: Transcript,
        metrics: Metrics,
        allowance: Allowance | None = None,
    ) -> Evaluation:
        """Draft an evaluation of ``transcript``.

        Raises:
            speechcoach.errors.ProviderError: ``BAD_INPUT`` for a speech of under 20 words.
        """
        form = form_of(transcript)
        if form == "none":
            raise ProviderError(Reason.BAD_INPUT, "There are too few words to evaluate.")
        return await asyncio.to_thread(compose, brief, transcript, metrics, form)

    async def revise(
        self,
        brief: Brief,
        transcript: Transcript,
        metrics: Metrics,
        draft: Evaluation,
        objections: Sequence[Objection],
        allowance: Allowance | None = None,
    ) -> Evaluation:
        """``draft`` as it is: rules say the same again."""
        return draft

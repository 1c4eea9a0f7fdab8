"""The seam behind which an evaluation is drafted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from evaluations.billing import Bill
from evaluations.core.metrics import Metrics
from evaluations.core.shapes import Brief, Evaluation, Transcript


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an evaluator may use: it has ``seconds`` to answer, and is cancelled after them.

    What it asks of a vendor, it notes on ``bill``.
    """

    seconds: float = 45.0
    bill: Bill = field(default_factory=Bill)


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a part of a draft may not be delivered: ``text`` is the part, ``why`` says what rule."""

    text: str
    why: str


class Evaluator(Protocol):
    """Drafts an evaluation. Quotes and tone are checked afterwards, whoever drafted it."""

    name: str

    async def evaluate(
        self,
        brief: Brief,
        transcript: Transcript,
        metrics: Metrics,
        allowance: Allowance | None = None,
    ) -> Evaluation:
        """Draft an evaluation of ``transcript``.

        Raises:
            speechcoach.errors.ProviderError: the engine could not give a draft.
        """
        ...

    async def revise(
        self,
        brief: Brief,
        transcript: Transcript,
        metrics: Metrics,
        draft: Evaluation,
        objections: Sequence[Objection],
        allowance: Allowance | None = None,
    ) -> Evaluation:
        """The draft once more, with what was objected to put right as far as the engine can.

        Raises:
            speechcoach.errors.ProviderError: the engine could not.
        """
        ...

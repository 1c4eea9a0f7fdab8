"""The evaluator that asks OpenAI, or a server that speaks its API."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Literal

from evaluations.core.metrics import Metrics
from evaluations.core.shapes import Brief, Evaluation, Shape, Transcript
from evaluations.core.styles import Style, style_of
from evaluations.core.summary import form_of
from evaluations.evaluator import Allowance, Objection
from evaluations.evaluator.openai.answer import answer_form, as_evaluation
from evaluations.evaluator.openai.asking import Message, first_messages, revision_messages
from evaluations.evaluator.openai.calling import EvaluationModel, Inquiry, NoSuchAddressError, ask
from evaluations.evaluator.openai.prompts import EVALUATE, REVISE
from evaluations.openai_access import VENDOR, OpenAIAccess
from speechcoach.breaker import Breaker
from speechcoach.clock import MONOTONIC, Clock
from speechcoach.errors import ProviderError, Reason
from speechcoach.retry import DEFAULT, RetryPolicy, retrying


class OpenAIEvaluator:
    """An ``Evaluator``. A club's ``breaker`` keeps it from being asked in vain."""

    def __init__(
        self,
        access: OpenAIAccess,
        model: EvaluationModel,
        *,
        breaker: Breaker | None = None,
        policy: RetryPolicy = DEFAULT,
        clock: Clock = MONOTONIC,
    ) -> None:
        self.name = f"{VENDOR}:{model.name}"[:60]
        self._access = access
        self._model = model
        self._breaker = breaker
        self._policy = policy
        self._clock = clock

    async def evaluate(
        self,
        brief: Brief,
        transcript: Transcript,
        metrics: Metrics,
        allowance: Allowance | None = None,
    ) -> Evaluation:
        """See ``Evaluator.evaluate``. One answer; asked again only where none came.

        Raises:
            speechcoach.errors.ProviderError: see ``Evaluator.evaluate``; ``BAD_INPUT`` for a speech
                of under 20 words, or where the key may not use the model.
        """
        style, most = _frame(brief, transcript)
        messages = first_messages(brief, transcript, metrics, style, most)
        return await self._asked(messages, style, most, EVALUATE.version, allowance or Allowance())

    async def revise(
        self,
        brief: Brief,
        transcript: Transcript,
        metrics: Metrics,
        draft: Evaluation,
        objections: Sequence[Objection],
        allowance: Allowance | None = None,
    ) -> Evaluation:
        """See ``Evaluator.revise``."""
        style, most = _frame(brief, transcript)
        first = first_messages(brief, transcript, metrics, style, most)
        messages = revision_messages(first, draft, style, objections)
        return await self._asked(messages, style, most, REVISE.version, allowance or Allowance())

    async def _asked(
        self,
        messages: Sequence[Message],
        style: Style,
        most: tuple[int, int],
        prompt: str,
        allowance: Allowance,
    ) -> Evaluation:
        inquiry = Inquiry(self._model, messages, answer_form(style), prompt, allowance.bill)

        async def attempt(left: float) -> Shape:
            return await self._attempt(inquiry, left)

        async with self._breaker.guarding() if self._breaker else nullcontext():
            answer = await retrying(
                attempt, self._policy, seconds=allowance.seconds, clock=self._clock
            )
            try:
                return as_evaluation(answer, style, most)
            except ValueError:
                raise ProviderError(
                    Reason.BAD_OUTPUT, "OpenAI's answer holds an empty remark."
                ) from None

    async def _attempt(self, inquiry: Inquiry, seconds: float) -> Shape:
        apis: Sequence[Literal["responses", "chat"]] = (
            ("responses", "chat") if self._model.api == "auto" else (self._model.api,)
        )
        async with self._access.client() as client:
            for api in apis:
                try:
                    return await ask(client, api, inquiry, seconds)
                except NoSuchAddressError:
                    continue
        raise ProviderError(Reason.BAD_INPUT, "OpenAI does not know the model or the address.")


def _frame(brief: Brief, transcript: Transcript) -> tuple[Style, tuple[int, int]]:
    """The style, and how many remarks of each kind at most."""
    form, style = form_of(transcript), style_of(brief.style)
    if form == "none":
        raise ProviderError(Reason.BAD_INPUT, "There are too few words to evaluate.")
    return style, (1, 1) if form == "short" else (style.commendations, style.recommendations)

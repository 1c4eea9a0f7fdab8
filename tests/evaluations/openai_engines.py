"""Engines that ask the fake OpenAI, as the composition root would make them."""

from evaluations.evaluator.openai import OpenAIEvaluator
from evaluations.evaluator.openai.calling import Api, EvaluationModel
from evaluations.openai_access import OpenAIAccess
from evaluations.speech.openai import OpenAISynthesizer, OpenAIVoice
from speechcoach.breaker import Breaker
from speechcoach.clock import MONOTONIC, Clock
from speechcoach.model_table import facts_of
from speechcoach.retry import RetryPolicy
from tests.fakes.openai_server import KEY, FakeOpenAI

EVALUATION_MODEL = "gpt-5.4-mini"
SPEECH_MODEL = "gpt-4o-mini-tts"
# Nothing is slept in these tests but what a test asks for.
POLICY = RetryPolicy(base_seconds=0)


def evaluator(
    fake: FakeOpenAI,
    api: Api = "auto",
    clock: Clock = MONOTONIC,
    breaker: Breaker | None = None,
    model: str = EVALUATION_MODEL,
) -> OpenAIEvaluator:
    return OpenAIEvaluator(
        OpenAIAccess(KEY, fake.base_url),
        EvaluationModel(model, facts_of(model), api),
        policy=POLICY,
        clock=clock,
        breaker=breaker,
    )


def synthesizer(
    fake: FakeOpenAI, clock: Clock = MONOTONIC, breaker: Breaker | None = None
) -> OpenAISynthesizer:
    return OpenAISynthesizer(
        OpenAIAccess(KEY, fake.base_url),
        OpenAIVoice(SPEECH_MODEL, "coral", facts_of(SPEECH_MODEL)),
        policy=POLICY,
        clock=clock,
        breaker=breaker,
    )

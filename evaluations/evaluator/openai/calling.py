"""One question to OpenAI, or to a server that speaks its API, and what the answer cost."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

import httpx2
import openai
import pydantic
from openai import AsyncOpenAI

from evaluations.billing import Bill, Charge
from evaluations.core.shapes import Shape
from evaluations.evaluator.openai.asking import Message
from evaluations.openai_access import VENDOR, provider_error, timeout
from speechcoach.errors import ProviderError, Reason
from speechcoach.model_table import ModelFacts

Api = Literal["auto", "responses", "chat"]
MOST_TOKENS = 6_000
"""Of an answer, thoughts included: an evaluation has about 800."""


def as_api(name: str) -> Api:
    """The API called ``name``. Of a wrong name ``manage.py check`` tells; "auto" will do."""
    match name:
        case "responses" | "chat":
            return name
    return "auto"


@dataclass(frozen=True, slots=True)
class EvaluationModel:
    """Which model drafts. ``api`` "auto" tries the Responses API, and Chat Completions on a 404."""

    name: str
    facts: ModelFacts
    api: Api = "auto"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked, in which ``form`` the answer must be; ``prompt`` is the version of the
    instructions. What is answered goes on ``bill``."""

    model: EvaluationModel
    messages: Sequence[Message]
    form: type[Shape]
    prompt: str
    bill: Bill


async def ask(
    client: AsyncOpenAI, api: Literal["responses", "chat"], inquiry: Inquiry, seconds: float
) -> Shape:
    """The answer, of the inquiry's form.

    Raises:
        NoSuchAddressError: the server has no such API.
        ProviderError: it gave no usable answer.
    """
    call = _responses if api == "responses" else _chat
    try:
        raw = await call(client, inquiry, seconds)
        inquiry.bill.add(_charge(inquiry, raw.http_response))
        answer = raw.parse()
    except openai.NotFoundError as error:
        if error.code != "model_not_found":
            raise NoSuchAddressError from None
        raise provider_error(error) from None
    except (openai.OpenAIError, httpx2.HTTPError, pydantic.ValidationError) as error:
        raise provider_error(error) from None
    except (ValueError, TypeError, AttributeError, KeyError, IndexError):
        # An answer of another shape than the SDK was made for.
        raise ProviderError(Reason.BAD_OUTPUT, "OpenAI's answer could not be read.") from None
    parsed = _parsed(answer)
    if parsed is None:
        raise ProviderError(Reason.BAD_OUTPUT, "OpenAI declined to answer, or did not finish.")
    return cast("Shape", parsed)


class NoSuchAddressError(Exception):
    """The server does not know this API (404)."""


async def _responses(client: AsyncOpenAI, inquiry: Inquiry, seconds: float) -> Any:
    return await client.responses.with_raw_response.parse(
        model=inquiry.model.name,
        input=cast("Any", [asdict(message) for message in inquiry.messages]),
        text_format=inquiry.form,
        max_output_tokens=MOST_TOKENS,
        reasoning={"effort": "low"} if inquiry.model.facts.reasons else openai.omit,
        # Kept by the vendor for nobody's use otherwise.
        store=False,
        timeout=timeout(seconds),
    )


async def _chat(client: AsyncOpenAI, inquiry: Inquiry, seconds: float) -> Any:
    """With nothing beyond what every compatible server understands."""
    return await client.chat.completions.with_raw_response.parse(
        model=inquiry.model.name,
        messages=cast("Any", [asdict(message) for message in inquiry.messages]),
        response_format=inquiry.form,
        reasoning_effort="low" if inquiry.model.facts.reasons else openai.omit,
        timeout=timeout(seconds),
    )


def _parsed(answer: Any) -> object:
    if hasattr(answer, "output_parsed"):
        return cast("object", answer.output_parsed)
    return cast("object", answer.choices[0].message.parsed)


def _charge(inquiry: Inquiry, response: httpx2.Response) -> Charge:
    """What an answer cost, whether or not it can be used; 0 where it does not say."""
    try:
        usage = response.json()["usage"]
        read = _count(usage, "input_tokens", "prompt_tokens")
        written = _count(usage, "output_tokens", "completion_tokens")
    except (ValueError, KeyError, TypeError, AttributeError):
        read = written = 0
    return Charge(
        vendor=VENDOR,
        model=inquiry.model.name,
        request_id=response.headers.get("x-request-id", "")[:200],
        prompt=inquiry.prompt,
        input_tokens=read,
        output_tokens=written,
        cost_usd=inquiry.model.facts.prices.of_tokens(read, written),
    )


def _count(usage: Any, *names: str) -> int:
    counts = (usage.get(name) for name in names)
    return next((count for count in counts if isinstance(count, int) and count >= 0), 0)

"""OpenAI's voices, or those of a server that speaks its API."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, nullcontext
from dataclasses import dataclass
from typing import Final

import httpx2
import openai
from openai import AsyncOpenAI

from evaluations.billing import Bill, Charge
from evaluations.openai_access import VENDOR, OpenAIAccess, provider_error, timeout
from evaluations.speech.builtin.sentences import sentences
from speechcoach.breaker import Breaker
from speechcoach.clock import MONOTONIC, Clock
from speechcoach.errors import ProviderError, Reason
from speechcoach.model_table import ModelFacts
from speechcoach.retry import DEFAULT, RetryPolicy, retrying

SAMPLE_RATE: Final = 24_000
FIRST_SOUND_SECONDS: Final = 10.0
STALL_SECONDS: Final = 15.0
"""In real time, between two pieces of sound."""
SCRIPT_SECONDS: Final = 25.0
"""For a whole script: sound that only drips is no use either."""
MOST_CHARACTERS: Final = 3_500
"""Of one request; the vendor's limit is 4,096, and 2,000 tokens for some models."""
MANNER: Final = "Speak warmly and clearly, as an evaluator in a speaking club, at an even pace."
# What is sent in place of raw samples by servers that do not know them.
_NO_SOUND = ("text/", "application/json", "audio/mpeg", "audio/wav")
_CONTAINERS = (b"RIFF", b"ID3", b"OggS", b"fLaC", b"{")


@dataclass(frozen=True, slots=True)
class OpenAIVoice:
    """``words_per_minute`` is an estimate; the real length is checked by whoever has a limit."""

    model: str
    voice: str
    facts: ModelFacts
    words_per_minute: float = 150.0


class OpenAISynthesizer:
    """A ``Synthesizer``. Asked again only as long as nothing has been heard."""

    sample_rate = SAMPLE_RATE

    def __init__(
        self,
        access: OpenAIAccess,
        voice: OpenAIVoice,
        *,
        breaker: Breaker | None = None,
        policy: RetryPolicy = DEFAULT,
        clock: Clock = MONOTONIC,
    ) -> None:
        self.name = f"{VENDOR}:{voice.model}:{voice.voice}"[:60]
        self.words_per_minute = voice.words_per_minute
        self._access = access
        self._voice = voice
        self._breaker = breaker
        self._policy = policy
        self._clock = clock

    async def synthesize(self, script: str, bill: Bill | None = None) -> AsyncIterator[bytes]:
        """See ``Synthesizer.synthesize``. A long script is spoken in several requests."""
        carry, deadline = b"", self._clock.now() + SCRIPT_SECONDS
        guarded = self._breaker.guarding() if self._breaker else nullcontext()
        async with guarded, self._access.client() as client:
            for text in _requests(script):
                async for sound in self._spoken(client, text, bill):
                    if self._clock.now() > deadline:
                        raise ProviderError(Reason.TIMEOUT, "OpenAI speaks too slowly.")
                    pcm = carry + sound
                    even = len(pcm) - len(pcm) % 2
                    carry = pcm[even:]
                    if even:
                        yield pcm[:even]
                # Half a sample at the end of a request is nothing to be heard.
                carry = b""

    async def _spoken(
        self, client: AsyncOpenAI, text: str, bill: Bill | None
    ) -> AsyncIterator[bytes]:
        async with AsyncExitStack() as stack:

            async def begin(_left: float) -> tuple[AsyncIterator[bytes], bytes, str]:
                return await self._begun(client, text, stack)

            rest, first, request_id = await retrying(
                begin, self._policy, seconds=FIRST_SOUND_SECONDS, clock=self._clock
            )
            count = len(first)
            try:
                yield first
                async for sound in rest:
                    count += len(sound)
                    yield sound
            except (openai.OpenAIError, httpx2.HTTPError) as error:
                raise provider_error(error) from None
            finally:
                if bill is not None:
                    bill.add(self._charge(count, request_id))

    async def _begun(
        self, client: AsyncOpenAI, text: str, stack: AsyncExitStack
    ) -> tuple[AsyncIterator[bytes], bytes, str]:
        """The open answer: what is still to come, its first sound, and the request's id.

        Raises:
            ProviderError: there was no sound, or none that can be used.
        """
        directed = MANNER if self._voice.facts.directed else openai.omit
        try:
            async with AsyncExitStack() as opening:
                answer = await opening.enter_async_context(
                    client.audio.speech.with_streaming_response.create(
                        model=self._voice.model,
                        voice=self._voice.voice,
                        input=text,
                        response_format="pcm",
                        instructions=directed,
                        timeout=timeout(STALL_SECONDS),
                    )
                )
                if answer.headers.get("content-type", "").startswith(_NO_SOUND):
                    raise ProviderError(Reason.BAD_OUTPUT, "OpenAI gave no sound.")
                pieces = answer.iter_bytes()
                first = await anext(pieces, b"")
                while first and len(first) < max(map(len, _CONTAINERS)):
                    if not (more := await anext(pieces, b"")):
                        break
                    first += more
                if not first or first.startswith(_CONTAINERS):
                    raise ProviderError(Reason.BAD_OUTPUT, "OpenAI gave no sound that can be used.")
                await stack.enter_async_context(opening.pop_all())
                return pieces, first, answer.headers.get("x-request-id", "")[:200]
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            raise provider_error(error) from None

    def _charge(self, count: int, request_id: str) -> Charge:
        prices, seconds = self._voice.facts.prices, count / 2 / SAMPLE_RATE
        return Charge(
            vendor=VENDOR,
            model=self._voice.model,
            request_id=request_id,
            cost_usd=prices.of_sound(seconds),
        )


def _requests(script: str) -> list[str]:
    """``script`` in texts of whole sentences, none too long for one request."""
    texts: list[str] = []
    for sentence in sentences(script):
        if texts and len(texts[-1]) + 1 + len(sentence) <= MOST_CHARACTERS:
            texts[-1] += f" {sentence}"
        else:
            texts.append(sentence)
    return texts

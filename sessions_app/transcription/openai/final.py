"""The final transcript by OpenAI, or by a server that speaks its API."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx2
import numpy as np
import openai
from openai import AsyncOpenAI

from evaluations.billing import Bill, Charge
from evaluations.core.series import AudioSeries, LevelBuilder
from evaluations.core.shapes import Transcript
from evaluations.openai_access import VENDOR, OpenAIAccess, provider_error, timeout
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.transcription import LiveTranscript, TranscriberContext
from sessions_app.transcription.core.parts import (
    SAME_SECONDS,
    Part,
    UnusableAnswerError,
    joined,
    moved,
)
from sessions_app.transcription.core.placing import placed
from sessions_app.transcription.core.utterances import transcript
from sessions_app.transcription.encoding import (
    OVERLAP_SECONDS,
    PART_SECONDS,
    EncodedPart,
    asked_in_parts,
)
from sessions_app.transcription.openai.core.answer import Answer, decode, usage_of
from sessions_app.transcription.openai.core.asking import Question, question
from speechcoach.breaker import Breakers
from speechcoach.clock import MONOTONIC, Clock, within
from speechcoach.errors import ProviderError, Reason
from speechcoach.model_table import ModelFacts
from speechcoach.retry import RetryPolicy, retrying

log = logging.getLogger(__name__)

BREAKER: Final = "openai transcript"
SECONDS: Final = 30.0
"""Until then the vendor must have answered; whoever comes after it must answer in time too."""
MOST_BYTES: Final = 25 * 1024 * 1024 - 64 * 1024
"""Of a recording in one request: the vendor's limit is for all of the request."""
PLACED_SAME_SECONDS: Final = 2.0
"""How far two runs may place the same word apart where neither was told when it was said."""
SILENT_PEAK: Final = 1
"""A part that is never louder is not sent: models make words of silence."""


@dataclass(frozen=True, slots=True)
class TranscriptionModel:
    name: str
    facts: ModelFacts


@dataclass(frozen=True, slots=True)
class _Answered:
    """An answer for a part, from ``start`` to ``end`` seconds in the speech."""

    start: float
    end: float
    answer: Answer


class OpenAIFinalTranscriber:
    """A ``FinalTranscriber``. The recording is heard as a whole.

    Words have the times that the model gives. A model that gives none has its words laid beside
    those that were heard live, which have times, and over what sounds in between.

    Args:
        seconds: for all of it, with what is asked again.
        part_seconds: the longest piece that is sent at once; pieces overlap by
            ``overlap_seconds``.
    """

    def __init__(
        self,
        access: OpenAIAccess,
        model: TranscriptionModel,
        breakers: Breakers,
        policy: RetryPolicy = RetryPolicy(bad_outputs=2),  # noqa: B008 - immutable
        seconds: float = SECONDS,
        clock: Clock = MONOTONIC,
        part_seconds: float = PART_SECONDS,
        overlap_seconds: float = OVERLAP_SECONDS,
    ) -> None:
        self.name = f"{VENDOR}:{model.name}"[:60]
        self._access = access
        self._model = model
        # Of a model that nobody knows, the first answer tells whether it can.
        self._timed = model.facts.timed is not False
        self._breakers = breakers
        self._policy = policy
        self._seconds = seconds
        self._clock = clock
        self._part = round(part_seconds * SAMPLE_RATE)
        self._overlap = round(overlap_seconds * SAMPLE_RATE)

    async def transcribe(
        self,
        audio: AsyncIterator[bytes],
        context: TranscriberContext,
        live: LiveTranscript,
        bill: Bill | None = None,
    ) -> Transcript:
        """See ``FinalTranscriber.transcribe``."""
        levels = LevelBuilder()
        asked = question(context, keywords=self._model.facts.keywords)
        async with self._breakers.of(BREAKER, context.club_id).guarding():
            answers = await within(
                self._seconds,
                self._asked(_followed(audio, levels), asked, bill or Bill()),
                self._clock,
            )
        return await asyncio.to_thread(_transcript, answers, live, levels.finish())

    async def _asked(
        self, audio: AsyncIterator[bytes], asked: Question, bill: Bill
    ) -> list[_Answered]:
        async with self._access.client() as client:
            return await asked_in_parts(
                audio,
                lambda part: self._ask_again(client, part, asked, bill),
                self._part,
                self._overlap,
            )

    async def _ask_again(
        self, client: AsyncOpenAI, part: EncodedPart, asked: Question, bill: Bill
    ) -> _Answered:
        start, seconds = part.start / SAMPLE_RATE, part.samples / SAMPLE_RATE
        if part.peak <= SILENT_PEAK:
            return _Answered(start, start + seconds, Answer())
        if len(part.flac) > MOST_BYTES:
            raise ProviderError(Reason.BAD_INPUT, "The recording is too large for OpenAI.")

        async def attempt(left: float) -> Answer:
            return await self._ask(client, part, asked, bill, left)

        try:
            answer = await retrying(attempt, self._policy, seconds=self._seconds, clock=self._clock)
        except ProviderError as error:
            log.info("openai gave no transcript: reason=%s", error.reason.value)
            raise
        return _Answered(start, start + seconds, answer)

    async def _ask(
        self, client: AsyncOpenAI, part: EncodedPart, asked: Question, bill: Bill, left: float
    ) -> Answer:
        seconds = part.samples / SAMPLE_RATE
        try:
            raw = await self._sent(client, part, asked, left)
            payload = raw.json()
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            raise provider_error(error) from None
        except ValueError:
            raise ProviderError(Reason.BAD_OUTPUT, "OpenAI's answer cannot be read.") from None
        read, written = usage_of(payload)
        prices = self._model.facts.prices
        bill.add(
            Charge(
                vendor=VENDOR,
                model=self._model.name,
                request_id=raw.headers.get("x-request-id", "")[:200],
                input_tokens=read,
                output_tokens=written,
                cost_usd=prices.of_sound(seconds) + prices.of_tokens(read, written),
            )
        )
        try:
            return decode(payload, seconds)
        except UnusableAnswerError as error:
            log.info("openai's answer is of no use: %s", error)
            raise ProviderError(Reason.BAD_OUTPUT, "OpenAI's answer cannot be used.") from None

    async def _sent(
        self, client: AsyncOpenAI, part: EncodedPart, asked: Question, left: float
    ) -> httpx2.Response:
        timed = self._timed
        times: dict[str, Any] = (
            {"response_format": "verbose_json", "timestamp_granularities": ["word"]}
            if timed
            else {"response_format": "json"}
        )
        try:
            raw = await client.audio.transcriptions.with_raw_response.create(
                file=("speech.flac", part.flac, "audio/flac"),
                model=self._model.name,
                language=asked.language,
                prompt=asked.prompt,
                keywords=list(asked.keywords) or openai.omit,
                timeout=timeout(left),
                **times,
            )
        except openai.BadRequestError:
            if not timed or self._model.facts.timed:
                raise
            self._timed = False
            return await self._sent(client, part, asked, left)
        response: httpx2.Response = raw.http_response
        return response


async def _followed(audio: AsyncIterator[bytes], levels: LevelBuilder) -> AsyncIterator[bytes]:
    """``audio``, its loudness noted as it passes."""
    async for block in audio:
        await asyncio.to_thread(levels.push, np.frombuffer(block, dtype="<i2"))
        yield block


def _transcript(
    answers: Sequence[_Answered], live: LiveTranscript, series: AudioSeries
) -> Transcript:
    heard = [word for one in live.segments for word in one.words]
    parts = []
    for one in answers:
        known = [moved(word, one.start) for word in one.answer.words] or heard
        words = placed(one.answer.texts, known, (one.start, one.end), series)
        parts.append(Part(one.start, one.end, words))
    all_timed = all(one.answer.words for one in answers if one.answer.texts)
    return transcript(joined(parts, SAME_SECONDS if all_timed else PLACED_SAME_SECONDS))

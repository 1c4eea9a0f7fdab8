"""The final transcript by Deepgram: the whole recording, compressed, in as few parts as can be."""

import functools
import logging
import ssl
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Final

import httpx

from evaluations.billing import Bill
from evaluations.core.shapes import Transcript
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.transcription import LiveTranscript, TranscriberContext
from sessions_app.transcription.core.parts import Part, UnusableAnswerError, joined
from sessions_app.transcription.core.utterances import transcript
from sessions_app.transcription.deepgram import NAME
from sessions_app.transcription.deepgram.client import failure, load
from sessions_app.transcription.deepgram.core import recorded
from sessions_app.transcription.deepgram.core.options import DeepgramConfig, Query, final_query
from sessions_app.transcription.encoding import (
    OVERLAP_SECONDS,
    PART_SECONDS,
    EncodedPart,
    asked_in_parts,
)
from speechcoach.breaker import Breakers
from speechcoach.clock import MONOTONIC, Clock, within
from speechcoach.errors import ProviderError, Reason
from speechcoach.retry import RetryPolicy, retrying

if TYPE_CHECKING:
    from deepgram import AsyncDeepgramClient

log = logging.getLogger(__name__)

SECONDS: Final = 30.0
"""Until then the vendor must have answered; whoever comes after it must answer in time too."""


@functools.cache
def _tls() -> ssl.SSLContext:
    """One for all calls: to read the machine's certificates takes 40 ms of a processor."""
    return httpx.create_ssl_context()


class DeepgramFinalTranscriber:
    """A ``FinalTranscriber``. What was heard live is not used: the recording is heard as a whole.

    Args:
        seconds: for all of it, with what is asked again.
        part_seconds: the longest piece that is sent at once; pieces overlap by
            ``overlap_seconds``.
    """

    name = NAME

    def __init__(
        self,
        config: DeepgramConfig,
        breakers: Breakers,
        policy: RetryPolicy = RetryPolicy(bad_outputs=2),  # noqa: B008 - immutable
        seconds: float = SECONDS,
        clock: Clock = MONOTONIC,
        part_seconds: float = PART_SECONDS,
        overlap_seconds: float = OVERLAP_SECONDS,
    ) -> None:
        self._config = config
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
        query = final_query(self._config, context)
        async with self._breakers.of(NAME, context.club_id).guarding():
            parts = await within(self._seconds, self._transcribed(audio, query), self._clock)
        return transcript(joined(parts))

    async def _transcribed(self, audio: AsyncIterator[bytes], query: Query) -> list[Part]:
        # One for each call: a client of httpx stays with the event loop that it was first used in.
        async with httpx.AsyncClient(timeout=self._seconds, verify=_tls()) as http:
            client = await load(self._config, http)
            return await asked_in_parts(
                audio,
                lambda part: self._ask_again(client, part, query),
                self._part,
                self._overlap,
            )

    async def _ask_again(
        self, client: "AsyncDeepgramClient", part: EncodedPart, query: Query
    ) -> Part:
        return await retrying(
            lambda left: self._ask(client, part, query, left),
            self._policy,
            seconds=self._seconds,
            clock=self._clock,
        )

    async def _ask(
        self, client: "AsyncDeepgramClient", part: EncodedPart, query: Query, left: float
    ) -> Part:
        options: dict[str, Any] = dict(query)
        try:
            answer = await client.listen.v1.media.transcribe_file(
                request=part.flac, request_options={"timeout": left, "max_retries": 0}, **options
            )
        except Exception as error:  # noqa: BLE001 - whatever the SDK or its client raise
            raise self._failed(failure(error)) from None
        # A model of the SDK; its warnings would quote what was said.
        dump = getattr(answer, "model_dump", None)
        try:
            return recorded.decode(
                dump(warnings=False) if dump else answer,
                part.start / SAMPLE_RATE,
                part.samples / SAMPLE_RATE,
            )
        except UnusableAnswerError as error:
            log.info("deepgram's answer is of no use: %s", error)
            raise self._failed(
                ProviderError(Reason.BAD_OUTPUT, "Deepgram's answer cannot be used.")
            ) from None

    def _failed(self, error: ProviderError) -> ProviderError:
        log.info("deepgram failed: reason=%s", error.reason.value)
        return error

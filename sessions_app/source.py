"""Recordings as the evaluation pipeline reads them: from the vault, through a final transcriber."""

import logging
from collections.abc import AsyncIterator

from evaluations.billing import Bill
from evaluations.core.shapes import Transcript
from evaluations.pipeline import Recording
from sessions_app.transcription import FinalTranscriber, LiveTranscript, TranscriberContext
from sessions_app.transcription.fallback import first_that_can
from sessions_app.vault import AudioVault, VaultError
from speechcoach.errors import ProviderError, Reason

log = logging.getLogger(__name__)


def vault_key(club_id: int, speech_id: str) -> str:
    """Where a speech's audio lies in the vault."""
    return f"{club_id}.{speech_id}"


def upload_key(club_id: int, speech_id: str) -> str:
    """Where a file that is uploaded as this speech lies in the vault, until it is decoded.

    To the vault it is samples like any; of an odd number of bytes, the last one is padded.
    """
    return f"{vault_key(club_id, speech_id)}.upload"


class VaultSource:
    """A ``evaluations.pipeline.SpeechSource``.

    Of ``transcribers``, each is asked when those before it have failed.
    """

    def __init__(self, vault: AudioVault, *transcribers: FinalTranscriber) -> None:
        self._vault = vault
        self._transcribers = transcribers

    async def transcribe(self, recording: Recording, bill: Bill) -> tuple[Transcript, str]:
        key = vault_key(recording.club_id, recording.speech_id)
        try:
            length = await self._vault.length(key)
        except VaultError as error:
            raise ProviderError(
                Reason.UNAVAILABLE, "The recording cannot be read just now. Deliver tries again."
            ) from error
        if length < recording.samples:
            if not recording.live.segments:
                raise ProviderError(
                    Reason.BAD_INPUT, "The recording is no longer there; it cannot be evaluated."
                )
            # The sound was lost with the vault's memory, and not the words.
            log.warning("evaluating what the captions heard speech=%s", recording.speech_id)
            return Transcript(segments=recording.live.segments), recording.live.engine
        live = LiveTranscript(
            segments=recording.live.segments,
            complete_samples=recording.live.complete_samples,
            engine=recording.live.engine,
        )
        context = TranscriberContext(key_terms=recording.key_terms, club_id=recording.club_id)
        return await first_that_can(
            self._transcribers, lambda: self._vault.read(key), context, live, bill
        )

    def audio(self, recording: Recording) -> AsyncIterator[bytes]:
        return self._vault.read(vault_key(recording.club_id, recording.speech_id))

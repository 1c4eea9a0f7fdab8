"""What is evaluated where the sound is lost or was never taken whole."""

from collections.abc import AsyncIterator

import pytest

from evaluations.billing import Bill
from evaluations.core.shapes import Segment, Transcript
from evaluations.pipeline import LiveTranscriptShape, Recording
from sessions_app.source import VaultSource, vault_key
from sessions_app.transcription import LiveTranscript, TranscriberContext
from sessions_app.vault.memory import MemoryVault
from speechcoach.errors import ProviderError, Reason

HEARD = Segment(text="Good evening everyone.", start_time=0.5, end_time=1.5, is_final=True)
SECOND = bytes(32_000)


class Counting:
    """A final transcriber that says how much it was given."""

    name = "counting"

    async def transcribe(
        self,
        audio: AsyncIterator[bytes],
        context: TranscriberContext,
        live: LiveTranscript,
        bill: Bill | None = None,
    ) -> Transcript:
        size = sum([len(block) async for block in audio])
        text = f"{size} bytes"
        return Transcript(segments=(Segment(text=text, start_time=0, end_time=1, is_final=True),))


def recording(samples: int, *heard: Segment) -> Recording:
    live = LiveTranscriptShape(segments=heard, complete_samples=24_000, engine="captions")
    return Recording(club_id=1, speech_id="speech", samples=samples, live=live)


async def vault_of(seconds: int) -> MemoryVault:
    vault = MemoryVault(10**7)
    await vault.append(vault_key(1, "speech"), 0, SECOND * seconds)
    return vault


async def test_a_recording_that_is_there_is_transcribed_from_its_sound():
    source = VaultSource(await vault_of(3), Counting())
    transcript, engine = await source.transcribe(recording(48_000, HEARD), Bill())
    assert (transcript.text, engine) == ("96000 bytes", "counting")


@pytest.mark.parametrize("left", [0, 1])
async def test_of_a_recording_that_was_lost_what_the_captions_heard_is_left(left):
    source = VaultSource(await vault_of(left), Counting())
    transcript, engine = await source.transcribe(recording(48_000, HEARD), Bill())
    assert transcript.segments == (HEARD,)
    assert engine == "captions"


async def test_of_one_that_nobody_had_heard_nothing_is_left():
    source = VaultSource(await vault_of(0), Counting())
    with pytest.raises(ProviderError) as refused:
        await source.transcribe(recording(48_000), Bill())
    assert refused.value.reason is Reason.BAD_INPUT

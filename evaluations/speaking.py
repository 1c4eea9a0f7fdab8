"""From a script to a file of sound, spoken by one voice from beginning to end."""

import asyncio
import logging
from dataclasses import dataclass

from evaluations.billing import Bill
from evaluations.core.script import FittedScript, fit
from evaluations.core.timing import words_per_minute
from evaluations.speech import Synthesizer
from evaluations.speech.encoding import AudioFileWriter, EncodedAudio
from speechcoach.clock import MONOTONIC, Clock, within
from speechcoach.errors import ProviderError, Reason
from speechcoach.metrics import ENGINE_FAILURES

log = logging.getLogger(__name__)

VOICE_SECONDS = 30.0
"""How long a vendor's voice may take to speak a script, cut and spoken again included."""
VENDOR_SPEAKINGS = 2
SPEAKINGS = 4
"""How often a script is spoken at most until its sound fits; every time is paid for, in money where
it is a vendor's."""
CAUTION = 0.97
"""A script that is cut may be slower, word for word, than the whole of it was."""


@dataclass(frozen=True, slots=True)
class SpokenScript:
    """``sound`` is None where no voice could speak; ``scripted`` is what it says."""

    scripted: FittedScript
    sound: EncodedAudio | None
    engine: str


async def speak(
    scripted: FittedScript,
    limit: float,
    voice: Synthesizer,
    floor: Synthesizer,
    bill: Bill,
    clock: Clock = MONOTONIC,
) -> SpokenScript:
    """Speak ``scripted`` in at most ``limit`` seconds of sound, or as near to it as it can be cut.

    A voice that fails, before it begins or in the middle, or is too slow, leaves the whole script
    to ``floor``. The written evaluation is worth delivering without its sound.
    """
    voices = (voice,) if voice is floor else (voice, floor)
    for one in voices:
        try:
            said = _say_within(scripted, limit, one, bill, last=one is floor)
            if one is not floor:
                said = within(VOICE_SECONDS, said, clock)
            fitted, sound = await said
        except ProviderError as error:
            log.warning("no sound engine=%s reason=%s", one.name, error.reason.value)
            ENGINE_FAILURES.inc(step="speech", engine=one.name, reason=error.reason.value)
        else:
            return SpokenScript(fitted, sound, one.name)
    return SpokenScript(scripted, None, floor.name)


async def _say_within(
    scripted: FittedScript, limit: float, voice: Synthesizer, bill: Bill, *, last: bool
) -> tuple[FittedScript, EncodedAudio]:
    """Speak; while the sound is over the limit, cut the script by how long it really took.

    Raises:
        ProviderError: the voice failed; or it is still over the limit, and is not the ``last``.
    """
    tries = SPEAKINGS if last else VENDOR_SPEAKINGS
    while True:
        sound = await _say(voice, scripted.script, bill)
        tries -= 1
        if sound.duration_seconds <= limit:
            return scripted, sound
        rate = CAUTION * words_per_minute(scripted.script, sound.duration_seconds)
        shorter = fit(scripted.evaluation, limit, rate)
        if not tries or shorter.script == scripted.script:
            break
        scripted = shorter
    if not last:
        raise ProviderError(Reason.BAD_OUTPUT, "The voice is too slow for the time limit.")
    return scripted, sound


async def _say(voice: Synthesizer, script: str, bill: Bill) -> EncodedAudio:
    """Speak and encode side by side: a second of sound is encoded while the next is spoken."""
    second = 2 * voice.sample_rate
    waiting = bytearray()
    with AudioFileWriter(voice.sample_rate) as writer:
        async for piece in voice.synthesize(script, bill):
            waiting += piece
            if len(waiting) >= second:
                await asyncio.to_thread(writer.write, bytes(waiting))
                waiting.clear()
        await asyncio.to_thread(writer.write, bytes(waiting))
        try:
            return writer.finish()
        except ValueError as error:
            raise ProviderError(Reason.BAD_OUTPUT, "The voice gave no sound.") from error

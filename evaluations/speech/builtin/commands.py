"""The voices of Debian packages: one short-lived process for each sentence."""

import asyncio
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, Final

import numpy as np
import soundfile

from evaluations.billing import Bill
from evaluations.speech.builtin.sentences import sentences
from speechcoach.errors import ProviderError, Reason

SECONDS_PER_SENTENCE: Final = 30.0
STRETCH: Final = 1.25
AT_ONCE: Final = 2
"""Sentences that are spoken at the same time, so that a script is ready sooner."""
PAUSE_SECONDS: Final = 0.25
"""Between sentences; each is spoken alone, and the voices end without a breath."""
CALIBRATION: Final = (
    "Your structure was easy to follow, because you told us first, second and third, and each "
    "point came back to patience. For next time, consider slowing down in the middle section. "
    "You have a story that only you can tell, and a little more silence will let us hear it."
)
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a private directory is made in it


class CommandSynthesizer(ABC):
    """A ``Synthesizer`` on a program that writes a WAV file.

    The file lies in a private directory, in memory where the system has one, and is removed as
    soon as it is read.
    """

    program: ClassVar[str]
    name: str
    sample_rate: int = 16_000
    words_per_minute: float

    @classmethod
    def installed(cls) -> bool:
        """Whether the program is on the path."""
        return shutil.which(cls.program) is not None

    @abstractmethod
    def arguments(self, text: str, wav: Path) -> list[str]:
        """The program's arguments to speak ``text`` into ``wav``."""

    async def synthesize(self, script: str, bill: Bill | None = None) -> AsyncIterator[bytes]:
        """See ``Synthesizer.synthesize``. One piece for each sentence, pause included."""
        pause = bytes(round(PAUSE_SECONDS * self.sample_rate) * 2)
        speaking: deque[asyncio.Task[bytes]] = deque()
        try:
            for sentence in sentences(script):
                speaking.append(asyncio.create_task(asyncio.to_thread(self.spoken, sentence)))
                if len(speaking) == AT_ONCE:
                    yield await speaking.popleft() + pause
            while speaking:
                yield await speaking.popleft() + pause
        finally:
            for task in speaking:
                task.cancel()
            await asyncio.gather(*speaking, return_exceptions=True)

    def spoken(self, sentence: str) -> bytes:
        """One sentence as PCM16LE; blocks until it is spoken.

        Raises:
            speechcoach.errors.ProviderError: the program failed.
        """
        with TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
            wav = Path(folder, "sentence.wav")
            try:
                subprocess.run(  # noqa: S603 - a fixed program, no shell
                    [self.program, *self.arguments(sentence, wav)],
                    check=True,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=SECONDS_PER_SENTENCE,
                )
            except OSError as error:
                raise ProviderError(
                    Reason.UNAVAILABLE, f"The voice {self.name} could not be started."
                ) from error
            except subprocess.TimeoutExpired as error:
                raise ProviderError(
                    Reason.TIMEOUT, f"The voice {self.name} took too long."
                ) from error
            except subprocess.CalledProcessError as error:
                raise ProviderError(Reason.BAD_OUTPUT, f"The voice {self.name} failed.") from error
            return self._read(wav)

    def _read(self, wav: Path) -> bytes:
        try:
            samples, rate = soundfile.read(wav, dtype="int16")
        except (OSError, soundfile.SoundFileError) as error:
            raise ProviderError(
                Reason.BAD_OUTPUT, f"The voice {self.name} gave no sound."
            ) from error
        if rate != self.sample_rate or samples.ndim != 1:
            raise ProviderError(
                Reason.BAD_OUTPUT, f"The voice {self.name} gave sound of another format."
            )
        return np.asarray(samples, dtype="<i2").tobytes()


class FliteSynthesizer(CommandSynthesizer):
    """flite's voice slt, slowed down: by itself it speaks 193 words a minute."""

    program = "flite"
    name = "builtin:flite"
    words_per_minute = 146.0

    def arguments(self, text: str, wav: Path) -> list[str]:
        """See ``CommandSynthesizer.arguments``."""
        return [
            "-voice",
            "slt",
            "--setf",
            f"duration_stretch={STRETCH}",
            "-t",
            text,
            "-o",
            str(wav),
        ]


class PicoSynthesizer(CommandSynthesizer):
    """SVOX pico's American voice. Its rate is measured when it is chosen, by one passage."""

    program = "pico2wave"
    name = "builtin:pico"

    def __init__(self) -> None:
        pieces = sentences(CALIBRATION)
        seconds = sum(len(self.spoken(piece)) / 2 / self.sample_rate for piece in pieces)
        seconds += PAUSE_SECONDS * len(pieces)
        self.words_per_minute = len(CALIBRATION.split()) / seconds * 60

    def arguments(self, text: str, wav: Path) -> list[str]:
        """See ``CommandSynthesizer.arguments``."""
        return ["--lang=en-US", f"--wave={wav}", "--", text]
